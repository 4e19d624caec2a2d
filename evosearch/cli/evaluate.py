"""`evosearch evaluate`: score one file in the jail, and store nothing."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from __future__ import annotations  # the signatures name modules that are imported by the command

import os
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evosearch.cli.output import show, show_json
from evosearch.cli.places import complete_task, find_task
from evosearch.cli.sandbox_flags import AllowDegraded, Unsafe
from evosearch.errors import ExitCode, UnknownNameError, UsageError

if TYPE_CHECKING:
    from evosearch.protocols import Executor, Task
    from evosearch.types import Evaluation, Program, Split


class SplitName(Enum):
    """The parts of a task's data (`types.Split`)."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def evaluate(  # noqa: PLR0913 - one parameter an option
    program: Annotated[Path, typer.Argument(help="A Python file; one that `export` wrote, or your own.")],
    *,
    task: Annotated[
        str | None,
        typer.Option(
            help="A folder with evosearch.toml, or a domain's name; by default this folder.",
            autocompletion=complete_task,
        ),
    ] = None,
    problem: Annotated[
        str | None, typer.Option(help="The problem it is for; by default what the file's header says.")
    ] = None,
    split: Annotated[
        SplitName, typer.Option(help="The data it is judged on: what the search sees, or what it does not.")
    ] = SplitName.TRAIN,
    unsafe: Unsafe = False,
    allow_degraded: AllowDegraded = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score one program in the jail; nothing is stored. Exits with 1 if it gets no score."""
    import asyncio

    from evosearch import config, registry
    from evosearch.report.containment import Containment
    from evosearch.report.export import evaluation_json
    from evosearch.report.provenance import unwrap
    from evosearch.report.tables import pairs
    from evosearch.report.terminal import alarm, evaluation_rows
    from evosearch.sandbox.policy import Sandbox
    from evosearch.types import Program

    source, facts = unwrap(_read(program))
    settings = config.load(find_task(task), environment=os.environ, flags={})
    recipe = settings.recipe()
    judged = registry.make_task(recipe)
    candidate = Program(source, _problem(judged, problem, facts))
    sandbox = Sandbox.of_this_machine(unsafe=unsafe, allow_degraded=allow_degraded)
    executor = registry.make_executor(settings.run.executor, judged, recipe, workers=1, sandbox=sandbox)
    evaluation = asyncio.run(_evaluate(candidate, executor, split.value, settings.run.seed))
    if json:
        show_json(evaluation_json(evaluation) | ({"sandbox": Containment.UNSAFE} if unsafe else {}))
    else:
        stamp = [("sandbox", alarm("UNSAFE: none was demanded (--unsafe-no-sandbox)"))] if unsafe else []
        show(pairs([*evaluation_rows(evaluation), *stamp]))
    if evaluation.score is None:
        raise typer.Exit(ExitCode.FAILED)


def _read(path: Path) -> str:
    try:
        # Bytes, not text: a program keeps the line ends it has.
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error


def _problem(task: Task, asked: str | None, facts: dict[str, Any]) -> str | None:
    """The problem the program is for.

    Raises:
        UsageError: Nothing says which, or the task has no problems.
        UnknownNameError: The task has no such problem.
    """
    names = [problem.name for problem in task.problems]
    if not names:
        if asked is not None:
            raise UsageError(f"the task {task.name!r} is one problem, so --problem {asked!r} does not fit")
        return None
    name = asked or facts.get("problem")
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        raise UsageError(
            f"the task {task.name!r} holds {len(names)} problems, and the file does not say which it is for",
            hint=f"name it: --problem {names[0]}",
        )
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else ""
        raise UnknownNameError(f"the task {task.name!r} has no problem {name!r}", hint=hint)
    return str(name)


async def _evaluate(program: Program, executor: Executor, split: Split, seed: int) -> Evaluation:
    from evosearch.reading import ENTRY
    from evosearch.types import Limits, Reading

    try:
        (described,) = await executor.run(ENTRY, [program.source], Limits())
        return await executor.evaluate(program, Reading(**described), split, seed)
    finally:
        await executor.aclose()
