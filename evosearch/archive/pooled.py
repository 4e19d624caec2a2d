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
        self._floor = score_floor
        self._pools = Pools(selector, by_id=by_id)
        self._leaders = Leaders()
        self._qd_score = 0.0

    @property
    def qd_score(self) -> float:
        """Sum over elites of (score - floor), none counted below zero (Pugh, Soros and Stanley 2016)."""
        return self._qd_score

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
        self._qd_score += max(0.0, elite.score - self._floor)
        if holder is not None:
            self._qd_score -= max(0.0, holder.score - self._floor)
        self._leaders.note(elite)
        return holder

    def _drop(self, elite: Elite) -> None:
        """Hold an elite no more."""
        self._pools.discard(elite)
        self._qd_score -= max(0.0, elite.score - self._floor)
