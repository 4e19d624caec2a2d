"""What a predicate's source says about its answers: constants, inputs, their items and lengths, operands."""

import ast
from collections.abc import Iterable
from typing import Any, Final

from evosearch.predicates.distance import Predicate
from evosearch.proposers.symbolic.answers import conforms, handy, item_type, type_of

MAX_ITEMS: Final = 40
"""Items taken out of one list or text."""
MAX_OPERANDS: Final = 20
"""Operands taken from the comparisons of one answer."""
MAX_POOL: Final = 300
"""Values of one type in the pool."""

Pool = dict[str, list[Any]]
"""Values by type name, in the order they were found."""

SIMPLE: Final[dict[str, tuple[Any, ...]]] = {
    "bool": (False, True),
    "int": (0, 1, 2, -1, 3, 10),
    "float": (0.0, 1.0, 0.5, -1.0),
    "str": ("", "a", " "),
}


class Harvest:
    """The values worth trying for one puzzle.

    Args:
        source: Source of ``sat``.
        predicate: The same, compiled.
        answer_type: Type of the answers.

    Attributes:
        constants: Literals of the source.
        inputs: The values of its parameters.
        pool: All values worth trying, by type: constants and inputs, their parts, lengths and neighbours.
    """

    def __init__(self, source: str, predicate: Predicate, answer_type: str) -> None:
        self.constants = constants(source)
        self.inputs = [default for default in predicate.defaults if type_of(default) is not None]
        self.pool: Pool = {name: [] for name in SIMPLE}
        self.pool.setdefault(answer_type, [])
        self.answer_type = answer_type
        self.predicate = predicate
        self._seen: set[tuple[str, str]] = set()
        self.add(self.inputs)
        self.add(self.constants)
        for probe in probes(answer_type):
            self.add(operands(predicate, probe, answer_type)[:MAX_OPERANDS])
        for values in self.inputs:
            if isinstance(values, list | str):
                self.add([len(values)])
        self.add([value + step for value in self.pool["int"][:12] for step in (1, -1)])
        for name, values in SIMPLE.items():
            self.add(values, only=name)

    def add(self, values: Iterable[Any], only: str | None = None) -> None:
        """Put values, and the items of lists and texts, into the pool, each once."""
        for value in values:
            name = type_of(value)
            if name is None or (only is not None and name != only) or not handy(value):
                continue
            key = (name, repr(value))
            if key in self._seen or len(self.pool.get(name, ())) >= MAX_POOL:
                continue
            self._seen.add(key)
            self.pool.setdefault(name, []).append(value)
            if isinstance(value, list):
                self.add(value[:MAX_ITEMS])
            if name == "int" and "float" in self.answer_type and value.bit_length() < 64:
                self.add([float(value)])

    def learn(self, answer: object) -> list[Any]:
        """Put what an answer is compared with into the pool; return what is new of the answer's type."""
        own = self.pool[self.answer_type]
        known = len(own)
        self.add(operands(self.predicate, answer, self.answer_type)[:MAX_OPERANDS])
        return own[known:]

    def characters(self) -> str:
        """The characters of all texts found, each once, and what is common in texts."""
        found = "".join(self.pool["str"][:MAX_ITEMS])
        return "".join(dict.fromkeys(found[:400] + "aAbBzZ019 "))


def constants(source: str) -> list[Any]:
    """Return the literals in the body of a function: scalars and lists of them, without its docstring."""
    found: list[Any] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            for part in statement.body:
                found += _literals(part)
    return found


def _literals(node: ast.AST) -> list[Any]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return []
    match node:
        case ast.Assert(test=test):
            return _literals(test)
        case ast.BinOp(left=ast.Constant(value=int() as base), op=ast.Pow(), right=ast.Constant(value=int() as power)):
            parts: list[Any] = [base, power]
            return [base**power, *parts] if 0 <= power <= 4096 and abs(base) <= 1024 else parts
        case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()) | ast.List(elts=[_, *_]):
            whole = _literal(node)
            return [whole] if whole is not None else _below(node)
        case _:
            return _below(node)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _below(node: ast.AST) -> list[Any]:
    return [value for child in ast.iter_child_nodes(node) for value in _literals(child)]


def operands(predicate: Predicate, answer: object, answer_type: str) -> list[Any]:
    """Return what an answer, or a part of it, is compared with, where it has a type to reuse."""
    wanted = {answer_type, "int", "str", item_type(answer_type) or answer_type}
    plain = [
        list(value) if isinstance(value, tuple) else value for pair in predicate.operands(answer) for value in pair
    ]
    return [value for value in plain if type_of(value) in wanted]


def probes(answer_type: str) -> list[Any]:
    """Return a few simple answers of a type."""
    inner = item_type(answer_type)
    if inner is None:
        return list(SIMPLE[answer_type])
    items = probes(inner)
    lists: list[Any] = [[], items[:1], items[:2], items[:3], items[1:2] * 4]
    return [value for value in lists if conforms(value, answer_type)]
