"""The embedded proposer first, as it costs nothing; language models for what it leaves."""

from evosearch.proposers.model import ModelProposer
from evosearch.proposers.symbolic.proposer import SymbolicProposer
from evosearch.protocols import Context, Equipment, Proposer, Regimen
from evosearch.types import Batch, Forecast

#: Evaluations that a problem may use for free before models see it. The embedded proposer's last rung, ten times as
#: long as the one before, is left out: it solves little more, and whoever pays for a model is waiting for it.
RUNGS = (100, 1_000)


class MixedProposer:
    """Two proposers that take turns as the regimen says: rules alone on the free rungs, models on what is left.

    Args:
        equipment: The models, the operators and the prompts of the run.

    Raises:
        ConfigError: No model is configured, or no operator.
    """

    name = "mixed"

    def __init__(self, equipment: Equipment) -> None:
        self._free = SymbolicProposer(equipment)
        self._paid = ModelProposer(equipment)
        free, paid = self._free.regimen, self._paid.regimen
        self.regimen = Regimen(RUNGS, paid.turn, paid.attempts, free.line, free.lines)

    def forecast(self, context: Context) -> Forecast:
        """That of the proposer whose turn it is."""
        return self._of(context).forecast(context)

    async def propose(self, context: Context) -> Batch:
        """That of the proposer whose turn it is.

        Raises:
            ProviderError: A model's provider refused or failed.
        """
        return await self._of(context).propose(context)

    def _of(self, context: Context) -> Proposer:
        return self._paid if context.paid else self._free
