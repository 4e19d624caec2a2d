"""The editing half of the jail as the controller meets it: typed requests, and replies that are not believed.

The programs that are edited run in the process that edits them and can write its reply in its place. What is not
exactly a reply counts as a failed request. What is one may still be a lie, but not a useful one: whatever program it
holds is judged like any other.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from evosearch.errors import CandidateError, Status
from evosearch.proposers.symbolic.editing.offspring import MOST_EDITS
from evosearch.proposers.symbolic.line.names import EDITS, FILLS, REDUCTIONS
from evosearch.proposers.symbolic.replies import MAX_SOURCE
from evosearch.protocols import Context
from evosearch.types import Limits, Value

_PACKAGE: Final = "evosearch.proposers.symbolic.editing.entry"
#: Far above what a request needs: the work of the jailed half is counted in tries and steps.
_LIMITS: Final = Limits(cpu_seconds=20.0, wall_seconds=180.0)
#: Constants of one program.
_MAX_CONSTANTS: Final = 10_000
#: Greater numbers are of no use in a search, and overflow when they are scaled.
_MAX_NUMBER: Final = 1e300

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Child:
    """An edited program.

    Attributes:
        source: Its text.
        operator: The edits that made it, joined by `+`.
        donors: Positions of the donors that it took something from.
        structural: Whether more than constants changed.
    """

    source: str
    operator: str
    donors: tuple[int, ...] = ()
    structural: bool = False


@dataclass(frozen=True, slots=True)
class Constants:
    """The numbers of a program that are worth polishing, in the order of its text.

    Attributes:
        places: Where they stand among all its numbers.
        values: The numbers.
        kinds: `float` or `int` for each.
    """

    places: tuple[int, ...]
    values: tuple[float, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reduction:
    """A shorter version of a program.

    Attributes:
        source: Its text.
        operator: What made it.
        same: Whether it did the same on the recorded calls.
    """

    source: str
    operator: str
    same: bool


@dataclass(frozen=True, slots=True)
class Filling:
    """A program made from a template.

    Attributes:
        source: Its text.
        operator: The template's kind.
    """

    source: str
    operator: str


class Workshop:
    """Edits programs in the jail; every request of a proposal draws from a seed of its own.

    All its methods raise CandidateError if the jailed process failed, or wrote what is no reply (status `protocol`).

    Args:
        context: What the proposal knows.
    """

    def __init__(self, context: Context) -> None:
        self._laboratory = context.laboratory
        self._calls = [{"function": call.function, "arguments": list(call.arguments)} for call in context.calls]
        self._entry = list(context.brief.entry)
        self._seed = list(context.seed)
        self._requests = 0

    async def children(
        self, source: str, donors: Sequence[str], *, weights: Mapping[str, float], count: int
    ) -> tuple[Child, ...]:
        """Make at most so many children of a program.

        Args:
            source: The parent.
            donors: Programs that it may take pieces from.
            weights: How likely each edit is drawn, by name; it need not sum to 1.
            count: How many children are wanted.
        """
        request = {
            "source": source,
            "donors": list(donors),
            "calls": self._calls,
            "entry": self._entry,
            "weights": dict(weights),
            "seed": self._fresh_seed(),
            "count": count,
        }
        fields = await self._ask("children", request)
        return _listed(fields, "children", count, lambda row: _child(row, len(donors)))

    async def constants(self, source: str) -> Constants:
        """The constants of a program."""
        fields = await self._ask("constants", {"source": source, "calls": self._calls})
        values = _listed(fields, "values", _MAX_CONSTANTS, _number)
        kinds = _listed(fields, "kinds", _MAX_CONSTANTS, lambda kind: _one_of(kind, "kind", ("float", "int")))
        places = _listed(fields, "places", _MAX_CONSTANTS, lambda place: _position(place, _MAX_CONSTANTS))
        if not len(places) == len(values) == len(kinds):
            raise _refusal("one place and one kind for each value")
        return Constants(places, values, kinds)

    async def vary(self, source: str, constants: Constants, vectors: Sequence[Sequence[float]]) -> tuple[str, ...]:
        """The program with other numbers in place of its constants, once for each vector."""
        request = {"source": source, "places": list(constants.places), "vectors": [list(vector) for vector in vectors]}
        fields = await self._ask("vary", request)
        sources = _listed(fields, "sources", len(vectors), _source)
        if len(sources) != len(vectors):
            raise _refusal(f"{len(vectors)} sources")
        return sources

    async def reductions(self, source: str, count: int) -> tuple[Reduction, ...]:
        """At most so many shorter versions of a program, each by one deletion."""
        request = {"source": source, "calls": self._calls, "entry": self._entry, "count": count}
        fields = await self._ask("reductions", request)
        return _listed(fields, "children", count, _reduction)

    async def fill(self, source: str, template: Mapping[str, Any] | None, count: int) -> tuple[Filling, ...]:
        """At most so many programs that a template makes of one.

        Args:
            source: A program with the functions of the task; one of them gets a new body.
            template: What the task offers; None for the jailed half's own.
            count: How many programs are wanted.
        """
        request: dict[str, Any] = {"source": source, "calls": self._calls, "seed": self._fresh_seed(), "count": count}
        if template is not None:
            request["template"] = dict(template)
        return _listed(await self._ask("fill", request), "programs", count, _filling)

    async def _ask(self, function: str, request: dict[str, Any]) -> dict[str, Value]:
        return _fields(await self._laboratory(f"{_PACKAGE}:{function}", request, _LIMITS))

    def _fresh_seed(self) -> list[int]:
        self._requests += 1
        return [*self._seed, self._requests]


def _fields(value: Value) -> dict[str, Value]:
    if type(value) is not dict:
        raise _refusal("a dictionary")
    return value


def _listed(fields: dict[str, Value], name: str, most: int, read: Callable[[Value], Item]) -> tuple[Item, ...]:
    rows = fields.get(name)
    if type(rows) is not list or len(rows) > most:
        raise _refusal(f"`{name}` to be a list of at most {most:,}")
    return tuple(map(read, rows))


def _child(row: Value, donors: int) -> Child:
    fields = _fields(row)
    used = _listed(fields, "donors", donors, lambda place: _position(place, donors))
    return Child(_source(fields.get("source")), _edits(fields.get("operator")), used, _flag(fields, "structural"))


def _reduction(row: Value) -> Reduction:
    fields = _fields(row)
    operator = _one_of(fields.get("operator"), "operator", REDUCTIONS)
    return Reduction(_source(fields.get("source")), operator, _flag(fields, "same"))


def _filling(row: Value) -> Filling:
    fields = _fields(row)
    return Filling(_source(fields.get("source")), _one_of(fields.get("operator"), "operator", FILLS))


def _source(value: Value) -> str:
    if type(value) is not str or len(value) > MAX_SOURCE:
        raise _refusal(f"`source` to be a string of at most {MAX_SOURCE:,} characters")
    return value


def _edits(value: Value) -> str:
    parts = value.split("+", MOST_EDITS) if type(value) is str else [""]
    if len(parts) > MOST_EDITS or not set(parts) <= set(EDITS):
        raise _refusal(f"`operator` to be up to {MOST_EDITS} of {', '.join(EDITS)}, joined by +")
    return str(value)


def _one_of(value: Value, name: str, known: Sequence[str]) -> str:
    if type(value) is not str or value not in known:
        raise _refusal(f"`{name}` to be one of {', '.join(known)}")
    return value


def _position(value: Value, count: int) -> int:
    if type(value) is not int or not 0 <= value < count:
        raise _refusal(f"positions below {count}")
    return value


def _number(value: Value) -> float:
    if type(value) not in (int, float) or abs(value) > _MAX_NUMBER or math.isnan(value):
        raise _refusal(f"`values` to be numbers of at most {_MAX_NUMBER:g}")
    number: float = value
    return number


def _flag(fields: dict[str, Value], name: str) -> bool:
    value = fields.get(name)
    if type(value) is not bool:
        raise _refusal(f"`{name}` to be true or false")
    return value


def _refusal(expected: str) -> CandidateError:
    return CandidateError(Status.PROTOCOL, f"the reply is not the library's own: expected {expected}")
