"""Distances between values, and what the graded twin of a predicate calls (see `evosearch.predicates.distance`)."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from evosearch.predicates.steps import Meter

EXCEPTION: Final = 20.0
"""What an exception adds: more than a near miss, or the shortest way to "no" would look like progress."""
UNREACHED: Final = 10.0
"""What each condition adds that an exception kept from being looked at (EvoSuite's approach level)."""
WRONG_TYPE: Final = 20.0
"""Distance of two values that cannot be compared."""
MISSING_ITEM: Final = 2.0
"""Distance for an item that one of two sequences lacks."""
COMPARISON: Final = 15
"""Steps that grading a comparison costs; it takes that many times longer than a plain step."""
WINDOWS: Final = 64
"""Places of a container that are compared when a value is sought in it; also the comparisons observed."""


def difference(left: Any, right: Any) -> float:
    """Return how far two values are apart: 0 when they are equal.

    Numbers: the difference. Texts and sequences: item by item, from the left or from the right, whichever is
    less, and a price for each item too few or too many. Sets: the size of the symmetric difference.
    """
    if isinstance(left, int | float) and isinstance(right, int | float):
        return finite(abs(left - right)) if left != right else 0.0
    if isinstance(left, str) and isinstance(right, str):
        return _text_difference(left, right)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return _sequence_difference(left, right)
    if isinstance(left, set | frozenset) and isinstance(right, set | frozenset):
        return float(len(left ^ right))
    return 0.0 if left == right else WRONG_TYPE


def _text_difference(left: str, right: str) -> float:
    shared = min(len(left), len(right))
    apart = MISSING_ITEM * abs(len(left) - len(right))
    if not shared:
        return apart
    forward = sum(_character_difference(a, b) for a, b in zip(left, right, strict=False) if a != b)
    if apart and forward:
        ends = zip(left[-shared:], right[-shared:], strict=True)
        forward = min(forward, sum(_character_difference(a, b) for a, b in ends if a != b))
    return apart + forward


def _character_difference(left: str, right: str) -> float:
    return 0.5 + min(abs(ord(left) - ord(right)), 128) / 256


def _sequence_difference(left: Sequence[Any], right: Sequence[Any]) -> float:
    apart = MISSING_ITEM * abs(len(left) - len(right))
    forward = sum(damped(difference(a, b)) for a, b in zip(left, right, strict=False) if a != b)
    if apart and forward:
        shared = min(len(left), len(right))
        ends = zip(left[len(left) - shared :], right[len(right) - shared :], strict=True)
        forward = min(forward, sum(damped(difference(a, b)) for a, b in ends if a != b))
    return apart + forward


def damped(distance: float) -> float:
    """Return a distance in which one huge difference does not drown the others: logarithmic beyond 8."""
    return distance if distance <= 8.0 else 5.0 + math.log2(distance)


def finite(distance: float) -> float:
    try:
        distance = float(distance)
    except OverflowError:
        return 1e300
    return min(distance, 1e300) if distance == distance else 1e300  # noqa: PLR0124 - NaN alone is not itself


class Grades:
    """What the graded twin calls: notes failed conditions and turns comparisons into distances."""

    __slots__ = ("meter", "noted", "observed", "reached", "shortcut")

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.reset()
        self.observed: list[tuple[object, object]] | None = None

    def reset(self) -> None:
        self.noted = 0.0
        self.reached = 0
        self.shortcut = math.inf

    def require(self, place: int, condition: Callable[[], float]) -> None:
        """An ``assert``, or an ``if`` that leads to ``return False``: note the failure and go on."""
        self.reached = place
        self.noted += _attempt(condition)

    def accept(self, condition: Callable[[], float]) -> bool:
        """An ``if`` that leads to ``return True``: one more way to satisfy the predicate."""
        distance = _attempt(condition)
        self.shortcut = min(self.shortcut, self.noted + distance)
        return distance == 0.0

    def total(self, place: int, condition: Callable[[], float]) -> float:
        """A ``return``."""
        self.reached = place
        return self.noted + _attempt(condition)

    def every(self, conditions: Iterable[Callable[[], float]]) -> float:
        total = 0.0
        try:
            for condition in conditions:
                total += _attempt(condition)
        except Exception:  # noqa: BLE001 - hostile code
            total += EXCEPTION
        return total

    def some(self, conditions: Iterable[Callable[[], float]]) -> float:
        least = math.inf
        for condition in conditions:
            least = min(least, _attempt(condition))
            if least == 0.0:
                break
        return least if least < math.inf else EXCEPTION

    def both(self, *conditions: Callable[[], float]) -> float:
        return sum([_attempt(condition) for condition in conditions])

    def either(self, *conditions: Callable[[], float]) -> float:
        return self.some(conditions)

    def truth(self, value: object) -> float:
        return 0.0 if value else 1.0

    def falsehood(self, value: object) -> float:
        return 1.0 if value else 0.0

    def compare(self, names: str, *operands: Any) -> float:
        """Return the distance of a chain of comparisons, ``names`` being its operators, e.g. ``"Lt LtE"``."""
        total = 0.0
        # Paid here, enforced at the next step that is counted.
        self.meter.left -= COMPARISON
        for name, (left, right) in zip(names.split(), itertools.pairwise(operands), strict=True):
            if self.observed is not None and len(self.observed) < WINDOWS:
                self.observed.append((left, right))
            distance = _COMPARISONS[name](left, right)
            if distance:
                self.meter.left -= _labour(name, left, right)
            total += distance
        return total

    def affix(self, owner: Any, affix: Any, *, at_end: bool) -> float:
        """``owner.startswith(affix)`` or ``owner.endswith(affix)``."""
        if not isinstance(owner, str) or not isinstance(affix, str):
            return self.truth(owner.endswith(affix) if at_end else owner.startswith(affix))
        part = owner[max(len(owner) - len(affix), 0) :] if at_end else owner[: len(affix)]
        return _text_difference(part, affix)

    def characters(self, owner: Any, method: str) -> float:
        """``owner.isdigit()`` and its kind: the characters that fail."""
        if getattr(owner, method)():
            return 0.0
        return 1.0 + sum(not getattr(character, method)() for character in owner) / (len(owner) + 1)


def _labour(name: str, left: Any, right: Any) -> int:
    """Return the steps it takes to see how far two values are apart, once they differ."""
    items = len(left) if isinstance(left, str | list | tuple) else 1
    if name == "In":
        return COMPARISON * (items + (min(len(right), WINDOWS) if hasattr(right, "__len__") else 1))
    return COMPARISON * items


def _attempt(condition: Callable[[], float]) -> float:
    try:
        return condition()
    except Exception:  # noqa: BLE001 - hostile code; one condition that fails must not hide the others
        return EXCEPTION


def _equal(left: Any, right: Any) -> float:
    return 0.0 if left == right else max(damped(difference(left, right)), 1e-9)


def _unequal(left: Any, right: Any) -> float:
    return 0.0 if left != right else 1.0


def _less(left: Any, right: Any) -> float:
    return 0.0 if left < right else 1.0 + _excess(left, right)


def _less_equal(left: Any, right: Any) -> float:
    return 0.0 if left <= right else max(_excess(left, right), 1e-9)


def _excess(left: Any, right: Any) -> float:
    if isinstance(left, set | frozenset):
        return float(len(left - right))
    return damped(difference(left, right))


def _member(item: Any, container: Any) -> float:
    if item in container:
        return 0.0
    if isinstance(container, str):
        return 0.5 + _nearest_window(item, container)
    places = itertools.islice(container, WINDOWS)
    return 0.5 + min((damped(difference(item, place)) for place in places), default=WRONG_TYPE)


def _nearest_window(part: str, whole: str) -> float:
    missing = max(len(part) - len(whole), 0)
    last = min(max(len(whole) - len(part), 0), WINDOWS)
    return min(_text_difference(part, whole[i : i + len(part)]) for i in range(last + 1)) + missing


def _no_member(item: Any, container: Any) -> float:
    if item not in container:
        return 0.0
    return float(container.count(item)) if isinstance(container, str | list | tuple) else 1.0


_COMPARISONS: Final[dict[str, Callable[[Any, Any], float]]] = {
    "Eq": _equal,
    "NotEq": _unequal,
    "Lt": _less,
    "LtE": _less_equal,
    "Gt": lambda left, right: _less(right, left),
    "GtE": lambda left, right: _less_equal(right, left),
    "In": _member,
    "NotIn": _no_member,
    "Is": lambda left, right: 0.0 if left is right else 1.0,
    "IsNot": lambda left, right: 0.0 if left is not right else 1.0,
}
