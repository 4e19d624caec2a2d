"""Expressions: immutable trees of rules whose values are computed once and shared by every tree they occur in."""

import ast
import marshal
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from evosearch.predicates.steps import StepLimitError
from evosearch.proposers.symbolic.answers import handy
from evosearch.proposers.symbolic.grammar import MATHEMATICS, RULE_METER, Rule, Scope

FAILED: Final = None
"""Stands for the value of an expression that raised; no rule returns None."""
UNKNOWN: Final = object()
"""Stands for a value that nobody has asked for yet."""
_PLACEHOLDER: Final = re.compile(r"_([a-z])\d*")
"""Bound variables are called ``_x0``, ``_i1`` or ``_c`` until a program gives them names that are free in it."""
_NAMES: Final[dict[str, str]] = {
    "x": "xyzuvw",
    "y": "yzuvwx",
    "i": "ijklmn",
    "j": "jklmni",
    "c": "cdefgh",
    "p": "pqrst",
}


class Expression:
    """A rule applied to expressions, an input or a constant (`text`, `values`), or a bound variable (`position`).

    Attributes:
        type: Type of the value.
        scope: Types of the variables it may use; empty when it uses none.
        cost: What it costs in the order of enumeration.
        size: Number of nodes.
        varies: Whether it uses an input or a variable.
        known: For an expression without variables, its value for each instance (`FAILED` where it raised), or
            `UNKNOWN` until it is asked for.
    """

    __slots__ = ("binds", "children", "cost", "known", "position", "rule", "scope", "size", "text", "type", "varies")

    def __init__(self, kind: str, cost: int, scope: Scope = ()) -> None:
        self.type = kind
        self.cost = cost
        self.size = 1
        self.scope = scope
        self.rule: Rule | None = None
        self.children: tuple[Expression, ...] = ()
        self.text = ""
        self.position = 0
        self.known: list[Any] = []
        self.varies = True
        self.binds = False

    @property
    def first(self) -> Any:
        """The value for the first instance."""
        return self.known[0]

    @property
    def values(self) -> list[Any]:
        """The value for each instance."""
        return [self.at(instance) for instance in range(len(self.known))]

    def at(self, instance: int) -> Any:
        """Return the value for one instance, worked out when it is first asked for."""
        value = self.known[instance]
        if value is UNKNOWN:
            # It may be asked for while another expression is being evaluated, whose steps are counted apart.
            left = RULE_METER.left
            value = self.known[instance] = evaluate(self, instance)
            RULE_METER.left = left
        return value

    def run(self, instance: int, frame: tuple[Any, ...]) -> Any:
        """Return the value for one instance and values of the bound variables.

        Raises:
            Exception: Whatever the expression raises.
        """
        if not self.scope:
            value = self.known[instance]
            if value is UNKNOWN:
                value = self.at(instance)
            if value is FAILED:
                raise ValueError("the expression has no value here")
            return value
        if self.rule is None:
            return frame[self.position]
        return self.applied(instance, frame)

    def applied(self, instance: int, frame: tuple[Any, ...]) -> Any:
        """Return what the rule makes of the children.

        Raises:
            Exception: Whatever the expression raises.
        """
        rule = self.rule
        assert rule is not None
        if not self.binds:
            return rule.function(*[child.run(instance, frame) for child in self.children])
        return rule.function(
            *[
                _closure(child, instance) if scope else child.run(instance, frame)
                for child, scope in zip(self.children, rule.scopes, strict=True)
            ]
        )

    def source(self, depth: int = 0) -> str:
        """Return the Python text, its variables named by how deep they are bound."""
        if self.rule is None:
            if not self.scope:
                return self.text
            return _names(len(self.scope), depth - 1)[self.position]
        rule = self.rule
        parts = [rule.pieces[0]]
        for child, scope, piece in zip(self.children, rule.scopes, rule.pieces[1:], strict=True):
            text = child.source(depth + 1 if scope else depth)
            parts += [f"({text})" if child.rule is not None and child.rule.loose else text, piece]
        bound = max((len(scope) for scope in rule.scopes), default=0)
        return "".join(parts).replace("$", ", ".join(_names(bound, depth)))

    def body(self) -> str:
        """Return the statements of a program that answers with it."""
        return self.source() if self.rule is not None and self.rule.block else f"return {self.source()}"

    def walk(self) -> Iterator["Expression"]:
        yield self
        for child in self.children:
            yield from child.walk()


def _names(count: int, depth: int) -> tuple[str, ...]:
    return (f"_i{depth}", f"_x{depth}") if count > 1 else (f"_x{depth}",)


def _closure(body: Expression, instance: int) -> Any:
    run = body.run
    return lambda *frame: run(instance, frame)


def leaf(kind: str, text: str, values: Sequence[Any], cost: int, *, varies: bool) -> Expression:
    """Return an input or a constant."""
    node = Expression(kind, cost)
    node.text = text
    node.known = list(values)
    node.varies = varies
    return node


def variable(scope: Scope, position: int) -> Expression:
    """Return a bound variable."""
    node = Expression(scope[position], 1, scope)
    node.position = position
    return node


def apply(rule: Rule, children: tuple[Expression, ...], instances: int) -> Expression | None:
    """Return a rule applied to expressions, or None when it fails on the first instance or does not fit."""
    scope: Scope = ()
    for child, bound in zip(children, rule.scopes, strict=True):
        if child.rule is not None and child.rule.block:
            return None
        if not bound and child.scope:
            if scope and child.scope != scope:
                return None
            scope = child.scope
    node = Expression(rule.result, rule.cost + sum([child.cost for child in children]), scope)
    node.size = 1 + sum([child.size for child in children])
    node.rule = rule
    node.children = children
    node.binds = any(rule.scopes)
    node.varies = any(child.varies for child in children)
    if scope:
        return node
    first = evaluate(node, 0)
    if first is FAILED:
        return None
    node.known = [first, *[UNKNOWN] * (instances - 1)]
    return node


def evaluate(node: Expression, instance: int, frame: tuple[Any, ...] = ()) -> Any:
    """Return the value of a rule's application, or `FAILED`."""
    RULE_METER.begin()
    try:
        value = frame[node.position] if node.rule is None else node.applied(instance, frame)
    except (Exception, StepLimitError):  # noqa: BLE001 - any expression may be tried, so anything may go wrong
        return FAILED
    finally:
        RULE_METER.end()
    return value if type(value) is bool or type(value) is float or handy(value) else FAILED


def digest(values: Any) -> bytes:
    """Return a key that is equal for equal values of equal types only."""
    return marshal.dumps(values, 2)


def program(header: str, body: str) -> str:
    """Return the source of ``sol`` for its last statements, with the imports it needs and names for its variables."""
    tree = ast.parse(body)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    taken = {name for name in used if not _PLACEHOLDER.fullmatch(name)}
    names: dict[str, str] = {}
    for placeholder in sorted(filter(_PLACEHOLDER.fullmatch, used)):
        names[placeholder] = _free_name(placeholder, taken)
        taken.add(names[placeholder])
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = names.get(node.arg, node.arg)
    imported = sorted(used & MATHEMATICS.keys())
    imports = f"    from math import {', '.join(imported)}\n" if imported else ""
    lines = ast.unparse(tree).replace("\n", "\n    ")
    return f"{header}\n{imports}    {lines}"


def _free_name(placeholder: str, taken: set[str]) -> str:
    wanted = _NAMES.get(placeholder[1], placeholder[1])
    free = (name for name in wanted if name not in taken)
    return next(free, placeholder)
