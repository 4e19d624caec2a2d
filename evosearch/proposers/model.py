"""The proposer that asks language models: it chooses an operator and a model, and lets the operator ask.

The choice is a pure function of the context, so that a forecast and the proposal after it, and a proposal that is run
again after an interruption, all mean the same requests.
"""

from dataclasses import dataclass

import numpy as np

from evosearch import bandit
from evosearch.errors import CandidateError, ConfigError, FundsSpentError
from evosearch.proposers.desk import Asker, ProposalDesk
from evosearch.proposers.operators.rewrite import Rewrite
from evosearch.protocols import Context, Equipment, Opening, Operator, Regimen
from evosearch.types import Batch, Forecast


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a proposal will be made."""

    operator: Operator
    opening: Opening
    desk: ProposalDesk


class ModelProposer:
    """Asks language models for programs, by way of operators.

    Args:
        equipment: The models, the operators and the prompts of the run.

    Raises:
        ConfigError: No model is configured, or no operator.
    """

    name = "model"

    def __init__(self, equipment: Equipment) -> None:
        if equipment.models is None or equipment.fill is None:
            raise ConfigError(
                "a language model is to propose programs, and none is configured",
                hint="name one with --model NAME, or with `model = [...]` under [models]; `symbolic` needs none",
            )
        if not equipment.operators:
            raise ConfigError(
                "a language model is to propose programs, and no operator says how it is asked",
                hint="leave --operators out for the usual ones, or name some, as in `--operators rewrite,diff=2`",
            )
        self._models = equipment.models
        self._fill = equipment.fill
        self._equipment = equipment
        self.regimen = Regimen(turn=equipment.samples, attempts=equipment.attempts)

    def forecast(self, context: Context) -> Forecast:
        """The worst case of the opening's call, and of as many as the operator may make."""
        plan = self._plan(context)
        first = plan.desk.request(plan.opening.messages, plan.opening.role)
        most = self._models.worst_case(first, calls=plan.operator.calls)
        return Forecast(self._models.worst_case(first), most, first)

    async def propose(self, context: Context) -> Batch:
        """The programs in the replies of one operator's calls.

        Raises:
            ProviderError: A model's provider refused or failed.
        """
        plan = self._plan(context)
        try:
            await plan.operator.develop(plan.desk, plan.opening)
        except FundsSpentError as error:
            plan.desk.note(f"{plan.operator.name} ended early: {error}")
        except CandidateError as error:
            plan.desk.note(f"{plan.operator.name} ended early: {error.status}: {error}")
        return plan.desk.batch()

    def _plan(self, context: Context) -> _Plan:
        rng = context.generator()
        operator = self._operator(context, rng)
        opening = operator.open(context, self._fill)
        model = self._models.choose(opening.role, rng, context.standings.models)
        asker = Asker(operator.name, opening.role, model, self._equipment.samples)
        return _Plan(operator, opening, ProposalDesk(context, asker, self._models, self._fill, rng))

    def _operator(self, context: Context, rng: np.random.Generator) -> Operator:
        """One of those that suit; where none does, as at the very beginning, the one that starts from nothing."""
        offered = [(operator, weight) for operator, weight in self._equipment.operators if weight > 0]
        suited = [(operator, weight) for operator, weight in offered if operator.suits(context)]
        if not suited:
            return Rewrite()
        names = [operator.name for operator, _ in suited]
        if self._equipment.choose == "bandit":
            name = bandit.best_arm(names, context.standings.operators, rng, per_cost=True)
        else:
            name = bandit.choose(names, [weight for _, weight in suited], rng)
        return suited[names.index(name)][0]
