"""The types of answers: bool, int, float, str and lists of them, checked exactly as P3 does.

P3 asks `type(answer) is int`, so True is no int, and an answer has to survive a round trip through JSON.
"""

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

MAX_BYTES: Final = 8_000_000
"""About how long the JSON of an answer may be. The references of P3 stay below it, but for one with 81 MB."""

_SCALARS: Final[dict[str, type]] = {"bool": bool, "int": int, "float": float, "str": str}
_TRIVIAL: Final[dict[str, tuple[Any, ...]]] = {
    "bool": (False, True),
    "int": (0, 1),
    "float": (0.0, 1.0),
    "str": ("", "a"),
}
_LIST: Final = re.compile(r"[Ll]ist\[(.*)\]", re.DOTALL)
_LOG10_OF_2: Final = math.log10(2)


@dataclass(frozen=True, slots=True)
class AnswerType:
    """A scalar, or a list of lists … of it.

    Attributes:
        scalar: bool, int, float or str.
        depth: How many lists are around it.
    """

    scalar: str
    depth: int = 0

    def __str__(self) -> str:
        return "List[" * self.depth + self.scalar + "]" * self.depth

    def accepts(self, value: object) -> bool:
        """Whether the value has exactly this type."""
        return _accepts(value, _SCALARS[self.scalar], self.depth)

    def fault(self, value: object) -> str:
        """What is wrong with an answer before `sat` is asked, in words; empty if nothing is."""
        if not self.accepts(value):
            return f"the answer must be of type {self}, got {describe(value)}"
        if (size := _size(value)) > MAX_BYTES:
            return f"the answer is {size:,} bytes long, {MAX_BYTES:,} are allowed"
        if not self._survives(value):
            return "the answer does not survive a round trip through JSON (NaN, infinity or half a surrogate pair)"
        return ""

    def trivial(self) -> tuple[Any, ...]:
        """Values that anyone would try first."""
        values = _TRIVIAL[self.scalar]
        for _ in range(self.depth):
            values = ([], [values[-1]])
        return values

    def _survives(self, value: object) -> bool:
        # Integers and booleans always do, and writing out a huge integer takes long.
        if self.scalar in ("bool", "int"):
            return True
        try:
            return bool(json.loads(json.dumps(value, allow_nan=False)) == value)
        except ValueError:
            return False


@cache
def parse(text: str) -> AnswerType:
    """Read `List[List[int]]`; `list[...]` is taken as well.

    Raises:
        ValueError: It is none of the types that an answer may have.
    """
    depth = 0
    inner = text.strip()
    while match := _LIST.fullmatch(inner):
        inner = match[1].strip()
        depth += 1
    if inner not in _SCALARS:
        raise ValueError(f"expected bool, int, float, str or List[...] of one of these, got {text!r}")
    return AnswerType(inner, depth)


def describe(value: object) -> str:
    """A value's type in words, e.g. `list of tuple`."""
    name = type(value).__name__
    if type(value) is list:
        inner = sorted({describe(item) for item in value[:1000]})
        return f"list of {' and '.join(inner)}" if inner else "empty list"
    return name


def _accepts(value: object, scalar: type, depth: int) -> bool:
    if depth:
        return type(value) is list and all(_accepts(item, scalar, depth - 1) for item in value)
    return type(value) is scalar


def _size(value: object) -> int:
    """About how many bytes the value's JSON has, found without writing it."""
    if type(value) is list:
        return sum(map(_size, value)) + len(value)
    if type(value) is int:
        return int(value.bit_length() * _LOG10_OF_2) + 1
    return len(value) if type(value) is str else 8
