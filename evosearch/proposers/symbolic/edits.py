"""Edits of any Python program by its syntax tree alone. Runs in the jail: the program is hostile.

An edit is one to a few small changes; each operator is drawn with the weight that paid in measurements over
optimizers, priority functions and cap sets. Types are not known here, so many edits fail when run; that costs an
evaluation, not correctness.
"""

import ast
import copy
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

#: Tries at a change that leaves the program different and compilable.
ATTEMPTS = 50
_ARITHMETIC: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARISONS: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


def edit(request: Mapping[str, Any]) -> dict[str, Any]:
    """Make one child.

    Args:
        request: `source`, the parent; `donors`, sources to take expressions from; `seed`, a list of integers.

    Returns:
        `source`, the child; `operator`, the operators joined by `+`; `donors`, the positions of those used.

    Raises:
        ValueError: The parent offers nothing that an operator could change.
    """
    rng = Random(repr(request["seed"]))
    parent = ast.parse(request["source"])
    before = ast.unparse(parent)
    donors = [ast.parse(source) for source in request["donors"]]
    for _ in range(ATTEMPTS):
        child = copy.deepcopy(parent)
        operators, used = _edit_tree(child, donors, rng)
        source = ast.unparse(ast.fix_missing_locations(child))
        if operators and source != before and _compiles(source):
            return {"source": source + "\n", "operator": "+".join(operators), "donors": used}
    raise ValueError("no operator changes this program")


def _edit_tree(tree: ast.Module, donors: Sequence[ast.Module], rng: Random) -> tuple[list[str], list[int]]:
    """Apply 1 + Geometric(0.6) changes in place."""
    operators: list[str] = []
    used: list[int] = []
    while True:
        name = rng.choices(list(OPERATORS), weights=[weight for weight, _ in OPERATORS.values()])[0]
        donor = rng.randrange(len(donors)) if name == "crossover" and donors else None
        if OPERATORS[name][1](tree, tree if donor is None else donors[donor], rng):
            operators.append(name)
            used += [] if donor is None else [donor]
        if rng.random() < 0.6:
            return operators, used


def _constant(tree: ast.Module, _: ast.Module, rng: Random) -> bool:
    """Move one number: a float by a power of two, an integer mostly by one."""
    numbers = [node for node in _code(tree) if isinstance(node, ast.Constant) and type(node.value) in (int, float)]
    if not numbers:
        return False
    node = rng.choice(numbers)
    assert isinstance(node.value, int | float)
    node.value = _moved_integer(node.value, rng) if isinstance(node.value, int) else _moved_float(node.value, rng)
    return True


def _moved_integer(value: int, rng: Random) -> int:
    if rng.random() < 0.7:
        return value + rng.choice((-1, 1))
    return rng.choice((value * 2, value // 2, -value))


def _moved_float(value: float, rng: Random) -> float:
    draw = rng.random()
    if draw < 0.02:
        return -value
    if draw < 0.05:
        return float(f"{rng.gauss(0, 1):.4g}")
    if value == 0:
        return float(f"{10 ** rng.uniform(-4, 0):.4g}")
    return float(f"{value * 2 ** rng.gauss(0, rng.choice((0.15, 0.5, 1.0))):.6g}")


def _name(tree: ast.Module, _: ast.Module, rng: Random) -> bool:
    """Read another variable of the same function."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    if not functions:
        return False
    function = rng.choice(functions)
    own = sorted({node.arg for node in ast.walk(function) if isinstance(node, ast.arg)} | _assigned(function))
    reads = [node for node in _code(function) if isinstance(node, ast.Name) and node.id in own and _is_read(node)]
    if not reads or len(own) < 2:
        return False
    node = rng.choice(reads)
    node.id = rng.choice([name for name in own if name != node.id])
    return True


def _operator(tree: ast.Module, _: ast.Module, rng: Random) -> bool:
    """Swap one arithmetic or comparison operator."""
    nodes = [
        node
        for node in _code(tree)
        if (isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC))
        or (isinstance(node, ast.Compare) and isinstance(node.ops[0], _COMPARISONS))
    ]
    if not nodes:
        return False
    node = rng.choice(nodes)
    if isinstance(node, ast.BinOp):
        node.op = rng.choice([kind for kind in _ARITHMETIC if not isinstance(node.op, kind)])()
    elif isinstance(node, ast.Compare):
        node.ops[0] = rng.choice([kind for kind in _COMPARISONS if not isinstance(node.ops[0], kind)])()
    return True


def _replace(tree: ast.Module, donor: ast.Module, rng: Random) -> bool:
    """Put an expression of the donor (by default of the program itself) in the place of another."""
    sites, material = _expressions(tree), _expressions(donor)
    if not sites or not material:
        return False
    old, new = rng.choice(sites), copy.deepcopy(rng.choice(material))
    return _substitute(tree, old, new)


def _wrap(tree: ast.Module, _: ast.Module, rng: Random) -> bool:
    """Combine an expression with a constant or with another expression of the program."""
    sites = _expressions(tree)
    if not sites:
        return False
    old = rng.choice(sites)
    constant = ast.Constant(float(f"{rng.gauss(0, 1):.3g}"))
    other = constant if rng.random() < 0.5 else copy.deepcopy(rng.choice(sites))
    return _substitute(tree, old, ast.BinOp(copy.deepcopy(old), rng.choice(_ARITHMETIC)(), other))


def _delete(tree: ast.Module, _: ast.Module, rng: Random) -> bool:
    """Delete a statement of a body that has others, or one side of an operation."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.For | ast.While | ast.If)]
    long = [body for body in bodies if len(body) - _is_docstring(body[0]) > 1]
    operations = [node for node in _code(tree) if isinstance(node, ast.BinOp)]
    if long and (not operations or rng.random() < 0.5):
        body = rng.choice(long)
        first = int(_is_docstring(body[0]))
        del body[rng.randrange(first, len(body))]
        return True
    if not operations:
        return False
    node = rng.choice(operations)
    return _substitute(tree, node, rng.choice((node.left, node.right)))


#: Name -> weight and operator; each changes the tree in place and says whether it did.
OPERATORS: Mapping[str, tuple[float, Callable[[ast.Module, ast.Module, Random], bool]]] = {
    "constant": (3.0, _constant),
    "name": (2.0, _name),
    "replace": (1.5, _replace),
    "wrap": (1.5, _wrap),
    "delete": (1.5, _delete),
    "operator": (1.0, _operator),
    "crossover": (1.5, _replace),
}


def _code(tree: ast.AST) -> list[ast.AST]:
    """All nodes but those of docstrings and annotations, in source order."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _is_docstring(node):
            skipped.add(id(node.value))
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if annotation is not None:
                skipped.update(id(inner) for inner in ast.walk(annotation))
    return [node for node in ast.walk(tree) if id(node) not in skipped]


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _expressions(tree: ast.AST) -> list[ast.expr]:
    """Expressions that compute something and could stand elsewhere."""
    kinds = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Constant, ast.Name, ast.Subscript)
    return [node for node in _code(tree) if isinstance(node, (*kinds, ast.Call)) and _is_read(node)]


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _assigned(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and not _is_read(node)}


def _substitute(tree: ast.AST, old: ast.expr, new: ast.expr) -> bool:
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
                return True
            if isinstance(value, list) and any(item is old for item in value):
                value[[item is old for item in value].index(True)] = new
                return True
    return False


def _compiles(source: str) -> bool:
    try:
        compile(source, "<child>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
