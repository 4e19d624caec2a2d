"""Random answers of a type, and small changes to them."""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, TypeVar

from evosearch.proposers.symbolic.answers import item_type
from evosearch.proposers.symbolic.harvest import Pool

Result = TypeVar("Result")

MAX_ITEMS: Final = 1_200
"""Items of a list, and copies of a text, that are made up at once."""


class Values:
    """Makes up and mutates values of the types of one puzzle.

    Args:
        pool: Values by type that are worth reusing.
        characters: Characters that new texts are made of.
        random: Source of chance.
    """

    def __init__(self, pool: Pool, characters: str, random: Random) -> None:
        self.pool = pool
        self.characters = characters
        self.random = random
        self.lengths: list[int] = [value for value in pool["int"] if 0 <= value <= MAX_ITEMS] or [1]

    def new(self, kind: str) -> Any:
        """Return a made-up value of a type."""
        known = self.pool.get(kind)
        if known and self.random.random() < 0.35:
            return _copy(self.random.choice(known))
        inner = item_type(kind)
        if inner is not None:
            return self._new_list(inner)
        makers: dict[str, Callable[[], Any]] = {
            "bool": lambda: self.random.random() < 0.5,
            "int": self._new_integer,
            "float": self._new_float,
            "str": self._new_text,
        }
        return makers[kind]()

    def mutate(self, kind: str, value: Any) -> Any:
        """Return a changed copy of a value; seldom, several changes at once."""
        changed = value
        while True:
            changed = self._change(kind, changed)
            if self.random.random() < 0.7:
                return changed

    def _change(self, kind: str, value: Any) -> Any:
        inner = item_type(kind)
        if inner is not None:
            return self._change_list(inner, value)
        changes: dict[str, Callable[[Any], Any]] = {
            "bool": lambda answer: not answer,
            "int": self._change_integer,
            "float": self._change_float,
            "str": self._change_text,
        }
        return changes[kind](value)

    def _drawn(self, changes: Sequence[tuple[float, Callable[[], Result]]]) -> Result:
        """Carry out one of several changes, drawn by weight."""
        (change,) = self.random.choices(changes, [weight for weight, _ in changes])
        return change[1]()

    def cross(self, kind: str, left: Any, right: Any) -> Any:
        """Return a mixture of two values: one-point crossover of lists and texts, a mean of numbers."""
        if kind in ("int", "float", "bool"):
            return self._change(kind, left) if kind == "bool" else _mean(left, right)
        cut = self.random.randint(0, min(len(left), len(right)))
        return left[:cut] + _copy(right[cut:])

    def _new_integer(self) -> int:
        random = self.random
        makers: list[tuple[float, Callable[[], int]]] = [
            (0.45, lambda: random.randint(-1, 12)),
            (0.15, lambda: self._combine(self._known_integer(), self._known_integer())),
            (0.1, lambda: random.randint(-100, 100)),
            (0.1, lambda: int(10 ** random.randint(1, 12))),
            (0.2, lambda: (1 if random.random() < 0.8 else -1) * int(2 ** random.uniform(0, 40))),
        ]
        return self._drawn(makers)

    def _known_integer(self) -> int:
        value: int = self.random.choice(self.pool["int"])
        return value

    def _combine(self, left: int, right: int) -> int:
        combinations: list[tuple[float, Callable[[], int]]] = [
            (2, lambda: left + right),
            (2, lambda: left - right),
            (1, lambda: left * right),
            (1, lambda: left // right if right else left),
            (1, lambda: left % right if right else left),
            (1, lambda: math.isqrt(abs(left))),
        ]
        return self._drawn(combinations)

    def _new_float(self) -> float:
        random = self.random
        known: float = random.choice(self.pool["float"])
        makers: list[tuple[float, Callable[[], float]]] = [
            (0.4, lambda: random.randint(-10, 100) / random.choice((1, 2, 4, 5, 10, 100))),
            (0.2, lambda: known * random.choice((0.5, 2.0, 0.1, 10.0, -1.0, 1.01))),
            (0.2, lambda: math.sqrt(abs(known))),
            (0.2, lambda: random.gauss(0.0, 10.0 ** random.uniform(-2, 4))),
        ]
        return self._drawn(makers)

    def _new_text(self) -> str:
        random = self.random
        known: str = random.choice(self.pool["str"])
        start, end = sorted((random.randint(0, len(known)), random.randint(0, len(known))))
        makers: list[tuple[float, Callable[[], str]]] = [
            (0.3, lambda: "".join(random.choices(self.characters, k=random.randint(1, 8)))),
            (0.2, lambda: known + self._known_text()),
            (0.15, lambda: (known[:50] or random.choice(self.characters)) * min(random.choice(self.lengths), 1000)),
            (0.1, lambda: str(self._new_integer())),
            (0.25, lambda: known[start:end]),
        ]
        return self._drawn(makers)

    def _known_text(self) -> str:
        value: str = self.random.choice(self.pool["str"])
        return value

    def _new_list(self, inner: str) -> list[Any]:
        random = self.random
        length = self._new_length(inner)
        choice = random.random()
        if choice < 0.25:
            item = self.new(inner)
            return [_copy(item) for _ in range(length)]
        if inner == "int" and choice < 0.5:
            step = random.choice((1, 1, 1, 2, -1, self._known_integer()))
            start = random.choice((0, 1, self._known_integer()))
            return [start + step * i for i in range(length)]
        if choice < 0.65:
            return [self._known_item(inner) for _ in range(min(length, 30))]
        return [self.new(inner) for _ in range(min(length, 30))]

    def _new_length(self, inner: str) -> int:
        random = self.random
        limit = MAX_ITEMS if item_type(inner) is None else 40
        if random.random() < 0.5:
            return min(random.choice(self.lengths), limit)
        return random.choice((0, 1, 2, 3, 4, 5, 6, 8, 10))

    def _known_item(self, inner: str) -> Any:
        known = self.pool.get(inner)
        return _copy(self.random.choice(known)) if known else self.new(inner)

    def _change_integer(self, value: int) -> int:
        random = self.random
        sign = random.choice((1, -1))
        changes: list[tuple[float, Callable[[], int]]] = [
            (0.3, lambda: value + sign),
            (0.2, lambda: value + sign * (1 << random.randint(1, max(value.bit_length(), 3)))),
            (0.1, lambda: value + sign * int(10 ** random.randint(0, len(str(abs(value)))))),
            (0.15, lambda: self._combine(value, self._known_integer())),
            (0.05, lambda: -value),
            (0.05, lambda: value * 2 if sign > 0 else value // 2),
            (0.07, lambda: self._change_digits(value)),
            (0.08, self._new_integer),
        ]
        return self._drawn(changes)

    def _change_digits(self, value: int) -> int:
        random = self.random
        digits = list(str(abs(value)))
        place = random.randrange(len(digits))
        if random.random() < 0.6:
            digits[place] = random.choice("0123456789")
        elif random.random() < 0.5:
            digits.insert(place, random.choice("0123456789"))
        else:
            del digits[place]
        changed = int("".join(digits) or "0")
        return changed if value >= 0 else -changed

    def _change_float(self, value: float) -> float:
        random = self.random
        changes: list[tuple[float, Callable[[], float]]] = [
            (0.35, lambda: value + random.gauss(0.0, 1.0) * 10.0 ** random.randint(-9, 3)),
            (0.25, lambda: value * (1.0 + random.gauss(0.0, 1.0) * 10.0 ** random.randint(-10, 0))),
            (0.1, lambda: float(round(value, random.randint(0, 4)))),
            (0.1, lambda: value + random.choice((1.0, -1.0, 0.5, -0.5, 0.1, -0.1))),
            (0.05, lambda: -value),
            (0.15, self._new_float),
        ]
        return self._drawn(changes)

    def _change_text(self, value: str) -> str:
        random = self.random
        if not value:
            return self._new_text()
        place = random.randrange(len(value))
        edge = random.choice((0, len(value), place))
        start, end = sorted((place, random.randrange(len(value) + 1)))
        character = random.choice(self.characters)
        changes: list[tuple[float, Callable[[], str]]] = [
            (2, lambda: value[:place] + character + value[place + 1 :]),
            (2, lambda: value[:edge] + character + value[edge:]),
            (1, lambda: value[:place] + value[place + 1 :]),
            (1, lambda: value[:place] + self._known_text() + value[place:]),
            (1, lambda: value[:start] + value[start:end][::-1] + value[end:]),
            (1, lambda: value[:start] + value[start:end] * random.choice((0, 2, 3)) + value[end:]),
            (1, lambda: value[:place] + value[place].swapcase() + value[place + 1 :]),
            (1, lambda: _swapped(value, place, random.randrange(len(value)))),
            (1, self._new_text),
        ]
        return self._drawn(changes)

    def _change_list(self, inner: str, value: list[Any]) -> list[Any]:
        random = self.random
        changed = list(value)
        if not changed:
            return self._new_list(inner)
        place = random.randrange(len(changed))
        choice = random.random()
        if choice < 0.35:
            changed[place] = self._change(inner, changed[place])
        elif choice < 0.47:
            changed[place] = self.new(inner)
        elif choice < 0.6:
            place = random.choice((0, len(changed), place))
            item = self.new(inner) if random.random() < 0.6 else self._change(inner, random.choice(changed))
            changed.insert(place, item)
        elif choice < 0.7:
            del changed[place]
        elif choice < 0.8:
            other = random.randrange(len(changed))
            changed[place], changed[other] = changed[other], changed[place]
        else:
            changed = self._change_whole(inner, changed, place)
        return changed

    def _change_whole(self, inner: str, value: list[Any], place: int) -> list[Any]:
        """Change a list at many places at once."""
        random = self.random
        changes: list[Callable[[], list[Any]]] = [
            lambda: value[:place] + value[place:][::-1],
            lambda: value[place:] + value[:place],
            lambda: sorted(value),
            lambda: value + self._continued(inner, value),
            lambda: value[: place + 1],
            lambda: [self._change(inner, item) if random.random() < 0.3 else item for item in value],
            lambda: self._shifted(inner, value, place),
            lambda: (value * max(1, random.choice(self.lengths) // len(value)))[:MAX_ITEMS],
            lambda: value[:place] + [value[place]] * random.randint(2, 5) + value[place + 1 :],
            lambda: self._moved(value, place),
            lambda: self._new_list(inner),
            lambda: self._coupled(inner, value, place),
        ]
        return random.choice(changes)()

    def _continued(self, inner: str, value: list[Any]) -> list[Any]:
        """Return the next items of an arithmetic progression, or copies of the last item."""
        count = self.random.choice((1, 1, 2, 4, 8, 16))
        if inner == "int" and len(value) > 1:
            step = value[-1] - value[-2]
            return [value[-1] + step * (i + 1) for i in range(count)]
        return [value[-1]] * count

    def _shifted(self, inner: str, value: list[Any], place: int) -> list[Any]:
        if inner not in ("int", "float"):
            return value[:place] + value[place + 1 :] + [value[place]]
        step = self.random.choice((1, -1, 2, -2))
        return value[:place] + [item + step for item in value[place:]]

    def _moved(self, value: list[Any], place: int) -> list[Any]:
        rest = value[:place] + value[place + 1 :]
        target = self.random.randint(0, len(rest))
        return [*rest[:target], value[place], *rest[target:]]

    def _coupled(self, inner: str, value: list[Any], place: int) -> list[Any]:
        """Raise one number by what another is lowered, which keeps the sum."""
        other = self.random.randrange(len(value))
        if inner not in ("int", "float") or other == place:
            return self._moved(value, place)
        amount = self.random.choice((1, 2, 5, 10))
        changed = list(value)
        changed[place] += amount
        changed[other] -= amount
        return changed


def _copy(value: Any) -> Any:
    return [_copy(item) for item in value] if type(value) is list else value


def _swapped(text: str, left: int, right: int) -> str:
    characters = list(text)
    characters[left], characters[right] = characters[right], characters[left]
    return "".join(characters)


def _mean(left: Any, right: Any) -> Any:
    return (left + right) // 2 if type(left) is int else (left + right) / 2
