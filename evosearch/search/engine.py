"""The search, one generation readable from top to bottom.

    curriculum.next -> archive.select -> task.brief -> proposer.propose -> seen before? -> executor.evaluate
    -> archive.place -> store.record -> event

Proposals overlap; results do not. Proposal k is opened while result j is being settled, and all that it will know
is fixed at that moment: its randomness is SeedSequence([seed, k]), its archive is the one after result j. Results
are settled in the order of k. At most `window` proposals are open, whatever the number of workers; so neither
timing nor the number of workers changes an outcome.

The archive is a pure fold over the recorded steps. Resuming is running again: recorded steps are settled without
being executed, and the search continues where they end.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from evosearch.errors import CandidateError, NothingFoundError
from evosearch.protocols import Archive, Context, Executor, Proposer, Task
from evosearch.randomness import generator
from evosearch.search.budget import Budget
from evosearch.search.curriculum import Assignment, curriculum_for
from evosearch.search.events import Ended, Event, Listener, Refused, Resumed, Settled
from evosearch.search.ledger import Ledger
from evosearch.search.selection import select_parents
from evosearch.store import Store
from evosearch.types import (
    Batch,
    Limits,
    Program,
    Proposal,
    Reading,
    Step,
    Trial,
    Usage,
    digest_of,
)

#: What the jailed parser may use for the programs of one batch.
READING_LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0)
_READER = "evosearch.reading:read"
#: The event that records which problems were left out, and why.
REFUSED = "refused"


class Search:
    """One search: a task, a proposer, an archive, an executor, and the file that remembers it.

    Args:
        task: What a good program is.
        proposer: Writes new programs.
        archive: An empty archive; it is filled by folding what the store has recorded.
        executor: Runs programs; the caller closes it.
        store: The archive file, open for writing.
        run: The number of this run in the store.
        seed: Seed of the whole search.
        window: How many proposals may be open at a time.
        budget: What the search may spend in all, what earlier runs spent included.
        listeners: Called with every event.
    """

    def __init__(  # noqa: PLR0913 - the parts of a search, each given once
        self,
        task: Task,
        proposer: Proposer,
        archive: Archive,
        executor: Executor,
        store: Store,
        *,
        run: int,
        seed: int,
        window: int,
        budget: Budget,
        listeners: Sequence[Listener] = (),
    ) -> None:
        self._task = task
        self._proposer = proposer
        self._archive = archive
        self._executor = executor
        self._store = store
        self._run = run
        self._seed = seed
        self._window = window
        self._budget = budget
        self._listeners = listeners
        self._ledger = Ledger(archive, task.problems, task.solved_score)
        self._curriculum = curriculum_for(task.problems, task.solved_score)
        self._open: dict[int, asyncio.Task[Step] | Step] = {}
        self._reserved: dict[int, int] = {}
        self._recorded = 0
        self._stopping = False
        self._clock = time.monotonic()

    async def run(self) -> Ended:
        """Search until the budget is spent, nothing is left to try, or `stop` is called.

        Raises:
            TaskError: The task's own data cannot be used.
            ArchiveFileError: A result could not be recorded; all before it is intact.
            SandboxError: No program can be run any more.
            ProviderError: The proposer's model cannot be reached.
        """
        recorded = self._store.steps()
        self._recorded = self._store.steps_recorded()
        try:
            await self._check_task()
            self._fill_window(recorded)
            while self._open:
                replaying = isinstance(self._open[self._ledger.steps], Step)
                step = await self._settle_next()
                self._fill_window(recorded)
                self._report(step, replaying=replaying)
        finally:
            await self._abandon()
        ended = Ended(*self._reason(), self._ledger.progress(in_flight=0))
        self._tell(ended)
        return ended

    def stop(self) -> None:
        """Open nothing new; what is under way is settled and recorded."""
        self._stopping = True

    # One generation -------------------------------------------------------------------------------------------

    def _fill_window(self, recorded: Iterator[Step]) -> None:
        """Open as many proposals as the window, the budget and the curriculum allow at this moment."""
        while len(self._open) < self._window and not self._seeds_are_under_way():
            index = self._ledger.steps + len(self._open)
            step = next(recorded, None)
            opened = self._open_recorded(step) if step is not None else self._open_new(index)
            if not opened:
                return

    def _open_new(self, index: int) -> bool:
        if self._stopping or self._budget.exhausted(self._spent()):
            return False
        if index == 0:
            self._open[0] = asyncio.create_task(self._evaluate_seeds())
            return True
        rng = generator(self._seed, index)
        assignment = self._affordable(self._curriculum.next(rng))
        if assignment is None:
            return False
        problem = assignment.problem
        parents = select_parents(self._archive, rng, problem)
        context = Context(
            index=index,
            seed=(self._seed, index, 1),
            problem=problem,
            parents=parents,
            inspirations=self._ledger.kindred.select(self._archive, rng, problem),
            brief=self._task.brief(problem, parents),
            allowance=assignment.allowance,
            spent=assignment.spent,
            laboratory=self._executor.run,
        )
        self._begin(index, problem, assignment.allowance)
        self._open[index] = asyncio.create_task(self._turn(context, horizon=self._ledger.steps))
        return True

    async def _turn(self, context: Context, horizon: int) -> Step:
        """Proposal k from its context to its evaluated programs; touches nothing shared."""
        batch = await self._proposer.propose(context)
        return await self._evaluate(context.index, context.problem, context.allowance, batch, horizon)

    async def _evaluate(self, index: int, problem: str | None, allowance: int, batch: Batch, horizon: int) -> Step:
        readings = await self._read([proposal.program for proposal in batch.proposals])
        drafts: list[Trial] = []
        own: dict[tuple[str | None, str], str] = {}
        for proposal, reading in zip(batch.proposals, readings, strict=True):
            key = (proposal.program.problem, reading.normal_form)
            twin = self._ledger.seen_before(key, horizon) or own.get(key)
            own.setdefault(key, proposal.program.id)
            drafts.append(Trial(proposal, reading, duplicate_of=twin))
        trials = tuple(await asyncio.gather(*(self._judge(trial) for trial in drafts)))
        judged = sum(trial.evaluation is not None for trial in trials)
        return Step(index, problem, allowance, trials, batch.usage + Usage(evaluations=judged), batch.note)

    async def _judge(self, trial: Trial) -> Trial:
        if trial.duplicate_of is not None:
            return trial
        evaluation = await self._executor.evaluate(trial.proposal.program, trial.reading, "train", self._seed)
        return replace(trial, evaluation=evaluation)

    async def _settle_next(self) -> Step:
        """Wait for the result that is next in order; place it and record it."""
        index = self._ledger.steps
        result = self._open[index]
        if isinstance(result, Step):
            step = self._ledger.settle(result)
        else:
            step = self._ledger.settle(self._timed(await result))
            self._store.record(step, self._run)
        del self._open[index]
        self._reserved.pop(index, None)
        self._curriculum.settle(step)
        if index == 0:
            _check_seeds(step)
        return step

    # What surrounds it ----------------------------------------------------------------------------------------

    async def _check_task(self) -> None:
        """Leave out the problems that the jail refused: now, before the first step, or when the archive was made."""
        earlier = next((event.data for event in self._store.events() if event.kind == REFUSED), None)
        refused = await self._task.check(self._executor.run) if earlier is None else earlier
        if earlier is None:
            self._store.log(REFUSED, refused, self._run)
        self._curriculum = curriculum_for(self._task.problems, self._task.solved_score, refused)
        if refused:
            self._tell(Refused(refused))

    async def _evaluate_seeds(self) -> Step:
        seeds = tuple(Proposal(program, "seed") for program in self._task.seeds())
        return await self._evaluate(0, None, len(seeds), Batch(seeds), horizon=0)

    async def _read(self, programs: Sequence[Program]) -> list[Reading]:
        """Have the programs parsed in a jail; one that breaks the parser is known by its text alone."""
        sources = [program.source for program in programs]
        if not sources:
            return []
        with suppress(CandidateError):
            return [Reading(**row) for row in await self._executor.run(_READER, sources, READING_LIMITS)]
        if len(programs) == 1:
            return [Reading(normal_form=digest_of(sources[0]), parsed=False)]
        return [(await self._read([program]))[0] for program in programs]

    def _seeds_are_under_way(self) -> bool:
        """Whether step 0 is open: every proposal sees the seeds, so nothing opens beside them."""
        return 0 in self._open

    def _open_recorded(self, step: Step) -> bool:
        self._open[step.index] = step
        if step.index > 0:
            self._begin(step.index, step.problem, step.allowance)
        return True

    def _begin(self, index: int, problem: str | None, allowance: int) -> None:
        self._curriculum.begin(problem)
        self._reserved[index] = allowance

    def _spent(self) -> Usage:
        return self._ledger.spent + Usage(seconds=time.monotonic() - self._clock)

    def _affordable(self, assignment: Assignment | None) -> Assignment | None:
        """The assignment if the budget covers it beside all that is open; cut to the rest if nothing is open."""
        left = self._budget.remaining(self._ledger.spent)
        if assignment is None or left is None:
            return assignment
        left -= sum(self._reserved.values())
        if assignment.allowance <= left:
            return assignment
        return None if self._open or left <= 0 else replace(assignment, allowance=left)

    def _timed(self, step: Step) -> Step:
        """The step, charged with the time on the wall since the one before it."""
        now = time.monotonic()
        seconds, self._clock = now - self._clock, now
        return replace(step, usage=step.usage + Usage(seconds=seconds))

    async def _abandon(self) -> None:
        """Cancel what is under way: only after an error, or when the user asked twice to stop."""
        tasks = [result for result in self._open.values() if isinstance(result, asyncio.Task)]
        self._open.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _reason(self) -> tuple[str, str]:
        if spent := self._budget.exhausted(self._spent()):
            return "budget", spent
        if self._stopping:
            return "stopped", "you asked to stop"
        return "exhausted", "every problem is solved or has used its last rung"

    def _report(self, step: Step, *, replaying: bool) -> None:
        progress = self._ledger.progress(in_flight=len(self._open))
        if not replaying:
            self._tell(Settled(step, progress))
        elif self._ledger.steps == self._recorded:
            self._clock = time.monotonic()
            self._tell(Resumed(progress))

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)


def _check_seeds(step: Step) -> None:
    """Refuse to search from seeds of which none has a score.

    Raises:
        NothingFoundError: With what the first seed's evaluation said.
    """
    if step.trials and not any(trial.placement and trial.placement.outcome for trial in step.trials):
        evaluation = step.trials[0].evaluation
        said = f"{evaluation.status}: {evaluation.feedback or evaluation.log}" if evaluation else "a duplicate"
        raise NothingFoundError(
            f"no seed was kept by the archive; the first ended as {said}",
            hint="mend the seed or the evaluator, and try them with `evosearch evaluate SEED --task TASK`",
        )
