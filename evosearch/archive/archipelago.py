"""The islands of one problem: who lives where, who migrates, and which island is founded anew."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from evosearch.archive.cells import CellArchive
from evosearch.archive.leaders import is_better
from evosearch.types import Elite, Evaluation, Niche, Outcome, Placement, Program


class Island:
    """One population and its best few.

    Args:
        archive: Its programs; empty.
        migrants: How many the best few are.
    """

    def __init__(self, archive: CellArchive, migrants: int) -> None:
        self.archive = archive
        self.offered = 0
        #: The best few elites, the best first. As an elite gives way only to a better one, no other need be looked at.
        self.top: list[Elite] = []
        self._migrants = migrants

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str]) -> Placement:
        """Offer a program to this island alone."""
        placement = self.archive.place(program, evaluation, parents)
        if placement.niche is not None:
            self.offered += 1
        if placement.outcome and placement.niche is not None:
            self._rank(placement.niche)
        return placement

    def _rank(self, niche: Niche) -> None:
        elite = self.archive.at(niche)
        assert elite is not None
        self.top = [other for other in self.top if other.niche != niche]
        place = next((i for i, other in enumerate(self.top) if is_better(elite, other)), len(self.top))
        self.top.insert(place, elite)
        del self.top[self._migrants :]


class Archipelago:
    """Islands in a ring. A pure fold: where randomness would do, turns are taken.

    Args:
        found: Makes the empty archive of an island, given its number.
        islands: How many there are.
        migrants: How many each sends when there is a migration.
        migration_every: How many programs with a score lie between migrations; 0: there are none.
        reset_every: How many lie between resets; 0: there are none.
    """

    def __init__(
        self,
        found: Callable[[int], CellArchive],
        *,
        islands: int,
        migrants: int,
        migration_every: int,
        reset_every: int,
    ) -> None:
        self._found = found
        self._migrants = migrants
        self._migration_every = migration_every
        self._reset_every = reset_every
        self._islands = [Island(found(number), migrants) for number in range(islands)]
        self._homes: dict[str, int] = {}  # of each program the islands it lives on, as bits
        self._offered = 0
        self._founders = 0
        self._only_seeds = True

    @property
    def qd_score(self) -> float:
        """The sum over its islands."""
        return sum(island.archive.qd_score for island in self._islands)

    def __len__(self) -> int:
        return sum(len(island.archive) for island in self._islands)

    def __iter__(self) -> Iterator[Elite]:
        return (elite for island in self._islands for elite in island.archive)

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str]) -> Placement:
        """Offer a program to the islands where it belongs; returns what became of it where it fared best."""
        self._only_seeds = self._only_seeds and not parents
        numbers = range(len(self._islands)) if self._only_seeds else (self._island_of(parents),)
        placements = [self._settle(number, program, evaluation, parents) for number in numbers]
        if placements[0].niche is not None:
            self._offered += 1
            if self._migration_every and self._offered % self._migration_every == 0:
                self._migrate()
            if self._reset_every and self._offered % self._reset_every == 0:
                self._reset()
        return max(placements, key=lambda placement: placement.outcome)

    def select(self, rng: np.random.Generator, k: int) -> tuple[Elite, ...]:
        """Up to k different elites of one island, drawn uniformly from those that hold any."""
        filled = [island for island in self._islands if len(island.archive)]
        return filled[int(rng.integers(len(filled)))].archive.select(rng, k) if filled else ()

    def _island_of(self, parents: Sequence[str]) -> int:
        """Where the first known parent lives, and as many of the others as can be; of several the least offered."""
        candidates = (1 << len(self._islands)) - 1
        for parent in parents:
            together = candidates & self._homes.get(parent, 0)
            candidates = together or candidates
        numbers = (number for number in range(len(self._islands)) if candidates >> number & 1)
        return min(numbers, key=lambda number: (self._islands[number].offered, number))

    def _settle(self, number: int, program: Program, evaluation: Evaluation, parents: Sequence[str]) -> Placement:
        placement = self._islands[number].place(program, evaluation, parents)
        if placement.outcome is not Outcome.KEPT_OUT:
            self._homes[program.id] = self._homes.get(program.id, 0) | 1 << number
        if placement.displaced is not None:
            self._leave(number, placement.displaced)
        return placement

    def _leave(self, number: int, program: str) -> None:
        homes = self._homes.get(program, 0) & ~(1 << number)
        if homes:
            self._homes[program] = homes
        else:
            self._homes.pop(program, None)

    def _migrate(self) -> None:
        """Copy the best few of each island to the next one; all leave before any arrives."""
        leaving = [list(island.top) for island in self._islands]
        for number, migrants in enumerate(leaving):
            for elite in migrants:
                self._settle((number + 1) % len(self._islands), elite.program, elite.evaluation, ())

    def _reset(self) -> None:
        """Empty the worse half, and found each with the best program of a surviving island.

        FunSearch draws the survivor; here they take turns, by rank, from one reset to the next.
        """
        ranked = sorted(range(len(self._islands)), key=self._rank)
        survivors = ranked[: len(ranked) - len(ranked) // 2]
        for number in ranked[len(survivors) :]:
            for elite in self._islands[number].archive:
                self._leave(number, elite.program.id)
            self._islands[number] = Island(self._found(number), self._migrants)
            donor = self._islands[survivors[self._founders % len(survivors)]].archive.best
            self._founders += 1
            if donor is not None:
                self._settle(number, donor.program, donor.evaluation, ())

    def _rank(self, number: int) -> tuple[float, int, int]:
        best = self._islands[number].archive.best
        if best is None:
            return (np.inf, 0, number)
        return (-best.score, len(best.program.source), number)
