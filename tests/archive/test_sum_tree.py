"""Draws in proportion to weights that change."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.archive.sum_tree import SumTree
from evosearch.randomness import generator

WEIGHTS = st.floats(0, 1e6, allow_subnormal=False)


def tree_of(*weights):
    tree = SumTree()
    for number, weight in enumerate(weights):
        tree[number] = weight
    return tree


@given(st.lists(WEIGHTS, max_size=40), st.lists(st.tuples(st.integers(0, 39), WEIGHTS), max_size=40), st.integers(0, 9))
def test_after_any_changes_it_is_as_if_it_had_just_been_filled(weights, changes, popped):
    tree = tree_of(*weights)
    for number, weight in changes:
        if number < len(weights):
            tree[number] = weights[number] = weight
    for _ in range(min(popped, len(weights))):
        assert tree.pop() == weights.pop()
    fresh = SumTree()
    fresh.fill(np.array(weights, dtype=float))
    assert [tree[number] for number in range(len(tree))] == weights
    assert tree.total == pytest.approx(sum(weights))
    # To the bit, if the tree has not been larger: a larger one has the same sums behind further nodes of weight 0.
    assert tree.total == fresh.total
    assert tree.draw(generator(1), 8) == fresh.draw(generator(1), 8)


@given(st.lists(WEIGHTS | st.just(0.0), max_size=40), st.integers(0, 50), st.integers(0, 2**32))
def test_a_draw_is_of_different_numbers_that_have_weight_and_changes_nothing(weights, k, seed):
    tree = tree_of(*weights)
    drawn = tree.draw(generator(seed), k)
    assert len(drawn) == len(set(drawn))
    assert all(weights[number] > 0 for number in drawn)
    assert len(drawn) == min(k, sum(weight > 0 for weight in weights))
    assert [tree[number] for number in range(len(tree))] == weights


def test_draws_are_in_proportion_to_the_weights():
    tree, rng = tree_of(1.0, 0.0, 2.0, 5.0), generator(5)
    counts = Counter(tree.draw(rng, 1)[0] for _ in range(8_000))
    assert counts[1] == 0
    assert [counts[number] / 1_000 for number in (0, 2, 3)] == pytest.approx([1, 2, 5], rel=0.1)


def test_the_second_draw_is_in_proportion_to_the_weights_that_are_left():
    tree, rng = tree_of(1.0, 3.0, 6.0), generator(5)
    pairs = Counter(tuple(tree.draw(rng, 2)) for _ in range(10_000))
    assert pairs[2, 1] / 10_000 == pytest.approx(0.6 * 3 / 4, rel=0.05)
    assert pairs[0, 2] / 10_000 == pytest.approx(0.1 * 6 / 9, rel=0.1)


def test_weights_of_very_different_size_are_all_drawn_in_the_end():
    assert sorted(tree_of(1e-300, 1e300, 1.0).draw(generator(2), 3)) == [0, 1, 2]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_weight_must_be_finite_and_not_negative(weight):
    with pytest.raises(ValueError, match="finite and not negative"):
        tree_of(weight)


def test_a_number_must_be_known_or_the_next_one():
    tree = tree_of(1.0)
    with pytest.raises(IndexError, match="first free number is 1"):
        tree[2] = 1.0
    with pytest.raises(IndexError, match="none is numbered 1"):
        tree[1]
    with pytest.raises(IndexError):
        SumTree().pop()
