"""Runs one `sat` as P3 does: made anew from its source, on fresh inputs, `sat(answer) is True` literally.

It runs in a jailed child, never in the controller. What is within reach of it is an allow-list: its imports come from
`evosearch.predicates.steps.import_module`, and `eval` knows literal arithmetic alone.
"""

import __future__

import signal
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final

from evosearch.predicates import steps

_ANNOTATIONS_UNEVALUATED: Final = __future__.annotations.compiler_flag
_RING_AGAIN: Final = 0.05
"""Seconds between two alarms: a predicate may swallow the first one."""


class Overrun(BaseException):
    """The time is up. No Exception, so that a predicate's own `except Exception` does not hide it."""


def build(source: str) -> Callable[..., Any]:
    """Run the definition of a predicate among the allowed names; its default values are fresh.

    Raises:
        SyntaxError: The compiler does not take what the parser took.
    """
    names = steps.namespace(steps.Meter())
    exec(compile_source(source), names)  # noqa: S102 - the puzzle's own code, in the jailed child
    sat: Callable[..., Any] = names["sat"]
    return sat


def compile_source(source: str) -> CodeType:
    """Compile a definition, its annotations left unevaluated."""
    code: CodeType = compile(source, "<puzzle>", "exec", flags=_ANNOTATIONS_UNEVALUATED, dont_inherit=True)
    return code


def fault(sat: Callable[..., Any], answer: Any, seconds: float) -> str:
    """Why a predicate does not accept an answer, in words; empty if it does.

    Args:
        sat: The predicate; it may change the answer it is given.
        answer: What is judged.
        seconds: CPU seconds it may take.
    """
    try:
        verdict = limited(lambda: sat(answer), seconds)
    except Overrun:
        return f"sat took more than {seconds:g} s"
    except AssertionError as error:
        return f"sat failed an assertion{_message(error)}"
    except BaseException as error:  # noqa: BLE001 - hostile code in a jailed child: even SystemExit is only a verdict
        return f"sat raised {type(error).__name__}{_message(error)}"
    if verdict is True:
        return ""
    return (
        "sat returned False" if verdict is False else f"sat returned a value of type {type(verdict).__name__}, not True"
    )


def limited(function: Callable[[], Any], seconds: float) -> Any:
    """Call a function for at most so many CPU seconds; main thread only.

    The alarm raises inside the function. One that catches everything may swallow it; then it rings again, and a value
    that is returned after the first alarm does not count. A function that never gives in, or stays inside one long
    operation, is ended by the limits of the process.

    Raises:
        Overrun: The time ran out.
    """
    rung = False
    listening = True

    def ring(_signal: int, _frame: FrameType | None) -> None:
        nonlocal rung
        rung = True
        if listening:
            raise Overrun

    before = signal.signal(signal.SIGVTALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _RING_AGAIN)
        try:
            value = function()
        finally:
            listening = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except BaseException:
        if rung:
            raise Overrun from None
        raise
    finally:
        signal.signal(signal.SIGVTALRM, before)
    if rung:
        raise Overrun
    return value


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - hostile code: an exception may have a hostile message
        return ""
    return f": {text[:200]}" if text else ""
