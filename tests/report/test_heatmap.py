"""The map."""

import io

from rich.console import Console

from evosearch.report.heatmap import describe, draw, heatmap
from evosearch.types import Axis, Elite, Evaluation, Program


def elite(score, **features):
    return Elite(Program(f"{features}{score}"), Evaluation(score=score, features=features), (0,))


def lines(picture):
    console = Console(width=100, file=io.StringIO())
    console.print(draw(picture))
    return console.file.getvalue().splitlines()


def test_many_problems_are_counted_in_each_cell(snapshot):
    picture = heatmap(snapshot.facts.axes, snapshot.archive)
    assert picture.counting
    assert (picture.rows.name, picture.columns.name) == ("style", "size")
    assert picture.values == {(0, 0): 2.0, (1, 1): 1.0}


def test_one_problem_shows_its_scores(snapshot):
    picture = heatmap(snapshot.facts.axes, snapshot.archive, problem="sums")
    assert picture.values == {(0, 0): 0.5, (1, 1): 0.95}


def test_the_picture_can_be_read_without_its_colours(snapshot):
    drawn = lines(heatmap(snapshot.facts.axes, snapshot.archive))
    assert drawn[0] == "style downwards, size (AST nodes) to the right; problems with a program in the cell"
    assert drawn[2].split() == ["style", "..8", "8..16", "16.."]
    assert drawn[3].split() == ["plain", "2", "·", "·"]
    assert drawn[4].split() == ["rich", "·", "1", "·"]


def test_one_axis_makes_one_row():
    picture = heatmap((Axis("size", edges=(1.0,)),), [elite(-2.0, size=0.5), elite(-1.0, size=7)])
    assert describe(picture)["cells"] == [[-2.0, -1.0]]
    assert lines(picture)[-1].split() == ["-2", "-1"]


def test_no_axis_makes_one_cell():
    picture = heatmap((), [elite(3.0)])
    assert describe(picture) == {
        "rows": {"axis": None, "labels": [""]},
        "columns": {"axis": None, "labels": [""]},
        "value": "best score",
        "cells": [[3.0]],
    }


def test_a_third_axis_is_summed_up():
    axes = (Axis("a", categories=("x", "y")), Axis("b", edges=(1.0,)), Axis("c", edges=(1.0,)))
    picture = heatmap(axes, [elite(1.0, a="x", b=0, c=0), elite(2.0, a="y", b=0, c=0)])
    assert picture.values == {(0, 0): 2.0}


def test_an_empty_map_is_drawn():
    assert "·" in lines(heatmap((Axis("size", edges=(1.0,)),), []))[-1]
