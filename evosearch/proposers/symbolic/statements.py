"""Programs of several statements: loops with an accumulator, greedy picks and iterations, their holes to be filled.

They are rules like those of the grammar, but stand only at the root of a program. A line such as ``for _x0 in
<List[T]>:`` has a hole that is evaluated once, before the loop; a hole with variables, ``<U|U,T>``, is evaluated
wherever it stands, and may use the accumulator ``_i0`` and the item ``_x0``, or the one variable ``_x0``. U is always
the type of the answer.
"""

import ast
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from evosearch.predicates.steps import StepCounting, StepLimitError, compile_tree, namespace
from evosearch.proposers.symbolic.answers import handy, item_type
from evosearch.proposers.symbolic.grammar import MATHEMATICS, RULE_METER, Rule, Template, instances, read_template

BLOCKS: Final = (
    # Folds: an accumulator that every item changes, or only some.
    "_i0 = <U>\nfor _x0 in <List[T]>:\n    _i0 = <U|U,T>\nreturn _i0 : U",
    "_i0 = <U>\nfor _x0 in <str>:\n    _i0 = <U|U,str>\nreturn _i0 : U",
    "_i0 = <U>\nfor _x0 in range(<int>):\n    _i0 = <U|U,int>\nreturn _i0 : U",
    "_i0 = <U>\nfor _x0 in <List[T]>:\n    if <bool|U,T>:\n        _i0 = <U|U,T>\nreturn _i0 : U",
    "_i0 = <U>\nfor _x0 in range(<int>):\n    if <bool|U,int>:\n        _i0 = <U|U,int>\nreturn _i0 : U",
    # Greedy picks: an item is taken if it goes with those taken before.
    "_i0 = <List[T]>\nfor _x0 in <List[T]>:\n    if <bool|List[T],T>:\n        _i0 = _i0 + [_x0]\nreturn _i0 : List[T]",
    "_i0 = <str>\nfor _x0 in <str>:\n    if <bool|str,str>:\n        _i0 = _i0 + _x0\nreturn _i0 : str",
    # Lists built item by item out of what is there, so far or until they are long enough.
    "_i0 = <List[T]>\nfor _x0 in range(<int>):\n    _i0 = _i0 + [<T|List[T],int>]\nreturn _i0 : List[T]",
    "_x0 = <List[T]>\nwhile <bool|List[T]>:\n    _x0 = _x0 + [<T|List[T]>]\nreturn _x0 : List[T]",
    # Iterations of a state, to where a condition ends them; the state, or all states on the way.
    "_x0 = <U>\nwhile <bool|U>:\n    _x0 = <U|U>\nreturn _x0 : U",
    "_x0 = <T>\n_p0 = [_x0]\nwhile <bool|T>:\n    _x0 = <T|T>\n    _p0.append(_x0)\nreturn _p0 : List[T]",
)
COST: Final = 4
"""What a block adds to the cost of a program."""
MAX_ACCUMULATED: Final = 1_000
"""Items and characters of what a loop builds up."""

_BOUNDED: Final = "_bounded"


def blocks_for(types: frozenset[str], answer_type: str) -> tuple[Rule, ...]:
    """Return the blocks that make an answer, their holes among `types`, in a fixed order."""
    return tuple(
        rule
        for template, function in zip(_templates(), _functions(), strict=True)
        for rule in instances(template, function, types, second=answer_type)
        if rule.result == answer_type
    )


@cache
def _templates() -> tuple[Template, ...]:
    return tuple(read_template(line, COST, block=True) for line in BLOCKS)


@cache
def _functions() -> tuple[Callable[..., Any], ...]:
    definitions = []
    for number, template in enumerate(_templates()):
        body = template.expression.replace("\n", "\n        ")
        parameters = ", ".join(f"a{position}" for position in range(len(template.holes)))
        definitions.append(f"    def f{number}({parameters}):\n        {body}")
    names = ", ".join(f"f{number}" for number in range(len(definitions)))
    tree = ast.parse("def functions():\n" + "\n".join(definitions) + f"\n    return ({names},)")
    counting = StepCounting(ast.Module([], []))
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)):
        counting.visit(loop)
        # What one round makes longer, a hundred rounds make too long to hold.
        loop.body += ast.parse(f"{_BOUNDED}({_accumulator(loop)})").body
    names_within_reach = namespace(RULE_METER, **MATHEMATICS, **{_BOUNDED: _bounded})
    functions: tuple[Callable[..., Any], ...] = compile_tree(tree, names_within_reach, "functions")()
    return functions


def _accumulator(loop: ast.For | ast.While) -> str:
    """The variable that a loop gives new values."""
    stored = [node.targets[0] for node in ast.walk(loop) if isinstance(node, ast.Assign)]
    return ast.unparse(stored[0])


def _bounded(value: Any) -> None:
    if not handy(value, MAX_ACCUMULATED):
        raise StepLimitError


def loop_types(answer_type: str, types: frozenset[str]) -> frozenset[str]:
    """Return the types that are worth looping over: scalars, and what the answer is made of."""
    inner = item_type(answer_type)
    return frozenset({"int", "str", "bool", "List[int]", "List[str]", answer_type, *([inner] if inner else [])}) & types
