"""The search, one generation readable from top to bottom.

    curriculum.next -> archive.select -> task.brief -> proposer.forecast -> proposer.propose -> seen before?
    -> executor.evaluate -> archive.place -> store.record -> event

Proposals overlap; results do not. Proposal k is opened while result j is being settled, and all that it will know
is fixed at that moment: its randomness is SeedSequence([seed, k]), its archive is the one after result j. Results
are settled in the order of k. At most `window` proposals are open, whatever the number of workers; so neither
timing nor the number of workers changes an outcome.

What the calls of open proposals may cost at worst is set aside, so that no budget is overspent. A call that was paid
for before an interruption is in the record, where the same proposal finds it when it is run again. Near its end a
budget gives proposals less than they want, and lets them in later: it is a part of what decides the outcome, and a run
whose budget was raised is another than one that had the greater budget from the start.

The archive is a pure fold over the recorded steps. Resuming is running again: recorded steps are settled without
being executed, each opened at the moment it was opened at, and the search continues where they end. A moment earlier
and what is set aside for it would keep another from being opened, or let it in too soon.
"""

from __future__ import annotations  # the signatures name numpy

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from evosearch.errors import NothingFoundError, ProviderError
from evosearch.protocols import Archive, Context, Executor, Proposer, Task
from evosearch.randomness import generator
from evosearch.search.bench import EngineBench
from evosearch.search.budget import Budget
from evosearch.search.curriculum import Assignment, curriculum_for
from evosearch.search.events import Ended, Event, Listener, Refused, Resumed, Settled
from evosearch.search.ledger import Ledger
from evosearch.search.selection import select_parents
from evosearch.store import Store
from evosearch.types import Attempt, Batch, Example, Funds, Program, Proposal, Step, Turn, Usage

if TYPE_CHECKING:
    import numpy as np

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
        turns: How the steps of a run that is replayed were dealt out; the budget then decides nothing but the end, as
            it may have grown from session to session. None for a run of its own.
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
        turns: Sequence[Turn] | None = None,
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
        self._turns = turns
        self._listeners = listeners
        self._ledger = Ledger(archive, task.problems, task.solved_score)
        self._curriculum = curriculum_for(task.problems, task.solved_score, proposer.regimen)
        self._open: dict[int, asyncio.Task[Step] | Step] = {}
        self._reserved: dict[int, Usage] = {}
        self._examples: dict[str | None, tuple[Example, ...]] = {}
        self._shortage = ""
        self._recorded = 0
        self._coming: Step | None = None
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
        self._coming = next(recorded, None)
        try:
            await self._check_task()
            await self._rehearse()
            self._fill_window(recorded)
            while self._open:
                replaying = isinstance(self._open[self._ledger.steps], Step)
                step = await self._settle_next()
                self._fill_window(recorded)
                self._report(step, replaying=replaying)
        except ProviderError:
            # What is under way has been paid for: its replies are waited for and kept.
            await asyncio.gather(*self._tasks(), return_exceptions=True)
            raise
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
            opened = self._open_new(index) if self._coming is None else self._open_recorded(self._coming)
            if not opened:
                return
            self._coming = next(recorded, None)

    def _open_new(self, index: int) -> bool:
        if self._stopping or self._budget.exhausted(self._spent()):
            return False
        if index == 0:
            self._open[0] = asyncio.create_task(self._evaluate_seeds())
            return True
        if not self._is_due(index):
            return False
        rng = generator(self._seed, index)
        assignment = self._dealt(index, self._curriculum.next(rng))
        if assignment is None:
            return False
        context = self._context(index, assignment, rng)
        funds = self._set_aside(context)
        if funds is None:
            return False
        context = replace(context, funds=self._funds_left().dealt(funds))
        self._begin(index, assignment.problem, assignment.allowance, funds, paid=assignment.paid)
        self._open[index] = asyncio.create_task(self._turn(context, funds, horizon=self._ledger.steps))
        return True

    def _context(self, index: int, assignment: Assignment, rng: np.random.Generator) -> Context:
        """All that proposal k will know."""
        problem = assignment.problem
        return Context(
            index=index,
            seed=(self._seed, index, 1),
            problem=problem,
            parents=select_parents(self._archive, rng, problem),
            inspirations=self._ledger.kindred.select(self._archive, rng, problem),
            brief=self._task.brief(problem),
            allowance=assignment.allowance,
            spent=assignment.spent,
            laboratory=self._executor.run,
            calls=self._examples.get(problem, ()),
            report=partial(self._task.report, problem=problem),
            paid=assignment.paid,
            failures=self._ledger.failures(problem),
            findings=self._ledger.findings(problem),
            standings=self._ledger.standings(),
        )

    async def _turn(self, context: Context, funds: Usage, horizon: int) -> Step:
        """Proposal k from its context to its evaluated programs; touches nothing shared."""
        bench = self._bench(horizon, context.allowance)
        batch = await self._proposer.propose(replace(context, bench=bench))
        step = await self._evaluate(context.index, context.problem, context.allowance, batch, bench)
        return replace(step, paid=context.paid, funds=funds, findings=batch.findings, opened=horizon)

    async def _evaluate(
        self, index: int, problem: str | None, allowance: int, batch: Batch, bench: EngineBench
    ) -> Step:
        """The step of a batch, what its proposer tried on the bench first."""
        tried = len(bench.trials)
        await bench.judge(batch.proposals)
        attempts = tuple(_moved(attempt, tried) for attempt in batch.attempts)
        usage = batch.usage + Usage(evaluations=bench.evaluated)
        return Step(index, problem, allowance, bench.trials, usage, batch.note, attempts=attempts)

    def _bench(self, horizon: int, allowance: int) -> EngineBench:
        return EngineBench(self._executor, self._ledger, seed=self._seed, horizon=horizon, allowance=allowance)

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
        self._curriculum = curriculum_for(self._task.problems, self._task.solved_score, self._proposer.regimen, refused)
        if refused:
            self._tell(Refused(refused))

    async def _evaluate_seeds(self) -> Step:
        seeds = tuple(Proposal(program, "seed") for program in self._task.seeds())
        return await self._evaluate(0, None, len(seeds), Batch(seeds), self._bench(0, len(seeds)))

    async def _rehearse(self) -> None:
        """Hear which calls the judge makes of the first seed of every problem, for a proposer that tries programs."""
        if not self._proposer.regimen.rungs:
            return
        firsts: dict[str | None, Program] = {}
        for program in self._task.seeds():
            firsts.setdefault(program.problem, program)
        rehearsals = [self._executor.rehearse(program, self._seed) for program in firsts.values()]
        self._examples = dict(zip(firsts, await asyncio.gather(*rehearsals), strict=True))

    def _seeds_are_under_way(self) -> bool:
        """Whether step 0 is open: every proposal sees the seeds, so nothing opens beside them."""
        return 0 in self._open

    def _open_recorded(self, step: Step) -> bool:
        if self._open and step.opened > self._ledger.steps:
            return False
        self._open[step.index] = step
        if step.index > 0:
            self._begin(step.index, step.problem, step.allowance, step.funds, paid=step.paid)
        return True

    def _begin(self, index: int, problem: str | None, allowance: int, funds: Usage, *, paid: bool) -> None:
        self._curriculum.begin(problem, paid=paid)
        self._reserved[index] = funds + Usage(evaluations=allowance)

    def _spent(self) -> Usage:
        spent = self._ledger.spent + Usage(seconds=time.monotonic() - self._clock)
        # A replay is not cut short by a machine that is slower than the one of the run.
        return spent if self._turns is None else replace(spent, seconds=0.0)

    def _is_due(self, index: int) -> bool:
        """Whether a proposal may be opened now, as far as the run that is replayed is concerned."""
        if self._turns is None:
            return True
        return index < len(self._turns) and (not self._open or self._turns[index].opened <= self._ledger.steps)

    def _dealt(self, index: int, assignment: Assignment | None) -> Assignment | None:
        """The assignment with what it is allowed, or was allowed when it was recorded."""
        if self._turns is None or assignment is None:
            return self._affordable(assignment)
        return replace(assignment, allowance=self._turns[index].allowance)

    def _set_aside(self, context: Context) -> Usage | None:
        """What is set aside for a proposal's calls, or was when it was recorded; None if there is too little."""
        if self._turns is not None:
            return self._turns[context.index].funds
        forecast, left = self._proposer.forecast(context), self._funds_left()
        if not left.cover(forecast.first):
            self._shortage = "" if self._open else self._budget.shortage(forecast.first, self._ledger.spent)
            return None
        return left.part(forecast.most)

    def _affordable(self, assignment: Assignment | None) -> Assignment | None:
        """The assignment if the budget covers it beside all that is open; cut to the rest if nothing is open."""
        left = self._budget.remaining(self._ledger.spent)
        if assignment is None or left is None:
            return assignment
        left -= sum(reserved.evaluations for reserved in self._reserved.values())
        if assignment.allowance <= left:
            return assignment
        return None if self._open or left <= 0 else replace(assignment, allowance=left)

    def _funds_left(self) -> Funds:
        """What calls may still cost beside all that is under way."""
        return self._budget.funds(sum(self._reserved.values(), start=self._ledger.spent))

    def _timed(self, step: Step) -> Step:
        """The step, charged with the time on the wall since the one before it."""
        now = time.monotonic()
        seconds, self._clock = now - self._clock, now
        return replace(step, usage=step.usage + Usage(seconds=seconds))

    async def _abandon(self) -> None:
        """Cancel what is under way: only after an error, or when the user asked twice to stop."""
        tasks = self._tasks()
        self._open.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[Step]]:
        return [result for result in self._open.values() if isinstance(result, asyncio.Task)]

    def _reason(self) -> tuple[str, str]:
        if spent := self._budget.exhausted(self._spent()):
            return "budget", spent
        if self._stopping:
            return "stopped", "you asked to stop"
        if self._shortage:
            return "budget", self._shortage
        if self._turns is not None and self._ledger.steps == len(self._turns):
            return "replayed", f"all {len(self._turns)} recorded steps were replayed"
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


def _moved(attempt: Attempt, tried: int) -> Attempt:
    """An attempt whose program stands behind those that were tried on the bench."""
    return attempt if attempt.position is None else replace(attempt, position=attempt.position + tried)
