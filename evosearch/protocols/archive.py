"""What keeps the best of every kind."""

from __future__ import annotations  # the signatures name numpy, which not every process should load

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from evosearch.types import Elite, Evaluation, Placement, Program

if TYPE_CHECKING:
    import numpy as np


@runtime_checkable
class Archive(Protocol):
    """Keeps the best of every kind. A pure fold: equal sequences of `place` give equal archives.

    `place` and `select` take constant or logarithmic time in the number of elites.
    """

    @property
    def kind(self) -> str:
        """The registered name."""
        ...

    @property
    def cells_total(self) -> int | None:
        """How many niches there are; None if they are unbounded."""
        ...

    @property
    def qd_score(self) -> float:
        """Sum over niches of (score - task.score_floor), none counted below zero (Pugh et al. 2016)."""
        ...

    @property
    def best(self) -> Elite | None:
        """The elite with the highest score; among equals the one placed first."""
        ...

    def __len__(self) -> int:
        """How many elites it holds."""
        ...

    def __iter__(self) -> Iterator[Elite]:
        """The elites in the order in which their niches were first filled."""
        ...

    def place(self, program: Program, evaluation: Evaluation) -> Placement:
        """Offer a program. Without a score, or with a feature missing or off its axis, it is KEPT_OUT."""
        ...

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites, of one problem if one is named; fewer if there are fewer."""
        ...

    def champion(self, problem: str) -> Elite | None:
        """The best elite of one problem."""
        ...

    def digest(self) -> str:
        """Content address of the archive: niches, programs and scores. Equal for equal runs."""
        ...
