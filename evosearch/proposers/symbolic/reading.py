"""Reads earlier programs back into expressions, so that search can continue from them or borrow their parts."""

import ast
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from evosearch.proposers.symbolic.answers import type_of
from evosearch.proposers.symbolic.expressions import FAILED, Expression, apply, leaf
from evosearch.proposers.symbolic.grammar import MATHEMATICS, Rule, compile_functions, is_loose

KNOWN: Final = MATHEMATICS.keys() | frozenset(
    [
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "hex",
        "int",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "ord",
        "pow",
        "range",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
    ]
)
"""Functions that a part of a program may call."""
_HOLE: Final = re.compile(r"_hole(\d+)")


def answer_of(source: str) -> Any:
    """Return the literal that a program returns, None when it computes its answer."""
    returned = _returned(source)
    return None if returned is None else _literal(returned)


def expressions_of(source: str, leaves: Sequence[Expression]) -> list[Expression]:
    """Return the expression that a program returns and its parts, whole first; none for other programs.

    Names of inputs that do not exist here stand for the first input of the same type.
    """
    returned = _returned(source)
    if returned is None or _literal(returned) is not None:
        return []
    reader = _Reader(leaves, _inputs(source, leaves))
    whole = reader.read(_renamed(returned))
    return list(dict.fromkeys(whole.walk())) if whole is not None else reader.parts


def _definition(source: str) -> ast.FunctionDef | None:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[-1] if body and isinstance(body[-1], ast.FunctionDef) else None


def _returned(source: str) -> ast.expr | None:
    definition = _definition(source)
    if definition is None:
        return None
    statements = [statement for statement in definition.body if not isinstance(statement, ast.ImportFrom)]
    if len(statements) == 1 and isinstance(statements[0], ast.Return):
        return statements[0].value
    return None


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None


def _inputs(source: str, leaves: Sequence[Expression]) -> dict[str, Expression]:
    """Return what each parameter of a program stands for here."""
    own = {node.text: node for node in leaves if node.varies}
    definition = _definition(source)
    if definition is None:
        return own
    arguments = definition.args
    meant = dict(own)
    for argument, default in zip(arguments.args[::-1], arguments.defaults[::-1], strict=False):
        kind = type_of(_literal(default))
        if argument.arg not in own:
            alike = [node for node in own.values() if node.type == kind]
            meant |= {argument.arg: alike[0]} if alike else {}
    return meant


def _renamed(node: ast.expr) -> ast.expr:
    """Give bound variables names that no input has."""
    bound: dict[str, str] = {}
    for name in ast.walk(node):
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
            bound.setdefault(name.id, f"_{name.id.strip('_')[:1] or 'x'}{50 + len(bound)}")
        elif isinstance(name, ast.arg):
            bound.setdefault(name.arg, f"_{name.arg.strip('_')[:1] or 'x'}{50 + len(bound)}")
    for name in ast.walk(node):
        if isinstance(name, ast.Name):
            name.id = bound.get(name.id, name.id)
        elif isinstance(name, ast.arg):
            name.arg = bound.get(name.arg, name.arg)
    return node


class _Reader(ast.NodeTransformer):
    """Turns a syntax tree into an expression whose rules are made as they are met."""

    def __init__(self, leaves: Sequence[Expression], inputs: dict[str, Expression]) -> None:
        self.instances = len(leaves[0].known) if leaves else 1
        self.inputs = inputs
        self.parts: list[Expression] = []

    def read(self, node: ast.expr) -> Expression | None:
        """Return the expression of a tree, None when it uses what is unknown here."""
        if isinstance(node, ast.Name):
            return self.inputs.get(node.id)
        value = _literal(node)
        kind = None if value is None else type_of(value)
        if kind is not None:
            return leaf(kind, ast.unparse(node), [value] * self.instances, 2, varies=False)
        if isinstance(node, ast.Lambda | ast.Starred | ast.GeneratorExp):
            return None
        found = self._apply(node)
        if found is not None:
            self.parts.append(found)
        return found

    def _apply(self, node: ast.expr) -> Expression | None:
        holes = _Holes(self)
        template = holes.generic_visit(deepcopy(node))
        assert isinstance(template, ast.expr)
        if holes.unknown(template):
            return None
        text = ast.unparse(template)
        arguments = ", ".join(f"_hole{number}" for number in range(len(holes.children)))
        try:
            function = compile_functions([f"lambda {arguments}: {text}"])[0]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        pieces = _HOLE.split(text)
        children = tuple(holes.children[int(number)] for number in pieces[1::2])
        rule = Rule(
            result="",
            holes=tuple(child.type for child in children),
            scopes=((),) * len(children),
            pieces=tuple(pieces[0::2]),
            function=function,
            cost=1,
            loose=is_loose(text),
        )
        return self._typed(rule, children)

    def _typed(self, rule: Rule, children: tuple[Expression, ...]) -> Expression | None:
        found = apply(rule, children, self.instances)
        kind = None if found is None or found.first is FAILED else type_of(found.first)
        if kind is None:
            return None
        fields = {name: getattr(rule, name) for name in Rule.__slots__} | {"result": kind}
        return apply(Rule(**fields), children, self.instances)


class _Holes(ast.NodeTransformer):
    """Replaces the parts of one node that have a value of their own by holes."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.children: list[Expression] = []

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
            child = self.reader.read(node)
            if child is not None:
                self.children.append(child)
                return ast.Name(f"_hole{len(self.children) - 1}", ast.Load())
        return self.generic_visit(node)

    def unknown(self, template: ast.expr) -> bool:
        """Whether the template mentions a name that is neither bound in it nor known everywhere."""
        names = [node for node in ast.walk(template) if isinstance(node, ast.Name)]
        bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        bound |= {node.arg for node in ast.walk(template) if isinstance(node, ast.arg)}
        return any(node.id not in bound and node.id not in KNOWN and not node.id.startswith("_hole") for node in names)
