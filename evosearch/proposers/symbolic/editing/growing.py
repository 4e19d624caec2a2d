"""Grows expressions of a wanted kind from the names in scope, constants, and idioms."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from evosearch.proposers.symbolic.editing.idioms import Idiom, idioms
from evosearch.proposers.symbolic.editing.kinds import ANY, BOOL, FLOAT, INT, Kind, fits
from evosearch.proposers.symbolic.editing.syntax import number, set_kind, short

#: How deep idioms are put into idioms.
DEPTH: Final = 2
#: How often a leaf is a name rather than a constant.
NAMES: Final = 0.7
_FLOATS: Final = (0.01, 0.1, 0.5, 1.0, 2.0, 10.0)
_INTS: Final = (0, 1, 2, 3, 5, 10)

Scope = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Grower:
    """Makes expressions.

    Attributes:
        random: Where draws come from.
        modules: `np` and `math`, as far as they are imported -> the names that they go by.
        constants: Numbers of the program, which are drawn like our own.
    """

    random: Random
    modules: Mapping[str, str]
    constants: Sequence[float] = ()

    def grow(self, wanted: Kind, scope: Scope, depth: int = DEPTH) -> ast.expr | None:
        """An expression of a kind; None if nothing makes it.

        Args:
            wanted: The kind.
            scope: The names that may be read, with their kinds.
            depth: How many idioms may stand inside each other.
        """
        if depth and self.random.random() < (0.8 if depth == DEPTH else 0.4):
            found = self.idiom(wanted, scope, depth)
            if found is not None:
                return found
        return self.leaf(wanted, scope)

    def leaf(self, wanted: Kind, scope: Scope) -> ast.expr | None:
        """A name or a constant of a kind; None if there is neither."""
        names = fitting(wanted, scope)
        if names and self.random.random() < NAMES:
            name = self.random.choice(names)
            return set_kind(ast.Name(name, ast.Load()), scope[name])
        constant = self.constant(wanted)
        if constant is None and names:
            name = self.random.choice(names)
            return set_kind(ast.Name(name, ast.Load()), scope[name])
        return constant

    def constant(self, wanted: Kind) -> ast.expr | None:
        """A constant of a kind; one number stands for an array of them, too. None if there is no such constant."""
        item = (wanted.item or wanted) if wanted.name == "array" else wanted
        if item in (FLOAT, ANY):
            drawn = self.random.choice((*_FLOATS, *self.constants, self.random.gauss(0, 1)))
            return set_kind(number(short(float(drawn))), FLOAT)
        if item == INT:
            whole = [int(value) for value in self.constants if value == int(value) and abs(value) < 1000]
            return set_kind(number(self.random.choice((*_INTS, *whole))), INT)
        if item == BOOL and wanted.name == "bool":
            return set_kind(ast.Constant(self.random.random() < 0.5), BOOL)
        return None

    def idiom(self, wanted: Kind, scope: Scope, depth: int, around: ast.expr | None = None) -> ast.expr | None:
        """An idiom of a kind with its holes filled; None if there is none whose holes can be.

        Args:
            wanted: The kind.
            scope: The names that may be read.
            depth: How many idioms may stand inside each other, this one counted.
            around: What shall be in one of its holes `a`.
        """
        known = [idiom for idiom in idioms(wanted, frozenset(self.modules)) if around is None or "a" in idiom.holes]
        return self._made(known, wanted, scope, depth, around)

    def _made(
        self, known: list[Idiom], wanted: Kind, scope: Scope, depth: int, around: ast.expr | None = None
    ) -> ast.expr | None:
        self.random.shuffle(known)
        for idiom in known[:8]:
            holes = self._fill(idiom, wanted, scope, depth, around)
            if holes is not None:
                return set_kind(idiom.filled(holes, self.modules), wanted)
        return None

    def _fill(
        self, idiom: Idiom, wanted: Kind, scope: Scope, depth: int, around: ast.expr | None
    ) -> dict[str, ast.expr] | None:
        mine = "a"
        if around is not None and "b" in idiom.holes and self.random.random() < 0.5:
            mine = "b"
        holes: dict[str, ast.expr] = {}
        for hole in idiom.holes:
            found = around if around is not None and hole == mine else self._hole(hole, wanted, scope, depth - 1)
            if found is None:
                return None
            holes[hole] = found
        return None if _is_constant(holes) else holes

    def _hole(self, hole: str, wanted: Kind, scope: Scope, depth: int) -> ast.expr | None:  # noqa: PLR0911 - one line a hole
        match hole:
            case "a" | "b":
                return self.grow(wanted, scope, depth)
            case "x" | "y":
                floats = Kind("array", FLOAT, wanted.shape) if wanted.name == "array" else FLOAT
                return self.leaf(floats, scope) if not depth else self.grow(floats, scope, depth)
            case "f":
                return self.grow(FLOAT, scope, depth)
            case "i" | "j":
                return self.leaf(INT, {name: kind for name, kind in scope.items() if kind == INT})
            case "p" | "q":
                return self.grow(BOOL, scope, depth) if depth else self._comparison(BOOL, scope)
            case "m":
                return self._comparison(Kind("array", BOOL, wanted.shape), scope)
            case "c":
                return set_kind(ast.Constant(self.random.choice((0.1, 0.2, 0.5, 0.9, 0.99))), FLOAT)
            case "k":
                return set_kind(ast.Constant(self.random.randrange(2, 10)), INT)
            case "n":
                return set_kind(ast.Constant(short(2 ** self.random.gauss(0, 1.5))), FLOAT)
            case _:
                return self._name(hole, wanted, scope)

    def _comparison(self, wanted: Kind, scope: Scope) -> ast.expr | None:
        names = fitting(wanted, scope)
        if names and self.random.random() < 0.3:
            return self.leaf(wanted, scope)
        # No condition of conditions: this is where they end.
        known = [idiom for idiom in idioms(wanted, frozenset(self.modules)) if "p" not in idiom.holes]
        return self._made(known, wanted, scope, 1)

    def _name(self, hole: str, wanted: Kind, scope: Scope) -> ast.expr | None:
        """A name for a hole that takes nothing else."""
        tests = {
            "v": lambda kind: kind.name == "array" and kind.item in (FLOAT, INT),
            "l": lambda kind: kind.is_sequence and kind.item is not None and fits(kind.item, wanted),
            "s": lambda kind: kind.is_sequence or kind.name in ("array", "dict", "text"),
        }
        names = [name for name in sorted(scope) if tests[hole](scope[name])]
        if not names:
            return None
        name = self.random.choice(names)
        return set_kind(ast.Name(name, ast.Load()), scope[name])


def fitting(wanted: Kind, scope: Scope) -> list[str]:
    """The names in scope that fit a kind, sorted."""
    return [name for name in sorted(scope) if fits(scope[name], wanted)]


def _is_constant(holes: Mapping[str, ast.expr]) -> bool:
    """Whether an idiom would only calculate with constants."""
    return all(isinstance(node, ast.Constant | ast.UnaryOp) for node in holes.values())
