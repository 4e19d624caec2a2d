"""How a search went, folded from its steps."""

import json
from dataclasses import replace

import pytest
from rich.console import Console

from evosearch import registry
from evosearch.errors import ArchiveForeignError, UsageError
from evosearch.report import curve as curves
from evosearch.report.chart import draw
from evosearch.report.curve import Curve, Point, Tracer, as_json, figures, trace
from evosearch.search.ledger import Ledger
from evosearch.store import Store
from evosearch.types import Evaluation, Program, Proposal, Reading, Step, Trial, Usage


def point(evaluations, best, **more):
    return Point(Usage(evaluations), best, **({"cells_filled": 0, "qd_score": 0.0, "solved": 0} | more), champions=None)


def curve(*points):
    return Curve(points, problems=0, cells_total=None, cpu_seconds=0.0)


def search(scores):
    """The curve of a task that is one problem, a program a step."""
    ledger = Ledger(registry.make_archive("grid", (), score_floor=0.0), (), None)
    steps = (
        Step(
            k, None, 1, (Trial(Proposal(Program(str(k)), "value"), Reading(str(k)), Evaluation(score=score)),), Usage(1)
        )
        for k, score in enumerate(scores)
    )
    return Tracer(ledger, (), 0.0).fold(steps)


def test_there_is_a_point_where_something_changed_and_one_at_the_end():
    found = search([1.0, 0.5, 3.0, 2.0, 2.0])
    assert [(one.spent.evaluations, one.best) for one in found.points] == [(1, 1.0), (3, 3.0), (5, 3.0)]
    assert (found.problems, found.cells_total) == (0, 1)


def test_the_best_of_a_long_step_stands_where_it_was_found():
    ledger = Ledger(registry.make_archive("grid", (), score_floor=0.0), (), None)
    seed, *line = (
        Trial(Proposal(Program(str(k)), "polish"), Reading(str(k)), Evaluation(score=score))
        for k, score in enumerate([1.0, 0.5, 2.0, 3.0, 0.0])
    )
    # Four programs were tried on the bench, and two candidates in the laboratory before.
    steps = [Step(0, None, 1, (seed,), Usage(1)), Step(1, None, 6, tuple(line), Usage(6))]
    found = Tracer(ledger, (), 0.0).fold(steps)
    assert [(one.spent.evaluations, one.best) for one in found.points] == [(1, 1.0), (5, 2.0), (6, 3.0), (7, 3.0)]


def test_a_file_is_traced(store):
    found = trace(store)
    rows = [(one.spent.evaluations, one.best, one.cells_filled, one.solved) for one in found.points]
    assert rows == [(0, None, 0, 0), (10, 0.5, 1, 0), (17, 0.5, 2, 0), (21, 0.95, 3, 1)]
    assert [one.champions for one in found.points] == [0.0, 0.25, 0.375, pytest.approx(0.6)]
    assert (found.problems, found.cells_total, found.cpu_seconds) == (2, 12, 1.0)


def test_what_was_best_stays_best_whatever_the_archive_loses(tmp_path):
    class Forgetful:
        """Keeps the newcomer alone."""

        def __init__(self):
            self.best, self.cells_total, self.qd_score = None, None, 0.0

        def __len__(self):
            return 1

        def place(self, program, evaluation, parents=()):
            from evosearch.types import Elite, Outcome, Placement

            self.best = Elite(program, evaluation, ())
            return Placement(Outcome.NEW, ())

    steps = [
        Step(
            k, None, 1, (Trial(Proposal(Program(str(k)), "value"), Reading(str(k)), Evaluation(score=score)),), Usage(1)
        )
        for k, score in enumerate([1.0, 3.0, 2.0])
    ]
    assert Tracer(Ledger(Forgetful(), (), None), (), 0.0).fold(steps).end.best == 3.0


def test_a_long_search_has_a_bounded_number_of_points_and_keeps_what_rose(monkeypatch):
    monkeypatch.setattr(curves, "MOST_POINTS", 50)
    found = search([float(k) for k in range(1_000)])
    assert len(found.points) <= 51
    assert found.end.best == 999.0
    assert [one.best for one in found.points] == sorted(one.best for one in found.points)


def test_rises_of_the_best_are_thinned_last(monkeypatch):
    monkeypatch.setattr(curves, "MOST_POINTS", 50)
    many = [point(k, float(k // 20), cells_filled=k) for k in range(51)]
    assert [one for one in curves._thinned(many) if one.spent.evaluations % 20 == 0] == [many[0], many[20], many[40]]
    assert len(curves._thinned(many)) == 26


def test_the_area_is_the_mean_of_the_best_so_far():
    assert curve(point(1, 1.0), point(3, 2.0), point(4, 2.0)).area() == (1.0 * 3 + 2.0) / 4
    assert curve(point(2, None), point(4, 5.0), point(8, 5.0)).area() == 5.0
    assert curve(point(0, 5.0)).area() == 5.0
    with pytest.raises(ValueError, match="no area"):
        curve(point(2, None)).area()


def test_equal_rises_have_equal_areas_to_the_bit():
    plain = curve(point(1, 0.1), point(7, 0.3), point(11, 0.3))
    crowded = curve(point(1, 0.1), *(point(k, 0.1, cells_filled=k) for k in range(2, 7)), *plain.points[1:])
    assert plain.area() == crowded.area()


def test_what_was_not_spent_or_has_no_price_is_refused():
    free = curve(point(1, 1.0))
    with pytest.raises(UsageError, match="has cost no usd"):
        free.spent_on("usd")
    unpriced = curve(replace(free.end, spent=Usage(1, calls=3, usd=0.5, unpriced=2)))
    with pytest.raises(UsageError, match="price of 2 calls"):
        unpriced.spent_on("usd")
    assert unpriced.spent_on("calls") == (3.0,)


def test_rows_are_json_with_a_forecast_for_each_figure(store):
    found = json.loads(json.dumps(as_json(trace(store), "evaluations")))
    assert (found["over"], found["unsafe_runs"]) == ("evaluations", [])
    end = {"evaluations": 21, "usd": 0.0, "seconds": 2.5, "calls": 0, "tokens": 0, "best": 0.95, "solved": 1}
    end |= {"mean_best": pytest.approx(0.6), "cells_filled": 3, "qd_score": pytest.approx(1.7)}
    assert found["points"][-1] == end
    assert list(found["forecast"]) == ["solved", "mean_best", "cells_filled", "qd_score"]
    assert found["forecast"]["solved"] == {"present": 1.0, "outlooks": [], "reason": "it rose only 1 time"}


def test_an_unsafe_run_is_told(mixed):
    assert as_json(trace(mixed), "evaluations")["unsafe_runs"] == [2]
    console = Console(width=200, no_color=True)
    with console.capture() as captured:
        console.print(draw(trace(mixed), "evaluations", 80))
    assert "UNSAFE: run 2 ran without demanding a sandbox" in captured.get()


def test_a_figure_without_a_value_says_so():
    best = figures(curve(point(3, None)))[0]
    assert best.forecast((3.0,)).reason == "there is no score yet"


def test_a_file_without_a_run_or_of_another_make_is_refused(tmp_path, hand_made):
    path = hand_made["write"](tmp_path / "odd.db", settings={})
    with Store.read(path) as store, pytest.raises(ArchiveForeignError, match="record of run 1 is incomplete"):
        trace(store)
    with Store.open(tmp_path / "empty.db", identity=store.identity) as store, pytest.raises(ArchiveForeignError):
        trace(store)
