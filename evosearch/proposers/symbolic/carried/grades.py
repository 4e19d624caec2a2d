"""Grades of an answer, and what it costs.

The source of these definitions is put into programs, which run them in a jail of their own: so it is plain Python that
needs `log2` alone. The grades are those of `evosearch.predicates.grades`, simplified; the graded twin of a predicate
calls them by the same names.
"""

from collections.abc import Callable, Iterable
from math import log2
from typing import Any


def apart(left: Any, right: Any) -> float:
    """How far two values are apart: 0 if they are equal."""
    if left == right:
        return 0.0
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return damped(abs(left - right))
    if isinstance(left, str) and isinstance(right, str):
        total = 2.0 * abs(len(left) - len(right))
        return total + sum(0.5 + min(abs(ord(a) - ord(b)), 128) / 256 for a, b in zip(left, right) if a != b)  # noqa: B905 - the shorter one ends it
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        total = 2.0 * abs(len(left) - len(right))
        total += sum(apart(a, b) for a, b in zip(left, right) if a != b)  # noqa: B905 - the shorter one ends it
        return min(total, 0.5 + unmatched(left, right)) if max(len(left), len(right)) <= 40 else total
    if isinstance(left, (set, frozenset)) and isinstance(right, (set, frozenset)):
        return float(len(left ^ right))
    return 20.0


def unmatched(left: Any, right: Any) -> float:
    """How many items of two sequences have no equal in the other, whatever their order."""
    rest = list(right)
    missing = 0
    for item in left:
        if item in rest:
            rest.remove(item)
        else:
            missing += 1
    return float(missing + len(rest))


def damped(distance: Any) -> float:
    """A distance in which one huge difference does not drown the others."""
    return float(distance) if distance <= 8 else 5.0 + log2(min(distance, 10**300))


def less(left: Any, right: Any) -> float:
    """The distance of `left < right`."""
    return 0.0 if left < right else 1.0 + apart(left, right)


def at_most(left: Any, right: Any) -> float:
    """The distance of `left <= right`."""
    if left <= right:
        return 0.0
    return float(len(left - right)) if isinstance(left, set) else apart(left, right)


def member(left: Any, right: Any) -> float:
    """The distance of `left in right`."""
    return 0.0 if left in right else 0.5 + min((apart(left, item) for item in list(right)[:64]), default=20.0)


def absent(left: Any, right: Any) -> float:
    """The distance of `left not in right`."""
    return max(1.0, list(right).count(left)) if left in right else 0.0


GAPS: dict[str, Callable[[Any, Any], float]] = {
    "Eq": apart,
    "NotEq": lambda left, right: float(left == right),
    "Lt": less,
    "LtE": at_most,
    "Gt": lambda left, right: less(right, left),
    "GtE": lambda left, right: at_most(right, left),
    "In": member,
    "NotIn": absent,
    "Is": lambda left, right: float(left is not right),
    "IsNot": lambda left, right: float(left is right),
}


class Grades:
    """What the graded twin of a predicate calls.

    Attributes:
        noted: The distances of the conditions that failed so far.
        shortcut: The least distance by way of a `return True` on the way.
        reached: The number of the last condition that was looked at.
        seen: Both sides of the comparisons made; None if nobody wants to know.
    """

    def __init__(self) -> None:
        self.seen: list[Any] | None = None
        self.reset()

    def reset(self) -> None:
        """Begin another answer."""
        self.noted = 0.0
        self.reached = 0
        self.shortcut = 1e300

    def attempt(self, condition: Callable[[], float]) -> float:
        """The distance of a condition, whatever happens."""
        try:
            return condition()
        except Exception:  # noqa: BLE001 - a predicate's own code; one condition that fails must not hide the others
            return 20.0

    def require(self, place: int, condition: Callable[[], float]) -> None:
        """An assertion: note the failure and go on."""
        self.reached = place
        self.noted += self.attempt(condition)

    def accept(self, condition: Callable[[], float]) -> bool:
        """A condition that leads to `return True`."""
        distance = self.attempt(condition)
        self.shortcut = min(self.shortcut, self.noted + distance)
        return distance == 0.0

    def total(self, place: int, condition: Callable[[], float]) -> float:
        """A `return`."""
        self.reached = place
        return self.noted + self.attempt(condition)

    def every(self, conditions: Iterable[Callable[[], float]]) -> float:
        """`all`."""
        total = 0.0
        try:
            for condition in conditions:
                total += self.attempt(condition)
        except Exception:  # noqa: BLE001 - a predicate's own code
            total += 20.0
        return total

    def some(self, conditions: Iterable[Callable[[], float]]) -> float:
        """`any`."""
        return min((self.attempt(condition) for condition in conditions), default=20.0)

    def both(self, *conditions: Callable[[], float]) -> float:
        """`and`."""
        return sum(self.attempt(condition) for condition in conditions)

    def either(self, *conditions: Callable[[], float]) -> float:
        """`or`."""
        return self.some(conditions)

    def truth(self, value: object) -> float:
        """Any other condition."""
        return 0.0 if value else 1.0

    def falsehood(self, value: object) -> float:
        """Any other condition that must not hold."""
        return 1.0 if value else 0.0

    def compare(self, names: str, *operands: Any) -> float:
        """A chain of comparisons, `names` being its operators."""
        total = 0.0
        for name, left, right in zip(names.split(), operands, operands[1:]):  # noqa: B905 - one operator between two
            if self.seen is not None:
                self.seen += [left, right]
            total += GAPS[name](left, right)
        return total

    def affix(self, owner: Any, affix: Any, at_end: bool = False) -> float:  # noqa: FBT001, FBT002 - called by its twin's name
        """`startswith` and `endswith`."""
        return apart(owner[max(len(owner) - len(affix), 0) :] if at_end else owner[: len(affix)], affix)

    def characters(self, owner: Any, method: str) -> float:
        """`isdigit` and its kind."""
        if getattr(owner, method)():
            return 0.0
        return 1.0 + sum(not getattr(letter, method)() for letter in owner) / (len(owner) + 1)


class Cost:
    """How far an answer is from being accepted: 0 exactly if it is.

    Args:
        sat: The predicate.
        graded: Its graded twin.
        grades: What the twin calls.
        conditions: How many conditions the twin has.
        inputs: What both are given besides the answer.
        mutates: Whether they may change what they are given.
    """

    def __init__(  # noqa: PLR0913 - the parts of a predicate, each given once
        self, sat: Any, graded: Any, grades: Grades, conditions: int, inputs: list[Any], *, mutates: bool
    ) -> None:
        self.sat = sat
        self.graded = graded
        self.grades = grades
        self.conditions = conditions
        self.inputs = inputs
        self.mutates = mutates

    def __call__(self, answer: Any) -> float:
        grades = self.grades
        grades.reset()
        try:
            told = self.graded(*self.passed(answer))
            distance: float = grades.noted + 1.0 if told is None else told
        except Exception:  # noqa: BLE001 - a predicate's own code
            distance = grades.noted + 20.0 + 10.0 * (self.conditions - grades.reached)
        distance = min(distance, grades.shortcut)
        if distance < 1.0:
            try:
                if self.sat(*self.passed(answer)) is True:
                    return 0.0
            except Exception:  # noqa: BLE001 - a predicate's own code
                return distance + 0.001
        return distance + 0.001

    def passed(self, answer: Any) -> list[Any]:
        """The arguments, copied where they may be changed."""
        return copied([answer, *self.inputs]) if self.mutates else [answer, *self.inputs]


def copied(value: Any) -> Any:
    """A deep copy of nested lists."""
    return [copied(item) for item in value] if isinstance(value, list) else value
