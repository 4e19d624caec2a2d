"""The archive of everything that works."""

import pytest

from evosearch.archive.open_ended import OpenEndedArchive, OpenEndedOptions
from evosearch.errors import ConfigError, Status
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

PROBLEM = Axis("problem", categories=("p", "q"))


def archive_of(*axes, **options):
    return OpenEndedArchive(axes, score_floor=0.0, options=OpenEndedOptions(**options))


def place(archive, source, score, *parents, problem=None):
    evaluation = Evaluation(Status.OK, float(score), features={"problem": problem})
    return archive.place(Program(source, problem), evaluation, tuple(Program(name, problem).id for name in parents))


def sources(elites):
    return [elite.program.source for elite in elites]


def test_all_that_works_is_kept_once():
    archive = archive_of()
    assert [place(archive, source, score).outcome for source, score in (("a", 1), ("b", 0), ("a", 1))] == [
        Outcome.NEW,
        Outcome.NEW,
        Outcome.KEPT_OUT,
    ]
    assert sources(archive) == ["a", "b"]
    assert (archive.cells_total, archive.qd_score) == (None, 1.0)


def test_only_what_is_about_as_good_as_the_first_seed_is_kept():
    archive = archive_of(PROBLEM, keep="better", margin=0.25)
    for source, score, *parents in (
        ("seed", 1),
        ("b", 0.75, "seed"),
        ("c", 0.7, "seed"),
        ("d", 2, "b"),
        ("e", 0.8, "d"),
    ):
        place(archive, source, score, *parents, problem="p")
    place(archive, "of another problem", 0.1, problem="q")
    assert sources(archive) == ["seed", "b", "d", "e", "of another problem"]


def test_only_the_latest_is_kept():
    archive = archive_of(PROBLEM, keep="latest")
    place(archive, "a", 2, problem="p")
    place(archive, "z", 3, problem="q")
    placed = place(archive, "b", 1, "a", problem="p")
    assert (placed.outcome, placed.displaced) == (Outcome.IMPROVED, Program("a", "p").id)
    assert sorted(sources(archive)) == ["b", "z"]
    assert sources(archive.select(generator(1), 8, "p")) == ["b"]
    assert archive.champion("p").program.source == "a", "what was reached is not forgotten"


def test_children_that_were_kept_make_a_parent_less_likely():
    archive = archive_of(low=0.0, high=2.0)
    place(archive, "fertile", 1)
    place(archive, "barren", 1)
    for number in range(9):
        place(archive, f"child {number}", 0, "fertile")
        place(archive, f"child {number}", 0, "barren")
    first = [sources(archive.select(generator(seed), 1))[0] for seed in range(400)]
    # Weights 0.05 and 0.5, and nine children of 0.0067.
    assert first.count("fertile") / 400 == pytest.approx(0.05 / 0.61, abs=0.04)
    assert first.count("barren") / 400 == pytest.approx(0.5 / 0.61, abs=0.06)


@pytest.mark.parametrize(("selection", "expected"), [("best", ["b"]), ("latest", ["c"])])
def test_one_is_always_the_parent(selection, expected):
    archive = archive_of(selection=selection)
    for source, score in (("a", 1), ("b", 3), ("c", 2)):
        place(archive, source, score)
    assert sources(archive.select(generator(1), 8)) == expected


@pytest.mark.parametrize("selection", ["score_child", "score", "random", "best", "latest"])
def test_who_has_the_perfect_score_is_no_parent(selection):
    archive = archive_of(selection=selection, high=3.0)
    for source, score in (("a", 1), ("b", 3)):
        place(archive, source, score)
    assert sources(archive.select(generator(1), 8)) == ([] if selection in {"best", "latest"} else ["a"])
    assert archive.best.program.source == "b"


def test_random_draws_all_alike():
    archive = archive_of(selection="random")
    for number in range(4):
        place(archive, str(number), number)
    first = [sources(archive.select(generator(seed), 1))[0] for seed in range(400)]
    assert all(first.count(str(number)) / 400 == pytest.approx(0.25, abs=0.07) for number in range(4))


def test_the_perfect_score_must_be_above_the_lowest():
    with pytest.raises(ConfigError, match=r"'open_ended.low' is 1.0"):
        archive_of(low=1.0, high=1.0)


def test_scores_as_great_as_numbers_can_be_are_weighed_like_others():
    archive = OpenEndedArchive((), score_floor=-1.7e308, options=OpenEndedOptions())
    for source, score in (("a", -1.7e308), ("b", 1.7e308), ("c", 0.0), ("d", 5e-324)):
        place(archive, source, score)
    assert sorted(sources(archive.select(generator(1), 4))) == ["a", "b", "c", "d"]
    drawn = [archive.select(generator(seed), 1)[0].program.source for seed in range(100)]
    assert drawn.count("b") > drawn.count("c") > drawn.count("a")


@pytest.mark.parametrize("bound", ["low", "high"])
def test_a_bound_that_is_no_number_is_refused(bound):
    for value in (float("nan"), float("inf")):
        with pytest.raises(ConfigError, match=f"'open_ended.{bound}' must be a finite number"):
            archive_of(**{bound: value})
