"""What writes new programs from old ones."""

from __future__ import annotations  # the signatures name numpy, which not every process should load

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evosearch.protocols.task import Laboratory
from evosearch.types import Batch, Brief, Credit, Elite, Example, Finding, Forecast, Funds, Proposal, Trial

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Regimen:
    """How the evaluations of a run are dealt out to its proposer: first free rungs, then turns for models.

    Attributes:
        rungs: Evaluations in all that a problem may use before it goes back to the queue, one number a rung; rising.
            A task that is one problem has the first rung alone, and no end of it if no turns follow.
        turn: Evaluations of one turn for models; 0 if there are none.
        attempts: How many turns every problem gets, solved or not; None to leave a solved one alone.
        line: Evaluations of one free proposal of a task that is one problem.
        lines: How many of those may be under way at a time, as each knows nothing of the others; None for as many as
            the window holds.
    """

    rungs: tuple[int, ...] = ()
    turn: int = 0
    attempts: int | None = None
    line: int = 1
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """What has been achieved so far, by name; what has not been used is missing.

    Attributes:
        operators: What operators that ask models achieved.
        models: What models achieved.
        edits: What came of the programs that no model wrote, by each part of `Proposal.operator` (`a+b` has two); an
            attempt is a program that was evaluated, and one with a score counts among `programs`.
    """

    operators: Mapping[str, Credit] = field(default_factory=dict)
    models: Mapping[str, Credit] = field(default_factory=dict)
    edits: Mapping[str, Credit] = field(default_factory=dict)


class Bench(Protocol):
    """Where a proposer has programs evaluated while it is still at work.

    All that is tried here is recorded, in order, as trials of the step, before the programs that the proposer returns;
    it is offered to the archive like those.
    """

    @property
    def left(self) -> int:
        """How many more programs may be evaluated."""
        ...

    async def __call__(self, *proposals: Proposal) -> tuple[Trial, ...]:
        """Evaluate programs side by side; one trial each, in order, not placed yet.

        One that was seen before costs nothing, and has no evaluation.

        Raises:
            ValueError: There are more of them than `left`.
        """
        ...


class NoBench:
    """The bench of a proposal that may evaluate nothing itself."""

    left = 0

    async def __call__(self, *proposals: Proposal) -> tuple[Trial, ...]:
        """Refuse any program.

        Raises:
            ValueError: There is one.
        """
        if proposals:
            raise ValueError(f"no program may be evaluated here, got {len(proposals)}")
        return ()


def _no_report(elite: Elite) -> str:  # noqa: ARG001 - the signature of a report
    return ""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a proposer may know when it makes proposal k. Fixed when the window opens, so order is fixed.

    Attributes:
        index: k.
        seed: Entropy of this proposal: (run seed, k).
        problem: The problem to work on; None if the task is one problem.
        parents: Elites to start from, most promising first; may be empty.
        inspirations: Elites that solved other problems of the same kind.
        brief: The task in words and material.
        allowance: Evaluations it may use, in all: those it tries itself and one for each program it returns.
        spent: Evaluations this problem has used so far.
        laboratory: Runs a library function in a jail: `await laboratory(entry, request, limits)`.
        bench: Has programs evaluated: `await bench(proposal)`.
        calls: Calls that the judge made of the task's first seed, spread over its evaluation; empty if there is none.
        report: What the task has to say of an elite, to stand above its source in a prompt.
        paid: Whether this turn is for models; else it is one of the free rungs (`Regimen`).
        funds: What its calls may cost in all.
        failures: The latest programs of this problem that got no score, the latest first.
        findings: What earlier proposals for this problem left to be known, in order, of every operator.
        standings: What operators and models have achieved so far.
    """

    index: int
    seed: tuple[int, ...]
    problem: str | None
    parents: tuple[Elite, ...]
    inspirations: tuple[Elite, ...]
    brief: Brief
    allowance: int
    spent: int
    laboratory: Laboratory
    bench: Bench = field(default_factory=NoBench)
    calls: tuple[Example, ...] = ()
    report: Callable[[Elite], str] = _no_report
    paid: bool = False
    funds: Funds = field(default_factory=Funds)
    failures: tuple[Trial, ...] = ()
    findings: tuple[Finding, ...] = ()
    standings: Standings = field(default_factory=Standings)

    def generator(self) -> np.random.Generator:
        """A fresh generator of this proposal's own randomness; equal on every call."""
        from evosearch.randomness import generator  # noqa: PLC0415 - loads numpy, which a verifier can do without

        return generator(*self.seed)


@runtime_checkable
class Proposer(Protocol):
    """Writes new programs from old ones.

    Equal contexts (and equal model replies) give equal batches. Its own budgets are counted in evaluations or
    steps, never in seconds. It holds no state between calls that could change an outcome.
    """

    @property
    def name(self) -> str:
        """The registered name."""
        ...

    @property
    def regimen(self) -> Regimen:
        """How its evaluations are dealt out."""
        ...

    def forecast(self, context: Context) -> Forecast:
        """The most that the calls of `propose(context)` may cost; nothing for a proposer that asks no model.

        `context.funds` is not dealt out yet. `propose` then spends at most `context.funds`, whatever this said.
        """
        ...

    async def propose(self, context: Context) -> Batch:
        """Return the best few programs, best first, with full provenance and what they cost.

        It may try candidates of its own in the laboratory; `usage.evaluations` says how many it really tried there.
        That number, what the bench evaluated and the number of proposals are together at most `context.allowance`.
        Its calls cost at most `context.funds`.

        Raises:
            ProviderError: The model's provider refused or failed.
        """
        ...
