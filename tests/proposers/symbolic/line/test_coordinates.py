"""A program's constants as the numbers that are searched over."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.proposers.symbolic.line.coordinates import HANDFUL, Coordinates

CONSTANT = st.floats(-1e6, 1e6).map(lambda value: (value, "float")) | st.integers(-(10**6), 10**6).map(
    lambda value: (value, "int")
)


def moved(value, steps, kind="float", others=()):
    """A constant after some steps of its coordinate."""
    origin = [value, *others]
    coordinates = Coordinates(origin, [kind] + ["float"] * len(others))
    x = coordinates.encode(origin)
    x[0] += steps
    return coordinates.decode(x)[0]


@pytest.mark.parametrize(
    ("value", "steps", "expected"),
    [
        (0.01, 2, 0.02),  # a scale: two steps to a factor of two
        (-3.0, 4, -12.0),
        (0.9, -2, 0.95),  # a decay: half as far from 1
        (0.999, 2, 0.998),
        (0.5, 2, 1.0),
        (0.0, 1, 1.0),
    ],
)
def test_a_single_number_moves_as_its_kind_does(value, steps, expected):
    assert moved(value, steps) == pytest.approx(expected)


def test_a_whole_number_moves_by_itself_and_a_great_one_faster():
    assert moved(3, 1, "int") == 4
    assert moved(800, 1, "int") == 900
    assert moved(3, 0.4, "int") == 3
    assert type(moved(3, 0.7, "int")) is int


def test_the_numbers_of_a_table_move_by_amounts_and_may_pass_nought():
    table = [0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0]  # a step is twice the median of what is not nought
    assert moved(0.4, -1, others=table) == pytest.approx(0.4 - 1.0)
    assert moved(0.0, 0.5, others=table) == pytest.approx(0.55)


def test_a_table_of_one_sign_is_one_too():
    assert moved(1.0, -3, others=[2.0, 3.0, 4.0, 5.0, 6.0, 7.0]) < 0


def test_many_numbers_of_quite_different_sizes_are_no_table():
    assert moved(1e-8, 2, others=[0.1, 0.9, 1.0, 5.0, 30.0, 0.01, 1e-4]) == pytest.approx(2e-8)


def test_a_tolerance_beside_a_table_stays_a_scale():
    assert moved(1e-9, 2, others=[-1.0, 0.5, 1.0, 2.0, 0.3, -0.4, 0.7]) == pytest.approx(2e-9)


@given(st.lists(CONSTANT, min_size=1, max_size=HANDFUL + 6))
def test_the_origin_comes_back(constants):
    values, kinds = zip(*constants, strict=True)
    coordinates = Coordinates(values, kinds)
    assert coordinates.decode(coordinates.encode(values)) == pytest.approx(list(values), rel=1e-6, abs=1e-6)


@given(st.lists(CONSTANT, min_size=1, max_size=HANDFUL + 6), st.data())
def test_whatever_a_search_tries_is_a_finite_constant(constants, data):
    values, kinds = zip(*constants, strict=True)
    coordinates = Coordinates(values, kinds)
    x = data.draw(st.lists(st.floats(-1e9, 1e9), min_size=len(values), max_size=len(values)))
    assert all(map(math.isfinite, coordinates.decode(np.array(x))))


def test_a_scale_that_has_changed_its_sign_has_no_coordinate():
    coordinates = Coordinates([0.1, 0.9], ["float", "float"])
    with pytest.raises(ValueError, match="like those of the origin"):
        coordinates.encode([-0.1, 0.9])
    with pytest.raises(ValueError, match="like those of the origin"):
        coordinates.encode([0.1, 1.5])


def test_numbers_of_any_size_have_coordinates_and_stay_finite():
    # A forged reply may name any.
    values = [1e300, -1e300, *[5e-324] * 7]
    coordinates = Coordinates(values, ["float"] * 9)
    x = coordinates.encode(values)
    assert coordinates.decode(x) == pytest.approx(values)
    assert all(map(math.isfinite, coordinates.decode(x + 1e3)))
    assert all(map(math.isfinite, coordinates.decode(x - 1e3)))
