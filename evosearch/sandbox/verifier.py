"""The judge: a zygote that has made the task once, and forks a child to judge each program.

A judge never sees a program's text. It gets the trusted end of the program's process and what is known of it, asks,
scores, and sends one message: the evaluation. It runs code that came with the task (a puzzle's predicate, say) on
whatever a program answered, so it lives behind the same walls and limits as a program.
"""

import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, cast

from evosearch.errors import CandidateError, EvosearchError, Status, TaskError, WorkerLostError
from evosearch.protocols import CandidateFacts, Task
from evosearch.sandbox import zygote
from evosearch.sandbox.candidate import JailedCandidate
from evosearch.sandbox.channel import Channel
from evosearch.sandbox.process import Handles, JailedProcess
from evosearch.sandbox.rehearsal import Rehearsal
from evosearch.sandbox.verdict import to_json
from evosearch.types import Evaluation, Limits, Reading, Recipe, Value

_TRACEBACK_LINES: Final = 12


def main(descriptor: int) -> None:
    """A zygote for judges of one task, made as the settings say."""
    control, settings = zygote.open_control(descriptor)
    try:
        task = _make(settings["task_entry"], settings["recipe"])
    except EvosearchError as error:
        zygote.refuse(control, type(error).__name__, str(error), error.hint)
    except Exception as error:  # noqa: BLE001 - a task is anybody's code, and the controller must hear what it raised
        zygote.refuse(control, TaskError.__name__, f"the task cannot be made: {_explain(error)}")
    walls = zygote.prepare_walls(control, settings)
    zygote.serve(
        control,
        walls,
        lambda request, channel, descriptors: _judge(task, request, channel, descriptors),
        single_use=settings["single_use"],
    )


def _make(entry: str, recipe: dict[str, Any]) -> Task:
    module, _, name = entry.partition(":")
    maker = cast("Callable[[Recipe], Task]", getattr(import_module(module), name))
    task = maker(Recipe(**recipe))
    task.prepare()
    return task


def _judge(task: Task, request: dict[str, Any], channel: Channel, descriptors: list[int]) -> None:
    """Judge one program and send what came of it."""
    facts = CandidateFacts(**{**request["facts"], "reading": Reading(**request["facts"]["reading"])})
    # The program is born meanwhile.
    born = channel.receive()
    handles = Handles.received(born["pid"], descriptors, born["cpu_before"])
    process = JailedProcess(handles, Limits(**request["program_limits"]))
    try:
        message = (_rehearse if request["rehearse"] else _say)(task, process, facts, request)
    except WorkerLostError as error:
        message = {"lost": str(error)}
    # It will be ended anyway, and meanwhile the verdict is on its way.
    process.kill()
    channel.send(message)


def _say(task: Task, process: JailedProcess, facts: CandidateFacts, request: dict[str, Any]) -> dict[str, Value]:
    verdict = _verdict(task, JailedCandidate(process, facts), request)
    return {"evaluation": verdict, "log": process.log}


def _rehearse(task: Task, process: JailedProcess, facts: CandidateFacts, request: dict[str, Any]) -> dict[str, Value]:
    rehearsal = Rehearsal(process, facts)
    verdict = _verdict(task, rehearsal, request)
    return {"calls": rehearsal.told() if verdict["status"] == Status.OK else []}


def _verdict(task: Task, candidate: JailedCandidate, request: dict[str, Any]) -> dict[str, Value]:
    try:
        evaluation = task.evaluate(candidate, request["split"], request["seed"])
        if not isinstance(evaluation, Evaluation):
            raise TypeError(f"evaluate() must return an Evaluation, not {type(evaluation).__name__}")  # noqa: TRY301
        candidate.finish()
        return to_json(evaluation)
    except CandidateError as error:
        failure = Evaluation(status=error.status, feedback=str(error))
    except WorkerLostError:
        raise
    except MemoryError:
        failure = Evaluation(status=Status.MEMORY, feedback="the judge ran out of memory on the program's answer")
    except Exception as error:  # noqa: BLE001 - a task is anybody's code; its mistake is reported, not hidden
        failure = Evaluation(status=Status.INFRA, feedback=f"the task's evaluate() failed: {_explain(error)}")
    return to_json(failure)


def _explain(error: Exception) -> str:
    """The exception and the last lines of its traceback, innermost last."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join([f"{type(error).__name__}: {error}", *lines[-_TRACEBACK_LINES:]])
