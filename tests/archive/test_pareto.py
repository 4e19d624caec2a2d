"""Whoever is best on any case."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.archive.pareto import ParetoArchive
from evosearch.errors import Status
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

PROBLEM = Axis("problem", categories=("p", "q"))


def place(archive, source, *cases, score=None, problem=None):
    evaluation = Evaluation(
        Status.OK,
        float(sum(cases) if score is None else score),
        features={"problem": problem},
        cases=tuple(map(float, cases)),
    )
    return archive.place(Program(source, problem), evaluation)


def archive_of(*axes):
    return ParetoArchive(axes, score_floor=0.0)


def sources(elites):
    return [elite.program.source for elite in elites]


def test_whoever_is_best_on_any_case_stays():
    archive = archive_of()
    assert place(archive, "all-round", 3, 3, 3).outcome is Outcome.NEW
    assert place(archive, "specialist", 0, 0, 4).outcome is Outcome.IMPROVED
    assert place(archive, "mediocre", 2, 2, 2).outcome is Outcome.KEPT_OUT
    assert sources(archive) == ["all-round", "specialist"]
    placed = place(archive, "better all-round", 4, 3.5, 4)
    assert (placed.outcome, placed.displaced) == (Outcome.IMPROVED, Program("all-round").id)
    assert sources(archive) == ["better all-round"], "it dominates the specialist, too"
    assert archive.qd_score == 11.5


def test_of_equals_on_a_case_the_one_that_is_better_on_the_whole_holds_it():
    archive = archive_of()
    place(archive, "one case", 1, 0)
    place(archive, "both cases", 1, 1)
    place(archive, "both", 1, 1)
    assert sources(archive) == ["both"]


def test_the_best_score_is_a_case_as_well():
    archive = archive_of()
    place(archive, "best on each case", 2, 2, score=1)
    place(archive, "best score", 1, 1, score=5)
    assert sources(archive) == ["best on each case", "best score"]
    assert archive.best.program.source == "best score"


def test_parents_are_drawn_by_the_number_of_cases_they_hold():
    archive = archive_of()
    place(archive, "four", 1, 1, 1, 0)
    place(archive, "one", 0, 0, 0, 2)
    drawn = Counter(sources(archive.select(generator(seed), 1))[0] for seed in range(500))
    assert drawn["four"] / 500 == pytest.approx(0.8, abs=0.05)  # three cases and the score
    place(archive, "takes two", 2, 2, 0, 0, score=2)
    drawn = Counter(sources(archive.select(generator(seed), 1))[0] for seed in range(500))
    assert drawn["four"] / 500 == pytest.approx(0.4, abs=0.06)


def test_without_cases_the_score_alone_counts():
    archive = archive_of(PROBLEM)
    for source, score, problem in (("a", 1, "p"), ("b", 2, "p"), ("c", 0, "q"), ("d", 1, "p")):
        place(archive, source, score=score, problem=problem)
    assert sources(archive) == ["c", "b"] or sources(archive) == ["b", "c"]
    assert sources(archive.select(generator(1), 8, "p")) == ["b"]


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=30))
def test_each_case_is_held_by_the_best_on_it_whatever_the_order(offers):
    one, other = archive_of(), archive_of()
    for number, cases in enumerate(offers):
        place(one, "x" * number, *cases)
    for number, cases in reversed(list(enumerate(offers))):
        place(other, "x" * number, *cases)
    for case in range(3):
        assert max(elite.evaluation.cases[case] for elite in one) == max(cases[case] for cases in offers)
    assert {elite.evaluation.cases for elite in one} == {elite.evaluation.cases for elite in other}
    assert len(one) <= 4
    for elite in one:
        assert not any(dominates(rival.evaluation.cases, elite.evaluation.cases) for rival in one)


def dominates(one, other):
    return one != other and all(left >= right for left, right in zip(one, other, strict=True))
