"""What `evosearch run --dry-run` tells: settings with origins, the first brief, costs, sandbox. It runs nothing."""

from typing import Any

from rich.text import Text

from evosearch.cli.output import say, show, show_json
from evosearch.cli.session import Plan
from evosearch.cli.walls import sandbox_record
from evosearch.report.export import sandbox_text
from evosearch.report.printable import printable
from evosearch.report.terminal import pairs, settings

#: Proposers that ask no model.
_NEED_NO_MODEL = ("symbolic",)


def show_plan(plan: Plan, *, json: bool) -> None:
    """Print what a run would do."""
    problem = plan.task.problems[0].name if plan.task.problems else None
    brief, estimate, sandbox = plan.task.brief(problem, ()).text, _estimate(plan), sandbox_record()
    if json:
        resolved = plan.settings.model_dump(mode="json")
        archive = str(plan.archive)
        show_json({"settings": resolved, "archive": archive, "brief": brief, "estimate": estimate, "sandbox": sandbox})
        return
    show(_heading("settings"), settings(plan.settings.rows()), "")
    show(_heading("archive"), Text(f"{plan.archive} ({'continued' if plan.archive.exists() else 'new'})"), "")
    show(_heading("the first brief, as a proposer is told it"), Text(printable(brief)), "")
    show(_heading("what it may still cost"), pairs(_estimate_rows(plan, estimate)), "")
    show(_heading("sandbox"), pairs(_sandbox_rows(sandbox)))
    say("nothing was run, nothing was written")


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _estimate(plan: Plan) -> dict[str, Any]:
    """At most what the run may still spend; None where nothing bounds it."""
    calls = 0 if plan.settings.run.proposer in _NEED_NO_MODEL else None
    return {
        "evaluations": plan.budget.remaining(plan.spent),
        "calls": calls,
        "tokens": calls,
        "usd": calls,
    }


def _estimate_rows(plan: Plan, estimate: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [("budget", str(plan.budget))]
    rows += [(name, "not bounded" if value is None else f"{value:,}") for name, value in estimate.items()]
    if plan.settings.run.proposer in _NEED_NO_MODEL:
        rows.append(("", "the embedded proposer asks no model"))
    return rows


def _sandbox_rows(sandbox: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [("walls", sandbox_text(sandbox))]
    return rows + [(name, f"missing: {why}") for name, why in sandbox["missing"].items()]
