"""Reads what the jailed functions `batch.search` and `edits.edit` reply, and believes nothing of it.

A puzzle's predicate runs in the process of `search` and can write the reply in its place. What is not exactly a reply
counts as a failed call. What is one may still be a lie, but not a useful one: its programs are judged like any others,
and tries that it conceals are its own puzzle's, which retires when its steps cost nothing.
"""

from dataclasses import dataclass
from typing import Final

from evosearch.errors import CandidateError, Status
from evosearch.types import Value

ARMS: Final = ("enumeration", "exhaustion", "expression", "value")
"""The parts of a batch that find programs."""
OPERATORS: Final = ("constant", "crossover", "delete", "name", "operator", "replace", "wrap")
"""The operators that an edit is made of."""
MAX_SOURCE: Final = 2**20
"""Characters of a program. It may repeat its puzzle's inputs, which come from a source of at most a quarter of that."""


@dataclass(frozen=True, slots=True)
class Found:
    """A program that a batch found.

    Attributes:
        source: Its text.
        arm: The part of the search that found it.
    """

    source: str
    arm: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A program that an edit made.

    Attributes:
        source: Its text.
        operator: The operators that made it, joined by `+`.
        donors: Positions of the donors that it took expressions from.
    """

    source: str
    operator: str
    donors: tuple[int, ...]


def read_search(reply: Value, *, tries: int, returned: int) -> tuple[int, tuple[Found, ...]]:
    """The tries that a batch took, and the programs it found, best first.

    Args:
        reply: What came out of the jail.
        tries: The tries it was allowed.
        returned: The programs it was asked for.

    Raises:
        CandidateError: It is no reply to that request.
    """
    fields = _fields(reply)
    tried, programs = fields.get("tried"), fields.get("programs")
    if type(tried) is not int or not 0 <= tried <= tries:
        raise _refusal(f"`tried` to be an integer from 0 to {tries}")
    if type(programs) is not list or len(programs) > returned:
        raise _refusal(f"`programs` to be a list of at most {returned}")
    return tried, tuple(_found(program) for program in programs)


def read_edit(reply: Value, *, donors: int) -> Edited:
    """The program that an edit made.

    Args:
        reply: What came out of the jail.
        donors: How many donors it was given.

    Raises:
        CandidateError: It is no reply to that request.
    """
    fields = _fields(reply)
    used = fields.get("donors")
    if type(used) is not list or not all(type(place) is int and 0 <= place < donors for place in used):
        raise _refusal(f"`donors` to be a list of positions below {donors}")
    return Edited(_source(fields), _operator(fields.get("operator")), tuple(used))


def _fields(value: Value) -> dict[str, Value]:
    if type(value) is not dict:
        raise _refusal("a dictionary")
    return value


def _found(program: Value) -> Found:
    fields = _fields(program)
    arm = fields.get("arm")
    if type(arm) is not str or arm not in ARMS:
        raise _refusal(f"`arm` to be one of {', '.join(ARMS)}")
    return Found(_source(fields), arm)


def _source(fields: dict[str, Value]) -> str:
    source = fields.get("source")
    if type(source) is not str or len(source) > MAX_SOURCE:
        raise _refusal(f"`source` to be a string of at most {MAX_SOURCE:,} characters")
    return source


def _operator(value: Value) -> str:
    if type(value) is not str or not set(value.split("+")) <= set(OPERATORS):
        raise _refusal(f"`operator` to be one or several of {', '.join(OPERATORS)}, joined by +")
    return value


def _refusal(expected: str) -> CandidateError:
    return CandidateError(Status.PROTOCOL, f"the reply is not the library's own: expected {expected}")
