"""Sites: the places of a program where an expression may be put, and the blocks whose statements may be moved.

Never among them: imports, docstrings, annotations, decorators, bases of classes, patterns, the insides of formatted
texts, and whatever is only there when a program is run as a script. Nor are the defaults of parameters, but for the
numbers among them (`defaults`), which are a usual place for what is to be tuned.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from evosearch.proposers.symbolic.editing.syntax import (
    BLOCKS,
    Comprehension,
    Function,
    is_bare_text,
)

_CLOSED = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.JoinedStr, ast.pattern, ast.operator, ast.cmpop)
_BOUND_TO_PLACE = (ast.Starred, ast.Slice, ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr, *_CLOSED)


@dataclass(slots=True)
class Site:
    """A place that holds an expression.

    Attributes:
        owner: The node whose field it is.
        field: Name of the field.
        place: Position in the field if it is a list, else None.
        statement: The statement around it.
        inner: Names bound by comprehensions and lambdas around it.
    """

    owner: ast.AST
    field: str
    place: int | None
    statement: ast.stmt
    inner: tuple[str, ...] = ()

    @property
    def node(self) -> ast.expr:
        """The expression that is there."""
        value = getattr(self.owner, self.field)
        found: ast.expr = value if self.place is None else value[self.place]
        return found

    def put(self, node: ast.expr) -> None:
        """Put another expression there."""
        if self.place is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.place] = node


@dataclass(slots=True)
class Block:
    """A list of statements.

    Attributes:
        owner: The function, loop, branch, … whose statements they are.
        statements: The list itself, so that a change of it changes the program.
        above: The block around it; None for the body of a function.
        anchor: The statement of that block that it is part of.
        function: The function around it, None at the top level.
    """

    owner: ast.AST
    statements: list[ast.stmt]
    above: "Block | None"
    anchor: ast.stmt | None
    function: Function | None

    @property
    def first(self) -> int:
        """The position of the first statement that is no docstring."""
        return int(bool(self.statements) and is_bare_text(self.statements[0]))


def sites(tree: ast.Module) -> list[Site]:
    """All sites of a program, in the order of the text as far as the grammar goes."""
    found: list[Site] = []
    for statement in tree.body:
        _statement(statement, found)
    return found


def defaults(tree: ast.Module) -> list[Site]:
    """The defaults of the parameters of all functions; nothing is known of their kinds."""
    found: list[Site] = []
    for node in ast.walk(tree):
        if isinstance(node, Function):
            for field in ("defaults", "kw_defaults"):
                values = getattr(node.args, field)
                found += [Site(node.args, field, place, node) for place, value in enumerate(values) if value]
    return found


def blocks(tree: ast.Module) -> list[Block]:
    """The blocks of all functions and methods, those inside before those around them."""
    return list(_blocks(tree, None, None, None))


def _blocks(owner: ast.AST, above: Block | None, anchor: ast.stmt | None, function: Function | None) -> Iterator[Block]:
    for field in BLOCKS:
        statements = getattr(owner, field, None)
        if type(statements) is not list or not statements:
            continue
        block = Block(owner, statements, above, anchor, function)
        for statement in statements:
            yield from _inside(statement, block, function)
        if function is not None:
            yield block


def _inside(statement: ast.stmt, block: Block, function: Function | None) -> Iterator[Block]:
    if isinstance(statement, Function):
        yield from _blocks(statement, None, None, statement)
    elif isinstance(statement, ast.ClassDef):
        yield from _blocks(statement, None, None, None)
    else:
        for part in (statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _blocks(part, block, statement, function)


def is_script(statement: ast.stmt) -> bool:
    """Whether a statement is only there for a program that is run as a script."""
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def _statement(statement: ast.stmt, found: list[Site]) -> None:
    if is_bare_text(statement) or is_script(statement):
        return
    if isinstance(statement, (*(ast.FunctionDef, ast.AsyncFunctionDef), ast.ClassDef)):
        for inner in statement.body:
            _statement(inner, found)
        return
    for field in statement._fields:
        if field != "annotation":
            _field(statement, field, statement, (), found)


def _field(owner: ast.AST, field: str, statement: ast.stmt, inner: tuple[str, ...], found: list[Site]) -> None:
    value = getattr(owner, field, None)
    if isinstance(value, ast.expr):
        _expression(Site(owner, field, None, statement, inner), found)
    elif type(value) is list:
        for place, item in enumerate(value):
            if isinstance(item, ast.expr):
                _expression(Site(owner, field, place, statement, inner), found)
            elif isinstance(item, ast.stmt):
                _statement(item, found)
            elif isinstance(item, ast.AST):
                _parts(item, statement, inner, found)


def _parts(node: ast.AST, statement: ast.stmt, inner: tuple[str, ...], found: list[Site]) -> None:
    """Keywords, handlers, cases and items of `with`."""
    if isinstance(node, _CLOSED):
        return
    for field in node._fields:
        _field(node, field, statement, inner, found)


def _expression(site: Site, found: list[Site]) -> None:
    node = site.node
    if isinstance(node, _CLOSED):
        return
    stored = not isinstance(getattr(node, "ctx", None), ast.Load | None)
    indices = site.field == "slice" and isinstance(node, ast.Tuple)
    called = site.field == "func"
    if not (stored or indices or called or isinstance(node, _BOUND_TO_PLACE)):
        found.append(site)
    if isinstance(node, Comprehension):
        _comprehension(node, site, found)
    elif isinstance(node, ast.Lambda):
        names = tuple(argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg))
        _field(node, "body", site.statement, site.inner + names, found)
    else:
        # `x` of `x[i] = ...` says where the value goes, not what it is.
        fields = ("slice",) if stored and isinstance(node, ast.Subscript) else node._fields
        for field in () if stored and isinstance(node, ast.Attribute) else fields:
            _field(node, field, site.statement, site.inner, found)


def _comprehension(node: Comprehension, site: Site, found: list[Site]) -> None:
    names = tuple(
        inner.id for part in node.generators for inner in ast.walk(part.target) if isinstance(inner, ast.Name)
    )
    for place, part in enumerate(node.generators):
        _field(part, "iter", site.statement, site.inner + (names if place else ()), found)
        _field(part, "ifs", site.statement, site.inner + names, found)
    for field in ("elt", "key", "value"):
        _field(node, field, site.statement, site.inner + names, found)
