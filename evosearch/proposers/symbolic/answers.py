"""Values as a puzzle's judge sees them: exact types, JSON round trips, and the length of a program."""

import ast
from collections.abc import Callable
from functools import cache
from typing import Any, Final

MAX_PAYLOAD: Final = 20_000
"""Items and characters of a value that search still handles."""
MAX_BITS: Final = 1 << 16
"""Bits of an integer that search still handles."""

_SCALARS: Final[dict[str, type]] = {"bool": bool, "int": int, "float": float, "str": str}


def item_type(name: str) -> str | None:
    """Return ``T`` of ``List[T]``, or None for a scalar."""
    return name[5:-1] if name.startswith("List[") else None


def type_of(value: object) -> str | None:
    """Return the type name of a value, e.g. ``"List[int]"``; None for what no answer or input can be.

    An empty list passes for a list of integers, which is what most of them are.
    """
    if type(value) is list:
        for item in value:
            inner = type_of(item)
            if inner is not None and (item or type(item) is not list):
                return f"List[{inner}]" if all(conforms(other, inner) for other in value) else None
        return "List[List[int]]" if value else "List[int]"
    name = type(value).__name__
    return name if _SCALARS.get(name) is type(value) else None


@cache
def checker(name: str) -> Callable[[object], bool]:
    """Return the exact type check of a type name: True is no int, a tuple no list, and NaN no answer.

    Raises:
        ValueError: The name is not one of bool, int, float, str or List[...] of them.
    """
    inner = item_type(name)
    if inner is not None:
        fits = checker(inner)
        return lambda value: type(value) is list and all(map(fits, value))
    if name not in _SCALARS:
        raise ValueError(f"expected bool, int, float, str or List[...] of them as answer type, got {name!r}")
    scalar = _SCALARS[name]
    if scalar is float:
        return lambda value: type(value) is float and value == value  # noqa: PLR0124 - NaN alone is not itself
    return lambda value: type(value) is scalar


def conforms(value: object, name: str) -> bool:
    """Return whether a value has exactly this type."""
    return checker(name)(value)


def handy(value: Any, most: int = MAX_PAYLOAD) -> bool:
    """Return whether a value is small enough to search with: of `most` items and characters at most."""
    if type(value) is int:
        return value.bit_length() <= MAX_BITS
    return _payload(value, most) >= 0


def _payload(value: Any, left: int) -> int:
    if type(value) is str:
        return left - len(value)
    if type(value) is not list:
        return left - 1
    left -= len(value)
    if value and type(value[0]) not in (str, list):
        return left
    for item in value:
        if left < 0:
            break
        left = _payload(item, left)
    return left


def description_length(source: str) -> float:
    """Return the length of a program: its syntax nodes, and an eighth of the bytes of its literals.

    Rissanen, "Modeling by shortest data description" (1978); a rule beats the list it makes.
    """
    total = 0.0
    for node in ast.walk(ast.parse(source)):
        total += 1
        if isinstance(node, ast.Constant):
            total += len(repr(node.value)) / 8
    return total
