"""Which condition of a predicate an answer fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.predicates.conjuncts import Condition, first_failing
from evosearch.predicates.distance import Predicate

SEVERAL = """def sat(x: int, n=10):
    assert x >= 0, "negative"
    if x % 7 == 3:
        return False
    for i in range(2, 5):
        if i < x:
            assert x % i != 0
    return x < n and (x != 5 and x > 1) and all(x != k for k in [7])
"""


@pytest.mark.parametrize(
    ("answer", "condition"),
    [
        (-1, Condition("x >= 0", (-1, 0))),
        (3, Condition("not x % 7 == 3", (3, 3))),
        (4, Condition("x % i != 0", (0, 0))),
        (11, Condition("x < n", (11, 10))),
        (5, Condition("x != 5", (5, 5))),
        (0, Condition("x > 1", (0, 1))),
        (7, Condition("all((x != k for k in [7]))")),
        (2, None),
    ],
)
def test_the_first_condition_that_does_not_hold(answer, condition):
    assert first_failing(SEVERAL, answer) == condition


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return x[5] == 'a'", "x[5] == 'a'"),
        ("return len(x) == 1 == n", "len(x) == 1 == n"),
        ("return len(x) == 1 or x == 'b'", "len(x) == 1 or x == 'b'"),
        ("return (k := len(x)) > 0 and k == n", "k == n"),
        ("def g(y: List[int]): return y == 2\n    return g(2) and g(len(x))", "g(len(x))"),
        ("try:\n        return int(x) == 1\n    except ValueError:\n        return False", "int(x) == 1"),
        ("while True:\n        x = x[1:]\n        if not x: return False", "not (not x)"),
    ],
)
def test_what_is_told_in_the_words_of_the_predicate(body, text):
    found = first_failing(f"def sat(x: str, n=4):\n    {body}", "abc")
    assert found.text.replace("not not x", "not (not x)") == text


@pytest.mark.parametrize(
    "source",
    [
        "def sat(x: int):\n    while True: pass",
        "def sat(x: int",
        "x = 1",
        "import math\ndef sat(x: int): return False",
        "def sat(x: int): pass",
        "def sat(x: int):\n    return " + "-" * 5_000 + "x == 1",
    ],
)
def test_sometimes_nothing_can_be_told(source):
    assert first_failing(source, 1) is None


@given(st.integers(-50, 50))
def test_there_is_a_condition_exactly_if_the_predicate_does_not_hold(answer):
    assert (first_failing(SEVERAL, answer) is None) == Predicate(SEVERAL).holds(answer)
