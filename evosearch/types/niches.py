"""The map: its axes and niches, and what becomes of a program that is offered to it."""

import math
from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum

from evosearch.types.evaluations import Evaluation
from evosearch.types.programs import Program

#: A place in the archive: one entry an axis, a cell's index or a category's name.
Niche = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the map: numeric with edges, or categorical.

    Attributes:
        name: The feature it reads from `Evaluation.features`.
        unit: What a number on it counts; empty for categories.
        edges: Inner edges e_1 < … < e_n; they cut the line into n + 1 cells, e_i belonging to the cell above it.
        categories: The names, in order. Exactly one of `edges` and `categories` is given.
    """

    name: str
    unit: str = ""
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.edges) == bool(self.categories):
            raise ValueError(f"axis {self.name!r}: give either edges or categories")
        if not all(map(math.isfinite, self.edges)):
            raise ValueError(f"axis {self.name!r}: edges must be finite numbers, got {list(self.edges)}")
        if any(low >= high for low, high in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError(f"axis {self.name!r}: edges must rise, got {list(self.edges)}")
        if len(set(self.categories)) != len(self.categories):
            raise ValueError(f"axis {self.name!r}: a category is named twice")

    @property
    def cells(self) -> int:
        """How many cells the axis has."""
        return len(self.categories) or len(self.edges) + 1

    def index(self, value: float | str) -> int:
        """The cell of a feature's value.

        Raises:
            ValueError: The category is not declared, or the number is not finite.
        """
        if self.categories:
            return self.categories.index(str(value))
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"axis {self.name!r} needs a finite number, got {value!r}")
        return bisect_right(self.edges, number)

    def label(self, index: int) -> str:
        """How the cell is called on a map, e.g. `8..16`."""
        if self.categories:
            return self.categories[index]
        low = f"{self.edges[index - 1]:g}" if index > 0 else ""
        high = f"{self.edges[index]:g}" if index < len(self.edges) else ""
        return f"{low}..{high}"


class Outcome(IntEnum):
    """What became of a program in the archive; true if it was kept."""

    KEPT_OUT = 0
    IMPROVED = 1
    NEW = 2


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a program was placed.

    Attributes:
        outcome: NEW cell, IMPROVED an elite, or KEPT_OUT.
        niche: Its place in the archive; None if there is none for it.
        displaced: Id of the elite it replaced.
    """

    outcome: Outcome
    niche: Niche | None = None
    displaced: str | None = None


@dataclass(frozen=True, slots=True)
class Elite:
    """A program that the archive keeps."""

    program: Program
    evaluation: Evaluation
    niche: Niche

    @property
    def score(self) -> float:
        """Its score; an elite always has one."""
        assert self.evaluation.score is not None
        return self.evaluation.score
