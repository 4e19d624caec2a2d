"""Populations apart: islands with migration and resets.

FunSearch (Romera-Paredes et al. 2024, doi:10.1038/s41586-023-06924-6, methods) empties the worse half of its islands
from time to time and founds them anew; OpenEvolve lets the best migrate in a ring. Here both can be had, and each
island is a map of its own, or clusters programs as FunSearch does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from evosearch.archive.archipelago import Archipelago
from evosearch.archive.cells import CellArchive, Grid, Index, ProblemIndex
from evosearch.archive.clusters import ByCluster, ClusterIndex
from evosearch.archive.leaders import Leaders
from evosearch.archive.pooled import digest_of_elites
from evosearch.archive.selection import SelectionOptions, selector
from evosearch.errors import ConfigError
from evosearch.types import Axis, Elite, Evaluation, Niche, Outcome, Placement, Program


@dataclass(frozen=True, slots=True)
class IslandOptions(SelectionOptions):
    """The islands, and how parents are drawn from one.

    Attributes:
        islands: How many there are, of each problem if there are problems.
        migration_every: After so many programs with a score the best of each island are copied to the next; 0: never.
        migrants: How many each island sends.
        reset_every: After so many programs with a score the worse half is emptied and founded anew; 0: never.
        clusters: Programs are grouped by what they score on each case, and drawn as in FunSearch.
        temperature: With clusters: the highest temperature of the draw, in units of the score.
        period: With clusters: after so many programs on an island its temperature is down to nothing, and starts anew.
    """

    islands: int = field(default=5, metadata={"ge": 1, "le": 1000})
    migration_every: int = field(default=50, metadata={"ge": 0})
    migrants: int = field(default=2, metadata={"ge": 1, "le": 100})
    reset_every: int = field(default=1000, metadata={"ge": 0})
    clusters: bool = False
    temperature: float = field(default=0.1, metadata={"gt": 0.0})
    period: int = field(default=30_000, metadata={"ge": 1})


class IslandIndex:
    """An island's own niches, its number at their end.

    Args:
        index: The niches of the map.
        island: The number of the island.
    """

    def __init__(self, index: Index, island: int) -> None:
        self._index = index
        self._island = island
        self.cells_total = index.cells_total

    def __call__(self, program: Program, evaluation: Evaluation) -> Niche:
        """See `Index`."""
        return (*self._index(program, evaluation), self._island)

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The cell as the map calls it, and the number of the island."""
        return {**self._index.label(niche[:-1]), "island": str(niche[-1])}


class IslandArchive:
    """Islands: a child lives where its parents do, and parents are drawn from one island together.

    * A program whose parents are known lives on an island of the first of them; if that one lives on several, on one
      where the others live too; among the rest where the fewest were offered.
    * What comes without parents founds all islands until the first child comes; later it goes where the fewest were
      offered, as does a child whose parents are all gone.
    * If there are problems, each has islands of its own.

    A program that lives on several islands is an elite on each. `select` draws an island, and then from it alone: it
    returns fewer than k elites if that island has fewer. An elite takes some 0.3 kB beside its program and its
    evaluation, with clusters 0.7 kB.

    Args:
        axes: The axes of the task's map.
        score_floor: The score that adds nothing to the QD score.
        options: The islands, and how parents are drawn from one.

    Raises:
        ConfigError: Clusters were asked for, and another way to draw parents as well.
    """

    kind = "islands"
    Options = IslandOptions

    def __init__(self, axes: tuple[Axis, ...], *, score_floor: float, options: IslandOptions = IslandOptions()) -> None:
        if options.clusters and options.selection != "uniform":
            raise ConfigError(
                f"clusters have a way of their own to draw parents, and {options.selection!r} was asked for too",
                hint="leave out one of 'islands.clusters' and 'islands.selection'",
            )
        self._options = options
        self._grid = Grid(axes)
        self._problem = ProblemIndex(axes)
        self._floor = score_floor
        self._leaders = Leaders()
        self._archipelagos: dict[str | None, Archipelago] = {}
        self._discovered: list[str | None] = []
        self._qd_score = 0.0
        self._count = 0
        cells = None if options.clusters else self._grid.cells_total
        self.cells_total: int | None = None if cells is None else cells * options.islands

    @property
    def qd_score(self) -> float:
        """Sum over the niches of all islands of (score - floor), none counted below zero."""
        return self._qd_score

    @property
    def best(self) -> Elite | None:
        """The elite with the highest score; among equals the shortest, then the one placed first."""
        return self._leaders.best

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Elite]:
        """Island by island, each in the order in which its niches were first filled."""
        return (elite for archipelago in self._archipelagos.values() for elite in archipelago)

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str] = ()) -> Placement:
        """Offer a program; see the contract. If it is offered to several islands, its niche is that on the first."""
        archipelago = self._archipelagos.get(program.problem)
        if archipelago is None:
            archipelago = self._discover(program, evaluation)
        if archipelago is None:
            return Placement(Outcome.KEPT_OUT)
        self._count -= len(archipelago)
        self._qd_score -= archipelago.qd_score
        placement = archipelago.place(program, evaluation, parents)
        self._count += len(archipelago)
        self._qd_score += archipelago.qd_score
        if placement.outcome and placement.niche is not None:
            self._leaders.note(Elite(program, evaluation, placement.niche))
        return placement

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The cell or the cluster, as the map calls it, and the number of the island."""
        index = ClusterIndex(self._problem) if self._options.clusters else self._grid
        return IslandIndex(index, 0).label(niche)

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites of one island (of one problem, if one is named)."""
        if problem is None and self._archipelagos:
            problem = self._discovered[int(rng.integers(len(self._discovered)))]
        archipelago = self._archipelagos.get(problem)
        return () if archipelago is None else archipelago.select(rng, k)

    def champion(self, problem: str) -> Elite | None:
        """The best elite of one problem; among equals the shortest, then the one placed first."""
        return self._leaders.champions.get(problem)

    def digest(self) -> str:
        """Content address of the archive: niches, programs and scores, in the order of the niches' text."""
        return digest_of_elites(self)

    def _discover(self, program: Program, evaluation: Evaluation) -> Archipelago | None:
        """Make the islands of a problem, now that something works there."""
        if evaluation.score is None:
            return None
        try:
            self._grid(program, evaluation)
        except ValueError:
            return None
        chosen = self._options
        archipelago = Archipelago(
            self._found,
            islands=chosen.islands,
            migrants=chosen.migrants,
            migration_every=chosen.migration_every,
            reset_every=chosen.reset_every,
        )
        self._archipelagos[program.problem] = archipelago
        self._discovered.append(program.problem)
        return archipelago

    def _found(self, number: int) -> CellArchive:
        index: Index = self._grid
        select = selector(self._options, self._floor)
        if self._options.clusters:
            index = ClusterIndex(self._problem)
            select = partial(ByCluster, self._options.temperature, self._options.period)
        return CellArchive(IslandIndex(index, number), score_floor=self._floor, selector=select)
