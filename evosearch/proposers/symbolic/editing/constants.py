"""The numbers of a program that are worth polishing, and programs with others in their place."""

import ast
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from evosearch.proposers.symbolic.editing.behaviour import Call
from evosearch.proposers.symbolic.editing.operators.numbers import numbers
from evosearch.proposers.symbolic.editing.parent import WORK, Parent
from evosearch.proposers.symbolic.editing.sites import Site, defaults, sites
from evosearch.proposers.symbolic.editing.syntax import as_number, copied, number, short, unparsed

#: Binary digits of a result that a number must move to be worth polishing: about five decimal ones, so that the guard
#: of a division is none.
BITS: Final = 17
#: Keywords whose whole numbers shape arrays or select from them.
_SHAPING: Final = frozenset(
    {"axis", "axes", "shape", "dtype", "size", "ndmin", "keepdims", "decimals", "num", "k", "ord"}
)
#: Functions whose whole numbers are lengths, positions or counts.
_COUNTING: Final = frozenset(
    {"range", "zeros", "ones", "empty", "full", "eye", "arange", "reshape", "linspace", "repeat", "tile", "roll"}
    | {
        "transpose",
        "expand_dims",
        "swapaxes",
        "moveaxis",
        "islice",
        "combinations",
        "permutations",
        "round",
        "pop",
        "insert",
    }
    | {"default_rng", "seed", "RandomState", "Random"}
)


class Constants:
    """The numbers of a program that are worth polishing.

    Attributes:
        places: Where they stand among all its numbers, in the order of the text.
        values: The numbers.
        kinds: `float` or `int` for each.

    Args:
        source: The program.
        calls: Recorded calls: a number is left out if changing it changes nothing there, or breaks the program. Of the
            numbers in one list all are kept or none, since a table's knots are not all met by a few calls.
        places: Which numbers they are, where that has been found out before; the calls are not needed then.

    Raises:
        ValueError: It is no Python, or has no number at one of the places.
    """

    def __init__(self, source: str, calls: Sequence[Call], places: Sequence[int] | None = None) -> None:
        self._parent = Parent(source, calls if places is None else (), bits=BITS)
        self._work = 0
        found = _numbers(self._parent.tree)
        self.places = self._worthwhile() if places is None else list(places)
        if not all(0 <= place < len(found) for place in self.places):
            raise ValueError(f"expected places below {len(found)}, got {self.places!r:.100}")
        self.values = [_value(found[place]) for place in self.places]
        self.kinds = ["float" if isinstance(value, float) else "int" for value in self.values]

    def varied(self, vector: Sequence[float]) -> str:
        """The program with these numbers, in six significant digits; one that does not differ so far stays as it is.

        Raises:
            ValueError: There is not one value for each number, or one is not finite.
        """
        if len(vector) != len(self.values) or not all(map(math.isfinite, vector)):
            raise ValueError(f"expected {len(self.values)} finite values, got {list(vector)!r:.100}")
        return unparsed(self._with(dict(zip(self.places, vector, strict=True))))

    def _with(self, values: dict[int, float]) -> ast.Module:
        tree = copied(self._parent.tree)
        found = _numbers(tree)
        for place, value in values.items():
            old = _value(found[place])
            new = short(value) if isinstance(old, float) else round(value)
            if new != (short(old) if isinstance(old, float) else old):
                found[place].put(number(new))
        return tree

    def _worthwhile(self) -> list[int]:
        """Positions among all numbers of those to be polished."""
        tree = self._parent.tree
        found = _numbers(tree)
        fixed = _fixed(tree)
        open_ = [place for place, site in enumerate(found) if id(site.node) not in fixed and not _is_structure(site)]
        if not self._parent.calls:
            return open_
        kept: list[int] = []
        for _, group in groupby(open_, key=lambda place: _table(found[place], place)):
            members = list(group)
            if any(self._matters(place, _value(found[place])) for place in members):
                kept += members
        return kept

    def _matters(self, place: int, value: float) -> bool:
        """Whether another number leaves the program running and makes it do something else."""
        for other in _others(value):
            if self._work > WORK:
                return False
            verdict = self._parent.judge(self._with({place: other}))
            self._work += verdict.work
            if not verdict.reason and verdict.print != self._parent.print:
                return True
        return False


def _is_structure(site: Site) -> bool:
    """Whether a number is 0, 1 or 2 without a point, and so hardly ever meant to be tuned: a square, a side, a sign."""
    value = _value(site)
    return isinstance(value, int) and abs(value) <= 2


def _others(value: float) -> tuple[float, ...]:
    if isinstance(value, int):
        return (value + 1, value - 1)
    # A threshold does nothing until it passes a value that is really met.
    return (value * 1.01, value * 2, value / 2, -value) if value else (0.01, 1.0, -1.0)


def _table(site: Site, place: int) -> tuple[int, int]:
    """What numbers that stand in one list have in common."""
    return (id(site.owner), 0) if isinstance(site.owner, ast.List | ast.Tuple) else (place, 1)


def _numbers(tree: ast.Module) -> list[Site]:
    found = numbers([*sites(tree), *defaults(tree)])
    return sorted(found, key=lambda site: (site.node.lineno, site.node.col_offset))


def _value(site: Site) -> int | float:
    value = as_number(site.node)
    assert value is not None
    return value


def _fixed(tree: ast.Module) -> set[int]:
    """Identities of the whole numbers in indices, shapes, axes and counts, and of all numbers that space a table."""
    found: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=index):
                found.update(map(id, _whole(index)))
            case ast.keyword(arg=str(name), value=value) if name in _SHAPING:
                found.update(map(id, _whole(value)))
            case ast.Call(func=ast.Attribute(attr="linspace")):
                found.update(map(id, ast.walk(node)))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments) if name in _COUNTING:
                found.update(id(inner) for argument in arguments for inner in _whole(argument))
            case _:
                pass
    return found


def _whole(node: ast.AST) -> list[ast.AST]:
    return [inner for inner in ast.walk(node) if isinstance(as_number(inner), int)]
