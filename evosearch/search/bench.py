"""The programs of one proposal on their way to a verdict: parsed in a jail, looked up, run."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from evosearch.errors import CandidateError
from evosearch.protocols import Executor
from evosearch.reading import ENTRY as READ
from evosearch.reading import readings_of
from evosearch.search.ledger import Key, Ledger
from evosearch.types import Limits, Proposal, Reading, Trial, digest_of

#: What the jailed parser may use for the programs of one batch.
READING_LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0)


class EngineBench:
    """The bench of one proposal (`protocols.Bench`); it keeps all trials, in the order in which they were asked for.

    Args:
        executor: Runs programs.
        ledger: Knows what was seen before.
        seed: What the judge's randomness comes from.
        horizon: How many steps were settled when the proposal was opened; what came later is not known to it.
        allowance: How many programs may be evaluated.
    """

    def __init__(self, executor: Executor, ledger: Ledger, *, seed: int, horizon: int, allowance: int) -> None:
        self._executor = executor
        self._ledger = ledger
        self._seed = seed
        self._horizon = horizon
        self._allowance = allowance
        self._own: dict[Key, str] = {}
        self._turn = asyncio.Lock()
        self.trials: tuple[Trial, ...] = ()

    @property
    def evaluated(self) -> int:
        """How many programs were evaluated."""
        return sum(trial.evaluation is not None for trial in self.trials)

    @property
    def left(self) -> int:
        """How many more programs may be evaluated."""
        return max(0, self._allowance - self.evaluated)

    async def __call__(self, *proposals: Proposal) -> tuple[Trial, ...]:
        """Evaluate programs side by side; of calls at the same time one waits for the other.

        Raises:
            ValueError: There are more of them than are left.
        """
        async with self._turn:
            if len(proposals) > self.left:
                raise ValueError(f"{len(proposals)} programs were to be evaluated, and {self.left} may be")
            return await self._judge(proposals)

    async def judge(self, proposals: Sequence[Proposal]) -> tuple[Trial, ...]:
        """The same for what a proposer returns, whose number is its own responsibility; it is the end of the bench."""
        async with self._turn:
            self._allowance = 0
            return await self._judge(proposals)

    async def _judge(self, proposals: Sequence[Proposal]) -> tuple[Trial, ...]:
        readings = await self._read(proposals)
        drafts = [self._draft(proposal, reading) for proposal, reading in zip(proposals, readings, strict=True)]
        trials = await asyncio.gather(*map(self._evaluate, drafts))
        self.trials = (*self.trials, *trials)
        return tuple(trials)

    def _draft(self, proposal: Proposal, reading: Reading) -> Trial:
        key = (proposal.program.problem, reading.normal_form)
        twin = self._ledger.seen_before(key, self._horizon) or self._own.get(key)
        self._own.setdefault(key, proposal.program.id)
        return Trial(proposal, reading, duplicate_of=twin)

    async def _evaluate(self, trial: Trial) -> Trial:
        if trial.duplicate_of is not None:
            return trial
        evaluation = await self._executor.evaluate(trial.proposal.program, trial.reading, "train", self._seed)
        return Trial(trial.proposal, trial.reading, evaluation)

    async def _read(self, proposals: Sequence[Proposal]) -> list[Reading]:
        """Have the programs parsed in a jail, but for those that the proposer has had parsed already."""
        unread = [proposal.program.source for proposal in proposals if proposal.reading is None]
        fresh = iter(await self._parse(unread))
        return [proposal.reading or next(fresh) for proposal in proposals]

    async def _parse(self, sources: list[str]) -> list[Reading]:
        """Have texts parsed in a jail; one that breaks the parser is known by its text alone."""
        if not sources:
            return []
        with suppress(CandidateError):
            return readings_of(await self._executor.run(READ, sources, READING_LIMITS), len(sources))
        if len(sources) == 1:
            return [Reading(normal_form=digest_of(sources[0]), parsed=False)]
        return [(await self._parse([source]))[0] for source in sources]
