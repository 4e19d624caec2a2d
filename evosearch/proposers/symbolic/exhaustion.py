"""Programs that go through a whole space of answers and return the first that the predicate accepts.

The predicate is copied into the program, so such a program is as general as its space: it solves every instance
that has its answer there. Spaces are ordered by size, ``product`` of growing length and the like. One program is
one candidate; the steps it takes are bounded by what a judge's second allows.
"""

import ast
import builtins
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import CodeType
from typing import Any, Final, TypeAlias

from evosearch.predicates.distance import Predicate
from evosearch.predicates.steps import Meter, StepCounting, StepLimitError, compile_tree, namespace
from evosearch.proposers.symbolic.harvest import Harvest

STEPS: Final = 2_500_000
"""Steps one program may take on one instance: some 0.3 s counted, less uncounted."""
Inputs: TypeAlias = dict[str, list[str]]
"""Names of a puzzle's inputs by kind: int, str, list (of numbers), words, rows."""

_ITERTOOLS: Final = ("combinations", "permutations", "product")


class Program:
    """A program ``sol`` run with counted steps.

    Args:
        source: Its text.
        library: What it begins with, where many programs begin with the same definitions.
    """

    def __init__(self, source: str, library: str = "") -> None:
        self.source = source
        self.meter = Meter()
        names = namespace(self.meter)
        # A predicate defines no classes; what a searching program carries does.
        names["__builtins__"]["__build_class__"] = builtins.__build_class__
        exec(_compiled(library), names)  # noqa: S102 - the library's own code
        tree = ast.parse(source.removeprefix(library))
        self._function = compile_tree(StepCounting(tree).visit(tree), names, "sol")

    def run(self, inputs: Sequence[Any], steps: int = STEPS) -> Any:
        """Return what ``sol`` returns for these inputs, None when it fails or takes more than so many steps."""
        self.meter.left = steps
        try:
            return self._function(*inputs)
        except (Exception, StepLimitError):  # noqa: BLE001 - built around a puzzle's own code, which may raise anything
            return None


@cache
def _compiled(library: str) -> CodeType:
    tree = ast.parse(library)
    return compile(ast.fix_missing_locations(StepCounting(tree).visit(tree)), "<library>", "exec")


def exhaustive_programs(source: str, predicate: Predicate, answer_type: str, harvest: Harvest) -> Iterator[str]:
    """Yield the sources of programs for a puzzle; none where the predicate's looks forbid to copy it."""
    if predicate.mutates or "eval(" in source:
        return
    for space in _spaces(answer_type, predicate, harvest):
        yield _program(source, predicate, space)


def _program(source: str, predicate: Predicate, space: str) -> str:
    """Return ``sol`` with the predicate inside, the inputs bound by its defaults."""
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    names = predicate.parameters
    for argument in definition.args.args:
        argument.annotation = None
    definition.args.defaults = [ast.Name(name, ast.Load()) for name in names]
    inputs = ", ".join(f"{name}={value!r}" for name, value in zip(names, predicate.defaults, strict=True))
    used = [name for name in _ITERTOOLS if f"{name}(" in space]
    lines = [f"from itertools import {', '.join(used)}"] if used else []
    lines += [
        *ast.unparse(definition).splitlines(),
        "def accepts(answer):",
        "    try:",
        f"        return {definition.name}(answer) is True",
        "    except Exception:",
        "        return False",
        f"return next(filter(accepts, {space}))",
    ]
    return f"def sol({inputs}):\n" + "\n".join(f"    {line}" for line in lines)


def _spaces(answer_type: str, predicate: Predicate, harvest: Harvest) -> list[str]:
    """Return generator expressions of answers, the likelier and smaller spaces first."""
    inputs: Inputs = {}
    for name, value in zip(predicate.parameters, predicate.defaults, strict=True):
        inputs.setdefault(_kind(value), []).append(name)
    builders: dict[str, Callable[[Inputs, list[Any]], list[str]]] = {
        "int": _integers,
        "float": lambda *_: ["(k / d for k in range(3000) for d in (1, -1, 2, -2, 10, -10, 100))"],
        "str": _texts,
        "List[int]": _integer_lists,
        "List[bool]": lambda *_: ["(list(p) for r in range(20) for p in product([False, True], repeat=r))"],
        "List[str]": _text_lists,
        "List[List[int]]": _integer_tables,
    }
    return builders[answer_type](inputs, harvest.constants) if answer_type in builders else []


def _kind(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list | str):
        return "rows" if isinstance(value[0], list) else "words"
    return type(value).__name__


def _integers(inputs: Inputs, constants: list[Any]) -> list[str]:
    spaces = ["(s * k for k in range(10 ** 6) for s in (1, -1))"]
    digits = _alphabet(constants, str.isdigit)
    if digits:
        spaces.append(f"(int(''.join(p)) for r in range(1, 12) for p in product({digits!r}, repeat=r))")
    spaces += [
        f"(s * {name} + d for k in range(10 ** 5) for s in (k, -k) for d in (0, 1, -1))"
        for name in inputs.get("int", [])
    ]
    spaces.append("(b ** e + d for t in range(60) for b in range(2, t) for e in [t - b] for d in (0, 1, -1))")
    return spaces


def _alphabet(constants: list[Any], fits: Any = None) -> str:
    texts = [value for value in constants if isinstance(value, str)]
    found = "".join(dict.fromkeys("".join(texts)))
    if fits is not None:
        found = "".join(filter(fits, found))
    return found[:12]


def _texts(inputs: Inputs, constants: list[Any]) -> list[str]:
    spaces = []
    for name in inputs.get("str", []):
        spaces += [
            f"({name}[i:j] for i in range(len({name}) + 1) for j in range(i, len({name}) + 1))",
            f"(''.join(p) for r in range(len({name}) + 1) for p in combinations({name}, r))",
            f"(''.join(p) for p in permutations({name}))",
            f"(''.join(p) for r in range(12) for p in product(sorted(set({name})), repeat=r))",
        ]
    for name in inputs.get("words", []):
        spaces += [
            f"(w[i:j] for w in {name} for i in range(len(w) + 1) for j in range(i, len(w) + 1))",
            f"(''.join(p) for p in permutations({name}))",
            f"(''.join(p) for r in range(12) for p in product(sorted(set(''.join({name}))), repeat=r))",
        ]
    words = [value for value in constants if isinstance(value, str)][:8]
    alphabet = _alphabet(constants)
    if words:
        spaces.append(f"(''.join(p) for r in range(8) for p in product({words!r}, repeat=r))")
    if alphabet:
        spaces.append(f"(''.join(p) for r in range(12) for p in product({alphabet!r}, repeat=r))")
    letters = [*dict.fromkeys(alphabet + "ab")][:4]
    spaces.append(
        f"(a * k + b * m for t in range(1200) for a, b in product({letters!r}, repeat=2)"
        " for m in (0, 1, 2, t // 2) for k in [t - m])"
    )
    spaces += ["(str(s * k) for k in range(10 ** 6) for s in (1, -1))"]
    return spaces


def _integer_lists(inputs: Inputs, _constants: list[Any]) -> list[str]:
    spaces = [
        "(list(p) for t in range(14) for r in range(t) for p in product(range(t - r), repeat=r))",
        "(list(p) for n in range(9) for p in permutations(range(n)))",
        "(list(p) for t in range(12) for r in range(t) for p in product(range(r - t, t - r + 1), repeat=r))",
        "(list(range(a, b, c)) for t in range(300) for a in range(-2, 12) for c in (1, 2, 3, 5) for b in [a + t])",
    ]
    for kind in ("list", "rows", "words", "str"):
        for name in inputs.get(kind, []):
            spaces += [
                f"(list(p) for r in range(len({name}) + 1) for p in combinations(range(len({name})), r))",
                f"(list(p) for m in range(2, 8) for p in product(range(m), repeat=len({name})))",
                f"(list(p) for p in permutations(range(len({name}))))",
            ]
    for name in inputs.get("list", []):
        spaces += [
            f"(list(p) for p in permutations({name}))",
            f"(list(p) for r in range(len({name}) + 1) for p in combinations({name}, r))",
            f"(list(p) for r in range(8) for p in product(sorted(set({name})), repeat=r))",
        ]
    spaces += [
        f"(list(p) for r in range(1, 5) for p in product(range({name} + 1), repeat=r))"
        for name in inputs.get("int", [])
    ]
    return spaces


def _text_lists(inputs: Inputs, constants: list[Any]) -> list[str]:
    spaces = []
    words = [value for value in constants if isinstance(value, str)][:8]
    for name in inputs.get("words", []):
        spaces += [
            f"(list(p) for r in range(len({name}) + 1) for p in combinations({name}, r))",
            f"(list(p) for p in permutations({name}))",
            f"(list(p) for r in range(8) for p in product({name}, repeat=r))",
        ]
    spaces += [
        f"(list(p) for r in range(8) for p in product(sorted(set({name})), repeat=r))" for name in inputs.get("str", [])
    ]
    if words:
        spaces.append(f"(list(p) for r in range(12) for p in product({words!r}, repeat=r))")
    return spaces


def _integer_tables(inputs: Inputs, _constants: list[Any]) -> list[str]:
    spaces = [
        "([[i, j] for i, j in enumerate(p)] for n in range(9) for p in permutations(range(n)))",
        (
            "([list(q) for q in p] for n in range(5) for r in range(5)"
            " for p in combinations(list(product(range(n), repeat=2)), r))"
        ),
        (
            "([list(p[i::r]) for i in range(r)] for t in range(8) for r in range(1, t)"
            " for p in product(range(t - r), repeat=2 * r))"
        ),
        (
            "([list(q) for q in p] for n in range(2, 7) for r in range(7)"
            " for p in product(list(combinations(range(n), 2)), repeat=r))"
        ),
    ]
    for name in inputs.get("rows", []):
        spaces += [
            f"(list(p) for p in permutations({name}))",
            f"(list(p) for r in range(len({name}) + 1) for p in combinations({name}, r))",
        ]
    for name in inputs.get("list", []):
        spaces += [
            f"([list(q) for q in p] for r in range(6) for p in combinations(list(combinations({name}, 2)), r))",
            f"([list(p[:i]), list(p[i:])] for p in permutations({name}) for i in range(len(p) + 1))",
        ]
    return spaces
