"""Reads what the jailed function `batch.search` replies, and believes nothing of it.

A puzzle's predicate runs in the process of `search` and can write the reply in its place. What is not exactly a reply
counts as a failed call. What is one may still be a lie, but not a useful one: its programs are judged like any others,
and tries that it conceals are its own puzzle's, which retires when its steps cost nothing.
"""

from dataclasses import dataclass
from typing import Final

from evosearch.errors import CandidateError, Status
from evosearch.types import Value

ARMS: Final = ("climbing", "enumeration", "exhaustion", "expression", "statements", "value")
"""The parts of a batch that find programs."""
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


def _refusal(expected: str) -> CandidateError:
    return CandidateError(Status.PROTOCOL, f"the reply is not the library's own: expected {expected}")
