"""What `evosearch run --dry-run` tells: settings with origins, the first brief, costs, sandbox. It runs nothing."""

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from evosearch.cli.output import say, show, show_json
from evosearch.cli.session import Plan
from evosearch.errors import SandboxError
from evosearch.report.containment import walls
from evosearch.report.printable import printable
from evosearch.report.terminal import alarm, pairs, settings

#: Proposers that ask no model.
_NEED_NO_MODEL = ("symbolic",)


def show_plan(plan: Plan, *, json: bool) -> None:
    """Print what a run would do."""
    problem = plan.task.problems[0].name if plan.task.problems else None
    brief, estimate = plan.task.brief(problem, ()).text, _estimate(plan)
    if json:
        resolved = plan.settings.model_dump(mode="json")
        more = {"archive": str(plan.archive), "brief": brief, "estimate": estimate, "sandbox": _sandbox(plan)}
        show_json({"settings": resolved} | more)
        return
    show(_heading("settings"), settings(plan.settings.rows()), "")
    show(_heading("archive"), _text(f"{plan.archive} ({'continued' if plan.archive.exists() else 'new'})"), "")
    show(_heading("the first brief, as a proposer is told it"), _text(brief), "")
    show(_heading("what it may still cost"), pairs(_estimate_rows(plan, estimate)), "")
    show(_heading("sandbox"), pairs(_sandbox_rows(plan)))
    say("nothing was run, nothing was written")


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _text(text: str) -> Text:
    return Text(printable(text))


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


def _sandbox(plan: Plan) -> dict[str, Any]:
    """What would be recorded; or why there can be no run."""
    if isinstance(plan.sandbox, SandboxError):
        return {"refused": str(plan.sandbox), "hint": plan.sandbox.hint}
    return plan.sandbox.record()


def _sandbox_rows(plan: Plan) -> list[tuple[str, RenderableType]]:
    if isinstance(plan.sandbox, SandboxError):
        return [("refused", alarm(str(plan.sandbox))), ("hint", plan.sandbox.hint)]
    record = plan.sandbox.record()
    rows: list[tuple[str, RenderableType]] = [("walls", walls(record))]
    rows += [(name, f"missing: {why}") for name, why in record["missing"].items()]
    return rows + ([("UNSAFE", alarm("no sandbox is demanded (--unsafe-no-sandbox)"))] if plan.sandbox.unsafe else [])
