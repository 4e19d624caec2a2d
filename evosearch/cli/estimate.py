"""What a run may still cost, before anything is spent: from its real first prompts, and from what calls have cost."""

from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from evosearch.cli.plan import Plan
from evosearch.errors import CandidateError, Status
from evosearch.protocols import Context, Proposer
from evosearch.store import Store
from evosearch.types import Call, Elite, Evaluation, Forecast, Limits, Request, Value

#: First prompts that are looked at, and calls of the record, the latest ones.
PROMPTS = 16
RECORDED = 1_000
#: Bytes of English and of code that make a token, about; only the worst case is certain.
BYTES_A_TOKEN = 3.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run may still cost; None where nothing bounds it, or it is not known.

    Attributes:
        evaluations: At most.
        calls: At most.
        tokens: At most.
        usd: At most.
        prompt_tokens: Tokens of a first prompt, about; 0 if no model is asked.
        tokens_a_call: Of one call, at most.
        usd_a_call: Of one call, at most.
        recorded_calls: Calls of the record that the next two are the means of.
        recorded_tokens: Tokens that a call has really cost.
        recorded_usd: Money that it has.
        expected_usd: All calls at that price.
        request: The first request; None if no model is asked.
    """

    evaluations: int | None
    calls: int | None
    tokens: int | None
    usd: float | None
    prompt_tokens: int = 0
    tokens_a_call: int | None = None
    usd_a_call: float | None = None
    recorded_calls: int = 0
    recorded_tokens: float | None = None
    recorded_usd: float | None = None
    expected_usd: float | None = None
    request: Request | None = None

    def as_json(self) -> dict[str, Any]:
        """All of it but the request."""
        return {name: value for name, value in asdict(self).items() if name != "request"}


def estimate(plan: Plan) -> Estimate:
    """Look at what the proposer would ask first; nothing is asked."""
    forecasts = _forecasts(plan)
    requests = [forecast.request for forecast in forecasts if forecast.request is not None]
    evaluations = plan.budget.remaining(plan.spent)
    if not requests:
        return Estimate(evaluations, 0, 0, 0.0)
    left = plan.budget.funds(plan.spent)
    calls = None if left.calls == float("inf") else int(left.calls)
    worst = max((forecast.first for forecast in forecasts), key=lambda cost: cost.tokens)
    unpriced = any(forecast.first.unpriced for forecast in forecasts)
    dearest = None if unpriced else max(forecast.first.usd for forecast in forecasts)
    recorded = _recorded(plan)
    prices = [call.usd for call in recorded if call.usd is not None]
    recorded_usd = mean(prices) if recorded and len(prices) == len(recorded) else None
    return Estimate(
        evaluations=evaluations,
        calls=calls,
        tokens=_least(left.tokens, calls, worst.tokens),
        usd=_least(left.usd, calls, dearest),
        prompt_tokens=round(mean(request.bytes for request in requests) / BYTES_A_TOKEN),
        tokens_a_call=worst.tokens,
        usd_a_call=dearest,
        recorded_calls=len(recorded),
        recorded_tokens=mean(call.usage.tokens for call in recorded) if recorded else None,
        recorded_usd=recorded_usd,
        expected_usd=None if calls is None or recorded_usd is None else calls * recorded_usd,
        request=requests[0],
    )


def _forecasts(plan: Plan) -> list[Forecast]:
    proposer = plan.proposer()
    return [proposer.forecast(_context(plan, proposer, index)) for index in range(1, PROMPTS + 1)]


def _context(plan: Plan, proposer: Proposer, index: int) -> Context:
    """What proposal k would know if no seed had been evaluated yet: they stand in with a score of 0."""
    task, problems = plan.task, plan.task.problems
    problem = problems[(index - 1) % len(problems)].name if problems else None
    unscored = Evaluation(Status.OK, 0.0)
    parents = tuple(Elite(seed, unscored, ()) for seed in task.seeds() if seed.problem == problem)
    return Context(
        index=index,
        seed=(plan.settings.run.seed, index, 1),
        problem=problem,
        parents=parents,
        inspirations=(),
        brief=task.brief(problem),
        allowance=max(1, proposer.regimen.turn),
        spent=0,
        laboratory=_closed,
        report=lambda elite: task.report(elite, problem),
        paid=True,
    )


async def _closed(entry: str, request: Value, limits: Limits) -> Value:  # noqa: ARG001 - the signature of a laboratory
    raise CandidateError(Status.INFRA, "a dry run runs nothing")


def _recorded(plan: Plan) -> list[Call]:
    """The latest calls of the archive, if it has any."""
    if not plan.archive.exists():
        return []
    with Store.read(plan.archive) as store:
        return [stored.call for stored in store.latest_calls(RECORDED)]


def _least(cap: float, calls: int | None, each: float | None) -> Any:
    """The lesser of a cap and of all calls at their dearest; None if neither is known."""
    sums = [cap] if cap != float("inf") else []
    sums += [calls * each] if calls is not None and each is not None else []
    return min(sums, default=None)
