"""How likely each rule is, learnt from programs that solved other problems of the same kind.

Puri Schreiber et al., "Programming Puzzles" (2021, arXiv:2106.05784), section 4, guide their enumeration by a model of
the rules that past solutions used. Here the model is a count: a rule is the likelier, the more of the solutions use
all the constructs that it is made of.
"""

import ast
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from evosearch.proposers.symbolic.grammar import Rule

STRENGTH: Final = 3.0
"""How many times as likely as an unused rule one becomes that every solution uses, less one."""
_PLAIN: Final = (ast.expr_context, ast.Name, ast.Constant, ast.arg, ast.arguments, ast.Load, ast.Module, ast.Expression)


def rule_weights(rules: Sequence[Rule], solutions: Iterable[str]) -> dict[Rule, float]:
    """Return the weight of each rule, 1 where nothing is known.

    Args:
        rules: The grammar.
        solutions: Sources of programs. One that defines functions inside ``sol`` says nothing: it searches for its
            answer, and its constructs are those of the search.
    """
    used = [constructs for source in solutions if (constructs := _constructs_of(source))]
    if not used:
        return dict.fromkeys(rules, 1.0)
    weights = {}
    for rule in rules:
        needed = _constructs_in("_".join(rule.pieces).replace("$", "_"))
        users = sum(needed <= constructs for constructs in used) if needed else 0
        weights[rule] = 1.0 + STRENGTH * users / len(used)
    return weights


def _constructs_of(source: str) -> frozenset[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    definitions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return _constructs(definitions[0].body) if len(definitions) == 1 else frozenset()


@cache
def _constructs_in(text: str) -> frozenset[str]:
    return _constructs([ast.parse(text)])


def _constructs(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The kinds of syntax, and the names of the functions and methods, that occur."""
    found = set()
    for node in (part for whole in nodes for part in ast.walk(whole)):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                found.add(name)
            case ast.Attribute(attr=name):
                found.add(f".{name}")
            case ast.expr() | ast.operator() | ast.cmpop() | ast.unaryop() if not isinstance(node, _PLAIN):
                found.add(type(node).__name__)
    return frozenset(found)
