"""Which part of a predicate an answer fails: the first of its conditions that does not hold, in its own words."""

import ast
from dataclasses import dataclass
from typing import Any, Final

from evosearch.predicates.steps import Meter, StepCounting, StepLimitError, compile_tree, namespace

STEPS: Final = 1_000_000
"""Steps that looking for it may cost."""

_WATCH: Final = "_watch"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a predicate that does not hold.

    Attributes:
        text: Its source; of an `if` that leads to "no", its opposite.
        operands: Both sides of it, if it is one comparison that was made.
    """

    text: str
    operands: tuple[Any, Any] | None = None


def first_failing(source: str, answer: Any) -> Condition | None:
    """The condition at which a predicate turned an answer down, or raised an exception.

    The predicate is rewritten so that it tells each condition before it is looked at: those that it returns or
    asserts, the parts of an `and` one by one, and those of an `if` that returns False. The last one told decided.

    Args:
        source: `def sat(answer, a=..., ...): ...`
        answer: An answer that it does not accept. The predicate may change it.

    Returns:
        None if it accepts the answer, takes too many steps, or cannot be rewritten.
    """
    try:
        tree = ast.parse(source)
        [definition] = tree.body
        if not isinstance(definition, ast.FunctionDef):
            return None
        telling = _Telling()
        definition.body = telling.block(definition.body)
        _strip_annotations(definition)
        meter = Meter(STEPS)
        watch = _Watch()
        counted = StepCounting(tree).visit(tree)
        sat = compile_tree(counted, namespace(meter, **{_WATCH: watch}), definition.name)
        meter.left = STEPS
        accepted = _accepts(sat, answer)
    except (SyntaxError, ValueError, RecursionError, MemoryError, StepLimitError):
        return None
    if accepted or not watch.told:
        return None
    return Condition(telling.texts[watch.told - 1], watch.operands)


def _strip_annotations(definition: ast.FunctionDef) -> None:
    for node in ast.walk(definition):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None


def _accepts(sat: Any, answer: Any) -> bool:
    try:
        return bool(sat(answer))
    except Exception:  # noqa: BLE001 - hostile code in a jailed child: a predicate that raises does not accept
        return False


class _Watch:
    """What a rewritten predicate calls: keeps the condition told last, and what it compared."""

    def __init__(self) -> None:
        self.told = 0
        self.operands: tuple[Any, Any] | None = None
        self._left: Any = None

    def at(self, number: int) -> bool:
        self.told, self.operands = number, None
        return True

    def left(self, value: Any) -> Any:
        self._left = value
        return value

    def right(self, value: Any) -> Any:
        self.operands = (self._left, value)
        return value


class _Telling:
    """Rewrites the body of a predicate; functions inside it keep their meaning and tell nothing."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        for statement in statements:
            self._statement(statement)
        return statements

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assert(test=test):
                node.test = self._wanted(test)
            case ast.Return(value=value) if value is not None:
                node.value = self._wanted(value)
            case ast.If(body=[ast.Return(value=ast.Constant(value=False))], test=test):
                node.test = self._told(test, ast.unparse(ast.UnaryOp(ast.Not(), test)))
                self.block(node.orelse)
            case ast.If() | ast.For() | ast.While():
                self.block(node.body)
                self.block(node.orelse)
            case ast.With() | ast.Try():
                self.block(node.body)

    def _wanted(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            node.values = [self._wanted(value) for value in node.values]
            return node
        return self._told(node, ast.unparse(node))

    def _told(self, node: ast.expr, text: str) -> ast.expr:
        self.texts.append(text)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            node.left, node.comparators = _call("left", node.left), [_call("right", node.comparators[0])]
        return ast.BoolOp(ast.And(), [_call("at", ast.Constant(len(self.texts))), node])


def _call(method: str, argument: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(_WATCH, ast.Load()), method, ast.Load()), [argument], [])
