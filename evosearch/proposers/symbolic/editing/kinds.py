"""Kinds of values, as far as an edit must know them: what may stand where without breaking the program."""

from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import numpy as np

#: Items of a list that are looked at.
LOOKED_AT: Final = 8


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a value.

    Attributes:
        name: bool, int, float, array, list, tuple, dict, text, none, other, or any (nothing is known).
        item: Kind of the items of an array, a list or a tuple; None if they differ or there are none.
        shape: Length of each dimension of an array; a text where it differs from call to call.
    """

    name: str
    item: "Kind | None" = None
    shape: tuple[int | str, ...] = ()

    @property
    def editable(self) -> bool:
        """Whether expressions of this kind can be made."""
        return self.name not in ("none", "other")

    @property
    def is_number(self) -> bool:
        """Whether it is a scalar to calculate with."""
        return self.name in ("int", "float")

    @property
    def is_sequence(self) -> bool:
        """Whether it is a list or a tuple."""
        return self.name in ("list", "tuple")


ANY: Final = Kind("any")
BOOL: Final = Kind("bool")
INT: Final = Kind("int")
FLOAT: Final = Kind("float")
TEXT: Final = Kind("text")
DICT: Final = Kind("dict")
NONE: Final = Kind("none")
OTHER: Final = Kind("other")
_SCALARS: Final[dict[str, Kind]] = {"b": BOOL, "i": INT, "u": INT, "f": FLOAT}
_EXACT: Final[dict[type, Kind]] = {bool: BOOL, int: INT, float: FLOAT, str: TEXT, dict: DICT, type(None): NONE}


def kind_of(value: Any, depth: int = 2) -> Kind:
    """The kind of a value; items of items are looked at no deeper than `depth`."""
    exact = _EXACT.get(type(value))
    if exact is not None:
        return exact
    if isinstance(value, np.ndarray | np.generic):
        item = _SCALARS.get(value.dtype.kind, OTHER)
        return Kind("array", item, value.shape) if value.ndim else item
    if type(value) in (list, tuple):
        items = [kind_of(item, depth - 1) for item in value[:LOOKED_AT]] if depth else []
        return Kind(type(value).__name__, reduce(join, items) if items else None)
    return OTHER


def join(left: Kind, right: Kind) -> Kind:
    """The kind of an expression that was seen with both."""
    if left == right:
        return left
    names = {left.name, right.name}
    if names <= {"int", "float", "bool"}:
        return FLOAT if "float" in names else INT
    if len(names) > 1 or len(left.shape) != len(right.shape):
        return OTHER
    item = join(left.item, right.item) if left.item and right.item else left.item or right.item
    shape = tuple(one if one == other else "?" for one, other in zip(left.shape, right.shape, strict=True))
    return Kind(left.name, item, shape)


def across(kinds: list[Kind]) -> Kind:
    """The kind of an expression in several calls: a length that differs is named by its values, call by call.

    Two arrays whose lengths differ alike have the same kind then.
    """
    joined = reduce(join, kinds)
    if "?" not in joined.shape:
        return joined
    shape = ["/".join(map(str, lengths)) for lengths in zip(*(kind.shape for kind in kinds), strict=True)]
    named = tuple(old if old != "?" else new for old, new in zip(joined.shape, shape, strict=True))
    return Kind(joined.name, joined.item, named)


def fits(found: Kind, wanted: Kind) -> bool:
    """Whether an expression of one kind can stand for one of another."""
    if found == wanted or ANY in (found, wanted):
        return True
    if wanted.name == "float":
        return found.name == "int"
    if found.name != wanted.name or found.shape != wanted.shape:
        return False
    if found.item is None or wanted.item is None:
        return found.name != "array"
    return fits(found.item, wanted.item)
