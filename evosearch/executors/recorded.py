"""Runs evaluations elsewhere, but takes over the verdicts that a clock gave when they were recorded."""

from collections.abc import Mapping

from evosearch.protocols import Executor
from evosearch.types import Evaluation, Example, Limits, Program, Reading, Split, Value


class RecordedExecutor:
    """An executor for a replay: a timeout that was recorded is taken over, as this machine's clock may say otherwise.

    Args:
        executor: Runs all that did not time out.
        timeouts: The recorded evaluations that ended in a timeout, by the id of the program.
    """

    def __init__(self, executor: Executor, timeouts: Mapping[str, Evaluation]) -> None:
        self._executor = executor
        self._timeouts = timeouts

    @property
    def workers(self) -> int:
        """How many evaluations run at the same time."""
        return self._executor.workers

    async def evaluate(self, program: Program, reading: Reading, split: Split, seed: int) -> Evaluation:
        """The recorded timeout of the program, or what its run gives."""
        recorded = self._timeouts.get(program.id)
        return recorded if recorded is not None else await self._executor.evaluate(program, reading, split, seed)

    async def rehearse(self, program: Program, seed: int) -> tuple[Example, ...]:
        """See `protocols.Executor`."""
        return await self._executor.rehearse(program, seed)

    async def run(self, entry: str, request: Value, limits: Limits) -> Value:
        """See `protocols.Executor`."""
        return await self._executor.run(entry, request, limits)

    async def check(self) -> None:
        """See `protocols.Executor`."""
        await self._executor.check()

    async def aclose(self) -> None:
        """See `protocols.Executor`."""
        await self._executor.aclose()
