"""Python source that counts its steps: the same verdict on any machine, under any load.

A clock would make "too slow" depend on who else uses the computer. Here the source is rewritten instead:
every loop iteration, comprehension item and call of an own function costs one step, and operators that can
build something huge in one step (``*``, ``**``, ``<<``) are charged for what they build. When the steps are
used up, `StepLimitError` is raised; until then the meaning is plain Python's. ``eval`` knows literal
arithmetic only (`evosearch.predicates.arithmetic`), ``random`` starts from one fixed state, and the names within reach
are an allow-list. This bounds work; it is no sandbox.
"""

import ast
import builtins
import importlib
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from evosearch.predicates.arithmetic import evaluate

MAX_BITS: Final = 1 << 18
"""Bits of an integer that one operator may build; the greatest answer in P3 has 62,000."""
MAX_LENGTH: Final = 1 << 20
"""Items of a sequence that one operator may build."""
PREPAID: Final = 256
"""Up to this length a sequence is paid for when its iteration starts, which costs less than counting."""

_MODULES: Final = frozenset(
    (
        "bisect",
        "collections",
        "copy",
        "functools",
        "heapq",
        "itertools",
        "math",
        "operator",
        "re",
        "string",
        "typing",
    )
)
_HIDDEN: Final = frozenset(
    [
        "breakpoint",
        "compile",
        "copyright",
        "credits",
        "exec",
        "exit",
        "globals",
        "help",
        "input",
        "license",
        "locals",
        "memoryview",
        "open",
        "print",
        "quit",
        "vars",
    ]
)
_CONSUMERS: Final = frozenset(
    [
        "all",
        "any",
        "bytes",
        "dict",
        "enumerate",
        "filter",
        "frozenset",
        "list",
        "map",
        "max",
        "min",
        "reversed",
        "set",
        "sorted",
        "sum",
        "tuple",
        "zip",
        "accumulate",
        "chain",
        "combinations",
        "combinations_with_replacement",
        "groupby",
        "permutations",
        "product",
        "prod",
        "Counter",
        "deque",
        "reduce",
    ]
)
_OWN_COUNT: Final = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.Constant, ast.Lambda)
_GUARDED_METHODS: Final = frozenset(("center", "expandtabs", "extend", "join", "ljust", "replace", "rjust", "zfill"))
_OPERATORS: Final[dict[type[ast.operator], str]] = {
    ast.Mult: "multiply",
    ast.Pow: "power",
    ast.LShift: "shift",
}

METER: Final = "_meter"
"""The name under which rewritten source finds its meter."""


class StepLimitError(BaseException):
    """The allowed steps are used up.

    A BaseException, so that a predicate's own ``except Exception`` cannot hide it.
    """


class Meter:
    """Counts steps down; the guarded operators of rewritten source are its methods."""

    __slots__ = ("left",)

    def __init__(self, steps: int = 0) -> None:
        self.left = steps

    def tick(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StepLimitError

    def charge(self, steps: int) -> None:
        """Take the price of work that is about to be done; what cannot be paid costs what is left, and is not done."""
        if steps > self.left:
            self.left = min(self.left, 0)
            raise StepLimitError
        self.left -= steps

    def iterate(self, items: Any) -> Any:
        """Return `items` so that going through it costs a step an item; what is no iterable comes back as it is."""
        try:
            length = len(items)
        except TypeError:
            return self._count(items) if isinstance(items, Iterable) else items
        except OverflowError:
            return self._count(items)
        if length > PREPAID:
            return self._count(items)
        self.left -= length
        if self.left < 0:
            raise StepLimitError
        return items

    def _count(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self.left -= 1
            if self.left < 0:
                raise StepLimitError
            yield item

    def grow(self, right: Any) -> Any:
        """Charge for the right operand of ``+``: what bounds doubling in a loop."""
        if type(right) is not int and hasattr(right, "__len__"):
            self.charge(len(right) >> 3)
        return right

    def multiply(self, left: Any, right: Any) -> Any:
        if type(left) is int and type(right) is int:
            self._bits(left.bit_length() + right.bit_length())
        elif isinstance(left, int) and hasattr(right, "__len__"):
            self._length(len(right) * left)
        elif isinstance(right, int) and hasattr(left, "__len__"):
            self._length(len(left) * right)
        return left * right

    def power(self, base: Any, exponent: Any, modulus: Any = None) -> Any:
        if modulus is not None:
            if type(exponent) is int and type(modulus) is int:
                # A multiplication for each bit of the exponent, each quadratic in the words of the modulus.
                self.charge(exponent.bit_length() * (modulus.bit_length() >> 6) ** 2 >> 7)
            return pow(base, exponent, modulus)
        if type(base) is int and type(exponent) is int and exponent > 1:
            self._bits(base.bit_length() * exponent)
        return base**exponent

    def shift(self, left: Any, right: Any) -> Any:
        if type(left) is int and type(right) is int:
            self._bits(left.bit_length() + max(right, 0))
        return left << right

    def text(self, value: Any = "", *rest: Any) -> str:
        """``str``, charged for the square of a big integer's length."""
        if type(value) is int:
            self.charge((value.bit_length() >> 10) ** 2)
        return str(value, *rest)

    def integer(self, value: Any = 0, *rest: Any) -> int:
        """``int``, charged for the square of a long text's length."""
        if type(value) is str:
            self.charge((len(value) >> 8) ** 2)
        return int(value, *rest)

    def method(self, owner: Any, name: str, *arguments: Any) -> Any:
        """Call a method whose result can be far longer than its owner."""
        if isinstance(owner, str | list):
            self._guard_method(owner, name, arguments)
            if name in ("join", "extend") and len(arguments) == 1:
                arguments = (self.iterate(arguments[0]),)
        return getattr(owner, name)(*arguments)

    def _guard_method(self, owner: Any, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "replace" and len(arguments) > 1 and isinstance(arguments[1], str):
            self._length(len(owner) * (len(arguments[1]) + 1))
        elif arguments and isinstance(arguments[0], int):
            self._length(arguments[0])

    def _bits(self, bits: int) -> None:
        if bits > MAX_BITS:
            raise StepLimitError
        if bits > 1024:
            self.charge(bits >> 5)

    def _length(self, length: int) -> None:
        if length > MAX_LENGTH:
            raise StepLimitError
        if length > 64:
            self.charge(length >> 3)


def import_module(name: str, *_: Any) -> Any:
    """Import for rewritten source: an allow-list, and ``random`` always in the same state."""
    if name == "random":
        return random.Random(0)
    if name not in _MODULES:
        raise ImportError(f"expected one of {', '.join(sorted(_MODULES))} or random, found {name!r}")
    return importlib.import_module(name)


def namespace(meter: Meter, **names: Any) -> dict[str, Any]:
    """Return the globals that rewritten source runs in."""
    within_reach: dict[str, Any] = {
        name: value for name, value in vars(builtins).items() if name not in _HIDDEN and not name.startswith("_")
    }
    within_reach |= {"__import__": import_module, "eval": evaluate}
    return {"__builtins__": within_reach, "__name__": "puzzle", METER: meter, **names}


class StepCounting(ast.NodeTransformer):
    """Rewrites a tree so that it counts its steps on the meter called `METER`.

    Args:
        tree: The whole source, read for names that it defines itself: its own ``product`` is no builtin.
    """

    def __init__(self, tree: ast.AST) -> None:
        self._own = {
            node.id if isinstance(node, ast.Name) else node.name if isinstance(node, ast.FunctionDef) else node.arg
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.arg)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        }

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        node.iter = on_meter("iterate", node.iter)
        # Also in the body: a list that grows while it is gone through was paid for at its first length.
        node.body.insert(0, ast.Expr(on_meter("tick")))
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(on_meter("tick")))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(on_meter("tick")))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self.generic_visit(node)
        node.body = ast.BoolOp(ast.Or(), [on_meter("tick"), node.body])
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        node.iter = on_meter("iterate", node.iter)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if type(node.op) in _OPERATORS:
            return on_meter(_OPERATORS[type(node.op)], node.left, node.right)
        if isinstance(node.op, ast.Add) and not isinstance(node.right, ast.Constant):
            node.right = on_meter("grow", node.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        if type(node.op) in _OPERATORS and isinstance(node.target, ast.Name):
            name = node.target.id
            value = on_meter(_OPERATORS[type(node.op)], ast.Name(name, ast.Load()), node.value)
            return ast.Assign([ast.Name(name, ast.Store())], value)
        if isinstance(node.op, ast.Add) and not isinstance(node.value, ast.Constant):
            node.value = on_meter("grow", node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node.func:
            case ast.Name(id="str" | "int" as name) if name not in self._own and not node.keywords:
                return on_meter("text" if name == "str" else "integer", *node.args)
            case ast.Name(id="pow") if "pow" not in self._own and not node.keywords:
                return on_meter("power", *node.args)
            case ast.Name(id=name) if name in _CONSUMERS - self._own:
                node.args = [
                    argument if isinstance(argument, _OWN_COUNT) else _iterated(argument) for argument in node.args
                ]
            case ast.Attribute(value=owner, attr=name) if name in _GUARDED_METHODS and not node.keywords:
                return on_meter("method", owner, ast.Constant(name), *node.args)
        return node


def _iterated(argument: ast.expr) -> ast.expr:
    if isinstance(argument, ast.Starred):
        return argument
    return on_meter("iterate", argument)


def on_meter(method: str, *arguments: ast.expr) -> ast.Call:
    """Return the tree of a call of a meter's method."""
    return ast.Call(ast.Attribute(ast.Name(METER, ast.Load()), method, ast.Load()), list(arguments), [])


def compile_tree(tree: ast.Module, names: dict[str, Any], function: str) -> Callable[..., Any]:
    """Run a rewritten module in `names` and return the function it defines."""
    ast.fix_missing_locations(tree)
    exec(compile(tree, "<puzzle>", "exec"), names)  # noqa: S102 - the puzzle's own code, in the jailed child
    defined: Callable[..., Any] = names[function]
    return defined
