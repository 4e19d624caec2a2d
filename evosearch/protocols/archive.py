"""What keeps the best of every kind."""

from __future__ import annotations  # the signatures name numpy, which not every process should load

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from evosearch.types import Axis, Elite, Evaluation, Niche, Placement, Program

if TYPE_CHECKING:
    import numpy as np


@runtime_checkable
class Archive(Protocol):
    """Keeps the best of every kind. A pure fold: equal sequences of `place` give equal archives.

    `place` and `select` take constant or logarithmic time in the number of elites. `select` changes nothing.
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
        """The elite with the highest score; among equals the shortest, and of these the one placed first."""
        ...

    def __len__(self) -> int:
        """How many elites it holds."""
        ...

    def __iter__(self) -> Iterator[Elite]:
        """The elites in an order that equal sequences share; one program may hold niches on several islands."""
        ...

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str] = ()) -> Placement:
        """Offer a program. Without a score, or with a feature missing or off its axis, it is KEPT_OUT.

        Args:
            program: What is offered.
            evaluation: How it did.
            parents: Ids of the programs it was made from, most important first; none of a seed. One that the archive
                does not know, or holds no more, is passed over.
        """
        ...

    def label(self, niche: Niche) -> Mapping[str, str]:
        """What one of its niches is called, for people: the cell's label by the axis's name, say."""
        ...

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites, of one problem if one is named; fewer if fewer go together."""
        ...

    def champion(self, problem: str) -> Elite | None:
        """The best elite of one problem."""
        ...

    def digest(self) -> str:
        """Content address of the archive: niches, programs and scores. Equal for equal runs."""
        ...


class ArchiveKind(Protocol):
    """What the registry holds for a kind of archive: its maker, usually the archive's class.

    Attributes:
        Options: What the kind's own table in evosearch.toml may say, `[islands]` for the kind `islands`: a frozen
            dataclass of JSON values that holds every default (`evosearch.options`).
    """

    Options: type[Any]

    def __call__(self, axes: tuple[Axis, ...], *, score_floor: float, options: Any) -> Archive:
        """Make an empty archive.

        Args:
            axes: The axes of the task's map; if there are problems, the first is `problem`.
            score_floor: The score that adds nothing to the QD score.
            options: An object of `Options`.

        Raises:
            ConfigError: The options do not go with the axes.
        """
        ...
