"""Idioms: the pieces that expressions are grown from, as Python with holes.

A hole is a name: its first letter says what it takes.

a, b   the kind that is wanted         p   a condition
x, y   floats of the wanted shape      m   a condition of the wanted shape
f      one float                       v   any array of numbers
i, j   a whole number                 l   a list or tuple of what is wanted
k      2 to 9                         s   anything that has a length
c      a number from 0 to 1            n   a positive constant
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from evosearch.proposers.symbolic.editing.kinds import Kind
from evosearch.proposers.symbolic.editing.syntax import copied

_FLOAT: Final = (
    *("a + b", "a - b", "a * b", "a / b", "a / (abs(b) + 1.0)", "min(a, b)", "max(a, b)", "abs(a)", "-a", "a ** 2"),
    *("a if p else b", "a + n", "a * n", "c * a + (1.0 - c) * b", "float(p)"),
    *("sum(l)", "max(l)", "min(l)", "len(s)", "l[i % len(l)]"),
    *("math.sqrt(abs(a))", "math.log1p(abs(a))", "math.exp(-abs(a))", "math.tanh(a)", "math.sin(a)", "math.cos(a)"),
    *("np.sqrt(np.abs(a))", "np.log1p(np.abs(a))", "np.exp(-np.abs(a))", "np.tanh(a)", "np.sin(a)", "np.sign(a)"),
    *("np.mean(v)", "np.sum(v)", "np.max(v)", "np.min(v)", "np.std(v)", "np.linalg.norm(v)"),
)
_INT: Final = (
    *("a + b", "a - b", "a * b", "a // k", "a % k", "min(a, b)", "max(a, b)", "abs(a)", "a + 1", "a - 1"),
    *("a if p else b", "int(p)", "sum(l)", "max(l)", "min(l)", "len(s)", "l[i % len(l)]", "l.count(a)"),
)
_BOOL: Final = (
    *("x < y", "x > y", "x <= y", "x >= y", "i == k", "i % k == 0", "i < j", "x < n", "x > n"),
    *("not p", "p and q", "p or q", "len(s) > k"),
)
_ARRAY: Final = (
    *("a + b", "a - b", "a * b", "a / b", "a / (np.abs(b) + 1.0)", "a * n", "a + n", "a * f", "a - f", "-a", "a ** 2"),
    *("np.minimum(a, b)", "np.maximum(a, b)", "np.abs(a)", "np.sqrt(np.abs(a))", "np.log1p(np.abs(a))"),
    *("np.exp(-np.abs(a))", "np.tanh(a)", "np.sign(a)", "np.sin(a)", "np.clip(a, -n, n)", "np.where(m, a, b)"),
    *("a / (np.linalg.norm(a) + 1e-08)", "a - np.mean(a)", "c * a + (1.0 - c) * b"),
)
_INTS: Final = ("a + b", "a - b", "a * b", "a % k", "a + k", "np.minimum(a, b)", "np.maximum(a, b)", "np.abs(a)")
_MASK: Final = ("x < y", "x > y", "x < n", "x > n", "x > f", "~a", "a & b", "a | b")
_BY_NAME: Final[Mapping[str, tuple[str, ...]]] = {
    "float": _FLOAT,
    "int": _INT,
    "bool": _BOOL,
    "list": ("sorted(a)", "a[::-1]", "a + b", "a[1:] + a[:1]"),
    "tuple": ("a[::-1]", "tuple(sorted(a))", "a[1:] + a[:1]"),
    "text": ("a + b", "a[::-1]", "a.lower()", "a.upper()"),
    "any": ("a + b", "a - b", "a * b", "a / b", "-a", "a if a < b else b", "min(a, b)", "max(a, b)", "abs(a)"),
}
_BY_ITEM: Final[Mapping[str, tuple[str, ...]]] = {"float": _ARRAY, "int": _INTS, "bool": _MASK}
_HOLES: Final = frozenset("abcfijklmnpqsvxy")


@dataclass(frozen=True, slots=True)
class Idiom:
    """A piece of Python with holes.

    Attributes:
        text: Its source.
        holes: The names of its holes, sorted.
        module: What it needs to be imported: `np`, `math` or nothing.
    """

    text: str
    holes: tuple[str, ...]
    module: str

    def filled(self, holes: Mapping[str, ast.expr], modules: Mapping[str, str]) -> ast.expr:
        """The expression with its holes filled; a hole that stands twice gets two copies.

        Args:
            holes: Name of a hole -> what goes in.
            modules: `np` and `math` -> the names that they go by in the program.
        """
        filler = _Filler(holes, modules)
        filled: ast.expr = filler.visit(copied(_expression(self.text)))
        return filled


class _Filler(ast.NodeTransformer):
    def __init__(self, holes: Mapping[str, ast.expr], modules: Mapping[str, str]) -> None:
        self._holes = holes
        self._modules = modules

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._holes:
            return copied(self._holes[node.id])
        node.id = self._modules.get(node.id, node.id)
        return node


@cache
def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@cache
def idioms(wanted: Kind, modules: frozenset[str]) -> tuple[Idiom, ...]:
    """The idioms that make a kind.

    Args:
        wanted: The kind.
        modules: Which of `np` and `math` the program imports.
    """
    if wanted.name == "array":
        texts = _BY_ITEM.get(wanted.item.name, ()) if wanted.item else ()
    else:
        texts = _BY_NAME.get(wanted.name, ())
    made = (_idiom(text) for text in texts)
    return tuple(idiom for idiom in made if not idiom.module or idiom.module in modules)


def _idiom(text: str) -> Idiom:
    names = {node.id for node in ast.walk(_expression(text)) if isinstance(node, ast.Name)}
    module = next((name for name in ("np", "math") if name in names), "")
    return Idiom(text, tuple(sorted(names & _HOLES)), module)
