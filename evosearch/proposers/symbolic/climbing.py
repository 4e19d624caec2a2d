"""Programs that search: a predicate's graded twin, and local or beam search for an answer that it accepts.

Such a program holds no answer but a way to one, so it is as general as its search is able: it solves every instance on
which the branch distance leads to an answer in time. One program is one candidate; the steps it takes are bounded by
what a judge's second allows. Hoos and Stutzle, "Stochastic Local Search" (2004), chapter 2.
"""

import ast
import inspect
from functools import cache
from typing import Final

from evosearch.predicates.distance import Predicate, bare, graded_twin
from evosearch.proposers.symbolic.carried import grades, searches
from evosearch.proposers.symbolic.harvest import Harvest

CONSTANTS: Final = 12
"""Constants of the source that a program starts from."""
CONSTANT_LENGTH: Final = 200
"""Characters of the longest of them."""


def climbing_programs(  # noqa: PLR0913 - what is known of a puzzle, and how hard to try
    source: str, predicate: Predicate, answer_type: str, harvest: Harvest, *, turns: int, seed: int
) -> list[str]:
    """The sources of programs for a puzzle, each another way to search.

    Args:
        source: Source of ``sat`` on the first instance.
        predicate: The same, compiled.
        answer_type: Type of the answers.
        harvest: Holds the constants of the source.
        turns: Answers that a program may look at, roughly.
        seed: A positive number: where the programs' randomness begins.
    """
    if "eval(" in source:
        return []
    sequence = answer_type == "str" or answer_type.startswith("List")
    ways = [f"climb(_cost, _changes, {answer_type!r}, {turns}, 'any')"]
    if sequence:
        ways += [
            f"climb(_cost, _changes, {answer_type!r}, {turns}, 'order')",
            f"build(_cost, _changes, {answer_type!r}, {turns}, 1)",
            f"build(_cost, _changes, {answer_type!r}, {turns}, 8)",
            f"climb(_cost, _changes, {answer_type!r}, {turns}, 'items')",
        ]
    return [_program(source, predicate, harvest, way, seed) for way in ways]


def _program(source: str, predicate: Predicate, harvest: Harvest, way: str, seed: int) -> str:
    names = predicate.parameters
    inputs = ", ".join(f"{name}={value!r}" for name, value in zip(names, predicate.defaults, strict=True))
    constants = [value for value in harvest.constants if len(repr(value)) <= CONSTANT_LENGTH][:CONSTANTS]
    graded, conditions = graded_twin(source)
    plain, twin = (ast.unparse(tree).replace("\n", "\n    ") for tree in (bare(source), graded))
    lines = [
        f"def sol({inputs}):",
        f"    _inputs = [{', '.join(names)}]",
        "    _grades = Grades()",
        f"    {plain}",
        f"    {twin}",
        f"    _cost = Cost({predicate.name}, graded_twin, _grades, {conditions}, _inputs, mutates={predicate.mutates})",
        f"    _changes = Changes([*_inputs, {', '.join(map(repr, constants))}], {seed})",
        f"    return {way}",
    ]
    return f"{library()}\n" + "\n".join(lines)


@cache
def library() -> str:
    """The source of what every program carries, without its annotations and docstrings."""
    tree = ast.parse(inspect.getsource(grades) + inspect.getsource(searches))
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr) and not _is_left_out(node)]
    return ast.unparse(_Bare().visit(tree))


def _is_left_out(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module != "math"


class _Bare(ast.NodeTransformer):
    """Takes annotations and docstrings away."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._documented(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._documented(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.Assign([node.target], node.value, lineno=node.lineno)

    def _documented(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            del node.body[0]
        return node
