"""Counting and keeping candidates."""

import pytest

from evosearch.proposers.symbolic.judging import Judge

INSTANCES = ["def sat(n: int, a=4):\n    return n > a", "def sat(n: int, a=9):\n    return n > a"]


@pytest.fixture
def judge():
    return Judge(INSTANCES, "int", 5)


def judged(judge, values, render, arm):
    return judge.judge(values[0], lambda: values, render, arm)


def literal(value):
    return lambda: f"def sol(a=4):\n    return {value}"


def test_a_failed_answer_is_counted_once(judge):
    assert judged(judge, [1, 1], literal(1), "value") > 0
    assert judged(judge, [1, 7], literal(1), "value") is None
    assert judge.tried == 1


def test_a_program_for_all_instances_ends_the_search(judge):
    judged(judge, [5, 5], literal(5), "value")
    assert judge.solved
    assert not judge.finished
    judged(judge, [5, 10], literal(10), "value")
    assert judge.finished
    assert [program["solved"] for program in judge.programs(3)] == [2, 1]


def test_the_allowance_ends_the_search(judge):
    for value in range(-5, 0):
        judged(judge, [value, value], literal(value), "value")
    assert judge.tried == 5
    assert judge.finished
    assert not judge.solved


def test_near_misses_are_returned_best_first(judge):
    for value in (-50, 3, 1):
        judged(judge, [value, value], literal(value), "value")
    assert [program["source"][-1] for program in judge.programs(2)] == ["3", "1"]


def test_the_right_number_of_the_wrong_type_is_wrong():
    judge = Judge(["def sat(n: int):\n    return n == 1"], "int", 5)
    assert judged(judge, [True], literal(True), "value") > 0
    assert judged(judge, [1.0], literal(1.0), "value") > 0
    assert judged(judge, [1], literal(1), "value") == 0.0


def test_what_is_judged_once_more_is_not_counted(judge):
    judge.counting = False
    judged(judge, [1, 1], literal(1), "value")
    assert judge.tried == 0


def test_what_a_wrong_candidate_answers_to_other_instances_is_not_worked_out(judge):
    assert judge.judge(1, lambda: pytest.fail("asked"), literal(1), "value") > 0
