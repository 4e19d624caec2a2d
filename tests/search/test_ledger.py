"""The search's knowledge as a fold over its steps."""

from dataclasses import replace

import pytest

from evosearch import registry
from evosearch.errors import Status
from evosearch.randomness import generator
from evosearch.search.ledger import FAILURES, Ledger
from evosearch.types import (
    Attempt,
    Axis,
    Credit,
    Evaluation,
    Finding,
    Outcome,
    Problem,
    Program,
    Proposal,
    Reading,
    ReplyOutcome,
    Step,
    Trial,
    Usage,
)

PROBLEMS = (Problem("a", "int"), Problem("b", "int"), Problem("c", "str"))
AXES = (Axis("problem", categories=("a", "b", "c")),)


def ledger():
    return Ledger(registry.make_archive("grid", AXES, score_floor=0.0), PROBLEMS, 0.98)


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


def test_operators_and_models_are_credited_with_what_their_replies_achieved():
    cost = Usage(calls=1, tokens=50, usd=0.1)
    attempts = (
        Attempt("diff", "small", ReplyOutcome.DIFF_FAILED, "c1", usage=cost),
        Attempt("diff", "large", ReplyOutcome.PROGRAM, "c2", position=0, usage=cost),
        Attempt("rewrite", "small", ReplyOutcome.PROGRAM, "c3", position=1, usage=cost),
    )
    paid = replace(step(0, trial("a", "x", 0.5), trial("b", "crash")), attempts=attempts)
    standings = ledger().fold([paid]).standings()
    assert standings.operators["diff"] == Credit(2, 1, 1, cost + cost)
    assert standings.operators["rewrite"] == Credit(1, 1, 0, cost)
    assert standings.models["small"] == Credit(2, 1, 0, cost + cost)


def test_the_latest_failures_of_a_problem_are_remembered():
    steps = [step(index, trial("b", f"crash {index}"), trial("a", f"{index}", 0.1)) for index in range(FAILURES + 2)]
    known = ledger().fold(steps)
    assert [one.proposal.program.source for one in known.failures("b")] == [f"crash {n}" for n in (5, 4, 3, 2)]
    assert known.failures("a") == ()


def test_findings_are_kept_by_problem_in_order():
    steps = [replace(step(n), problem="ab"[n % 2], findings=(Finding("plan", n),)) for n in range(3)]
    known = ledger().fold(steps)
    assert [finding.data for finding in known.findings("a")] == [0, 2]
    assert known.findings("c") == ()
