"""Kinds and scopes as a run of the program shows them; the run itself is left as it is."""

import ast

import numpy as np
import pytest

from evosearch.proposers.symbolic.editing.behaviour import STEPS, Call, calls_of, counted, fingerprint, run
from evosearch.proposers.symbolic.editing.kinds import ANY, BOOL, FLOAT, INT, Kind, fits, join, kind_of
from evosearch.proposers.symbolic.editing.sites import blocks, sites
from evosearch.proposers.symbolic.editing.syntax import kind, scope
from evosearch.proposers.symbolic.editing.tracing import annotate

ZOO = '''
"""All that a program may have."""
from __future__ import annotations
import math
from dataclasses import dataclass
from functools import lru_cache
LIMIT = 5
TABLE = [0.5, 1.5, -2.5]

@dataclass
class Box:
    low: float = 0.0
    high: float = 1.0
    def clip(self, x):
        return min(max(x, self.low), self.high)

class Rule:
    scale = 2.0
    def __init__(self, bias):
        self.bias = bias
    def __call__(self, x):
        return x * self.scale + self.bias

class Shifted(Rule):
    def __call__(self, x):
        return super().__call__(x) + 1

@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def walk(items):
    for item in items:
        yield item * 2

def solve(items, word, options, *, extra=1.0):
    global LIMIT
    rule, total, seen = Shifted(0.25), 0.0, {}
    try:
        bad = 1 / options["zero"]
    except ZeroDivisionError as error:
        bad = len(str(error))
    def inner(y):
        nonlocal total
        total += y
        return y + bad
    values = [rule(x) for x in walk(items) if x > 1]
    best = sorted(values, key=lambda v: -v)[0] if values else 0.0
    while total < 8:
        total += 1.0
        if total > 3.5:
            break
    match len(word):
        case 0: kind = 1
        case n if n > 3: kind = n
        case _: kind = 2
    a, *rest = values
    seen["x"] = inner(best)
    for i, (p, q) in enumerate(zip(values, rest)):
        seen[i] = p - q
        total += seen[i] * TABLE[i % len(TABLE)]
    text = f"{total:.3f} {word!r}"
    if (m := len(rest)) > 1:
        total += m
    return Box(0.0, 90.0).clip(total) + math.sqrt(abs(bad)) + fib(LIMIT) + kind + len(text) + extra

if __name__ == "__main__":
    print(solve([1], "", {}))
'''
CALLS = [
    Call("solve", ([1.0, 2.0, 3.5], "hello", {"zero": 0})),
    Call("solve", ([4.0, 2.0, 3.5, 9.0], "ab", {"zero": 3})),
]


def observed(source, *calls):
    """Text of an expression -> its kind."""
    tree = ast.parse(source)
    annotate(tree, calls)
    return {ast.unparse(site.node): kind(site.node) for site in sites(tree)}


def test_a_program_is_left_as_it_is_by_looking():
    plain, names = ast.parse(ZOO), {}
    exec(ZOO, names)
    before = ast.unparse(plain)
    assert min(annotate(plain, CALLS)) > 0
    assert ast.unparse(plain) == before
    expected = [names["solve"](*call.arguments) for call in CALLS]
    assert fingerprint(run(counted(plain), CALLS, STEPS).returned) == fingerprint(expected)


def test_kinds_are_those_of_the_values():
    found = observed("def f(x, n, w):\n    return x[n] * 2.0 + len(w) * (n > 1)", Call("f", (np.ones(3), 1, "ab")))
    assert found["x"] == Kind("array", FLOAT, (3,))
    assert found["x[n]"] == FLOAT
    assert found["n"] == INT
    assert found["n > 1"] == BOOL
    assert found["w"] == Kind("text")


def test_lengths_that_change_together_are_one_kind():
    calls = [Call("f", (np.ones(n), np.zeros(n), np.ones(n + 1))) for n in (2, 3)]
    found = observed("def f(a, b, c):\n    return a + b, c", *calls)
    assert found["a"] == found["b"] != found["c"]


def test_what_is_never_reached_has_no_kind():
    found = observed("def f(x):\n    if x > 0:\n        return x\n    return y + 1", Call("f", (1,)))
    assert found["x"] == INT
    assert found["y"] is None


def test_without_calls_all_kinds_are_alike():
    assert set(observed("def f(x):\n    return x + 1").values()) == {ANY}


def test_a_scope_holds_what_is_surely_bound_before():
    source = "BASE = 2.0\ndef f(x):\n    if x > 0:\n        late = 1.0\n    y = [x]\n    return y\n"
    tree = ast.parse(source)
    annotate(tree, [Call("f", (1.0,))])
    last = blocks(tree)[-1].statements[-1]
    assert scope(last) == {"BASE": FLOAT, "x": FLOAT, "y": Kind("list", FLOAT)}


def test_imports_signatures_and_docstrings_are_no_sites():
    tree = ast.parse(ZOO)
    texts = {ast.unparse(site.node) for site in sites(tree)}
    assert not texts & {"maxsize", "lru_cache(maxsize=None)", "'__main__'", "dataclass", "Rule", "float"}
    assert {"TABLE", "0.25", "x * self.scale", "n - 1", "total > 3.5"} <= texts


@pytest.mark.parametrize(
    ("found", "wanted", "fit"),
    [
        (1, 1.0, True),
        (1.0, 1, False),
        (True, 1, False),
        ([1], [1.0], True),
        ([1.0], [1], False),
        ([], [1], True),
        ((1,), [1], False),
        (np.ones(2), np.ones(3), False),
        (np.ones(2, int), np.ones(2), True),
        (np.ones(2), np.ones(2, int), False),
        (np.float64(1), 2.0, True),
        (None, 1.0, False),
    ],
)
def test_a_value_fits_where_it_breaks_nothing(found, wanted, fit):
    assert fits(kind_of(found), kind_of(wanted)) is fit


def test_kinds_join_to_what_holds_both():
    assert join(INT, FLOAT) == FLOAT
    assert join(kind_of(np.ones((2, 3))), kind_of(np.ones((2, 4)))).shape == (2, "?")
    assert join(INT, Kind("text")).name == "other"


def test_equal_behaviour_is_equal_to_nine_digits():
    assert fingerprint([0.1 + 0.2, np.array([-0.0])]) == fingerprint([0.3, np.array([0.0])])
    assert fingerprint(1.0) != fingerprint(1.0000001)
    assert fingerprint(float("nan")) == fingerprint(float("nan"))
    assert fingerprint(True) != fingerprint(1)


def test_a_run_ends_with_its_steps():
    endless = counted(ast.parse("def f():\n    while True:\n        pass\n"))
    assert run(endless, [Call("f", ())], 100).failure == "StepLimitError"


def test_each_run_begins_anew_and_draws_alike():
    source = "import random\nSEEN = []\ndef f(x):\n    SEEN.append(x)\n    return len(SEEN) + random.random()\n"
    code, calls = counted(ast.parse(source)), calls_of([{"function": "f", "arguments": [1]}])
    assert run(code, calls, 100).returned == run(code, calls, 100).returned
