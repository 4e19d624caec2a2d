"""MAP-Elites on a centroidal Voronoi tessellation (Vassiliades, Chatzilygeroudis and Mouret 2018, arXiv:1610.05729).

A grid over many axes has more cells than a search has programs. Here the number of cells is chosen, and they are spread
evenly over the space that the numeric axes span.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite, prod

import numpy as np
from numpy.typing import NDArray

from evosearch.archive.cells import CellArchive, Grid
from evosearch.archive.selection import SelectionOptions, selector
from evosearch.errors import ConfigError
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Niche, Program

#: Lloyd's algorithm: how many points there are for each centroid, and how many passes over them.
LEAST_POINTS, MOST_POINTS = 5, 40
LEAST_PASSES, MOST_PASSES = 5, 50
#: How many distances along one axis may be taken in all; where there are many cells there is but one pass.
WORK = 200_000_000
#: So many distances are in memory at a time: what stays in a processor's cache.
BLOCK = 15_000


@dataclass(frozen=True, slots=True)
class CvtOptions(SelectionOptions):
    """How many cells there are, and how parents are drawn.

    Attributes:
        cells: How many cells the numeric axes are cut into; each combination of categories has as many.
    """

    cells: int = field(default=256, metadata={"ge": 2, "le": 10_000})


@cache
def centroids(cells: int, dimensions: int) -> NDArray[np.float64]:
    """The centres of the cells in the unit cube, shape (cells, dimensions): always the same for the same numbers.

    Lloyd's algorithm on uniform points. No library for linear algebra takes part: how that rounds depends on the
    machine, and the cells must not. It takes a fraction of a second for 1,000 cells, and seconds for 10,000.
    """
    affordable = WORK // (cells * dimensions)
    count = min(max(affordable // LEAST_PASSES, LEAST_POINTS * cells), MOST_POINTS * cells)
    points = generator(cells, dimensions).random((count, dimensions))
    blocks = np.array_split(points, count * cells // BLOCK + 1)
    centres = points[:cells].copy()
    for _ in range(min(max(affordable // count, 1), MOST_PASSES)):
        nearest = np.concatenate([_nearest(block, centres) for block in blocks])
        members = np.bincount(nearest, minlength=cells)
        for axis in range(dimensions):
            sums = np.bincount(nearest, points[:, axis], minlength=cells)
            centres[:, axis] = np.where(members, sums / np.maximum(members, 1), centres[:, axis])
    centres.flags.writeable = False
    return centres


class Voronoi:
    """The niche on a tessellation: the cells of the categorical axes, then the number of the nearest centroid.

    Each numeric axis is stretched to 0..1 so that all cells between its edges are equally wide: the edges tell its
    scale, which may be a logarithmic one. The cells at its ends are as wide as their neighbours, and what lies beyond
    is taken to lie at their far ends.

    Args:
        axes: The axes; at least one is numeric.
        cells: How many centroids there are.
    """

    def __init__(self, axes: tuple[Axis, ...], cells: int) -> None:
        categorical = tuple(axis for axis in axes if axis.categories)
        self._grid = Grid(categorical)
        self._numeric = [(axis.name, _bounds(axis.edges)) for axis in axes if axis.edges]
        self._centres = centroids(cells, len(self._numeric))
        # |x - c|^2 is least where c·x - |c|^2 / 2 is greatest: one product, x being given a 1 at its end.
        self._weights = np.column_stack((self._centres, -0.5 * (self._centres**2).sum(axis=1)))
        self.cells_total: int | None = prod(axis.cells for axis in categorical) * cells

    def __call__(self, program: Program, evaluation: Evaluation) -> Niche:
        """See `Index`."""
        features = evaluation.features
        try:
            point = [_stretched(bounds, float(features[name])) for name, bounds in self._numeric]
        except KeyError as error:
            raise ValueError(f"the evaluation has no feature {error}") from None
        return (*self._grid(program, evaluation), int((self._weights @ np.array((*point, 1.0))).argmax()))

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The categories, and about which number on each numeric axis the cell lies."""
        centre = self._centres[int(niche[-1])]
        around = {
            name: f"~{np.interp(place, np.linspace(0, 1, len(bounds)), bounds):.3g}"
            for (name, bounds), place in zip(self._numeric, centre, strict=True)
        }
        return {**self._grid.label(niche[:-1]), **around}


class CvtArchive(CellArchive):
    """MAP-Elites on a centroidal Voronoi tessellation.

    Args:
        axes: The axes of the map; at least one is numeric.
        score_floor: The score that adds nothing to the QD score.
        options: How many cells there are, and how parents are drawn.

    Raises:
        ConfigError: No axis is numeric.
    """

    kind = "cvt"
    Options = CvtOptions

    def __init__(self, axes: tuple[Axis, ...], *, score_floor: float, options: CvtOptions = CvtOptions()) -> None:
        if not any(axis.edges for axis in axes):
            names = ", ".join(axis.name for axis in axes) or "no axis at all"
            raise ConfigError(
                f"a 'cvt' archive spreads its cells over numeric axes; this task has {names}", hint="take 'grid'"
            )
        super().__init__(Voronoi(axes, options.cells), score_floor=score_floor, selector=selector(options, score_floor))


def _nearest(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    distances = np.zeros((len(points), len(centres)))
    for axis in range(points.shape[1]):
        distances += (points[:, axis, None] - centres[None, :, axis]) ** 2
    nearest: NDArray[np.intp] = distances.argmin(axis=1)
    return nearest


def _bounds(edges: tuple[float, ...]) -> tuple[float, ...]:
    """An axis's edges with a cell more at each end, as wide as its neighbour; of a single edge as wide as its value."""
    first = edges[1] - edges[0] if len(edges) > 1 else abs(edges[0]) or 1.0
    last = edges[-1] - edges[-2] if len(edges) > 1 else first
    return (edges[0] - first, *edges, edges[-1] + last)


def _stretched(bounds: tuple[float, ...], value: float) -> float:
    """Where on 0..1 a value lies, all cells between the bounds being equally wide."""
    if not isfinite(value):
        raise ValueError(f"a feature must be a finite number, got {value}")
    cell = min(max(bisect_right(bounds, value) - 1, 0), len(bounds) - 2)
    inside = (value - bounds[cell]) / (bounds[cell + 1] - bounds[cell])
    return (cell + min(max(inside, 0.0), 1.0)) / (len(bounds) - 1)
