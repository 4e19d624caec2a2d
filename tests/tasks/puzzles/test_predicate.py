import signal
import sys

import pytest

from evosearch.tasks.puzzles import predicate


def fault(body, answer=1, parameters="answer: int, items=[3, 1, 2]"):
    return predicate.fault(predicate.build(f"def sat({parameters}):\n    {body}"), answer, 1.0)


def test_true_is_the_one_good_verdict():
    assert not fault("return answer == 1")
    assert fault("return answer == 2") == "sat returned False"
    assert fault("return 1") == "sat returned a value of type int, not True"
    assert fault("return [True]") == "sat returned a value of type list, not True"
    assert fault("pass") == "sat returned a value of type NoneType, not True"


@pytest.fixture
def usual_recursion_limit():
    """That of a judge's process; a test runner may have raised its own."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("usual_recursion_limit")
def test_what_a_predicate_raises_is_a_verdict():
    assert fault("assert answer == 2, 'two is wanted'") == "sat failed an assertion: two is wanted"
    assert fault("return items[answer + 5]") == "sat raised IndexError: list index out of range"
    assert fault("raise SystemExit(0)") == "sat raised SystemExit: 0"
    assert fault("return sat(answer)").startswith("sat raised RecursionError")
    assert fault("return [0] * 10**15") == "sat raised MemoryError"


def test_every_evaluation_has_fresh_inputs():
    source = "def sat(answer: int, items=[3, 1, 2]):\n    items.append(answer)\n    return len(items) == 4"
    assert [predicate.fault(predicate.build(source), 1, 1.0) for _ in range(2)] == ["", ""]


def test_annotations_are_not_evaluated():
    assert not fault("return True", parameters="answer: List[List[Nothing]], n: 1/0 = 2")


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("(1 + 3) * 6", ""),
        ("24.0", ""),
        ("23", "sat returned False"),
        ("1/0", "sat raised ValueError"),
        ("__import__('os').getpid()", "sat raised ValueError"),
        ("len('a')", "sat raised ValueError"),
        ("answer", "sat raised ValueError"),
    ],
)
def test_eval_knows_literal_arithmetic_only(formula, problem):
    assert fault("return eval(answer) == 24", formula, "answer: str").startswith(problem)


@pytest.mark.parametrize("name", ["open", "exec", "compile", "print", "input", "globals", "breakpoint"])
def test_names_that_reach_outside_are_missing(name):
    assert fault(f"return bool({name})") == f"sat raised NameError: name {name!r} is not defined"


def test_imports_are_an_allow_list():
    assert not fault("import math; return math.sqrt(answer) == 1")
    assert fault("import os; return True").startswith("sat raised ImportError")


def test_random_numbers_are_the_same_every_time():
    source = "def sat(answer: int):\n    import random\n    return random.randrange(10**9) == answer"
    numbers = "def sat(answer: int):\n    import random\n    return random.randrange(10**9)"
    drawn = predicate.build(numbers)(0)
    assert not predicate.fault(predicate.build(source), drawn, 1.0)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "return sum(1 for _ in iter(int, 1)) == 0",
        # The alarm is swallowed, and what is returned after it does not count.
        "\n    try:\n        while True: pass\n    except BaseException:\n        return True",
        "\n    try:\n        while True: pass\n    finally:\n        return True",
    ],
)
def test_a_predicate_that_takes_too_long_has_not_said_yes(body):
    sat = predicate.build(f"def sat(answer: int):\n    {body}")
    assert predicate.fault(sat, 1, 0.05) == "sat took more than 0.05 s"


def test_the_alarm_is_taken_down_afterwards():
    before = signal.getsignal(signal.SIGVTALRM)
    assert predicate.limited(lambda: 5, 1.0) == 5
    with pytest.raises(predicate.Overrun):
        predicate.limited(lambda: sum(1 for _ in iter(int, 1)), 0.02)
    with pytest.raises(KeyError):
        predicate.limited(lambda: {}[1], 1.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_a_hostile_message_is_contained():
    source = (
        "def sat(answer: int):\n"
        "    error = type('Bad', (Exception,), {'__str__': lambda self: 1 // 0})\n"
        "    raise error"
    )
    assert predicate.fault(predicate.build(source), 1, 1.0) == "sat raised Bad"
