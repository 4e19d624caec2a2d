"""What `evosearch run --dry-run` tells: settings with origins, the first prompt, costs, sandbox. It runs nothing."""

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from evosearch.cli.estimate import Estimate, estimate
from evosearch.cli.output import say, show, show_json
from evosearch.cli.plan import Plan
from evosearch.errors import SandboxError
from evosearch.models import prices
from evosearch.report.containment import walls
from evosearch.report.printable import printable
from evosearch.report.tables import pairs
from evosearch.report.terminal import alarm, settings


def show_plan(plan: Plan, *, json: bool) -> None:
    """Print what a run would do."""
    problem = plan.task.problems[0].name if plan.task.problems else None
    brief, costs = plan.task.brief(problem).text, estimate(plan)
    if json:
        resolved = plan.settings.model_dump(mode="json")
        more = {"archive": str(plan.archive), "brief": brief, "estimate": costs.as_json(), "sandbox": _sandbox(plan)}
        asked = None if costs.request is None else [dict(message) for message in costs.request.messages]
        show_json({"settings": resolved} | more | {"prompt": asked})
        return
    show(_heading("settings"), settings(plan.settings.rows()), "")
    show(_heading("archive"), _text(f"{plan.archive} ({'continued' if plan.archive.exists() else 'new'})"), "")
    if costs.request is None:
        show(_heading("the first brief, as a proposer is told it"), _text(brief), "")
    else:
        show(_heading(f"the first prompt for {costs.request.model}"), *_prompt(costs), "")
        if plan.task.seeds():
            say("the seed is not scored yet: its score stands as 0 in this prompt")
    show(_heading("what it may still cost"), pairs(_cost_rows(plan, costs)), "")
    show(_heading("sandbox"), pairs(_sandbox_rows(plan)))
    for notice in plan.notices:
        say(notice)
    say("nothing was asked, nothing was run, nothing was written")


def _prompt(costs: Estimate) -> list[Text]:
    assert costs.request is not None
    return [_text(f"[{message['role']}]\n{message['content']}") for message in costs.request.messages]


def _cost_rows(plan: Plan, costs: Estimate) -> list[tuple[str, RenderableType]]:
    """The budget, and what it comes to at most and as far as is known."""
    rows: list[tuple[str, RenderableType]] = [
        ("budget", str(plan.budget)),
        ("evaluations", _at_most(costs.evaluations)),
        ("calls", _calls(costs)),
        ("tokens", _at_most(costs.tokens)),
        ("usd", "unknown" if costs.request and costs.usd is costs.usd_a_call is None else _at_most(costs.usd)),
    ]
    if costs.request is None:
        return [*rows, ("", "the embedded proposer asks no model")]
    rows.append(("a prompt", f"about {costs.prompt_tokens:,} tokens, the mean of the first ones"))
    price = "price unknown" if costs.usd_a_call is None else f"${costs.usd_a_call:.4f}"
    rows.append(("a call", f"at most {costs.tokens_a_call or 0:,} tokens, {price}"))
    rows.append(("prices", prices.snapshot()))
    if costs.recorded_tokens is not None:
        price = "price unknown" if costs.recorded_usd is None else f"${costs.recorded_usd:.6f}"
        rows.append(("so far", f"{costs.recorded_tokens:,.0f} tokens a call, {price}; {costs.recorded_calls:,} calls"))
    if costs.expected_usd is not None:
        rows.append(("expected", f"${costs.expected_usd:.4f} for {costs.calls:,} calls as dear as those"))
    return rows


def _calls(costs: Estimate) -> str:
    if costs.calls is not None or not costs.usd or not costs.usd_a_call:
        return _at_most(costs.calls)
    return f"at least {costs.usd / costs.usd_a_call:,.0f} for the money"


def _at_most(value: float | None) -> str:
    if value is None:
        return "not bounded"
    return f"at most {value:,.4f}" if value % 1 else f"at most {value:,.0f}"


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _text(text: str) -> Text:
    return Text(printable(text))


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
