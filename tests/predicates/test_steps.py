"""Counted steps: plain Python's meaning, with an end to it."""

import ast
import random

import pytest

from evosearch.predicates.steps import Meter, StepCounting, StepLimitError, compile_tree, namespace


def counted(source, steps=10_000):
    """Return the function `f` of a source, counting, and its meter."""
    meter = Meter(steps)
    tree = ast.parse(source)
    return compile_tree(StepCounting(tree).visit(tree), namespace(meter), "f"), meter


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("return sum(i * i for i in range(10))", 285),
        ("return [x + y for x in 'ab' for y in 'cd']", ["ac", "ad", "bc", "bd"]),
        ("s = 'a'\n    s *= 3\n    s += 'b'\n    return s", "aaab"),
        ("return 2 ** 10 + (1 << 3) + pow(3, 2, 5)", 1036),
        ("return sorted([3, 1], key=lambda x: -x)", [3, 1]),
        ("return '-'.join(str(i) for i in range(3)).ljust(7, '.')", "0-1-2.."),
        ("return eval('6 * 7')", 42),
        ("from itertools import product\n    return len(list(product([0, 1], repeat=3)))", 8),
        ("return max(3, 5) + max([1, 2])", 7),
    ],
)
def test_the_meaning_is_plain_python(body, value):
    function, _ = counted(f"def f():\n    {body}")
    assert function() == value


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "return sum(range(10 ** 12))",
        "return [0 for _ in range(10 ** 6)]",
        "xs = [1]\n    for x in xs: xs.append(x)",
        "s = 'a'\n    for _ in range(100): s += s",
        "return 10 ** 10 ** 10",
        "return [0] * 10 ** 9",
        "return 1 << 10 ** 9",
        "return 'a'.rjust(10 ** 10)",
        "return pow(3, 2 ** 60_000, 2 ** 60_000)",
        "return ('a' * 2000).replace('a', 'b' * 2000)",
        "return sorted(i for i in range(10 ** 7))",
        "try:\n        while True: pass\n    except Exception: return 1",
    ],
)
def test_work_without_end_is_ended(body):
    function, _ = counted(f"def f():\n    {body}")
    with pytest.raises(StepLimitError):
        function()


def test_the_same_work_costs_the_same_steps():
    function, meter = counted("def f(n):\n    return [x for x in range(n) if x % 2]")
    costs = []
    for _ in range(2):
        meter.left = 1_000
        function(300)
        costs.append(1_000 - meter.left)
    assert costs[0] == costs[1] >= 300


def test_a_name_defined_by_the_source_is_no_builtin():
    function, _ = counted("def f():\n    def sum(xs):\n        return 'own'\n    return sum([1])")
    assert function() == "own"


def test_random_starts_from_one_state_and_leaves_the_global_one_alone():
    function, _ = counted("def f():\n    import random\n    return random.randrange(10 ** 9)")
    before = random.getstate()
    assert function() == function()
    assert random.getstate() == before


@pytest.mark.parametrize("body", ["import os", "open('x')", "exec('1')", "print(1)"])
def test_what_is_not_allowed_is_not_there(body):
    function, _ = counted(f"def f():\n    {body}")
    with pytest.raises((ImportError, NameError)):
        function()


def test_work_that_is_too_dear_is_not_charged():
    meter = Meter(10)
    with pytest.raises(StepLimitError):
        meter.charge(10**12)
    assert meter.left == 0
