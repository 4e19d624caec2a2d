"""pass@k against its definition."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.report.pass_at_k import PassAtK, Tries, chen, first_success, unbiased
from evosearch.types import (
    Attempt,
    Evaluation,
    Problem,
    Program,
    Proposal,
    Reading,
    ReplyOutcome,
    Step,
    Trial,
    Usage,
)

PROBLEMS = [Problem(name) for name in ("easy", "hard", "free", "late")]


def step(index, problem, *scores, paid=True, thoughts=0, duplicate_of=None):
    """A step with a reply for every score; None is a reply that was no program, and `again` a duplicate."""
    trials, attempts = [], []
    for k, score in enumerate(scores):
        proposal = Proposal(Program(f"{index} {k}", problem), "rewrite")
        position = None if score is None else len(trials)
        if score == "again":
            trials.append(Trial(proposal, Reading("n"), duplicate_of=duplicate_of))
        elif score is not None:
            trials.append(Trial(proposal, Reading("n"), Evaluation(score=score)))
        outcome = ReplyOutcome.EMPTY if score is None else ReplyOutcome.PROGRAM
        attempts.append(Attempt("rewrite", "m", outcome, f"{index}", k, position))
    attempts = [Attempt("rewrite", "m", ReplyOutcome.THOUGHT, "t")] * thoughts + attempts
    return Step(index, problem, 9, tuple(trials), Usage(), paid=paid, attempts=tuple(attempts) if paid else ())


def estimate(*steps, fixed=False):
    tries = Tries(PROBLEMS, 1.0)
    assert list(tries.watch(steps)) == list(steps)
    return tries.estimate(fixed=fixed)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_the_product_is_the_quotient_of_binomials(drawn):
    n, c, k = drawn
    assert unbiased(n, c, k) == pytest.approx(1 - comb(n - c, k) / comb(n, k), abs=1e-12)


def test_it_is_stable_where_binomials_are_no_floats():
    assert unbiased(100_000, 10, 50_000) == pytest.approx(1 - 0.5**10, rel=1e-3)


@pytest.mark.parametrize(("n", "c", "k"), [(3, 4, 1), (3, 0, 4), (3, 0, 0), (0, 0, 1), (3, -1, 1)])
def test_it_is_defined_for_k_of_n_tries(n, c, k):
    with pytest.raises(ValueError, match="got n ="):
        unbiased(n, c, k)


def test_a_fixed_number_of_tries_is_averaged_over_problems():
    assert chen([[True, False, False, False], [False, True, True, False]]) == {
        1: pytest.approx((1 / 4 + 2 / 4) / 2),
        2: pytest.approx((1 / 2 + 5 / 6) / 2),
    }


def test_k_goes_as_far_as_every_problem_was_tried():
    assert list(chen([[False] * 120, [True] * 25])) == [1, 2, 5, 10, 20]


def test_the_first_success_decides():
    assert first_success([[True], [False, False, True], [False] * 5]) == {
        1: pytest.approx(1 / 3),
        2: pytest.approx(1 / 3),
        5: pytest.approx(2 / 3),
    }


def test_where_every_problem_is_solved_the_row_ends_when_that_is_said():
    assert first_success([[True], [False, False, True]]) == {1: 0.5, 2: 0.5, 5: 1.0}
    assert first_success([[True]]) == {1: 1.0}


def test_a_problem_that_was_given_up_early_is_not_passed_over():
    """Were it left out, one of one problem would count as solved within 5 tries, and nothing as failed."""
    assert first_success([[False, False, False, False, True], [False, False]]) == {1: 0.0, 2: 0.0}


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=30), min_size=1, max_size=8))
def test_estimates_are_shares_that_rise_with_k(tries):
    for values in (chen(tries), first_success(tries)):
        assert all(0.0 <= value <= 1.0 for value in values.values())
        assert list(values) == sorted(values)
        assert all(a <= b + 1e-12 for a, b in zip(list(values.values()), list(values.values())[1:], strict=False))


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=30), min_size=1, max_size=8))
def test_of_one_try_it_is_the_share_that_succeeds(tries):
    assert chen(tries)[1] == pytest.approx(sum(sum(one) / len(one) for one in tries) / len(tries))
    assert first_success(tries)[1] == pytest.approx(sum(one[0] for one in tries) / len(tries))


def test_tries_are_replies_asked_for_as_programs():
    found = estimate(
        step(0, None, paid=False),
        step(1, "free", 1.0, paid=False),
        step(2, "easy", 0.2, thoughts=3),
        step(3, "hard", None, 0.5),
        step(4, "easy", None, 1.0),
    )
    assert found == PassAtK({1: 0.0, 2: 0.0}, "first_success", 2, 5, solved_free=1, untried=1)


def test_a_duplicate_succeeds_if_what_it_repeats_did():
    solution, failure = Program("1 0", "easy").id, Program("0 0", "easy").id
    steps = (step(0, "easy", 0.5), step(1, "hard", 0.5), step(1, "easy", 1.0))
    again = step(2, "hard", "again", duplicate_of=solution)
    assert estimate(*steps, again).values == {1: 0.0, 2: 1.0}
    assert estimate(*steps, step(2, "hard", "again", duplicate_of=failure)).values == {1: 0.0, 2: 0.5}


def test_a_problem_solved_for_nothing_counts_if_it_was_tried_all_the_same():
    found = estimate(step(0, "free", 1.0, paid=False), step(1, "free", 0.0, 1.0), fixed=True)
    assert found == PassAtK({1: 0.5, 2: 1.0}, "chen", 1, 2, solved_free=0, untried=3)


def test_without_a_try_there_is_no_estimate():
    assert estimate(step(0, "easy", 1.0, paid=False)) is None
