"""Edits of what an expression computes."""

import ast
from collections.abc import Mapping
from typing import Final

from evosearch.proposers.symbolic.editing.draft import Draft
from evosearch.proposers.symbolic.editing.growing import DEPTH
from evosearch.proposers.symbolic.editing.kinds import BOOL, FLOAT, Kind
from evosearch.proposers.symbolic.editing.sites import Site
from evosearch.proposers.symbolic.editing.syntax import copied, functions, kind, scope, set_kind

_ARITHMETIC: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_WHOLE: Final = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
_ORDER: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_EQUALITY: Final = (ast.Eq, ast.NotEq)
_CURVES: Final = ("sin", "cos", "tanh", "exp", "sqrt", "log1p", "log", "expm1", "arctan", "atan", "cbrt")
#: Functions with the same signature.
_ALIKE: Final = (
    ("np", (*_CURVES, "abs", "sign", "square", "negative", "floor", "ceil")),
    ("math", (*_CURVES, "fabs", "floor", "ceil")),
    ("np", ("minimum", "maximum", "add", "subtract", "multiply", "hypot")),
    ("np", ("sum", "mean", "max", "min", "std", "median", "var", "prod")),
    ("np", ("argmax", "argmin")),
    ("np", ("any", "all")),
    ("np", ("cumsum", "sort", "argsort")),
    ("", ("sum", "max", "min", "len")),
    ("", ("any", "all")),
    ("", ("int", "round", "abs", "float")),
)
_METHODS: Final = (("sum", "mean", "max", "min", "std", "prod"), ("argmax", "argmin"), ("any", "all"))


def name(draft: Draft) -> bool:
    """Read another variable of the same kind."""
    places = [(site, names) for site in draft.sites(ast.Name) if (names := draft.names(site))]
    if not places:
        return False
    site, names = draft.random.choice(places)
    chosen = draft.random.choice(names)
    site.put(set_kind(ast.Name(chosen, ast.Load()), draft.scope(site)[chosen]))
    return True


def replace(draft: Draft) -> bool:
    """Put a grown expression of the same kind in the place of another."""
    site = _any(draft)
    grown = draft.grow(site, DEPTH) if site else None
    return _put(site, grown)


def wrap(draft: Draft) -> bool:
    """Put an expression into a function of it, or combine it with a grown one."""
    site = _any(draft)
    known = kind(site.node) if site else None
    if site is None or known is None:
        return False
    return _put(site, draft.grower.idiom(known, draft.scope(site), DEPTH, around=site.node))


def cond(draft: Draft) -> bool:
    """Let an expression, or an assignment to a name that is bound already, depend on a condition."""
    if draft.random.random() < 0.3:
        return _conditional_statement(draft)
    site = _any(draft)
    known = kind(site.node) if site else None
    if site is None or known is None:
        return False
    names, other = draft.scope(site), draft.grow(site, 1)
    masked = known.name == "array" and "np" in draft.grower.modules
    test = draft.grower.grow(Kind("array", BOOL, known.shape) if masked else BOOL, names, 1)
    if test is None or other is None or isinstance(test, ast.Constant):
        return False
    branches = [copied(site.node), other]
    draft.random.shuffle(branches)
    if masked:
        where = ast.Attribute(ast.Name(draft.grower.modules["np"], ast.Load()), "where", ast.Load())
        return _put(site, set_kind(ast.Call(where, [test, *branches], []), known))
    return _put(site, set_kind(ast.IfExp(test, *branches), known))


def _conditional_statement(draft: Draft) -> bool:
    places = [
        (block.statements, place)
        for block in draft.blocks()
        for place, statement in enumerate(block.statements)
        if _rebinds(statement)
    ]
    if not places:
        return False
    statements, place = draft.random.choice(places)
    test = draft.grower.grow(BOOL, scope(statements[place]), 1)
    if test is None or isinstance(test, ast.Constant):
        return False
    statements[place] = ast.If(test, [statements[place]], [])
    return True


def _rebinds(statement: ast.stmt) -> bool:
    """Whether a statement gives a new value to a name that has one."""
    match statement:
        case ast.AugAssign():
            return bool(scope(statement))
        case ast.Assign(targets=[ast.Name(id=target)]):
            return target in scope(statement)
        case _:
            return False


def callswap(draft: Draft) -> bool:
    """Call another function of the same signature."""
    own = [(function.name, len(function.args.args)) for function in functions(draft.tree)]
    places = []
    for site in draft.sites(ast.Call):
        assert isinstance(site.node, ast.Call)
        others = _alternatives(site.node, draft.grower.modules, own)
        if others:
            places.append((site.node, others))
    if not places:
        return False
    call, others = draft.random.choice(places)
    chosen = draft.random.choice(others)
    if isinstance(call.func, ast.Name):
        call.func.id = chosen
    elif isinstance(call.func, ast.Attribute):
        call.func.attr = chosen
    return True


def _alternatives(call: ast.Call, modules: Mapping[str, str], own: list[tuple[str, int]]) -> list[str]:
    """The names of functions or methods that can be called in the same way."""
    match call.func:
        case ast.Name(id=called):
            mine = [arity for function, arity in own if function == called]
            groups = [tuple(other for other, arity in own if [arity] == mine)] if mine else _groups("")
        case ast.Attribute(value=ast.Name(id=module), attr=called) if kind(call.func.value) is None or not _editable(
            call.func.value
        ):
            short = next((key for key, value in modules.items() if value == module), None)
            groups = _groups(short) if short else []
        case ast.Attribute(attr=called):
            groups = list(_METHODS)
        case _:
            return []
    return [other for group in groups if called in group for other in group if other != called]


def _editable(node: ast.expr) -> bool:
    known = kind(node)
    return known is not None and known.editable


def _groups(module: str) -> list[tuple[str, ...]]:
    return [group for owner, group in _ALIKE if owner == module]


def opswap(draft: Draft) -> bool:
    """Swap one operator of arithmetic, comparison or logic, or the two sides of one."""
    places = draft.sites(ast.BinOp, ast.Compare, ast.BoolOp)
    changed = [
        statement for block in draft.blocks() for statement in block.statements if isinstance(statement, ast.AugAssign)
    ]
    if not places and not changed:
        return False
    node = draft.random.choice([*(site.node for site in places), *changed])
    match node:
        case ast.BinOp(left=left, right=right) if draft.random.random() < 0.25:
            node.left, node.right = right, left
        case ast.BinOp() | ast.AugAssign():
            whole = isinstance(node, ast.BinOp) and kind(node) != FLOAT and isinstance(node.op, (ast.FloorDiv, ast.Mod))
            choice = _WHOLE if whole else _ARITHMETIC
            node.op = draft.random.choice([other for other in choice if not isinstance(node.op, other)])()
        case ast.Compare(ops=[op, *_]):
            choice_of = _EQUALITY if isinstance(op, _EQUALITY) else _ORDER
            node.ops[0] = draft.random.choice([other for other in choice_of if not isinstance(op, other)])()
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
    return True


def _any(draft: Draft) -> Site | None:
    found = draft.sites()
    return draft.random.choice(found) if found else None


def _put(site: Site | None, node: ast.expr | None) -> bool:
    if site is None or node is None:
        return False
    site.put(node)
    return True
