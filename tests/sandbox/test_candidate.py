import numpy as np
import pytest

from evosearch.errors import CandidateError, Status
from evosearch.protocols import Candidate

KEEPS_STATE = """
calls = []
def solve(x):
    calls.append(x)
    return list(calls)
"""


def test_a_program_keeps_its_state_between_calls(load):
    candidate: Candidate = load(KEEPS_STATE)
    assert candidate.call("solve", "a") == ["a"]
    assert candidate.call("solve", "b") == ["a", "b"]
    assert candidate.facts.id == "0123456789abcdef"


def test_two_programs_share_nothing(load):
    first, second = load(KEEPS_STATE), load(KEEPS_STATE)
    first.call("solve", 1)
    assert second.call("solve", 2) == [2]


def test_after_an_exception_the_program_can_be_called_again(load):
    candidate = load("def solve(x):\n return 1 // x")
    with pytest.raises(CandidateError, match=r"ZeroDivisionError: .* \(line 2, in solve: return 1 // x\)") as caught:
        candidate.call("solve", 0)
    assert caught.value.status is Status.CRASHED
    assert candidate.call("solve", 1) == 1


def test_after_anything_else_it_cannot(load):
    candidate = load("def solve(x):\n return (x,)\ndef other(): return 1")
    for function in ("solve", "other"):
        with pytest.raises(CandidateError, match="'tuple'") as caught:
            candidate.call(function, 1)
        assert caught.value.status is Status.INVALID_OUTPUT


def test_arrays_go_in_and_come_out(load):
    candidate = load("def solve(a, b):\n return {'sum': a['x'] + b, 'any': (a['x'] > 1).any()}")
    answer = candidate.call("solve", {"x": np.arange(4.0).reshape(2, 2)}, np.float32(1))
    assert answer["sum"].tolist() == [[1, 2], [3, 4]]
    assert type(answer["any"]) is np.bool_


@pytest.mark.parametrize("value", [True, 1, 1.0, float("inf"), 10**4_000, "ä\0", None, [[[]]], {"\0": -0.0}])
def test_answers_keep_their_exact_type(load, value):
    answer = load("def solve(x): return x").call("solve", value)
    assert (type(answer), answer) == (type(value), value)


def test_not_a_number_is_an_answer_and_no_score(load):
    assert str(load("def solve(): return float('nan')").call("solve")) == "nan"


def test_a_dictionary_that_looks_like_a_verdict_is_an_answer(load):
    forged = {"status": "ok", "score": 1e9, "evaluation": {"score": 1e9}}
    assert load(f"def solve(): return {forged}").call("solve") == forged


def test_a_call_may_be_given_less_than_the_rest(load):
    candidate = load("def solve(n):\n while True: pass", cpu_seconds=60)
    with pytest.raises(CandidateError, match="than the call was given") as caught:
        candidate.call("solve", 1, cpu_seconds=0.1)
    assert caught.value.status is Status.TIMEOUT_CPU


def test_cpu_time_adds_up_over_the_calls(load):
    candidate = load(
        "import time\ndef solve():\n end = time.process_time() + 0.1\n while time.process_time() < end: pass"
    )
    for _ in range(2):
        candidate.call("solve")
    with pytest.raises(CandidateError) as caught:
        candidate.call("solve")
    assert caught.value.status is Status.TIMEOUT_CPU


def test_a_granted_function_runs_on_this_side(load):
    seen = []
    candidate = load("def solve(x):\n return [ask(x, {'n': 1}), ask(x + 1, None)]")
    candidate.grant("ask", lambda x, y: seen.append((x, y)) or x * 10)
    assert candidate.call("solve", 1) == [10, 20]
    assert seen == [(1, {"n": 1}), (2, None)]


def test_grants_are_there_when_the_program_is_loaded(load):
    candidate = load("start = ask()\ndef solve(): return start")
    candidate.grant("ask", lambda: 5)
    assert candidate.call("solve") == 5


def test_the_error_of_a_granted_function_reaches_the_program_as_a_message(load):
    candidate = load("def solve():\n try: ask()\n except RuntimeError as error: return str(error)")
    candidate.grant("ask", lambda: {}["nothing"])
    assert candidate.call("solve") == "KeyError: 'nothing'"


def test_a_granted_function_called_wrongly_is_the_programs_error(load):
    candidate = load("def solve():\n return ask(1, 2, 3)")
    candidate.grant("ask", lambda: 1)
    with pytest.raises(CandidateError, match=r"RuntimeError: TypeError.*line 2") as caught:
        candidate.call("solve")
    assert caught.value.status is Status.CRASHED


def test_what_cannot_cross_to_a_granted_function_is_the_programs_error(load):
    candidate = load("def solve():\n return ask((1, 2))")
    candidate.grant("ask", lambda x: x)
    with pytest.raises(CandidateError, match=r"InvalidValueError: .*'tuple'"):
        candidate.call("solve")


def test_grants_come_before_the_first_call(load):
    candidate = load("def solve(): return 1")
    candidate.call("solve")
    with pytest.raises(ValueError, match="after the first call"):
        candidate.grant("ask", print)
    with pytest.raises(ValueError, match="a b"):
        load("").grant("a b", print)


def test_a_granted_function_cannot_call_the_program_that_waits_for_it(load):
    candidate = load("def solve():\n return ask()")
    candidate.grant("ask", lambda: candidate.call("solve"))
    with pytest.raises(CandidateError, match="waits for it"):
        candidate.call("solve")


def test_arguments_that_cannot_cross_are_the_callers_error(load):
    candidate = load("def solve(x): return x")
    with pytest.raises(ValueError, match="'set'"):
        candidate.call("solve", {1})
    assert candidate.call("solve", 1) == 1


def test_an_answer_may_have_more_digits_than_the_interpreter_writes_by_default(load):
    assert load("def solve(): return int('9' * 5_000)").call("solve") == 10**5_000 - 1
