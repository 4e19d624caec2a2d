"""MAP-Elites: one elite a cell of a map that the task's axes span (Mouret and Clune 2015, arXiv:1504.04909).

If the first axis is the problem, this is multi-task MAP-Elites (Mouret and Maguire 2020, arXiv:2003.04407): every
problem has a map of its own, and an elite of one can seed another.
"""

from collections.abc import Callable, Iterator
from math import prod

import numpy as np

from evosearch.types import Axis, Elite, Evaluation, Niche, Outcome, Placement, Program, digest_of

#: Tells the niche of an evaluation; ValueError if it has none.
IndexFunction = Callable[[Evaluation], Niche]


def grid(axes: tuple[Axis, ...]) -> IndexFunction:
    """The niche on a grid: each axis's cell of its own feature."""

    def index(evaluation: Evaluation) -> Niche:
        missing = [axis.name for axis in axes if axis.name not in evaluation.features]
        if missing:
            raise ValueError(f"the evaluation has no feature {missing[0]!r}")
        return tuple(axis.index(evaluation.features[axis.name]) for axis in axes)

    return index


class CellArchive:
    """The best program of every niche.

    A newcomer takes a cell if the cell is empty or its score is strictly greater; so among equals the first stays,
    and the outcome depends on the order alone.

    Args:
        axes: The axes of the map; without any there is one cell.
        score_floor: The score that adds nothing to the QD score.
        index: Tells the niche; by default that of the grid over the axes.
    """

    kind = "cells"

    def __init__(self, axes: tuple[Axis, ...], *, score_floor: float, index: IndexFunction | None = None) -> None:
        self._niche_of = index or grid(axes)
        self._floor = score_floor
        self._problem_axis = bool(axes) and axes[0].name == "problem"
        self._problems = axes[0].categories if self._problem_axis else ()
        self._elites: dict[Niche, Elite] = {}
        self._niches: list[Niche] = []
        self._niches_of_problem: dict[str, list[Niche]] = {}
        self._champions: dict[str, Elite] = {}
        self._best: Elite | None = None
        self._qd_score = 0.0
        self.cells_total: int | None = prod(axis.cells for axis in axes)

    @property
    def qd_score(self) -> float:
        """Sum over cells of (score - floor), none counted below zero (Pugh, Soros and Stanley 2016)."""
        return self._qd_score

    @property
    def best(self) -> Elite | None:
        """The elite with the highest score; among equals the one placed first."""
        return self._best

    def __len__(self) -> int:
        return len(self._niches)

    def __iter__(self) -> Iterator[Elite]:
        return (self._elites[niche] for niche in self._niches)

    def place(self, program: Program, evaluation: Evaluation) -> Placement:
        """Offer a program; see the contract."""
        if evaluation.score is None:
            return Placement(Outcome.KEPT_OUT)
        try:
            niche = self._niche_of(evaluation)
        except ValueError:
            return Placement(Outcome.KEPT_OUT)
        holder = self._elites.get(niche)
        if holder is not None and evaluation.score <= holder.score:
            return Placement(Outcome.KEPT_OUT, niche)
        self._settle(Elite(program, evaluation, niche), holder)
        if holder is None:
            return Placement(Outcome.NEW, niche)
        return Placement(Outcome.IMPROVED, niche, holder.program.id)

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites, uniform over the filled cells (of one problem, if one is named)."""
        niches = self._niches if problem is None else self._niches_of_problem.get(problem, [])
        chosen = rng.choice(len(niches), size=min(k, len(niches)), replace=False, shuffle=True) if niches else ()
        return tuple(self._elites[niches[position]] for position in chosen)

    def champion(self, problem: str) -> Elite | None:
        """The best elite of one problem; among equals the one placed first."""
        return self._champions.get(problem)

    def digest(self) -> str:
        """Content address of the archive: niches, programs and scores, in the order of the niches' text."""
        rows = (f"{elite.niche} {elite.program.id} {elite.score!r}" for elite in self._elites.values())
        return digest_of(*sorted(rows))

    def _settle(self, elite: Elite, holder: Elite | None) -> None:
        niche = elite.niche
        self._elites[niche] = elite
        self._qd_score += max(0.0, elite.score - self._floor)
        if holder is not None:
            self._qd_score -= max(0.0, holder.score - self._floor)
        else:
            self._niches.append(niche)
        if self._best is None or elite.score > self._best.score:
            self._best = elite
        if self._problem_axis:
            self._settle_problem(elite, new=holder is None)

    def _settle_problem(self, elite: Elite, *, new: bool) -> None:
        problem = self._problems[int(elite.niche[0])]
        if new:
            self._niches_of_problem.setdefault(problem, []).append(elite.niche)
        champion = self._champions.get(problem)
        if champion is None or elite.score > champion.score:
            self._champions[problem] = elite
