"""What archives have in common: elites in pools, the best of them, their sums."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

import numpy as np

from evosearch.archive.leaders import Leaders
from evosearch.archive.pools import Pools
from evosearch.archive.selection import Selection
from evosearch.types import Elite, digest_of


def digest_of_elites(elites: Iterable[Elite]) -> str:
    """Content address of an archive: niches, programs and scores, in the order of the niches' text."""
    return digest_of(*sorted(f"{elite.niche} {elite.program.id} {elite.score!r}" for elite in elites))


#: A score adds no more than this to the QD score, so that a million of them have a finite sum.
MOST_QUALITY = 1e290
#: The smallest number above 0 is two to the power of minus this; every other is a whole multiple of it.
_SMALLEST_BITS = 1074


class QualitySum:
    """The sum over elites of what each scores above a floor.

    It is exact, a whole number of the smallest parts that there are: what is added and taken away again leaves nothing
    behind, however great it was.

    Args:
        floor: The score that adds nothing.
    """

    def __init__(self, floor: float) -> None:
        self._floor = floor
        self._parts = 0

    def __float__(self) -> float:
        return self._parts / (1 << _SMALLEST_BITS)

    def add(self, elite: Elite) -> None:
        """Count an elite."""
        self._parts += self._parts_of(elite)

    def discard(self, elite: Elite) -> None:
        """Count it no more."""
        self._parts -= self._parts_of(elite)

    def _parts_of(self, elite: Elite) -> int:
        numerator, denominator = min(max(0.0, elite.score - self._floor), MOST_QUALITY).as_integer_ratio()
        return numerator << (_SMALLEST_BITS + 1 - denominator.bit_length())


class PooledArchive:
    """An archive whose elites are in pools. A kind of archive adds `place` and `label`.

    Args:
        score_floor: The score that adds nothing to the QD score.
        selector: Makes the selection of each pool.
        by_id: Whether elites are looked up by their program's id.
    """

    kind: ClassVar[str]

    def __init__(self, *, score_floor: float, selector: Callable[[], Selection], by_id: bool = False) -> None:
        self.cells_total: int | None = None
        self._pools = Pools(selector, by_id=by_id)
        self._leaders = Leaders()
        self._quality = QualitySum(score_floor)

    @property
    def qd_score(self) -> float:
        """Sum over elites of (score - floor), none counted below zero (Pugh, Soros and Stanley 2016)."""
        return float(self._quality)

    @property
    def best(self) -> Elite | None:
        """The elite with the highest score; among equals the shortest, then the one placed first."""
        return self._leaders.best

    def __len__(self) -> int:
        return len(self._pools)

    def __iter__(self) -> Iterator[Elite]:
        return iter(self._pools)

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites (of one problem, if one is named)."""
        return self._pools.select(rng, k, problem)

    def champion(self, problem: str) -> Elite | None:
        """The best elite of one problem; among equals the shortest, then the one placed first."""
        return self._leaders.champions.get(problem)

    def digest(self) -> str:
        """Content address of the archive: niches, programs and scores, in the order of the niches' text."""
        return digest_of_elites(self)

    def _hold(self, elite: Elite) -> Elite | None:
        """Let an elite have its niche; returns the one that held it."""
        holder = self._pools.get(elite.niche)
        self._pools.put(elite)
        self._quality.add(elite)
        if holder is not None:
            self._quality.discard(holder)
        self._leaders.note(elite)
        return holder

    def _drop(self, elite: Elite) -> None:
        """Hold an elite no more."""
        self._pools.discard(elite)
        self._quality.discard(elite)
