"""`evosearch run`: search."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from __future__ import annotations  # the signatures name modules that are imported by the command

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evosearch.cli.output import say, show, show_json, talk_console
from evosearch.cli.places import complete_task
from evosearch.cli.sandbox_flags import AllowDegraded, Unsafe
from evosearch.errors import Interrupted, NothingFoundError

if TYPE_CHECKING:
    from evosearch.cli.plan import Plan
    from evosearch.search.events import Ended


def run(  # noqa: PLR0913 - one parameter an option
    task: Annotated[
        str | None,
        typer.Argument(
            metavar="TASK",
            help="A folder with evosearch.toml, or a domain's name; by default this folder.",
            autocompletion=complete_task,
        ),
    ] = None,
    *,
    budget: Annotated[
        str | None, typer.Option(help="500evals, 200calls, 300ktok, 2usd, 30m, or several with commas; +500evals adds.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Equal seeds give equal archives; by default 0.")] = None,
    workers: Annotated[int | None, typer.Option(help="Evaluations at the same time; by default one a core.")] = None,
    window: Annotated[int | None, typer.Option(help="Proposals that may be open at a time; by default 16.")] = None,
    proposer: Annotated[
        str | None,
        typer.Option(
            help="symbolic, model or mixed (free rungs, then models); by default mixed where there is a model."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=WEIGHT]", help="A language model to ask, repeatable; gguf:PATH for a file."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The endpoint of the models; by default OpenAI's.")
    ] = None,
    api_key_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable with the key; by default OPENAI_API_KEY."),
    ] = None,
    operators: Annotated[
        str | None, typer.Option(metavar="A,B=2", help="Ways of asking, with weights; by default all.")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take every reply from an archive or a cassette; no model is asked."),
    ] = None,
    archive_kind: Annotated[
        str | None, typer.Option(metavar="NAME", help="What keeps the best: grid, cvt, islands, open_ended, pareto, …")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Was the archive worth it? Spend the budget without one too.")
    ] = False,
    seeds: Annotated[int, typer.Option(min=3, max=20, help="How many seeds --compare takes, from --seed on.")] = 5,
    archive: Annotated[Path | None, typer.Option(help="The archive file; by default archives/NAME.db.")] = None,
    unsafe: Unsafe = False,
    allow_degraded: AllowDegraded = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show settings, first prompt and costs; run nothing, write nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON, like `show --json`.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every program.")] = False,
) -> None:
    """Search, or continue a search: the same command goes on where the archive ends.

    What a second run is not told it takes over from the archive's last one. Ctrl-C once finishes what is under way,
    twice stops now; either way everything finished is saved.
    """
    # Until the search takes the signals over, ending it politely is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from evosearch.cli import plan as planning
        from evosearch.cli import session
        from evosearch.cli.plan_view import show_plan
        from evosearch.report.progress import progress_view

        words = None if operators is None else [word.strip() for word in operators.split(",")]
        run_flags = {"budget": budget, "seed": seed, "workers": workers, "window": window}
        run_flags |= {"proposer": proposer, "archive": archive_kind}
        asked = {"model": model or None, "base_url": base_url, "api_key_env": api_key_env, "operators": words}
        if compare:
            from evosearch.cli import compare as comparing

            order = comparing.Order(task, run_flags | asked, seeds, unsafe=unsafe, allow_degraded=allow_degraded)
            shown = {"dry_run": dry_run, "json": json, "quiet": quiet, "verbose": verbose}
            comparing.compare(order, archive=archive, replay=replay, **shown)
            return
        plan = planning.prepare(
            task, archive, run_flags | asked, unsafe=unsafe, allow_degraded=allow_degraded, replay=replay
        )
        if dry_run:
            show_plan(plan, json=json)
            return
        for notice in () if quiet else plan.notices:
            say(notice)
        ended = session.run(plan, progress_view(talk_console(), plan.budget, quiet=quiet, verbose=verbose))
    except KeyboardInterrupt:
        raise Interrupted("interrupted before the search began; nothing is lost") from None
    _show_result(plan, json=json)
    if not quiet:
        say(_farewell(plan, ended))
    if ended.progress.best is None:
        raise NothingFoundError(
            "the search ended without one valid program", hint="`evosearch show --json` counts how they failed"
        )


def _show_result(plan: Plan, *, json: bool) -> None:
    from evosearch.report import snapshot, terminal
    from evosearch.store import Store

    with Store.read(plan.archive) as store:
        found = snapshot.take(store)
    figures = plan.task.summary(tuple(found.archive))
    if json:
        show_json(snapshot.describe(found, figures))
    else:
        show(terminal.summary(found, figures))


def _farewell(plan: Plan, ended: Ended) -> str:
    if ended.reason != "budget":
        return f"done: {ended.detail}"
    already = plan.budget.exhausted(plan.spent) is not None
    spent = "the budget was spent already" if already else "done: the budget is spent"
    return f"{spent} ({ended.detail}); to go on: {plan.command} --budget +{plan.budget}"
