"""The programs that a proposal knows: the elites it was given, and what it has made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evosearch.types import Elite, Program

#: How many programs are kept, the best.
_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class Known:
    """A program and its score."""

    program: Program
    score: float


class Stock:
    """The best programs that are known, best first; of equal ones the latest, so that a search drifts over plateaus.

    Attributes:
        distance: Between the scores of the best and the worst elite it began with.

    Args:
        elites: What the archive offers.
    """

    def __init__(self, elites: Sequence[Elite]) -> None:
        self._known = [Known(elite.program, elite.score) for elite in elites]
        self._known.sort(key=lambda known: -known.score)
        scores = [known.score for known in self._known]
        self.distance = max(scores) - min(scores) if scores else 0.0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def best(self) -> Known:
        """The best of all; there is one."""
        return self._known[0]

    def add(self, known: Known) -> None:
        """Take a program in; the worst goes where there are too many."""
        place = next((place for place, other in enumerate(self._known) if known.score >= other.score), len(self))
        self._known.insert(place, known)
        del self._known[_SIZE:]

    def draw(self, rng: np.random.Generator) -> Known:
        """The best half of the time, else any."""
        return self.best if rng.random() < 0.5 else self._known[int(rng.integers(len(self)))]

    def others(self, known: Known) -> list[Program]:
        """All programs but one, best first."""
        return [other.program for other in self._known if other.program.id != known.program.id]
