"""Definite assignment: which names are surely bound where they are read (The Java Language Specification, chapter 16).

One-sided: what is found bound is bound on every path; what is not may still be bound on those that are taken.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Final

from evosearch.normal_form import binds
from evosearch.proposers.symbolic.editing.syntax import Comprehension, Function

_BUILT_IN: Final = frozenset(dir(builtins)) | {"__file__", "__class__"}
Names = frozenset[str]
#: What is bound where a path goes on; None where none does.
Bound = Names | None
_OWN_SCOPE: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def unbound(tree: ast.Module) -> Names:
    """The names that are read where they may not be bound, each as `function.name`."""
    return frozenset(Scopes(tree).unbound)


class Scopes:
    """What is surely bound before each statement of a program.

    Attributes:
        before: Identity of a statement -> the local names of its function that are bound before it.
        unbound: Names read where they may not be bound, each as `function.name`.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.before: dict[int, Names] = {}
        self.unbound: set[str] = set()
        self._module = local_names(tree.body)
        _Flow(self, "", self._module, _BUILT_IN).run(tree.body, frozenset())


class _Flow:
    """One function, or the top level.

    Args:
        scopes: Takes down what is found.
        where: Dotted name of the function.
        local: The names that it binds.
        outer: The names that it sees of what is around it.
        is_class: It is the body of a class, whose names may also be those of the same name around it.
    """

    def __init__(self, scopes: Scopes, where: str, local: Names, outer: Names, *, is_class: bool = False) -> None:
        self._scopes = scopes
        self._where = where
        self._local = local
        self._outer = outer
        self._is_class = is_class
        self._breaks: list[list[Names]] = []
        self._inside: list[tuple[str, ast.AST]] = []

    def run(self, body: list[ast.stmt], bound: Names) -> None:
        self._block(body, bound)
        # A function sees all that is around it: it runs after that was bound, or fails for the parent just so.
        # What a class binds is seen by nothing inside its methods.
        seen = self._outer if self._is_class else self._outer | self._local
        for name, node in self._inside:
            self._enter(f"{self._where}.{name}", node, seen)

    def _enter(self, where: str, node: ast.AST, seen: Names) -> None:
        if isinstance(node, ast.ClassDef):
            _Flow(self._scopes, where, local_names(node.body), seen, is_class=True).run(node.body, frozenset())
        elif isinstance(node, Function):
            parameters = frozenset(argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg))
            local = (local_names(node.body) | parameters) - _declared(node.body)
            _Flow(self._scopes, where, local, seen).run(node.body, parameters)

    def _block(self, statements: Iterable[ast.stmt], bound: Bound) -> Bound:
        for statement in statements:
            if bound is None:
                # Nothing comes here; what is read here is bound as well as not.
                return None
            self._scopes.before[id(statement)] = bound
            bound = self._statement(statement, bound)
        return bound

    def _statement(self, node: ast.stmt, bound: Names) -> Bound:  # noqa: C901, PLR0911 - one case for each statement of the grammar
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                bound = self._read(test, bound)
                return _either(self._block(body, bound), self._block(orelse, bound))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, bound)
            case ast.Try() | ast.TryStar():
                return self._try(node, bound)
            case ast.With() | ast.AsyncWith():
                return self._with(node, bound)
            case ast.Match(subject=subject, cases=cases):
                bound = self._read(subject, bound)
                return _either(bound, *(self._case(case, bound) for case in cases))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._inside.append((node.name, node))
                return self._read(node, bound) | {node.name}
            case ast.Return() | ast.Raise():
                self._read(node, bound)
                return None
            case ast.Break() | ast.Continue():
                if isinstance(node, ast.Break) and self._breaks:
                    self._breaks[-1].append(bound)
                return None
            case ast.Delete():
                return self._read(node, bound) - _stored(node)
            case _:
                return self._read(node, bound) | _stored(node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, bound: Names) -> Bound:
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        bound = self._read(node.test if isinstance(node, ast.While) else node.iter, bound)
        targets: Names = frozenset() if isinstance(node, ast.While) else _stored(node.target)
        if not isinstance(node, ast.While):
            self._read(node.target, bound)
        # What the body unbinds may be unbound when it begins again.
        bound -= _deleted(node.body)
        self._breaks.append([])
        self._block(node.body, bound | targets)
        left = self._breaks.pop()
        return _either(None if endless else self._block(node.orelse, bound), *left)

    def _try(self, node: ast.Try | ast.TryStar, bound: Names) -> Bound:
        done = self._block(node.body, bound)
        done = self._block(node.orelse, done)
        kept = bound - _deleted(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                self._read(handler.type, kept)
            caught = self._block(handler.body, kept | ({handler.name} if handler.name else frozenset()))
            done = _either(done, caught if caught is None or not handler.name else caught - {handler.name})
        last = self._block(node.finalbody, kept)
        return None if done is None or last is None else done | last

    def _with(self, node: ast.With | ast.AsyncWith, bound: Names) -> Bound:
        swallows = False
        for item in node.items:
            bound = self._read(item.context_expr, bound)
            swallows |= any(
                isinstance(inner, ast.Name | ast.Attribute) and "suppress" in ast.unparse(inner)
                for inner in ast.walk(item.context_expr)
            )
            if item.optional_vars is not None:
                self._read(item.optional_vars, bound)
                bound |= _stored(item.optional_vars)
        done = self._block(node.body, bound)
        return _either(bound, done) if swallows else done

    def _case(self, case: ast.match_case, bound: Names) -> Bound:
        bound |= frozenset(name for node in ast.walk(case.pattern) for name in binds(node))
        return self._block(case.body, self._read(case.guard, bound) if case.guard else bound)

    def _read(self, node: ast.AST, bound: Names) -> Names:
        """Look at what an expression reads; returns what is bound after it."""
        for name in loads(node):
            if not (
                name in bound
                if name in self._local and not (self._is_class and name in self._outer)
                else name in self._outer
            ):
                self._scopes.unbound.add(f"{self._where}.{name}")
        return bound


def loads(node: ast.AST) -> Iterator[str]:
    """The names that a statement reads or unbinds when it runs, the bodies of functions and classes left out."""
    match node:
        case ast.Name(id=name, ctx=ast.Load() | ast.Del()):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for field in ("decorator_list", "args", "bases", "keywords"):
                yield from _loads_in(getattr(node, field, None))
        case ast.Lambda(args=arguments, body=body):
            names = {argument.arg for argument in ast.walk(arguments) if isinstance(argument, ast.arg)}
            yield from (name for name in loads(body) if name not in names)
            yield from _loads_in([*arguments.defaults, *arguments.kw_defaults])
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            names = set(_stored_all(part.target for part in node.generators))
            yield from loads(node.generators[0].iter)
            inside = [*node.generators[1:], *node.generators[0].ifs, *_results(node)]
            yield from (name for part in inside for name in loads(part) if name not in names)
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name
            yield from loads(value)
        case ast.arg():
            return
        case _:
            for field in node._fields:
                if field not in ("annotation", "returns"):
                    yield from _loads_in(getattr(node, field, None))


def _loads_in(value: object) -> Iterator[str]:
    if isinstance(value, ast.AST):
        yield from loads(value)
    elif type(value) is list:
        for item in value:
            yield from _loads_in(item)


def _results(node: Comprehension) -> list[ast.expr]:
    return [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]


def local_names(body: Iterable[ast.stmt]) -> Names:
    """The names that statements bind in their own scope."""
    return frozenset(name for statement in body for name in _stored(statement))


def _stored(node: ast.AST) -> Names:
    return frozenset(_stored_all([node]))


def _stored_all(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        yield from binds(node)
        if isinstance(node, Comprehension):
            # A walrus inside a comprehension binds around it.
            named = (inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
            yield from (target.id for target in named)
        elif not isinstance(node, _OWN_SCOPE):
            yield from _stored_all(ast.iter_child_nodes(node))


def _deleted(body: list[ast.stmt]) -> Names:
    deleted = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Delete))
    return frozenset(name for node in deleted for name in _stored(node))


def _declared(body: list[ast.stmt]) -> Names:
    nodes = (node for statement in body for node in ast.walk(statement))
    return frozenset(name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names)


def _either(*ends: Bound) -> Bound:
    """What is bound whichever path was taken."""
    reached = [end for end in ends if end is not None]
    return reduce(frozenset.intersection, reached) if reached else None
