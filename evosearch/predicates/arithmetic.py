"""Arithmetic in text, evaluated without ``eval``.

A few puzzles ask for a formula and call ``eval`` on the answer. What they need is literal arithmetic, so
that is all this module understands: numbers, strings, lists and tuples, the arithmetic operators with a
bound on the size of a result, signs and comparisons. Names, calls and attributes do not exist here, so a
hostile answer has nothing to reach.
"""

import ast
import operator
import warnings
from collections.abc import Callable
from typing import Any, Final

MAX_TEXT: Final = 20_000
"""Characters of a formula; the longest in the P3 data set has a few hundred."""
MAX_BITS: Final = 1 << 16
"""Bits of an integer result."""
MAX_LENGTH: Final = 100_000
"""Items or characters of a sequence result."""

_UNARY: Final[dict[type[ast.unaryop], Callable[[Any], Any]]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def evaluate(text: str) -> object:
    """Return the value of a formula made of literals.

    Args:
        text: One Python expression, e.g. ``"8*8-1"``.

    Returns:
        What Python's ``eval`` would return for it.

    Raises:
        ValueError: The text is no formula of this kind, has no value (``"1/0"``), or its value is too big.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"expected a formula of at most {MAX_TEXT:,} characters")
    try:
        with warnings.catch_warnings():
            # A doubtful escape in a hostile string is no news for whoever runs the puzzle.
            warnings.simplefilter("ignore")
            tree = ast.parse(text.lstrip(" \t"), mode="eval")
        return _value(tree.body)
    except (SyntaxError, ArithmeticError, TypeError, AttributeError, RecursionError, MemoryError) as error:
        raise ValueError(f"no literal arithmetic: {type(error).__name__}: {error}") from None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item) for item in items)
        case ast.UnaryOp(op=sign, operand=operand):
            return _UNARY[type(sign)](_value(operand))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            return _binary(type(sign), _value(left), _value(right))
        case ast.Compare(left=left, ops=signs, comparators=others):
            return _compare(_value(left), signs, [_value(other) for other in others])
        case _:
            raise ValueError(f"expected literal arithmetic, found {type(node).__name__}")


def _binary(sign: type[ast.operator], left: Any, right: Any) -> Any:
    if isinstance(left, str) and sign is ast.Mod:
        # "%999999999d" would be a bomb, and formatting is no arithmetic.
        raise ValueError("expected literal arithmetic, found string formatting")
    if sign is ast.Pow and isinstance(left, int) and isinstance(right, int):
        _check(left.bit_length() * max(right, 0), MAX_BITS)
    elif sign is ast.Mult:
        _check_product(left, right)
    return _BINARY[sign](left, right)


def _check_product(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        _check(left.bit_length() + right.bit_length(), MAX_BITS)
    elif isinstance(left, str | list | tuple) and isinstance(right, int):
        _check(len(left) * right, MAX_LENGTH)
    elif isinstance(right, str | list | tuple) and isinstance(left, int):
        _check(len(right) * left, MAX_LENGTH)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise ValueError(f"the value of the formula is too big: {size:,} where {limit:,} are allowed")


def _compare(left: Any, signs: list[ast.cmpop], others: list[Any]) -> Any:
    result: Any = True
    for sign, right in zip(signs, others, strict=True):
        if type(sign) not in _COMPARE:
            raise ValueError(f"expected literal arithmetic, found {type(sign).__name__}")
        result = _COMPARE[type(sign)](left, right)
        if not result:
            return result
        left = right
    return result
