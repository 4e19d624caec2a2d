"""The normal form of a program: what is left when spelling is gone.

Comments, formatting, docstrings, annotations without effect and the spelling of local names do not change what a
program does, so two programs that differ in nothing else are duplicates. The rule is one-sided: equal normal forms
mean equal behaviour, while equal behaviour may well have two normal forms. A program that looks at itself (frames,
`locals`, `__code__`) is its own text. What a function prints of its own name, and roads to reflection that are built
at run time (`getattr` with a computed name), are not followed.
"""

import ast
from dataclasses import dataclass, field
from typing import Final

_REFLECTIVE_NAMES: Final = frozenset(
    {"compile", "delattr", "dir", "eval", "exec", "get_type_hints", "getattr", "globals", "hasattr", "help"}
    | {"locals", "setattr", "vars"}
)
_REFLECTIVE_MODULES: Final = frozenset(
    {"ast", "builtins", "dis", "gc", "importlib", "inspect", "linecache", "logging", "sys", "traceback", "types"}
    | {"tracemalloc", "unittest", "warnings"}
)
_REFLECTIVE_PREFIXES: Final = ("__", "ag_", "co_", "cr_", "f_", "func_", "gi_", "tb_")
_BUILT_IN_TYPES: Final = frozenset(
    {"bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "set", "str", "tuple"}
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp


def is_reflective(tree: ast.Module) -> bool:
    """Whether a program can see its own names, text or documentation."""
    return any(_reflects(node) for node in ast.walk(tree))


def strip(tree: ast.Module) -> ast.Module:
    """Remove, in place, what has no effect: bare strings (docstrings are such) and annotations."""
    stripped: ast.Module = _Stripper(_annotation_names(tree)).visit(tree)
    return stripped


def rename(tree: ast.Module) -> ast.Module:
    """Number, in place, the local names of functions in the order of their first appearance.

    Global names, attributes and whatever a call names as a keyword keep their spelling. Nothing is renamed where a
    local name can be read from an exception (`except E as error`) or its scope is subtle.
    """
    if not any(_keeps_all_names(node) for node in ast.walk(tree)):
        _Renamer(_kept_names(tree)).visit(tree)
    return tree


def _reflects(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return name in _REFLECTIVE_NAMES or (name.startswith("__") and name != "__name__")
        case ast.Attribute(attr=name):
            return name.startswith(_REFLECTIVE_PREFIXES) and name != "__init__"
        case ast.Constant(value=str(text)):
            return "__" in text
        case ast.Import(names=aliases):
            return any(alias.name.partition(".")[0] in _REFLECTIVE_MODULES for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases):
            return (module or "").partition(".")[0] in _REFLECTIVE_MODULES or any(
                alias.name in _REFLECTIVE_NAMES | {"attrgetter", "methodcaller", "*"} for alias in aliases
            )
        case _:
            return False


def _annotation_names(tree: ast.Module) -> frozenset[str]:
    """Names that an annotation may hold without any effect: types that are surely there when it is evaluated."""
    bound = [name for node in ast.walk(tree) for name in binds(node)]
    names = {name for name in _BUILT_IN_TYPES if name not in bound}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "typing" and not statement.level:
            names |= {alias.name for alias in statement.names if not alias.asname and bound.count(alias.name) == 1}
        elif not _is_bare_string(statement):
            break
    return frozenset(names)


def binds(node: ast.AST) -> list[str]:
    """The names that a node binds in the scope it stands in, those inside it left out."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return [name]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return [name]
        case ast.ExceptHandler(name=str(name)):
            return [name]
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [alias.asname or alias.name.partition(".")[0] for alias in aliases]
        case _:
            return []


def _is_bare_string(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(getattr(statement.value, "value", None), str)


class _Stripper(ast.NodeTransformer):
    """Removes bare strings and harmless annotations.

    Args:
        names: What an annotation may mention and still be harmless.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._inside: list[type[ast.AST]] = [ast.Module]

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [statement for statement in body if not _is_bare_string(statement)]
            node.body = kept or ([] if isinstance(node, ast.Module) else [ast.Pass()])  # type: ignore[attr-defined]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._within(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        # A local variable's annotation is never evaluated (PEP 526); one in a class may make a field.
        where = self._inside[-1]
        unseen = node.simple and where not in (ast.Module, ast.ClassDef)
        if not unseen and not (where is ast.Module and self._harmless(node.annotation)):
            return node
        if node.value is None:
            node.annotation = ast.Constant(None)
            return node
        return ast.Assign([node.target], node.value)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        node.kind = None
        return node

    def _function(self, node: _Function) -> ast.AST:
        # A decorator may read annotations.
        if not node.decorator_list:
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg) and argument.annotation and self._harmless(argument.annotation):
                    argument.annotation = None
            if node.returns and self._harmless(node.returns):
                node.returns = None
        return self._within(node)

    def _within(self, node: ast.AST) -> ast.AST:
        self._inside.append(type(node))
        try:
            return self.generic_visit(node)
        finally:
            self._inside.pop()

    def _harmless(self, annotation: ast.expr) -> bool:
        match annotation:
            case ast.Constant(value=value):
                return value is None or value is ... or isinstance(value, str)
            case ast.Name(id=name):
                return name in self._names
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=items)):
                return self._generic(name) and all(map(self._harmless, items))
            case ast.Subscript(value=ast.Name(id=name), slice=item):
                return self._generic(name) and self._harmless(item)
            case _:
                return False

    def _generic(self, name: str) -> bool:
        return name in self._names and name in {"dict", "frozenset", "list", "set", "tuple"} | {"List", "Tuple"}


def _keeps_all_names(node: ast.AST) -> bool:
    match node:
        case ast.ExceptHandler(name=str()):
            return True
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            # A walrus in a comprehension binds outside of it, unless a lambda is between.
            return any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node))
        case _:
            return bool(getattr(node, "type_params", None)) or type(node).__name__ == "TypeAlias"


def _kept_names(tree: ast.Module) -> frozenset[str]:
    """Names whose spelling matters somewhere in the program."""
    kept: set[str] = set()
    parameters: set[str] = set()
    unpacks = False
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str(name)):
                kept.add(name)
            case ast.keyword():
                unpacks = True
            case ast.arg(arg=name):
                parameters.add(name)
            case ast.Global(names=names):
                kept.update(names)
            case ast.Import(names=aliases):
                kept.update(alias.name.partition(".")[0] for alias in aliases if "." in alias.name and not alias.asname)
    return frozenset(kept | parameters if unpacks else kept)


@dataclass(slots=True)
class _Scope:
    """The names of one module, class or function."""

    kind: str
    bound: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)


def _collect(node: ast.AST, scope: _Scope) -> None:
    """Add to a scope what a node in it binds; nested scopes are entered only where they are evaluated outside."""
    scope.bound.update(binds(node))
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inner: list[ast.expr] = [*node.decorator_list, *_defaults(node.args), *_annotations(node)]
        case ast.ClassDef():
            inner = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
        case ast.Lambda():
            inner = _defaults(node.args)
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            inner = [node.generators[0].iter]
        case ast.Nonlocal(names=names):
            scope.outer.update(names)
            return
        case _:
            for child in ast.iter_child_nodes(node):
                _collect(child, scope)
            return
    for expression in inner:
        _collect(expression, scope)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def _annotations(node: _Function) -> list[ast.expr]:
    found = [argument.annotation for argument in _parameters(node.args)]
    return [annotation for annotation in (*found, node.returns) if annotation]


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return named + [extra for extra in (arguments.vararg, arguments.kwarg) if extra]


class _Renamer(ast.NodeVisitor):
    """Replaces each local name by the number of its variable, `$0`, `$1`, …, which no program can spell.

    Args:
        kept: Names that keep their spelling wherever they stand.
    """

    def __init__(self, kept: frozenset[str]) -> None:
        self._kept = kept
        self._scopes = [_Scope("module")]
        self._count = 0

    def visit_Name(self, node: ast.Name) -> None:
        node.id = self._name(node.id)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        node.names = [self._name(name) for name in node.names]

    def visit_alias(self, node: ast.alias) -> None:
        local = node.asname or node.name
        if (number := self._name(local)) != local:
            node.asname = number

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._pattern(node, "name")

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._pattern(node, "name")

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._pattern(node, "rest")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all(_defaults(node.args))
        self._enter(_parameters(node.args), [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        node.name = self._name(node.name)
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        scope = _Scope("class")
        for statement in node.body:
            _collect(statement, scope)
        self._scopes.append(scope)
        self._visit_all(node.body)
        self._scopes.pop()

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def _function(self, node: _Function) -> None:
        node.name = self._name(node.name)
        self._visit_all([*node.decorator_list, *_defaults(node.args), *_annotations(node)])
        self._enter(_parameters(node.args), node.body)

    def _enter(self, parameters: list[ast.arg], body: list[ast.stmt] | list[ast.expr]) -> None:
        scope = _Scope("function", {parameter.arg for parameter in parameters})
        for statement in body:
            _collect(statement, scope)
        self._scopes.append(scope)
        for parameter in parameters:
            parameter.arg = self._name(parameter.arg)
        self._visit_all(body)
        self._scopes.pop()

    def _comprehension(self, node: _Comprehension) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        scope = _Scope("function")
        for generator in node.generators:
            _collect(generator.target, scope)
        self._scopes.append(scope)
        self._visit_all([first.target, *first.ifs, *others])
        self._visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._scopes.pop()

    def _visit_all(self, nodes: list[ast.stmt] | list[ast.expr] | list[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _pattern(self, node: ast.AST, attribute: str) -> None:
        name = getattr(node, attribute)
        if name is not None:
            setattr(node, attribute, self._name(name))
        self.generic_visit(node)

    def _name(self, name: str) -> str:
        """The number of the variable that a name means here; the name itself if it is not a local of a function."""
        innermost = self._scopes[-1]
        for scope in reversed(self._scopes):
            # Functions inside a class do not see its names.
            if name in scope.outer or (scope.kind == "class" and scope is not innermost):
                continue
            if name in scope.bound:
                return name if scope.kind == "class" or name in self._kept else self._number(scope, name)
        return name

    def _number(self, scope: _Scope, name: str) -> str:
        if name not in scope.numbers:
            scope.numbers[name] = self._count
            self._count += 1
        return f"${scope.numbers[name]}"
