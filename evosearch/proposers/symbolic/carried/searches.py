"""Changes to an answer, and two ways to search: local search and beam search.

Like the grades, this is plain Python whose source is put into programs, and its randomness is its own.
"""

from collections.abc import Callable, Sequence
from typing import Any

from evosearch.proposers.symbolic.carried.grades import Cost, copied


def kind_of(value: Any) -> str:
    """The type of a value, as `List[int]`; of an empty list its shortest guess."""
    if isinstance(value, list):
        return f"List[{kind_of(value[0])}]" if value else "List[int]"
    return type(value).__name__


class Changes:
    """Random changes to answers of one type, made of the values that a puzzle is about.

    Args:
        known: The values: inputs and constants.
        state: Where its randomness begins (Park and Miller 1988, with the multiplier of 1993).
    """

    def __init__(self, known: Sequence[Any], state: int) -> None:
        self.state = state
        self.pool: dict[str, list[Any]] = {"int": [], "float": [], "str": [], "letter": [], "bool": [False, True]}
        self.learn(known)
        self.learn([0, 1, 2, -1, 0.0, 1.0, 0.5, "a"])

    def learn(self, values: Sequence[Any]) -> None:
        """Add values, their items and their lengths, each once."""
        for value in values:
            kind = kind_of(value)
            own = self.pool.setdefault(kind, [])
            if len(own) >= 60 or (kind != "bool" and value in own):
                continue
            own.append(value)
            if isinstance(value, (list, str)):
                self.learn([len(value)])
                if isinstance(value, list):
                    self.learn(value[:40])
                else:
                    letters = self.pool["letter"]
                    letters += [letter for letter in dict.fromkeys(value[:200]) if letter not in letters]
            elif kind == "int" and abs(value) < 2**53:
                self.learn([float(value)])

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        self.state = self.state * 48271 % 2147483647
        return self.state % limit

    def pick(self, items: Sequence[Any]) -> Any:
        """One of several."""
        return items[self.below(len(items))]

    def made(self, kind: str) -> Any:
        """A value of a type: a known one, or a list of made ones."""
        known = self.pool.get(kind)
        if known and (not kind.startswith("List") or self.below(3) == 0):
            return copied(self.pick(known)) if self.below(4) else self.changed(kind, self.pick(known))
        inner = kind[5:-1]
        return [self.made(inner) for _ in range(self.pick((0, 1, 2, 2, 3, 4)))]

    def starts(self, kind: str) -> list[Any]:
        """Answers to begin with: known values, and lists and texts of the lengths that are spoken of."""
        known = self.pool.get(kind, [])
        found = [copied(value) for value in known]
        lengths = [value for value in self.pool["int"] if 0 <= value <= 300][:12]
        if kind.startswith("List"):
            inner = kind[5:-1]
            found += [sorted(value) for value in known] + [value[::-1] for value in known] + [[]]
            for length in lengths:
                found += [[copied(item)] * length for item in self.pool.get(inner, [])[:4]]
                found.append([self.made(inner) for _ in range(min(length, 60))])
                if inner == "int":
                    found += [list(range(length)), list(range(1, length + 1))]
        elif kind == "str":
            found += ["".join(sorted(value)) for value in known] + [value[::-1] for value in known]
            found += [letter * length for letter in self.pool["letter"][:6] for length in lengths]
        elif kind == "int":
            found += [value + step for value in known[:20] for step in (1, -1)]
            found += [left * right for left in known[:12] for right in known[:12]]
        return found

    def changed(self, kind: str, value: Any, mode: str = "any") -> Any:
        """A changed copy; `mode` says which changes: any, only of the order, or only of single items."""
        if kind == "str":
            return "".join(self.changed("List[letter]", list(value), mode))
        if kind.startswith("List"):
            return self.rearranged(kind[5:-1], value, mode)
        if kind == "letter":
            return self.pick(self.pool["letter"])
        if kind == "bool":
            return not value
        if kind == "float":
            return self.shifted(value)
        return self.stepped(value)

    def stepped(self, value: int) -> int:
        """A changed whole number."""
        sign: int = self.pick((1, -1))
        steps: tuple[Callable[[], int], ...] = (
            *[lambda: sign] * 4,
            *[lambda: sign * 2 ** self.below(max(abs(value).bit_length(), 3) + 1)] * 2,
            lambda: sign * 10 ** self.below(len(str(abs(value))) + 1),
            *[lambda: self.pick(self.pool["int"]) - value] * 2,
            lambda: sign * self.pick(self.pool["int"]) if self.below(3) else -2 * value,
        )
        changed: int = value + self.pick(steps)()
        return changed

    def shifted(self, value: float) -> float:
        """A changed number."""
        sign: float = self.pick((1.0, -1.0))
        choice = self.below(4)
        if choice == 0:
            known: float = self.pick(self.pool["float"])
            return value + sign * known
        if choice == 1:
            return value * (1 + sign * 10.0 ** -self.below(9))
        return value + sign * (1 + self.below(9)) * 10.0 ** (2 - self.below(12))

    def rearranged(self, inner: str, value: list[Any], mode: str) -> list[Any]:
        """A changed copy of a list."""
        copy = list(value)
        if not copy:
            return copy if mode == "order" else [self.made(inner)]
        place, other = self.below(len(copy)), self.below(len(copy))
        choice = {"any": self.below(12), "order": 7 + self.below(3), "items": self.below(4)}[mode]
        if choice < 3:
            copy[place] = self.changed(inner, copy[place])
        elif choice < 4:
            copy[place] = self.made(inner)
        elif choice < 6:
            at = self.pick((0, len(copy), place))
            copy.insert(at, self.made(inner) if self.below(2) else self.changed(inner, copy[other]))
        elif choice < 7:
            del copy[place]
        elif choice < 8:
            copy[place], copy[other] = copy[other], copy[place]
        elif choice < 9:
            copy.insert(other, copy.pop(place))
        elif choice < 10:
            low, high = min(place, other), max(place, other) + 1
            copy[low:high] = copy[low:high][::-1]
        elif inner in ("int", "float") and place != other:
            amount = self.pick((1, 2, 5, 10))
            copy[place] += amount
            copy[other] -= amount
        else:
            copy[place] = self.changed(inner, copy[other])
        return copy


def climb(cost: Any, changes: Changes, kind: str, turns: int, mode: str) -> Any:
    """Local search: take every change that is not worse; begin anew when nothing helps for long."""
    grades = cost.grades
    grades.seen = []
    starts = changes.starts(kind)
    for start in starts[:8]:
        cost(start)
    changes.learn([list(value) if isinstance(value, tuple) else value for value in grades.seen[:60]])
    grades.seen = None
    ranked = sorted(((cost(start), number, start) for number, start in enumerate(changes.starts(kind))))[:10]
    best, begin = ranked[0][0], 0
    answer = ranked[0][2]
    turn = 0
    while best > 0.0 and turn < turns:
        least, _, current = ranked[begin % len(ranked)]
        for _ in range(begin // len(ranked)):
            current = changes.changed(kind, current)
        least = cost(current)
        begin += 1
        idle = 0
        patience = 150 + 10 * (len(current) if isinstance(current, (list, str)) else 10)
        while idle < patience and turn < turns and least > 0.0:
            turn += 1
            idle += 1
            changed = changes.changed(kind, current, mode)
            if changes.below(4) == 0:
                changed = changes.changed(kind, changed, mode)
            distance = cost(changed)
            if distance <= least:
                idle = 0 if distance < least else idle
                current, least = changed, distance
        if least < best:
            best, answer = least, current
    return answer


def build(cost: Cost, changes: Changes, kind: str, turns: int, width: int) -> Any:
    """Beam search: lengthen the best beginnings by one item at a time."""
    empty: Any = "" if kind == "str" else []
    inner = "letter" if kind == "str" else kind[5:-1]
    known = list(changes.pool.get(inner, ()))
    if inner == "int":
        known += range(min(max(known) + 1, 1000) if width == 1 else 12)
    elif inner != "letter":
        known += [changes.made(inner) for _ in range(60 // width)]
    beam = [(cost(empty), empty)]
    best = beam[0]
    while best[0] > 0.0 and turns > 0 and beam:
        longer = {}
        for _, begun in beam:
            items = known
            if inner == "int" and begun:
                items = [*known, begun[-1] + len(begun), begun[-1] + len(begun) - 1, begun[-1] * 2, sum(begun[-2:])]
            for item in items:
                value = begun + item if kind == "str" else [*begun, item]
                longer[str(value)] = value
        turns -= len(longer)
        beam = sorted(((cost(value), value) for value in longer.values()), key=lambda pair: pair[0])[:width]
        best = min(best, beam[0], key=lambda pair: pair[0])
    return best[1]
