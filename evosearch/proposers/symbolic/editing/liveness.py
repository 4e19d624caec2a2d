"""Liveness: whether the value that a statement gives a name is read by anything after it (Allen and Cocke, 1976).

One-sided: what is found dead is never read; what is found live may still not be.
"""

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from evosearch.proposers.symbolic.editing.scopes import loads, local_names
from evosearch.proposers.symbolic.editing.sites import Block, blocks
from evosearch.proposers.symbolic.editing.syntax import Function, imported, is_bare_text, scope

_PURE: Final = frozenset(
    {"abs", "all", "any", "bool", "divmod", "float", "int", "len", "list", "max", "min", "range", "reversed", "round"}
    | {"set", "sorted", "str", "sum", "tuple", "zip", "enumerate", "dict"}
)
_PURE_MODULES: Final = ("numpy", "math")
_IMPURE: Final = frozenset({"random", "copyto", "put", "place", "putmask", "fill_diagonal", "seterr", "save", "load"})


def following(block: Block, place: int) -> Iterator[ast.stmt]:
    """The statements that may run from a place on, roughly in order; all of a loop or `try` that it is in."""
    around: Block | None = block
    while around is not None:
        if isinstance(around.anchor, ast.Try | ast.TryStar):
            # Any statement of it may fail, and what comes next may never come.
            yield around.anchor
        around = around.above
    yield from block.statements[place:]
    if block.above is not None and block.anchor is not None:
        if not isinstance(block.anchor, ast.If | ast.With):
            yield block.anchor
        places = [id(statement) for statement in block.above.statements]
        yield from following(block.above, places.index(id(block.anchor)) + 1)


class Reads:
    """The names that statements read, looked up once each; for as long as the program stays as it is."""

    def __init__(self) -> None:
        # The statement is kept as well, so that no other gets its identity.
        self._known: dict[int, tuple[ast.stmt, frozenset[str]]] = {}

    def of(self, statement: ast.stmt) -> frozenset[str]:
        """The names that a statement reads."""
        if id(statement) not in self._known:
            self._known[id(statement)] = (statement, frozenset(loads(statement)))
        return self._known[id(statement)][1]


def is_read(name: str, statements: Iterable[ast.stmt], reads: Reads) -> bool:
    """Whether one of these statements reads a name before another gives it a new value."""
    for statement in statements:
        if name in reads.of(statement):
            return True
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                return False
            case _:
                pass
    return False


def first_bound(statement: ast.stmt, after: Iterable[ast.stmt]) -> frozenset[str]:
    """The names that a statement is the first to bind, and that are read after it."""
    fresh = local_names([statement]) - scope(statement).keys()
    return fresh and fresh & {name for later in after for name in loads(later)}


def tidy(tree: ast.Module) -> ast.Module:
    """Remove, in place, assignments that nothing reads and values that nobody takes; what may have effects stays."""
    modules = {short for name, short in imported(tree).items() if name in _PURE_MODULES}
    own = local_names(tree.body)
    kept = {id(node): _kept(node) for node in ast.walk(tree) if isinstance(node, Function)}
    again = True
    while again:
        reads = Reads()
        again = False
        for block in blocks(tree):
            again |= _sweep(block, kept[id(block.function)], reads, lambda one: _is_pure(one, modules, own))
    return tree


def _sweep(block: Block, kept: frozenset[str], reads: Reads, is_pure: Callable[[ast.stmt], bool]) -> bool:
    """Remove what is dead from one block; say whether there was anything."""
    swept = False
    for place in reversed(range(block.first, len(block.statements))):
        alone = len(block.statements) == block.first + 1
        if _is_dead(block, place, kept, reads) and is_pure(block.statements[place]):
            block.statements[place : place + 1] = [ast.Pass()] if alone else []
            swept = True
    return swept


def _is_dead(block: Block, place: int, kept: frozenset[str], reads: Reads) -> bool:
    match block.statements[place]:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=same)) if name == same:
            return name not in kept
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
            return name not in kept and not is_read(name, following(block, place + 1), reads)
        case ast.Expr() as statement:
            return not is_bare_text(statement)
        case ast.If(body=[ast.Pass()], orelse=[] | [ast.Pass()]):
            return True
        case ast.Pass():
            return len(block.statements) > block.first + 1
        case _:
            return False


def _kept(function: Function) -> frozenset[str]:
    """Names that are read in other ways: by functions inside, as globals, or by being deleted."""
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found.update(names)
            case ast.Delete():
                found |= local_names([node])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef() if node is not function:
                found.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
            case ast.Name(id="locals" | "vars" | "eval" | "exec"):
                found.update(inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name))
            case _:
                pass
    return frozenset(found)


def _is_pure(statement: ast.stmt, modules: set[str], own: frozenset[str]) -> bool:
    """Whether a statement has no effect but on the name that it binds."""
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                if name not in _PURE or name in own or not hasattr(builtins, name):
                    return False
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                if name in _IMPURE or not _is_module(owner, modules):
                    return False
            case ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr():
                return False
            case _:
                pass
    match statement:
        case ast.AugAssign(target=ast.Name(id=name)):
            # `x += y` changes a list or an array for all who hold it.
            return name in scope(statement) and scope(statement)[name].is_number
        case _:
            return True


def _is_module(node: ast.expr, modules: set[str]) -> bool:
    while isinstance(node, ast.Attribute) and node.attr not in _IMPURE:
        node = node.value
    return isinstance(node, ast.Name) and node.id in modules
