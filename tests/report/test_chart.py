"""Curves for a terminal."""

import numpy as np
import pytest
from rich.console import Console

from evosearch.report.chart import amount, draw, plot
from evosearch.report.curve import Curve, Point
from evosearch.types import Usage


def lines(curve, over="evaluations", width=80):
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(draw(curve, over, width))
    return captured.get().splitlines()


def curve(best, problems=0, champions=None):
    points = (
        Point(Usage(k, calls=k, seconds=2.0 * k), value, k, k / 2, 0, champions) for k, value in enumerate(best, 1)
    )
    return Curve(tuple(points), problems, cells_total=4 * len(best), cpu_seconds=0.0)


def dots(rows):
    """The dots of braille rows, as points from the lower left."""
    bits = {
        0x01: (0, 3),
        0x02: (0, 2),
        0x04: (0, 1),
        0x40: (0, 0),
        0x08: (1, 3),
        0x10: (1, 2),
        0x20: (1, 1),
        0x80: (1, 0),
    }
    return {
        (2 * column + x, 4 * (len(rows) - 1 - row) + y)
        for row, text in enumerate(rows)
        for column, character in enumerate(text)
        for bit, (x, y) in bits.items()
        if (ord(character) - 0x2800) & bit
    }


def test_a_step_is_flat_then_upright_then_flat():
    drawn = dots(plot([1.0, 2.0, 4.0], [0.0, 0.0, 1.0], 0.0, 1.0, columns=4))
    assert {x for x, y in drawn if y == 0} == {2, 3, 4, 5, 6, 7}
    assert {y for x, y in drawn if x == 7} == set(range(24))
    assert drawn == {(x, 0) for x in range(2, 8)} | {(7, y) for y in range(24)}


def test_what_is_below_the_edge_is_drawn_on_it_and_a_flat_curve_in_the_middle():
    assert (0, 0) in dots(plot([0.0, 9.0], [-100.0, 1.0], 0.0, 1.0, columns=5))
    assert {y for _, y in dots(plot([0.0, 9.0], [1.0, 1.0], 1.0, 1.0, columns=5))} == {12}
    assert sum(line.startswith("7 ┤") for line in lines(curve([7.0, 7.0]))) == 1


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_line_fits_and_axes_are_labelled(width):
    shown = lines(curve(np.log(range(1, 201))), width=width)
    assert max(map(len, shown)) <= width
    for title in ("best score", "cells filled", "QD score", "what more would bring"):
        assert title in shown
    assert sum(line.endswith("200 evaluations") for line in shown) == 3
    assert any("5.29832 ┤" in line for line in shown)


def test_a_beginning_that_is_far_worse_does_not_flatten_the_rest():
    shown = lines(curve([-1e9, *np.log(range(1, 200))]))
    assert any(line.startswith("≤ 1.09861 ┤") for line in shown)


def test_more_is_told_with_its_interval_or_that_nothing_can_be():
    shown = "\n".join(lines(curve(np.log(range(1, 201)))))
    assert "400 evaluations" in shown
    assert "in 80% of cases" in shown
    assert "best score: no forecast, it has not risen" in lines(curve([1.0] * 30))


def test_a_search_without_a_score_has_no_line():
    assert "nothing yet" in lines(curve([None, None]))


def test_with_problems_it_shows_how_many_are_solved():
    shown = lines(curve([1.0] * 9, problems=4, champions=0.5))
    assert "problems solved" in shown
    assert "mean best score" in shown
    assert "best score" not in shown


def test_amounts_are_in_their_units():
    assert (amount("usd", 0.5), amount("seconds", 90), amount("calls", 1200)) == ("$0.50", "1 min 30 s", "1,200 calls")
    assert any(line.endswith("1 min 0 s") for line in lines(curve([1.0] * 30), over="seconds"))
