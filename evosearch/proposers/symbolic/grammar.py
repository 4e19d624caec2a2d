"""The grammar of expressions: typed rules, written as the Python they stand for.

A line such as ``"[<U|T> for $ in <List[T]>] : List[U]"`` is one rule. ``<int>`` is a hole for an expression
of that type, ``<U|T>`` a hole for an expression of type U that may use a variable of type T bound by the rule
(``$``), and T and U stand for every type of the puzzle. What a rule computes is compiled from the same text
that is printed in a program, so the two cannot differ.
"""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from evosearch.predicates.steps import Meter, StepCounting, compile_tree, namespace
from evosearch.proposers.symbolic.answers import item_type
from evosearch.proposers.symbolic.rules import RULES

RULE_STEPS: Final = 2_000
"""Steps one application of a rule may cost."""


class RuleMeter(Meter):
    """Counts the steps of each application of a rule, and of all of them."""

    __slots__ = ("spent",)

    def __init__(self) -> None:
        super().__init__()
        self.spent = 0

    def begin(self) -> None:
        self.left = RULE_STEPS

    def end(self) -> None:
        self.spent += RULE_STEPS - self.left


RULE_METER: Final = RuleMeter()

MATHEMATICS: Final = {"comb": math.comb, "gcd": math.gcd, "isqrt": math.isqrt}
"""Functions that a program imports from ``math`` when it uses them."""

_HOLE: Final = re.compile(r"<([\w\[\]]+)(?:\|([\w\[\],]+))?>")
_OPEN: Final = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda)

Scope: TypeAlias = tuple[str, ...]
"""Types of the variables that an expression may use."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to make a value of type `result`.

    Attributes:
        result: Type of the value.
        holes: Types of the arguments.
        scopes: For each argument the types of the variables that the rule binds for it; empty for most.
        pieces: The text around the holes, one more than there are holes; ``$`` stands for the variables.
        function: Computes the value; an argument with a scope arrives as a function of the variables.
        cost: What the rule adds to the cost of an expression.
        loose: Whether the text needs parentheses inside another rule.
        block: Whether the text is statements, which stand only at the root of a program.
    """

    result: str
    holes: tuple[str, ...]
    scopes: tuple[Scope, ...]
    pieces: tuple[str, ...]
    function: Callable[..., Any]
    cost: int
    loose: bool
    block: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A line of the grammar: a rule for every way to choose T and U."""

    result: str
    holes: tuple[str, ...]
    scopes: tuple[Scope, ...]
    pieces: tuple[str, ...]
    expression: str
    cost: int
    block: bool = False


def rules_for(types: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules whose holes and results are all among `types`, in a fixed order."""
    return tuple(
        rule
        for template, function in zip(_templates(), _functions(), strict=True)
        for rule in instances(template, function, types)
    )


def types_around(names: list[str]) -> frozenset[str]:
    """Return the types worth using beside the types `names`: they, what they hold, and the common ones."""
    types = {"int", "bool", "str", "List[int]", "List[str]", "List[bool]"}
    for name in names:
        inner: str | None = name
        while inner is not None:
            types.add(inner)
            inner = item_type(inner)
    if "float" in types:
        types.add("List[float]")
    return frozenset(types)


@cache
def _templates() -> tuple[Template, ...]:
    return tuple(read_template(line, cost) for cost, lines in RULES for line in lines)


def read_template(line: str, cost: int, *, block: bool = False) -> Template:
    """Return what a line of the grammar says."""
    text, result = line.rsplit(" : ", 1)
    parts = _HOLE.split(text)
    scopes = tuple(tuple(scope.split(",")) if scope else () for scope in parts[2::3])
    variables = ["v0", "v1"][: max((len(scope) for scope in scopes), default=0)]
    bound = ", ".join(variables)
    names = [f"a{i}({_variables(scope, block=block)})" if scope else f"a{i}" for i, scope in enumerate(scopes)]
    expression = parts[0] + "".join(name + piece for name, piece in zip(names, parts[3::3], strict=True))
    expression = expression.replace("$", bound)
    return Template(result, tuple(parts[1::3]), scopes, tuple(parts[0::3]), expression, cost, block)


def _variables(scope: Scope, *, block: bool) -> str:
    """The variables that a hole is given: a block names its own as they are printed at the root of a program."""
    names = ("_i0", "_x0") if block else ("v0", "v1")
    return ", ".join(names[-len(scope) :] if block else names[: len(scope)])


@cache
def _functions() -> tuple[Callable[..., Any], ...]:
    """Compile all rules at once, which costs a tenth of compiling them one by one."""
    lambdas = [
        f"lambda {', '.join(f'a{i}' for i in range(len(template.holes)))}: {template.expression}"
        for template in _templates()
    ]
    return compile_functions(lambdas)


def compile_functions(lambdas: list[str]) -> tuple[Callable[..., Any], ...]:
    """Compile the text of functions so that they count their steps on `RULE_METER`."""
    tree = ast.parse(f"def functions():\n    return ({', '.join(lambdas)},)")
    counting = StepCounting(ast.Module([], []))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.Lambda)):
        function.body = counting.visit(function.body)
    functions: tuple[Callable[..., Any], ...] = compile_tree(tree, namespace(RULE_METER, **MATHEMATICS), "functions")()
    return functions


@cache
def is_loose(expression: str) -> bool:
    """Whether an expression needs parentheses inside another."""
    return isinstance(ast.parse(expression, mode="eval").body, _OPEN)


def instances(
    template: Template, function: Callable[..., Any], types: frozenset[str], second: str | None = None
) -> list[Rule]:
    """Return the rules of a template for T and U among `types`; U is `second` if that is given."""
    loose = not template.block and is_loose(template.expression)
    seconds = sorted(types) if second is None else [second]
    rules = []
    for first in sorted(types) if _uses(template, "T") else [""]:
        for other in seconds if _uses(template, "U") else [""]:
            holes = tuple(_filled(hole, first, other) for hole in template.holes)
            scopes = tuple(tuple(_filled(name, first, other) for name in scope) for scope in template.scopes)
            result = _filled(template.result, first, other)
            mentioned = {result, *holes, *(name for scope in scopes for name in scope)}
            if mentioned <= types:
                rule = Rule(result, holes, scopes, template.pieces, function, template.cost, loose, template.block)
                rules.append(rule)
    return rules


def _uses(template: Template, letter: str) -> bool:
    names = [template.result, *template.holes, *(name for scope in template.scopes for name in scope)]
    return any(_bare(name) == letter for name in names)


def _bare(name: str) -> str:
    while (inner := item_type(name)) is not None:
        name = inner
    return name


def _filled(name: str, first: str, second: str) -> str:
    inner = item_type(name)
    if inner is not None:
        return f"List[{_filled(inner, first, second)}]"
    return {"T": first, "U": second}.get(name, name)
