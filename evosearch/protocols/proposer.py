"""What writes new programs from old ones."""

from __future__ import annotations  # the signatures name numpy, which not every process should load

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evosearch.protocols.task import Laboratory
from evosearch.types import Batch, Brief, Credit, Elite, Finding, Forecast, Funds, Trial

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
    """

    rungs: tuple[int, ...] = ()
    turn: int = 0
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """What each operator and each model has achieved so far, by name; one that has not been used is missing."""

    operators: Mapping[str, Credit] = field(default_factory=dict)
    models: Mapping[str, Credit] = field(default_factory=dict)


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

        It may try candidates of its own in the laboratory; `usage.evaluations` says how many it really tried,
        and that number plus the number of proposals is at most `context.allowance`. Its calls cost at most
        `context.funds`.

        Raises:
            ProviderError: The model's provider refused or failed.
        """
        ...
