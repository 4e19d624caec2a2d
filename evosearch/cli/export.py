"""`evosearch export`: take programs away."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from __future__ import annotations  # the signatures name modules that are imported by the command

import sys
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evosearch.cli.output import say, stdout_is_terminal
from evosearch.cli.places import complete_archive, find_archive
from evosearch.errors import NothingFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evosearch.report.snapshot import Snapshot
    from evosearch.store import Store, StoredTrial


class Format(StrEnum):
    """What is written: programs, or, as a cassette, all calls of models."""

    PY = "py"
    JSONL = "jsonl"
    CSV = "csv"
    CASSETTE = "cassette"


def export(  # noqa: PLR0913 - one parameter an option
    archive: Annotated[
        str | None,
        typer.Argument(
            metavar="ARCHIVE",
            help="A file, or a task's name; by default the newest in archives/.",
            autocompletion=complete_archive,
        ),
    ] = None,
    *,
    best: Annotated[
        bool, typer.Option("--best", help="The best program; what is exported if nothing is said.")
    ] = False,
    top: Annotated[int | None, typer.Option("--top", metavar="N", min=1, help="The N best programs.")] = None,
    every: Annotated[bool, typer.Option("--all", help="The best program of every cell of the map.")] = False,
    identity: Annotated[str | None, typer.Option("--id", metavar="ID", help="The program whose id starts so.")] = None,
    problem: Annotated[str | None, typer.Option("--problem", help="Only programs for this problem.")] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="What to write; csv is for spreadsheets, jsonl has every text as it is, a cassette all calls of "
            "models for `evosearch run --replay`.",
        ),
    ] = Format.PY,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file, or a folder for several .py files; by default stdout."),
    ] = None,
) -> None:
    """Write programs as .py files that say where they came from and run by themselves, as jsonl, or as csv."""
    from evosearch.report import snapshot
    from evosearch.store import Store

    choices = sum((best, top is not None, every, identity is not None))
    if choices > 1:
        raise UsageError("--best, --top, --all and --id exclude each other")
    if form is Format.CASSETTE and (choices or problem is not None):
        raise UsageError(
            "a cassette holds all calls of the archive", hint="leave --best, --top, --all, --id and --problem out"
        )
    with Store.read(find_archive(archive)) as store:
        if form is Format.CASSETTE:
            _write_cassette(store, output)
            return
        found = snapshot.take(store)
        if identity is not None:
            chosen = [snapshot.kept(store, found.program_id(identity))]
        else:
            chosen = _elites(store, found, None if every else top or 1, problem)
    if form is Format.PY:
        _write_python(chosen, found, output)
    else:
        _write_rows(chosen, found, form, output)


def _elites(store: Store, found: Snapshot, number: int | None, problem: str | None) -> list[StoredTrial]:
    from evosearch.report import snapshot

    elites = found.ranked(problem)[:number]
    if not elites:
        raise NothingFoundError(
            f"the archive of {found.identity.task!r} holds no valid program" + (f" for {problem!r}" if problem else "")
        )
    return [snapshot.kept(store, elite.program.id) for elite in elites]


def _write_python(chosen: Sequence[StoredTrial], found: Snapshot, output: Path | None) -> None:
    from evosearch.report import export as files

    if len(chosen) == 1 and (output is None or not output.is_dir()):
        _write(files.python_file(chosen[0], found), output)
        return
    if output is None:
        raise UsageError(
            f"{len(chosen)} programs need a folder", hint="name one with --output, or choose --format jsonl"
        )
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {output}: {error.strerror}") from error
    for stored in chosen:
        _write(files.python_file(stored, found), output / files.file_name(stored))
    say(f"wrote {len(chosen)} programs to {output}")


def _write_rows(chosen: Sequence[StoredTrial], found: Snapshot, form: Format, output: Path | None) -> None:
    from evosearch.report import export as files

    _write((files.jsonl if form is Format.JSONL else files.flat_csv)(chosen, found), output)


def _write_cassette(store: Store, output: Path | None) -> None:
    """Write every call, and what a replay elsewhere must know of the run."""
    from evosearch.models import cassette

    recorded, run = store.recorded_calls(), _run_header(store)
    first = next(recorded, None)
    if first is None:
        raise NothingFoundError(f"{store.path} holds no call of a model")
    calls = chain([first], recorded)
    if output is None:
        cassette.write(sys.stdout, run, calls)
        sys.stdout.flush()
        return
    try:
        with output.open("w", encoding="ascii") as file:
            count = cassette.write(file, run, calls)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from error
    say(f"wrote {count} calls to {output}")


def _run_header(store: Store) -> dict[str, Any]:
    """What the cassette is a record of; the folder of the task is this machine's affair."""
    from evosearch.cli.models import recorded_run
    from evosearch.models import cassette

    run = recorded_run(store)
    settings = {key: value for key, value in run["settings"].items() if key != "directory"}
    outcomes = {"turns": cassette.turn_rows(store.turns()), "timeouts": cassette.timeout_rows(store.timeouts())}
    return run | {"settings": settings} | outcomes


def _write(text: str, output: Path | None) -> None:
    """Write to a file, or to stdout: harmless to a terminal, unchanged to anything else."""
    from evosearch.report.printable import printable

    if output is None:
        data = printable(text) if stdout_is_terminal() else text
        sys.stdout.buffer.write(data.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from error
