import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import CandidateError, Status
from evosearch.tasks.puzzles.answer_types import parse
from evosearch.tasks.puzzles.judge import Verdict, feedback, judge, judge_answer
from evosearch.tasks.puzzles.puzzle import Instance

ABOVE = Instance("def sat(answer: int, bound=10):\n    return answer > bound", (10,))
SORTED = Instance("def sat(answer: List[int], items=[3, 1]):\n    return sorted(items) == answer", ([3, 1],))


def test_a_right_answer_solves(candidate):
    verdict = judge(candidate("def sol(bound): return bound + 1", "above"), ABOVE, "int")
    assert verdict == Verdict(solved=True, distance=0.0)
    assert verdict.credit == 1.0


def test_an_answer_of_the_right_type_that_is_wrong_does_not_solve(candidate):
    verdict = judge(candidate("def sol(bound): return bound", "above"), ABOVE, "int")
    assert not verdict.solved
    assert verdict.note == "answered 10; sat returned False"
    assert 0.0 < verdict.distance < math.inf
    assert 0.0 < verdict.credit < 0.5


def test_nearer_answers_get_more_credit(candidate):
    earned = [
        judge(candidate(f"def sol(bound): return {answer}", "above"), ABOVE, "int").credit
        for answer in (-1000, -10, 5, 10, 11)
    ]
    assert earned == sorted(earned)
    assert len(set(earned)) == 5


@pytest.mark.parametrize("answer", ["True", "11.0", "'11'", "None", "[11]"])
def test_an_answer_of_the_wrong_type_is_never_shown_to_sat(candidate, answer):
    verdict = judge(candidate(f"def sol(bound): return {answer}", "above"), ABOVE, "int")
    assert not verdict.solved
    assert verdict.credit == 0.0
    assert verdict.note.startswith("the answer must be of type int, got ")


def test_a_tuple_is_no_list(candidate):
    assert judge(candidate("def sol(items): return sorted(items)", "sorted"), SORTED, "List[int]").solved
    assert not judge(candidate("def sol(items): return tuple(sorted(items))", "sorted"), SORTED, "List[int]").solved


def test_a_program_cannot_change_the_inputs_it_is_judged_by(candidate):
    program = candidate("def sol(items):\n    items.clear()\n    return []", "sorted")
    assert not judge(program, SORTED, "List[int]").solved
    assert SORTED.arguments == ([3, 1],)


def test_a_predicate_may_change_its_inputs_and_the_answer():
    instance = Instance("def sat(answer: List[int], items=[3, 1]):\n    items += answer\n    return answer.pop() == 1")
    answer = [2, 1]
    assert [judge_answer(answer, instance, parse("List[int]")).solved for _ in range(2)] == [True, True]
    assert answer == [2, 1]


def test_what_the_program_did_instead_of_answering_is_kept(candidate):
    verdict = judge(candidate("def sol(bound): return 1 // 0", "above"), ABOVE, "int")
    assert verdict.failure.status is Status.CRASHED
    assert verdict.note == "no answer: crashed: ZeroDivisionError('integer division or modulo by zero')"
    assert verdict.credit == 0.0


def test_the_program_gets_the_seconds_of_the_instance(candidate):
    program = candidate("def sol(bound): return 11", "above")
    judge(program, Instance(ABOVE.source, (10,), weight=5.0), "int")
    assert program.calls == [("sol", (10,), 5.0)]


def test_a_predicate_that_hangs_gives_no_more_credit_than_a_wrong_answer():
    hangs = Instance(
        "def sat(answer: int):\n"
        "    try:\n"
        "        while answer: pass\n"
        "    except BaseException:\n"
        "        pass\n"
        "    return True"
    )
    verdict = judge_answer(1, hangs, parse("int"))
    assert not verdict.solved
    assert "sat took more than 1 s" in verdict.note
    assert judge_answer(0, hangs, parse("int")).solved


def test_a_predicate_without_graded_twin_gives_no_partial_credit():
    two_statements = Instance("import math\ndef sat(answer: int):\n    return answer == math.comb(4, 2)")
    assert judge_answer(6, two_statements, parse("int")).solved
    assert judge_answer(5, two_statements, parse("int")).credit == 0.0


def test_huge_answers_are_told_shortly():
    never = Instance("def sat(answer: int):\n    return False")
    assert judge_answer(1 << 50_000, never, parse("int")).note.startswith("answered an integer of 50,001 bits; ")
    texts = Instance("def sat(answer: List[str]):\n    return False")
    assert len(judge_answer(["a" * 1000] * 100, texts, parse("List[str]")).note) < 300


def test_feedback_counts_and_explains():
    verdicts = [
        Verdict(solved=True, distance=0.0),
        Verdict(solved=False, distance=2.0, note="answered 3; sat returned False", answer=3),
        Verdict(solved=False, note="no answer", failure=CandidateError(Status.CRASHED, "broken")),
    ]
    assert feedback(verdicts, [ABOVE] * 3).splitlines() == [
        "solved 1 of 3 instances",
        "instance 1: answered 3; sat returned False (distance 2)",
        "instance 1 fails `answer > bound`: its left side is 3, its right side 10",
        "instance 2: no answer",
    ]


def told(source, *answers, kind="int"):
    """The last line of the feedback on some answers to a puzzle."""
    instance = Instance(source)
    verdicts = [judge_answer(answer, instance, parse(kind)) for answer in answers]
    return feedback(verdicts, [instance] * len(answers)).splitlines()[-1]


def test_the_condition_that_fails_is_told_of_the_worst_instance():
    source = "def sat(x: int, n=3):\n    assert x > 0\n    return x % 2 == 1 and x < n"
    assert told(source, 4, 8, 3).startswith("instance 2: answered 3")
    lines = feedback([judge_answer(x, Instance(source), parse("int")) for x in (4, -90, 3)], [Instance(source)] * 3)
    assert "instance 1 fails `x > 0`: its left side is -90, its right side 0" in lines
    assert lines.count(" fails `") == 1


def test_a_condition_and_its_sides_are_short():
    conditions = " or ".join(f"x == {'9' * 50 + str(i)}" for i in range(100))
    assert len(told(f"def sat(x: int):\n    return {conditions}", 1)) < 300
    assert len(told("def sat(x: int):\n    return [x] * 10000 == [0] * 10000", 1)) < 400
    assert "an integer of" in told("def sat(x: int):\n    return 10 ** 5000 == x", 1)


@pytest.mark.parametrize("side", ["{'a', 'b', str(x)}", "(i for i in [x])", "lambda: x", "[{x}]", "{'k': x}"])
def test_a_side_that_is_not_the_same_in_every_process_is_not_shown(side):
    assert told(f"def sat(x: int):\n    return 5 == ({side})", 1).endswith("`")


@given(st.floats(0.0, 1e300) | st.just(math.inf))
def test_only_a_solution_gets_more_than_half(distance):
    assert 0.0 <= Verdict(solved=False, distance=distance).credit <= 0.5
