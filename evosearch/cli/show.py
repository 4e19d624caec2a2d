"""`evosearch show`: look into an archive. It is opened read-only; a run may be writing it."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from __future__ import annotations  # the signatures name modules that are imported by the command

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from evosearch.cli.output import data_console, say, show, show_json
from evosearch.cli.places import complete_archive, find_archive

if TYPE_CHECKING:
    from evosearch.report.snapshot import Snapshot

_DEFAULT = "summary"

Archive = Annotated[
    str | None,
    typer.Argument(
        metavar="ARCHIVE",
        help="A file, or a task's name; by default the newest in archives/.",
        autocompletion=complete_archive,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProgramId = Annotated[str, typer.Argument(metavar="ID", help="The first digits of a program's id, or `best`.")]
ProblemName = Annotated[str | None, typer.Option("--problem", help="Only this problem.")]


class Over(StrEnum):
    """What a curve is drawn over."""

    EVALUATIONS = "evaluations"
    USD = "usd"
    SECONDS = "seconds"
    CALLS = "calls"
    TOKENS = "tokens"


class ShowGroup(TyperGroup):
    """A group whose first word may be an archive: then it is `show summary ARCHIVE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command where none is named."""
        completing = ctx.resilient_parsing and not args
        if not completing and (not args or args[0] not in {*self.commands, *ctx.help_option_names}):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Commands, then archives."""
        archives = self.commands[_DEFAULT].params[0].shell_complete(ctx, incomplete)
        return [*super().shell_complete(ctx, incomplete), *archives]


app = typer.Typer(
    cls=ShowGroup,
    help="Look into an archive: `show [ARCHIVE]` gives the summary, the other views are below. "
    "An archive that is called like a view is named by its path.",
    subcommand_metavar="[ARCHIVE] | COMMAND [ARGS]...",
)


@app.command()
def summary(archive: Archive = None, *, json: Json = False) -> None:
    """The archive in a dozen lines; what plain `evosearch show` prints."""
    from evosearch.report import snapshot, terminal

    found = _take(archive)
    figures, reason = snapshot.domain_summary(found)
    if reason:
        say(f"no figures of the domain: {reason}")
    if json:
        show_json(snapshot.describe(found, figures))
    else:
        show(terminal.summary(found, figures))


@app.command()
def top(
    archive: Archive = None,
    *,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many.")] = 10,
    problem: ProblemName = None,
    json: Json = False,
) -> None:
    """The best programs."""
    from evosearch.report import export, snapshot, terminal
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        found = snapshot.take(store)
        best = [snapshot.kept(store, elite.program.id) for elite in found.ranked(problem)[:number]]
    if json:
        show_json([export.row(stored, found) for stored in best])
    else:
        show(terminal.top(found, best))


@app.command(name="map")
def show_map(archive: Archive = None, *, problem: ProblemName = None, json: Json = False) -> None:
    """The map of the archive: the best score of every cell, or how many problems have a program there."""
    from evosearch.report import containment, heatmap, terminal

    found = _take(archive)
    picture = heatmap.heatmap(found.facts.axes, found.ranked(problem), problem=problem)
    if json:
        show_json(heatmap.describe(picture))
        return
    show(heatmap.draw(picture))
    if warning := containment.warning(found.containment):
        show("", terminal.alarm(warning))


@app.command(name="curve")
def show_curve(
    archive: Archive = None,
    *,
    over: Annotated[Over, typer.Option(help="What was spent, to the right.")] = Over.EVALUATIONS,
    json: Json = False,
) -> None:
    """The curves of best score, coverage and QD score over what was spent, and what more would bring."""
    from evosearch.report import chart, curve
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        found = curve.trace(store)
    if json:
        show_json(curve.as_json(found, over.value))
    else:
        show(chart.draw(found, over.value, data_console().width))


@app.command()
def program(identity: ProgramId, archive: Archive = None, *, json: Json = False) -> None:
    """One program: where it came from, its evaluation, its source."""
    from evosearch.report import export, snapshot, terminal
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        found = snapshot.take(store)
        stored = snapshot.kept(store, found.program_id(identity))
        behind = store.calls_behind(stored)
    if json:
        evaluation = stored.trial.evaluation
        more = export.evaluation_json(evaluation) if evaluation else {"status": "duplicate"}
        show_json(export.row(stored, found) | more | export.provenance_json(stored, behind))
    else:
        show(terminal.program(stored, found, data_console().width, behind))


@app.command()
def tree(identity: ProgramId, archive: Archive = None, *, json: Json = False) -> None:
    """Where a program came from: its parents, their parents, up to the seeds."""
    from evosearch.report import containment, export, snapshot, terminal
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        ancestors = store.lineage(snapshot.take(store).program_id(identity) if identity == "best" else identity)
        states = containment.by_run(store.runs())
    if json:
        show_json([export.ancestor_row(ancestor, states) for ancestor in ancestors])
    else:
        show(terminal.lineage(ancestors, states))


@app.command()
def operators(archive: Archive = None, *, json: Json = False) -> None:
    """What operators and models achieved: replies, programs, improvements, and what they cost."""
    from evosearch.report import calls, snapshot

    found = _take(archive)
    if json:
        rows = {"operators": found.operators, "models": found.models}
        replies = {kind: [snapshot.achievement_json(one) for one in those] for kind, those in rows.items()}
        edits = {
            name: {"evaluated": credit.attempts, "scored": credit.programs, "kept": credit.kept}
            for name, credit in sorted(found.ledger.standings().edits.items())
        }
        show_json(replies | {"edits": edits})
    else:
        show(calls.achievements(found))


@app.command(name="calls")
def show_calls(
    archive: Archive = None,
    *,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many.")] = 20,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="Only calls of this model.")] = None,
    json: Json = False,
) -> None:
    """The latest calls of models: tokens, price, and what became of the replies."""
    from evosearch.report import calls
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        latest = store.latest_calls(number, model)
    if json:
        show_json([calls.row_json(stored) for stored in latest])
    elif latest:
        show(calls.latest(latest))
    else:
        say(f"the archive holds no call of {model!r}" if model else "the archive holds no call of a model")


@app.command()
def call(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The first digits of a call's digest.")],
    archive: Archive = None,
    *,
    json: Json = False,
) -> None:
    """One call of a model, whole: what was asked, what came back, what it cost, what became of it."""
    from evosearch.report import calls
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        stored = store.call(digest)
    if json:
        show_json(calls.call_json(stored))
    else:
        show(calls.whole(stored))


def _take(archive: str | None) -> Snapshot:
    from evosearch.report import snapshot
    from evosearch.store import Store

    with Store.read(find_archive(archive)) as store:
        return snapshot.take(store)
