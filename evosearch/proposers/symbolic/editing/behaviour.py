"""What a program does on recorded calls: run with counted steps, and compared by what it returns.

Work is counted, never timed (`evosearch.predicates.steps`), so that an edit that loops forever ends alike everywhere.
"""

import ast
import builtins
import math
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any, Final

import numpy as np

from evosearch.predicates.steps import METER, Meter, StepCounting, StepLimitError
from evosearch.proposers.symbolic.editing.kinds import FLOAT, INT, fits, kind_of
from evosearch.proposers.symbolic.editing.syntax import copied

#: Steps that one run of a parent may take over all its calls.
STEPS: Final = 2_000_000
#: What a child may take, in terms of its parent: so many times as much, and so much more.
STEPS_FACTOR, STEPS_EXTRA = 4, 10_000
#: Binary digits of a number that count as behaviour: about nine decimal ones, so that rounding is no change.
BITS: Final = 30
_MODULE: Final = "candidate"
_FAILURES: Final = (Exception, StepLimitError, SystemExit)


@dataclass(frozen=True, slots=True)
class Call:
    """A recorded call of a program: the function's name and its arguments."""

    function: str
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class Behaviour:
    """What a program did on calls.

    Attributes:
        returned: What each call returned, until one failed.
        failure: Name of the exception that ended the run; empty if none did.
        steps: Steps that it took.
    """

    returned: list[Any] = field(default_factory=list)
    failure: str = ""
    steps: int = 0


def calls_of(rows: Sequence[Mapping[str, Any]]) -> list[Call]:
    """The calls of a request."""
    return [Call(row["function"], tuple(row["arguments"])) for row in rows]


def counted(tree: ast.Module) -> CodeType:
    """The code of a program that counts its steps.

    Raises:
        SyntaxError, ValueError, RecursionError: It cannot be compiled.
    """
    twin = copied(tree)
    return compile(ast.fix_missing_locations(StepCounting(twin).visit(twin)), "<candidate>", "exec", dont_inherit=True)


def run(code: CodeType, calls: Sequence[Call], steps: int, extras: Mapping[str, Any] | None = None) -> Behaviour:
    """Run a program on calls, in order.

    Args:
        code: Made by `counted`.
        calls: What to call; arguments are copied.
        steps: How many it may take.
        extras: More names within its reach.
    """
    behaviour = Behaviour()
    meter = Meter(steps)
    try:
        with np.errstate(all="ignore"):
            names = _loaded(code, meter, extras or {})
            for call in calls:
                behaviour.returned.append(names[call.function](*duplicate(call.arguments)))
    except _FAILURES as failure:  # whatever a hostile program raises is its answer
        behaviour.failure = type(failure).__name__
    behaviour.steps = steps - max(meter.left, 0)
    return behaviour


def _loaded(code: CodeType, meter: Meter, extras: Mapping[str, Any]) -> dict[str, Any]:
    module = ModuleType(_MODULE)
    sys.modules[_MODULE] = module
    names = vars(module)
    # What edited programs print is nobody's business.
    names.update({"__builtins__": builtins, METER: meter, "print": _silent, **extras})
    if "random" in code.co_names or "numpy" in code.co_names:
        # Equal programs must do equal things, also those that draw without a seed.
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 - the program's own generator, not ours
    exec(code, names)  # noqa: S102 - what the jail is for
    return names


def _silent(*_: Any, **__: Any) -> None:
    """Stands for `print`."""


def duplicate(value: Any) -> Any:
    """A copy of arguments that a program may change."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(map(duplicate, value))
    if type(value) is dict:
        return {key: duplicate(item) for key, item in value.items()}
    return value


def fingerprint(value: Any, bits: int = BITS) -> Any:
    """A value to compare what was returned by; numbers that differ by rounding alone are equal.

    Args:
        value: What was returned.
        bits: Binary digits of a number that count.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) is float:
        return _rounded(value, bits)
    if isinstance(value, np.ndarray):
        return (value.shape, _rounded_array(value, bits))
    if type(value) in (list, tuple):
        return (type(value).__name__, *(fingerprint(item, bits) for item in value))
    if type(value) is dict:
        return tuple((repr(key), fingerprint(item, bits)) for key, item in value.items())
    if type(value) in (set, frozenset):
        return tuple(sorted(repr(fingerprint(item, bits)) for item in value))
    return (type(value).__name__, value) if type(value) in (bool, int, str, type(None)) else type(value).__name__


def _rounded(value: float, bits: int) -> Any:
    if not math.isfinite(value):
        return repr(value)
    mantissa, exponent = math.frexp(value)
    return (round(mantissa * 2**bits), exponent)


def _rounded_array(value: np.ndarray, bits: int) -> Any:
    if value.dtype.kind != "f":
        return (value.dtype.kind, value.tobytes() if value.dtype.kind in "biu" else repr(value.tolist()))
    mantissas, exponents = np.frexp(value)
    return (np.round(mantissas * 2.0**bits) + 0.0).tobytes(), exponents.tobytes()


def is_finite(value: Any) -> bool:
    """Whether all numbers in a value are finite."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind != "f" or bool(np.isfinite(value).all())
    if type(value) is float:
        return math.isfinite(value)
    if type(value) in (list, tuple):
        return all(map(is_finite, value))
    return all(map(is_finite, value.values())) if type(value) is dict else True


def alike(found: Any, wanted: Any, *, floats: bool = False) -> bool:
    """Whether a child's result has the shape and kind of its parent's, and is finite where that was.

    Args:
        found: The child's.
        wanted: The parent's.
        floats: A float may stand for a whole number: the parent returns both, or says that it returns floats.
    """
    if not is_finite(found) and is_finite(wanted):
        return False
    if type(wanted) is dict:
        keys = type(found) is dict and list(found) == list(wanted)
        return keys and all(alike(found[key], wanted[key], floats=floats) for key in wanted)
    if type(wanted) is tuple:
        same = type(found) is tuple and len(found) == len(wanted)
        return same and all(alike(one, other, floats=floats) for one, other in zip(found, wanted, strict=True))
    kind = kind_of(wanted)
    return fits(kind_of(found), FLOAT if floats and kind == INT else kind)
