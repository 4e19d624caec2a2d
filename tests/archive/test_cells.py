"""MAP-Elites over declared axes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.archive.cells import GridArchive
from evosearch.archive.selection import SelectionOptions
from evosearch.errors import Status
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program, digest_of

SIZE = Axis("size", "nodes", edges=(10.0, 20.0))
STYLE = Axis("style", categories=("loop", "call"))
PROBLEM = Axis("problem", categories=("p", "q"))


def evaluation(score, **features):
    return Evaluation(Status.OK, score, features=features)


def archive_of(*axes, **options):
    return GridArchive(axes, score_floor=0.0, options=SelectionOptions(**options))


def test_an_empty_cell_takes_anything_and_a_filled_one_only_what_is_better():
    archive = archive_of(SIZE, STYLE)
    assert archive.place(Program("a"), evaluation(1.0, size=5, style="loop")).outcome is Outcome.NEW
    assert archive.place(Program("b"), evaluation(1.0, size=6, style="loop")).outcome is Outcome.KEPT_OUT
    placed = archive.place(Program("c"), evaluation(2.0, size=7, style="loop"))
    assert placed.outcome is Outcome.IMPROVED
    assert placed.displaced == Program("a").id
    assert [elite.program.source for elite in archive] == ["c"]


def test_at_equal_scores_the_shorter_program_takes_the_cell():
    archive = archive_of(SIZE)
    for source in ("x = 1 + 1", "x = 1 * 2"):
        archive.place(Program(source), evaluation(1.0, size=5))
    placed = archive.place(Program("x = 2"), evaluation(1.0, size=5))
    assert (placed.outcome, placed.displaced) == (Outcome.IMPROVED, Program("x = 1 + 1").id)
    assert archive.place(Program("x"), evaluation(0.9, size=5)).outcome is Outcome.KEPT_OUT
    assert [elite.program.source for elite in archive] == ["x = 2"] == [archive.best.program.source]


def test_its_digest_is_that_of_rows_of_niche_program_and_score():
    archive = archive_of(SIZE, STYLE)
    archive.place(Program("b"), evaluation(2.5, size=15, style="call"))
    archive.place(Program("a"), evaluation(1.0, size=5, style="loop"))
    assert archive.digest() == digest_of(f"(0, 0) {Program('a').id} 1.0", f"(1, 1) {Program('b').id} 2.5")


def test_a_cell_is_labelled_by_its_axes():
    assert archive_of(SIZE, STYLE).label((1, 0)) == {"size": "10..20", "style": "loop"}


def test_curiosity_prefers_whose_children_were_kept():
    archive = archive_of(SIZE, selection="curiosity")
    for number, size in enumerate((5, 15)):
        archive.place(Program(f"parent {number}"), evaluation(0.0, size=size))
    for number in range(8):
        archive.place(Program(f"better {number}"), evaluation(number, size=25), (Program("parent 1").id,))
        archive.place(Program(f"worse {number}"), evaluation(-1.0, size=25), (Program("parent 0").id,))
    first = [archive.select(generator(seed), 1)[0].program.source for seed in range(200)]
    assert first.count("parent 1") > 150
    assert 0 < first.count("parent 0") < 20


def test_an_edge_belongs_to_the_cell_above_it():
    archive = archive_of(SIZE)
    niches = [archive.place(Program(str(size)), evaluation(1.0, size=size)).niche for size in (9.9, 10, 19.9, 20)]
    assert niches == [(0,), (1,), (1,), (2,)]


@pytest.mark.parametrize("features", [{}, {"size": float("nan"), "style": "loop"}, {"size": 1, "style": "recursion"}])
def test_a_feature_that_is_missing_or_off_its_axis_keeps_a_program_out(features):
    placed = archive_of(SIZE, STYLE).place(Program("a"), evaluation(1.0, **features))
    assert placed.outcome is Outcome.KEPT_OUT
    assert placed.niche is None


def test_a_failed_evaluation_is_kept_out():
    failed = Evaluation(Status.TIMEOUT_CPU)
    assert archive_of(SIZE).place(Program("a"), failed).outcome is Outcome.KEPT_OUT


def test_without_axes_there_is_one_cell():
    archive = archive_of()
    archive.place(Program("a"), evaluation(1.0))
    archive.place(Program("b"), evaluation(2.0))
    assert archive.cells_total == 1
    assert [elite.program.source for elite in archive] == ["b"]


def test_the_first_axis_may_be_the_problem():
    archive = archive_of(PROBLEM, SIZE)
    archive.place(Program("a", "p"), evaluation(1.0, problem="p", size=1))
    archive.place(Program("b", "q"), evaluation(5.0, problem="q", size=1))
    archive.place(Program("c", "p"), evaluation(3.0, problem="p", size=15))
    assert {elite.program.source for elite in archive.select(generator(1), 8, "p")} == {"a", "c"}
    champion = archive.champion("p")
    assert champion is not None
    assert champion.program.source == "c"
    assert archive.champion("r") is None
    assert archive.select(generator(1), 8, "r") == ()


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 30)), max_size=40))
def test_sums_agree_with_their_definition(offers):
    archive = archive_of(SIZE)
    for number, (score, size) in enumerate(offers):
        archive.place(Program(str(number)), evaluation(score, size=size))
    best_of_cell = {}
    for score, size in offers:
        cell = SIZE.index(size)
        best_of_cell[cell] = max(best_of_cell.get(cell, score), score)
    assert len(archive) == len(best_of_cell)
    assert archive.qd_score == pytest.approx(sum(max(0.0, score) for score in best_of_cell.values()))
    assert (archive.best.score if archive.best else None) == max(best_of_cell.values(), default=None)
