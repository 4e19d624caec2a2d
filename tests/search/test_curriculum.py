"""Racing in rungs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import Status
from evosearch.protocols import Regimen
from evosearch.randomness import generator
from evosearch.search.curriculum import PATIENCE, PATIENCE_WITH_MODELS, Racing, SingleProblem, curriculum_for
from evosearch.types import Evaluation, Problem, Program, Proposal, Reading, Step, Trial, Usage

PROBLEMS = tuple(Problem(name) for name in "abcd")
RUNGS = Regimen(rungs=(100, 1_000, 10_000))
MIXED = Regimen(rungs=(100, 1_000), turn=2)
MODELS = Regimen(turn=2)


def step(problem, evaluations, score=None, *, paid=False):
    trials = ()
    if score is not None:
        proposal = Proposal(Program(f"{problem} {score}", problem), "test")
        trials = (Trial(proposal, Reading("b2:0"), Evaluation(Status.OK, score)),)
    return Step(0, problem, evaluations, trials, Usage(evaluations=evaluations), paid=paid)


def work(racing, problem, evaluations, score=None, *, paid=False):
    racing.begin(problem, paid=paid)
    racing.settle(step(problem, evaluations, score, paid=paid))


def test_every_problem_gets_the_first_rung_in_order():
    racing = Racing(PROBLEMS, 0.98, RUNGS)
    taken = []
    for _ in PROBLEMS:
        assignment = racing.next(generator(1))
        racing.begin(assignment.problem, paid=False)
        taken.append((assignment.problem, assignment.allowance))
    assert taken == [("a", 100), ("b", 100), ("c", 100), ("d", 100)]
    assert racing.next(generator(1)) is None


def test_a_problem_under_way_is_not_taken_again():
    racing = Racing(PROBLEMS[:1], None, RUNGS)
    racing.begin("a", paid=False)
    assert racing.next(generator(1)) is None
    racing.settle(step("a", 100))
    assert racing.next(generator(1)).problem == "a"


def test_the_next_rung_allows_what_is_missing_to_it_and_a_small_rest_is_let_go():
    racing = Racing(PROBLEMS[:1], None, RUNGS)
    for used, allowance, spent in [(100, 100, 0), (800, 900, 100), (60, 100, 900), (9_000, 9_040, 960)]:
        assignment = racing.next(generator(1))
        assert (assignment.allowance, assignment.spent) == (allowance, spent)
        work(racing, "a", used)
    assert racing.next(generator(1)) is None


def test_a_solved_problem_retires():
    racing = Racing(PROBLEMS[:2], 0.98, RUNGS)
    work(racing, "a", 10, score=0.99)
    work(racing, "b", 100, score=0.97)
    assert {racing.next(generator(seed)).problem for seed in range(20)} == {"b"}


def test_stages_where_work_brings_progress_are_preferred_and_a_floor_keeps_the_others():
    problems = tuple(Problem(f"{kind}{number}") for kind in "ab" for number in range(30))
    racing = Racing(problems, None, RUNGS)
    for problem in problems:
        work(racing, problem.name, 100, score=0.1 if problem.name.startswith("a") else 0.5)
    for problem in problems[:25] + problems[30:55]:
        work(racing, problem.name, 900, score=0.1 if problem.name.startswith("a") else 0.9)
    for problem in problems[:25] + problems[30:55]:
        work(racing, problem.name, 9_000)
    taken = [racing.next(generator(seed)).problem for seed in range(400)]
    assert 10 < sum(name.startswith("a") for name in taken) < 100


def test_a_problem_of_which_nothing_comes_retires():
    racing = Racing(PROBLEMS[:1], None, RUNGS)
    for _ in range(PATIENCE):
        assert racing.next(generator(1)) is not None
        work(racing, "a", 0)
    assert racing.next(generator(1)) is None


def test_a_single_problem_goes_on_as_long_as_new_programs_come():
    single = curriculum_for((), None, RUNGS)
    assert isinstance(single, SingleProblem)
    for _ in range(PATIENCE - 1):
        single.settle(step(None, 0))
    single.settle(step(None, 1))
    assert single.next(generator(1)).spent == 1
    for _ in range(PATIENCE):
        single.settle(step(None, 0))
    assert single.next(generator(1)) is None


@given(st.lists(st.tuples(st.integers(0, 100), st.floats(-1, 1) | st.none()), max_size=60), st.integers(0, 2**32))
def test_no_problem_is_allowed_more_than_its_last_rung(outcomes, seed):
    racing = Racing(PROBLEMS, 0.98, Regimen(rungs=(10, 50)))
    spent = dict.fromkeys("abcd", 0)
    for number, (percent, score) in enumerate(outcomes):
        assignment = racing.next(generator(seed, number))
        if assignment is None:
            break
        assert assignment.spent == spent[assignment.problem]
        assert spent[assignment.problem] + assignment.allowance in (10, 50)
        assert assignment.allowance > 0
        used = assignment.allowance * percent // 100
        spent[assignment.problem] += used
        work(racing, assignment.problem, used, score)


def test_problems_make_a_race():
    assert isinstance(curriculum_for(PROBLEMS, 1.0, RUNGS), Racing)
    with pytest.raises(KeyError):
        Racing(PROBLEMS, 1.0, RUNGS).begin("unknown", paid=False)


def take_turns(racing, number):
    """The problems of the next turns, begun and not settled."""
    taken = []
    for _ in range(number):
        assignment = racing.next(generator(1))
        assert assignment.paid
        racing.begin(assignment.problem, paid=True)
        taken.append(assignment.problem)
    return taken


def test_models_get_what_the_free_rungs_left_the_nearest_first():
    racing = Racing(PROBLEMS, 0.98, MIXED)
    for problem, score in zip("abcd", (0.2, 0.99, 0.4, 0.3), strict=True):
        work(racing, problem, 100, score)
    for problem in "acd":
        assert not racing.next(generator(1)).paid
        work(racing, problem, 900)
    assert take_turns(racing, 6) == ["c", "d", "a", "c", "d", "a"]


def test_without_rungs_every_turn_is_for_models():
    racing = Racing(PROBLEMS, 0.98, MODELS)
    assert racing.next(generator(1)).allowance == 2
    assert take_turns(racing, 5) == ["a", "b", "c", "d", "a"]


def test_a_problem_that_a_model_solved_gets_no_more_turns_unless_their_number_is_fixed():
    for regimen, more in [(MODELS, False), (Regimen(turn=2, attempts=3), True)]:
        racing = Racing(PROBLEMS[:1], 0.98, regimen)
        work(racing, "a", 1, score=0.99, paid=True)
        assert (racing.next(generator(1)) is not None) == more
    work(racing, "a", 0, paid=True)
    work(racing, "a", 0, paid=True)
    assert racing.next(generator(1)) is None


def test_what_the_free_rungs_solved_is_never_a_turn_for_models():
    racing = Racing(PROBLEMS[:1], 0.98, Regimen(rungs=(100,), turn=2, attempts=3))
    work(racing, "a", 100, score=0.99)
    assert racing.next(generator(1)) is None


def test_models_are_given_up_on_a_problem_after_many_replies_without_a_program():
    racing = Racing(PROBLEMS[:1], 0.98, MODELS)
    for _ in range(PATIENCE_WITH_MODELS):
        assert racing.next(generator(1)) is not None
        work(racing, "a", 0, paid=True)
    assert racing.next(generator(1)) is None


def test_a_single_problem_has_its_free_rung_first():
    single = curriculum_for((), None, Regimen(rungs=(3, 1_000), turn=4))
    kinds = []
    for _ in range(5):
        assignment = single.next(generator(1))
        single.begin(None, paid=assignment.paid)
        kinds.append((assignment.allowance, assignment.paid))
    assert kinds == [(1, False)] * 3 + [(4, True)] * 2
