"""A judge's verdict as it travels: the part of an evaluation that the task decides. The rest is measured outside."""

from collections.abc import Mapping
from typing import Any

from evosearch.errors import Status, WorkerLostError
from evosearch.types import Evaluation, Value


def to_json(evaluation: Evaluation) -> dict[str, Value]:
    """Status, score, metrics, features, cases and feedback, in builtin types.

    Raises:
        TypeError: A task put something into them that is neither number nor text.
        ValueError: Or a text that is no number.
    """
    return {
        "status": Status(evaluation.status).value,
        "score": None if evaluation.score is None else float(evaluation.score),
        "metrics": {str(name): float(value) for name, value in evaluation.metrics.items()},
        "features": {str(name): _feature(value) for name, value in evaluation.features.items()},
        "cases": [float(value) for value in evaluation.cases],
        # A judge may quote what a program answered, and that need not be text that can be written down.
        "feedback": str(evaluation.feedback).encode(errors="backslashreplace").decode(),
    }


def read(message: Value) -> tuple[dict[str, Value], str]:
    """A judge's message: its verdict as `to_json` makes it, and what the program printed.

    Whoever wrote the code that came with a task may have written the message too, so it is taken for nothing until it
    was looked at.

    Raises:
        WorkerLostError: The judge says that a zygote was lost.
        ValueError: It is no such message.
    """
    match message:
        case {"lost": str(reason)}:
            raise WorkerLostError(reason)
        case {
            "evaluation": {"metrics": dict(metrics), "features": dict(features), "cases": list(cases), **rest},
            "log": str(log),
        } if (
            all(type(value) in (int, float) for value in cases)
            and all(type(value) in (int, float) for value in metrics.values())
            and all(type(value) in (int, float, str) for value in features.values())
            and rest.keys() == {"status", "score", "feedback"}
            and type(rest["feedback"]) is str
            and type(rest["score"]) in (int, float, type(None))
            and rest["status"] in tuple(Status)
        ):
            from_json(message["evaluation"], cpu_seconds=0.0, wall_seconds=0.0, log=log)
            return message["evaluation"], log
    raise ValueError("a judge's message that is no verdict")


def from_json(verdict: Mapping[str, Value], *, cpu_seconds: float, wall_seconds: float, log: str) -> Evaluation:
    """The whole evaluation: what the judge decided and what was measured."""
    return Evaluation(
        status=Status(verdict["status"]),
        score=verdict["score"],
        metrics=verdict["metrics"],
        features=verdict["features"],
        feedback=verdict["feedback"],
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
        log=log,
        cases=tuple(verdict["cases"]),
    )


def _feature(value: Any) -> float | str:
    if isinstance(value, str):
        return str(value)
    # A whole number stays whole, so that it reads the same in a report; numpy's become Python's.
    return int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)
