"""MAP-Elites: one elite a cell of a map that the task's axes span (Mouret and Clune 2015, arXiv:1504.04909).

If the first axis is the problem, this is multi-task MAP-Elites (Mouret and Maguire 2020, arXiv:2003.04407): every
problem has a map of its own, and an elite of one can seed another.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Protocol

from evosearch.archive.leaders import is_better
from evosearch.archive.pooled import PooledArchive
from evosearch.archive.selection import Selection, SelectionOptions, Uniform, selector
from evosearch.types import Axis, Elite, Evaluation, Niche, Outcome, Placement, Program


class Index(Protocol):
    """Tells the niche of a program.

    Attributes:
        cells_total: How many niches there are; None if they are unbounded.
    """

    cells_total: int | None

    def __call__(self, program: Program, evaluation: Evaluation) -> Niche:
        """The niche of a program; ValueError if it has none."""
        ...

    def label(self, niche: Niche) -> Mapping[str, str]:
        """What a niche is called, for people."""
        ...


def has_problems(axes: tuple[Axis, ...]) -> bool:
    """Whether the first axis is the problem."""
    return bool(axes) and axes[0].name == "problem"


class Grid:
    """The niche on a grid: each axis's cell of its own feature.

    Args:
        axes: The axes; without any there is one cell.
    """

    def __init__(self, axes: tuple[Axis, ...]) -> None:
        self.cells_total: int | None = prod(axis.cells for axis in axes)
        self._axes = axes
        self._cells = [(axis.name, _cell_of(axis)) for axis in axes]

    def __call__(self, program: Program, evaluation: Evaluation) -> Niche:  # noqa: ARG002 - it is all in the features
        """See `Index`."""
        features = evaluation.features
        try:
            return tuple([cell(features[name]) for name, cell in self._cells])
        except KeyError as error:
            raise ValueError(f"the evaluation has no such feature or category: {error}") from None

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The cell on each axis as the map calls it."""
        return {axis.name: axis.label(int(cell)) for axis, cell in zip(self._axes, niche, strict=True)}


class ProblemIndex:
    """One niche a problem, or one in all; a program that has no cell on the map has none here either.

    Args:
        axes: The axes of the map.
    """

    def __init__(self, axes: tuple[Axis, ...]) -> None:
        self._grid = Grid(axes)
        self._problem = axes[:1] if has_problems(axes) else ()
        self.cells_total: int | None = prod(axis.cells for axis in self._problem)

    def __call__(self, program: Program, evaluation: Evaluation) -> Niche:
        """See `Index`."""
        return self._grid(program, evaluation)[: len(self._problem)]

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The problem's name, if there are problems; what follows in the niche is passed over."""
        return {axis.name: axis.label(int(cell)) for axis, cell in zip(self._problem, niche, strict=False)}


class CellArchive(PooledArchive):
    """The best program of every niche.

    A newcomer takes a niche if it is empty, if its score is strictly greater, or if the scores are equal and it has
    fewer characters: what a simplifier achieves is kept. So of equals the first stays, and the outcome depends on the
    order alone. An elite takes some 0.2 kB beside its program and its evaluation, some 0.35 kB if selection learns by
    curiosity.

    Args:
        index: Tells the niche.
        score_floor: The score that adds nothing to the QD score.
        selector: Makes the selection of each pool.
    """

    kind = "grid"

    def __init__(self, index: Index, *, score_floor: float, selector: Callable[[], Selection] = Uniform) -> None:
        super().__init__(score_floor=score_floor, selector=selector)
        self._index = index
        self.cells_total = index.cells_total

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str] = ()) -> Placement:
        """Offer a program; see the contract."""
        placement = self._placed(program, evaluation)
        self._pools.credit(parents, kept=bool(placement.outcome))
        return placement

    def label(self, niche: Niche) -> Mapping[str, str]:
        """What a niche is called, for people."""
        return self._index.label(niche)

    def at(self, niche: Niche) -> Elite | None:
        """The elite of a niche."""
        return self._pools.get(niche)

    def _placed(self, program: Program, evaluation: Evaluation) -> Placement:
        if evaluation.score is None:
            return Placement(Outcome.KEPT_OUT)
        try:
            niche = self._index(program, evaluation)
        except ValueError:
            return Placement(Outcome.KEPT_OUT)
        newcomer = Elite(program, evaluation, niche)
        holder = self._pools.get(niche)
        if holder is not None and not is_better(newcomer, holder):
            return Placement(Outcome.KEPT_OUT, niche)
        self._hold(newcomer)
        if holder is None:
            return Placement(Outcome.NEW, niche)
        return Placement(Outcome.IMPROVED, niche, holder.program.id)


class GridArchive(CellArchive):
    """MAP-Elites on a grid: each axis is cut at its edges.

    Args:
        axes: The axes of the map; without any there is one cell.
        score_floor: The score that adds nothing to the QD score.
        options: How parents are drawn.
    """

    kind = "grid"
    Options = SelectionOptions

    def __init__(
        self,
        axes: tuple[Axis, ...],
        *,
        score_floor: float,
        options: SelectionOptions = SelectionOptions(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(Grid(axes), score_floor=score_floor, selector=selector(options, score_floor))


def _cell_of(axis: Axis) -> Callable[[float | str], int]:
    """The same as `Axis.index`, but quick also where there are many categories."""
    if not axis.categories:
        return axis.index
    table = {category: number for number, category in enumerate(axis.categories)}
    return lambda value: table[str(value)]
