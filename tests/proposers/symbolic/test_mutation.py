"""Offspring are valid expressions of the parent's type."""

from random import Random

from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.expressions import leaf
from evosearch.proposers.symbolic.grammar import rules_for, types_around
from evosearch.proposers.symbolic.mutation import MAX_SIZE, Mutation
from evosearch.proposers.symbolic.reading import expressions_of
from evosearch.proposers.symbolic.weights import rule_weights

NUMBERS = leaf("List[int]", "nums", [[3, 1, 2], [9, 8]], 1, varies=True)
LENGTH = leaf("int", "n", [4, 5], 1, varies=True)


def lineage(seed, count=400):
    """Descendants of two parents, each replacing its parent when it is valid."""
    enumeration = Enumeration(rules_for(types_around(["List[int]"])), [NUMBERS, LENGTH], 2)
    generator = enumeration.expressions()
    for _ in range(300):
        next(generator)
    mutation = Mutation(enumeration, Random(seed), rule_weights(enumeration.rules, []))
    node = expressions_of("def sol(nums=[1], n=1):\n    return [x * n for x in sorted(nums)] + [n]", [NUMBERS, LENGTH])[
        0
    ]
    found = []
    for _ in range(count):
        child = mutation.offspring(node, NUMBERS)
        if child is not None:
            node = child
            found.append(child)
    return found


def test_offspring_keep_type_size_and_closedness():
    children = lineage(1)
    assert len(children) > 100
    assert {child.type for child in children} == {"List[int]"}
    assert all(child.size <= MAX_SIZE and not child.scope for child in children)


def test_offspring_differ_and_depend_on_the_seed_alone():
    first = [child.source() for child in lineage(2)]
    assert len(set(first)) > 50
    assert first == [child.source() for child in lineage(2)]
    assert first != [child.source() for child in lineage(3)]
