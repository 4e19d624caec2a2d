"""Rules mean what they print."""

from copy import deepcopy
from itertools import islice
from random import Random

import pytest

from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.expressions import leaf, program
from evosearch.proposers.symbolic.grammar import rules_for, types_around
from evosearch.proposers.symbolic.mutation import Mutation
from evosearch.proposers.symbolic.weights import rule_weights

LEAVES = [
    leaf("List[int]", "x", [[3, 1, 2], [5, 5]], 1, varies=True),
    leaf("str", "i", ["a b", "xyz"], 1, varies=True),
    leaf("int", "n", [4, 2], 1, varies=True),
    leaf("List[List[int]]", "rows", [[[1, 2], [3]], [[0]]], 1, varies=True),
    leaf("float", "0.5", [0.5, 0.5], 1, varies=False),
]
INPUTS = [([3, 1, 2], "a b", 4, [[1, 2], [3]]), ([5, 5], "xyz", 2, [[0]])]


@pytest.fixture(scope="module")
def enumeration():
    """An enumeration over inputs whose names clash with those of loop variables."""
    return Enumeration(rules_for(types_around([node.type for node in LEAVES])), LEAVES, 2)


@pytest.fixture(scope="module")
def found(enumeration):
    return list(islice((node for node in enumeration.expressions() if node is not None), 1_500))


@pytest.fixture(scope="module")
def grown(enumeration, found):
    """Random expressions, so that every rule has its turn."""
    mutation = Mutation(enumeration, Random(0), rule_weights(enumeration.rules, []))
    kinds = sorted(enumeration.by_result)
    drawn = [mutation.grow(kinds[turn % len(kinds)], (), 2) for turn in range(8_000)]
    return [node for node in drawn if node is not None and not node.scope]


def test_a_program_returns_the_values_its_expression_has(found, grown):
    assert len({part.rule.pieces for node in grown for part in node.walk() if part.rule}) > 150
    for node in [*found, *grown]:
        space = {}
        source = program("def sol(x, i, n, rows):", node.body())
        exec(source, space)
        for inputs, value in zip(INPUTS, node.values, strict=True):
            if value is not None:
                assert repr(space["sol"](*deepcopy(inputs))) == repr(value), source


def test_no_two_expressions_have_the_same_values(found):
    vectors = [(node.type, repr(node.values)) for node in found]
    assert len(vectors) == len(set(vectors))


def test_costs_never_fall(found):
    costs = [node.cost for node in found]
    assert costs == sorted(costs)


def test_only_rules_of_the_puzzles_types_are_made():
    types = types_around(["int"])
    rules = rules_for(types)
    assert "float" not in types
    assert {rule.result for rule in rules} <= types
    assert {hole for rule in rules for hole in rule.holes} <= types
