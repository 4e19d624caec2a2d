"""MAP-Elites on a centroidal Voronoi tessellation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.archive.cvt import CvtArchive, CvtOptions, Voronoi, centroids
from evosearch.errors import ConfigError, Status
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

SIZE = Axis("size", "nodes", edges=(1.0, 10.0, 100.0, 1000.0))
DEPTH = Axis("depth", edges=(2.0, 4.0))
STYLE = Axis("style", categories=("loop", "call"))
PROBLEM = Axis("problem", categories=("p", "q"))


def niche(index, **features):
    return index(Program("a"), Evaluation(Status.OK, 1.0, features=features))


def test_the_cells_are_of_about_equal_size_and_always_the_same():
    centres = centroids(64, 2)
    assert np.array_equal(centres, centroids.__wrapped__(64, 2))
    points = generator(1).random((20_000, 2))
    nearest = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    members = np.bincount(nearest, minlength=64)
    assert 0.5 * members.mean() < members.min() <= members.max() < 2 * members.mean()


@given(st.floats(-1e3, 1e5), st.floats(-10, 10))
def test_a_program_belongs_to_the_nearest_centroid(size, depth):
    """Each axis is stretched so that its cells are equally wide: that of sizes has five, and that of depths three."""
    index = Voronoi((SIZE, DEPTH), 32)
    x = np.interp(size, (-8.0, 1.0, 10.0, 100.0, 1000.0, 1900.0), np.linspace(0, 1, 6))
    y = np.interp(depth, (0.0, 2.0, 4.0, 6.0), np.linspace(0, 1, 4))
    distances = ((centroids(32, 2) - (x, y)) ** 2).sum(axis=1)
    assert distances[niche(index, size=size, depth=depth)[0]] == pytest.approx(distances.min())


def test_categories_are_crossed_with_the_centroids():
    archive = CvtArchive((PROBLEM, SIZE, STYLE), score_floor=0.0, options=CvtOptions(cells=8))
    features = {"problem": "q", "size": 50, "style": "call"}
    placed = archive.place(Program("a", "q"), Evaluation(Status.OK, 1.0, features=features))
    assert placed.niche[:2] == (1, 1)
    assert archive.cells_total == 2 * 2 * 8
    assert archive.place(Program("b", "q"), Evaluation(Status.OK, 0.5, features=features)).niche == placed.niche
    elsewhere = features | {"size": 5_000}
    assert archive.place(Program("c", "q"), Evaluation(Status.OK, 0.5, features=elsewhere)).outcome is Outcome.NEW


def test_a_label_says_about_where_a_cell_lies():
    archive = CvtArchive((PROBLEM, SIZE), score_floor=0.0, options=CvtOptions(cells=50))
    for size in (2.0, 20.0, 500.0):
        placed = archive.place(Program("a", "p"), Evaluation(Status.OK, 1.0, features={"problem": "p", "size": size}))
        label = archive.label(placed.niche)
        assert label["problem"] == "p"
        assert float(label["size"].removeprefix("~")) == pytest.approx(size, rel=1.0)


def test_an_axis_with_one_edge_reaches_as_far_as_the_edge_is_large():
    index = Voronoi((Axis("x", edges=(8.0,)),), 2)
    assert niche(index, x=1.0) != niche(index, x=15.0)
    assert niche(index, x=-1e9) == niche(index, x=1.0)
    around_zero = Voronoi((Axis("x", edges=(0.0,)),), 2)
    assert niche(around_zero, x=-0.9) != niche(around_zero, x=0.9)


def test_it_needs_a_numeric_axis():
    with pytest.raises(ConfigError, match="this task has problem, style"):
        CvtArchive((PROBLEM, STYLE), score_floor=0.0)
