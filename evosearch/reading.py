"""Reads programs without running them. Runs in a jail: a parser is a large piece of C, and the text is hostile.

What it says is a description (`evosearch.types.Reading`), which places a program on the map and finds duplicates; it
never scores.
"""

import ast
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from evosearch import normal_form
from evosearch.types import Reading, digest_of

ENTRY: Final = "evosearch.reading:read"
"""What an executor runs to read programs."""

STYLES: Final = ("literal", "operator", "call", "comprehension", "for", "while", "recursion")
"""Styles of a program, from the plainest to the richest."""

_RICHNESS: Final[dict[type[ast.AST], int]] = {
    **dict.fromkeys((ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.AugAssign), 1),
    **dict.fromkeys((ast.JoinedStr, ast.Starred, ast.Subscript), 1),
    ast.Call: 2,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), 3),
    **dict.fromkeys((ast.For, ast.AsyncFor), 4),
    ast.While: 5,
}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read(sources: list[str]) -> list[dict[str, Any]]:
    """Describe programs.

    Args:
        sources: The text of each program.

    Returns:
        For each program the fields of a `Reading`, as JSON.
    """
    # An integer literal may have any length; the jail bounds what it costs.
    sys.set_int_max_str_digits(0)
    return [asdict(read_one(source)) for source in sources]


def read_one(source: str) -> Reading:
    """Describe one program; one that is no Python, or too deep for the parser, is only told by its text."""
    try:
        with warnings.catch_warnings():
            # A doubtful escape in a program is no news for whoever runs the search.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        return _describe(source, tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading(normal_form=digest_of("text", source), parsed=False)


def _describe(source: str, tree: ast.Module) -> Reading:
    reflective = normal_form.is_reflective(tree)
    # Names are read before they are renamed away; docstrings and annotations never count.
    normal_form.strip(tree)
    nodes = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    style = _style(nodes)
    inputs_used = _inputs_used(tree)
    literal_bytes = sum(_literal_bytes(node.value) for node in nodes if isinstance(node, ast.Constant))
    form = digest_of("text", source) if reflective else digest_of("tree", ast.dump(normal_form.rename(tree)))
    return Reading(form, nodes=len(nodes), literal_bytes=literal_bytes, style=style, inputs_used=inputs_used)


def _style(nodes: list[ast.AST]) -> str:
    """The richest construct that a program uses."""
    return STYLES[max((_richness(node) for node in nodes), default=0)]


def _richness(node: ast.AST) -> int:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return STYLES.index("recursion") if _calls_itself(node) else 0
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant()):
            return 0  # -1 is a literal
        case _:
            return _RICHNESS.get(type(node), 0)


def _calls_itself(function: _Function) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name
        for statement in function.body
        for node in ast.walk(statement)
    )


def _inputs_used(tree: ast.Module) -> str:
    """Whether the entry function, the last at the top level, reads none, some or all of its parameters."""
    entry = next((node for node in reversed(tree.body) if isinstance(node, _Function)), None)
    if entry is None:
        return "none"
    parameters = set(_parameter_names(entry.args))
    used = {node.id for node in _loaded(entry)} & parameters
    if not used:
        return "none"
    return "all" if used == parameters else "some"


def _parameter_names(arguments: ast.arguments) -> list[str]:
    extras = [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extras)]


def _loaded(function: _Function) -> Iterator[ast.Name]:
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node


def _literal_bytes(value: object) -> int:
    """The digits and characters of a constant."""
    return len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else len(repr(value))
