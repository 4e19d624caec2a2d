"""What other archives are compared with: a hill-climber's, and that of the best of N."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evosearch.archive.cells import CellArchive, ProblemIndex
from evosearch.archive.leaders import is_better
from evosearch.archive.pooled import PooledArchive
from evosearch.archive.pools import Pools
from evosearch.archive.selection import Uniform
from evosearch.types import Axis, Elite, Evaluation, Niche, Outcome, Placement, Program


@dataclass(frozen=True, slots=True)
class NoOptions:
    """There is nothing to choose."""


class BestArchive(CellArchive):
    """One elite a problem, or one in all: with it a search climbs a hill.

    Args:
        axes: The axes of the map; all but the problem's serve only to keep out what has no cell.
        score_floor: The score that adds nothing to the QD score.
        options: There are none.
    """

    kind = "best"
    Options = NoOptions

    def __init__(self, axes: tuple[Axis, ...], *, score_floor: float, options: NoOptions = NoOptions()) -> None:  # noqa: ARG002 - the contract's
        super().__init__(ProblemIndex(axes), score_floor=score_floor)


class SeedArchive(PooledArchive):
    """Offers as parents only what came without parents: what comes of them is the best of N tries.

    It keeps these, and beside them the best of what has parents if it is better than all before; so where a task has no
    seeds there is nothing to select until something was written from scratch. An elite takes some 0.4 kB beside its
    program and its evaluation.

    Args:
        axes: The axes of the map; all but the problem's serve only to keep out what has no cell.
        score_floor: The score that adds nothing to the QD score.
        options: There are none.
    """

    kind = "seeds"
    Options = NoOptions

    def __init__(self, axes: tuple[Axis, ...], *, score_floor: float, options: NoOptions = NoOptions()) -> None:  # noqa: ARG002 - the contract's
        super().__init__(score_floor=score_floor, selector=Uniform, by_id=True)
        self._index = ProblemIndex(axes)
        self._seeds = Pools(Uniform)

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str] = ()) -> Placement:
        """Offer a program; see the contract."""
        if evaluation.score is None or program.id in self._pools:
            return Placement(Outcome.KEPT_OUT)
        try:
            problem = self._index(program, evaluation)
        except ValueError:
            return Placement(Outcome.KEPT_OUT)
        if not parents:
            seed = Elite(program, evaluation, (*problem, 1 + len(self._seeds)))
            self._hold(seed)
            self._seeds.put(seed)
            return Placement(Outcome.NEW, seed.niche)
        return self._place_child(Elite(program, evaluation, (*problem, 0)))

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The problem, and the number of the seed; 0 is the best of what came from seeds."""
        return {**self._index.label(niche), "seed": str(niche[-1])}

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different seeds (of one problem, if one is named)."""
        return self._seeds.select(rng, k, problem)

    def _place_child(self, child: Elite) -> Placement:
        problem = child.program.problem
        leader = self._leaders.best if problem is None else self._leaders.champions.get(problem)
        if leader is not None and not is_better(child, leader):
            return Placement(Outcome.KEPT_OUT, child.niche)
        holder = self._hold(child)
        if holder is None:
            return Placement(Outcome.NEW, child.niche)
        return Placement(Outcome.IMPROVED, child.niche, holder.program.id)
