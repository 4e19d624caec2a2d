"""Branch distance: nearer answers get smaller numbers, and only right ones get zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.predicates.distance import Predicate, compile_distance, fresh
from evosearch.predicates.grades import difference

NUMBERS = "def sat(n: int, a=100):\n    return n * 2 == a"
ASSERTS = """
def sat(xs: List[int], total=10):
    assert len(xs) == 3, "three"
    for x in xs:
        if x < 0:
            return False
    return sum(xs) == total
"""


def ascending(source, *answers):
    """Whether the answers are in order of strictly growing distance."""
    distances = [compile_distance(source)(answer) for answer in answers]
    return distances == sorted(set(distances))


@pytest.mark.parametrize(
    ("source", "answers"),
    [
        (NUMBERS, [50, 51, 60, 10**6, 10**30]),
        (ASSERTS, [[1, 2, 7], [1, 2, 8], [1, 2, 30]]),
        ("def sat(s: str, t='hello'):\n    return s == t", ["hello", "hellp", "help", "h", ""]),
        ("def sat(s: str):\n    return s.startswith('abc') and s.isupper() is False", ["abc!", "abd!", "xyz!"]),
        (
            "def sat(xs: List[int]):\n    return all(x % 2 == 0 for x in xs) and len(xs) > 3",
            [[2] * 4, [1, 2, 2, 2], [1] * 4],
        ),
        ("def sat(n: int):\n    return n == 5 or n == 1000", [5, 6, 9]),
        ("def sat(n: int):\n    return any(n == k for k in [10, 20])", [20, 21, 24]),
        ("def sat(n: int):\n    return not n < 10", [10, 9, 3]),
        ("def sat(n: int):\n    return 3 < n <= 5", [4, 8]),
        ("def sat(n: int):\n    if n == 4:\n        return True\n    return n == 100", [4, 5]),
        ("def sat(s: str):\n    return s in ['yes', 'no']", ["no", "np", "nqqqq"]),
        ("def sat(xs: List[int]):\n    return set(xs) == {1, 2, 3}", [[1, 2, 3], [1, 2], [1]]),
        ("def sat(xs: List[int]):\n    a, b = xs\n    return a + b == 3", [[1, 2], [1, 3], [1]]),
    ],
)
def test_nearer_answers_get_smaller_distances(source, answers):
    assert compile_distance(source)(answers[0]) == 0.0
    assert ascending(source, *answers)


@given(st.integers())
def test_zero_means_satisfied(answer):
    assert (compile_distance(NUMBERS)(answer) == 0.0) is (answer == 50)


@given(st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=5), st.floats()))
def test_the_distance_of_any_answer_is_a_finite_number(answer):
    assert 0.0 <= compile_distance(ASSERTS)(answer) < float("inf")


def test_it_goes_on_after_a_failed_assert():
    assert ascending(ASSERTS, [1, 2, 7], [3, 7], [3, 70])


def test_a_predicate_that_is_not_literally_true_does_not_hold():
    assert not Predicate("def sat(n: int):\n    return n").holds(1)
    assert not Predicate("def sat(n: int):\n    pass").holds(1)


def test_the_verdict_of_an_expensive_predicate_comes_from_its_steps():
    predicate = Predicate("def sat(n: int):\n    while n:\n        n += 1\n    return True", steps=1_000)
    assert predicate.holds(0)
    assert not predicate.holds(1)
    assert predicate.distance(1) > 1.0


def test_a_predicate_that_changes_its_arguments_sees_fresh_ones_each_time():
    predicate = Predicate("def sat(xs: List[int], left=[1]):\n    xs.append(left.pop())\n    return xs == [2, 1]")
    answer = [2]
    assert [predicate.holds(answer) for _ in range(3)] == [True] * 3
    assert answer == [2]
    assert predicate.mutates


def test_operands_show_what_an_answer_is_measured_against():
    predicate = Predicate("def sat(s: str, t='abc'):\n    return s + 'd' == t[::-1]")
    assert predicate.operands("x") == [("xd", "cba")]


@pytest.mark.parametrize(
    "source",
    [
        "import os\ndef sat(n: int): return True",
        "x = 1",
        "def sat(): return True",
        "def sat(n: int, a): return True",
        "def sat(n: int, a=open('x')): return True",
    ],
)
def test_what_is_no_predicate_is_refused(source):
    with pytest.raises(ValueError, match="expected"):
        compile_distance(source)


@given(st.recursive(st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3)))
def test_a_value_is_at_no_distance_from_its_copy(value):
    assert difference(value, fresh(value)) == 0.0
