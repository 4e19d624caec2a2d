"""The search's knowledge as a fold over its steps."""

import pytest

from evosearch import registry
from evosearch.errors import Status
from evosearch.randomness import generator
from evosearch.search.ledger import Ledger
from evosearch.types import (
    Axis,
    Evaluation,
    Outcome,
    Problem,
    Program,
    Proposal,
    Reading,
    Step,
    Trial,
    Usage,
)

PROBLEMS = (Problem("a", "int"), Problem("b", "int"), Problem("c", "str"))
AXES = (Axis("problem", categories=("a", "b", "c")),)


def ledger():
    return Ledger(registry.make_archive("cells", AXES, score_floor=0.0), PROBLEMS, 0.98)


def trial(problem, source, score=None, duplicate_of=None):
    evaluation = None
    if duplicate_of is None:
        features = {"problem": problem}
        status = Status.OK if score is not None else Status.CRASHED
        evaluation = Evaluation(status, score, features=features)
    return Trial(Proposal(Program(source, problem), "test"), Reading(source), evaluation, duplicate_of=duplicate_of)


def step(index, *trials):
    return Step(index, None, len(trials), trials, Usage(evaluations=len(trials)))


STEPS = (
    step(0, trial("a", "x", 0.5), trial("b", "crash")),
    step(1, trial("a", "y", 0.99), trial("a", "x again", duplicate_of=Program("x", "a").id)),
    step(2, trial("c", "z", 1.0)),
)


def test_it_counts_what_came():
    progress = ledger().fold(STEPS).progress(in_flight=2)
    assert (progress.ok, progress.failed, progress.duplicates, progress.in_flight) == (3, 1, 1, 2)
    assert (progress.problems, progress.solved, progress.cells_filled) == (3, 2, 2)
    assert progress.spent.evaluations == 5
    assert progress.best is not None
    assert progress.best.program.source == "z"


def test_a_settled_step_says_where_its_programs_were_placed():
    settled = ledger().settle(STEPS[0])
    assert [trial.placement.outcome for trial in settled.trials] == [Outcome.NEW, Outcome.KEPT_OUT]


def test_folding_its_own_result_changes_nothing():
    first = ledger()
    settled = [first.settle(item) for item in STEPS]
    second = ledger().fold(settled)
    assert second.archive.digest() == first.archive.digest()
    assert second.progress(in_flight=0) == first.progress(in_flight=0)


def test_steps_must_come_in_order():
    with pytest.raises(ValueError, match="expected step 0"):
        ledger().settle(STEPS[1])


def test_a_program_is_seen_from_the_step_after_it_on():
    known = ledger().fold(STEPS)
    assert known.seen_before(("a", "x"), horizon=1) == Program("x", "a").id
    assert known.seen_before(("a", "x"), horizon=0) is None
    assert known.seen_before(("b", "x"), horizon=3) is None
    assert known.seen_before(("c", "z"), horizon=2) is None


def test_solutions_go_to_kindred_problems_only():
    known = ledger().fold(STEPS)
    shown = known.kindred.select(known.archive, generator(1), "b")
    assert [elite.program.source for elite in shown] == ["y"]
    assert known.kindred.select(known.archive, generator(1), "a") == ()
    assert known.kindred.select(known.archive, generator(1), None) == ()
