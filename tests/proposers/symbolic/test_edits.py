"""Edits of any program by its syntax tree."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.proposers.symbolic.edits import OPERATORS, edit

PARENT = '''\
"""Doc."""


def score(item, bins):
    """Best fit."""
    gap = bins - item
    if gap > 0.5:
        gap = gap * 2
    return 1.0 / (gap + 1)
'''
DONOR = "def score(item, bins):\n    return item % 7\n"


def child(seed, source=PARENT, donors=()):
    return edit({"source": source, "donors": list(donors), "seed": [seed]})


@given(st.integers(0, 10**6))
def test_a_child_compiles_and_differs(seed):
    made = child(seed, donors=[DONOR])
    assert ast.dump(ast.parse(made["source"])) != ast.dump(ast.parse(PARENT))
    assert set(made["operator"].split("+")) <= set(OPERATORS)


def test_equal_seeds_give_equal_children():
    assert [child(seed) for seed in range(30)] == [child(seed) for seed in range(30)]


def test_every_operator_is_used():
    used = {name for seed in range(300) for name in child(seed, donors=[DONOR])["operator"].split("+")}
    assert used == set(OPERATORS)


def test_crossover_takes_from_a_donor_and_says_from_which():
    made = [child(seed, donors=[DONOR]) for seed in range(200)]
    assert any("% 7" in one["source"] and one["donors"] == [0] for one in made)
    assert all(one["donors"] == [] for one in made if "crossover" not in one["operator"])


def test_docstrings_are_left_alone():
    assert all("Best fit." in child(seed)["source"] for seed in range(100))


@pytest.mark.parametrize("source", ["", "pass\n", '"""Only words."""\n'])
def test_a_program_that_offers_nothing_is_refused(source):
    with pytest.raises(ValueError, match="no operator"):
        child(1, source=source)
