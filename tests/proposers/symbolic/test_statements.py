"""Programs of several statements compute what they print."""

from copy import deepcopy
from random import Random

import pytest

from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.expressions import apply, leaf, program, variable
from evosearch.proposers.symbolic.grammar import rules_for, types_around
from evosearch.proposers.symbolic.mutation import Mutation
from evosearch.proposers.symbolic.statements import blocks_for, loop_types
from evosearch.proposers.symbolic.weights import rule_weights

LEAVES = [
    leaf("List[int]", "x", [[3, 1, 2], [5, 5]], 1, varies=True),
    leaf("str", "i", ["a b", "xyz"], 1, varies=True),
    leaf("int", "n", [4, 2], 1, varies=True),
]
INPUTS = [([3, 1, 2], "a b", 4), ([5, 5], "xyz", 2)]
TYPES = types_around([node.type for node in LEAVES])


def mutation_for(answer_type, seed=0):
    enumeration = Enumeration(rules_for(TYPES), LEAVES, 2)
    blocks = blocks_for(loop_types(answer_type, TYPES), answer_type)
    for scope in sorted({scope for rule in blocks for scope in rule.scopes if scope}):
        enumeration.declare(scope)
    list(zip(range(300), enumeration.expressions(), strict=False))
    return Mutation(enumeration, Random(seed), rule_weights(enumeration.rules, [])), blocks


@pytest.mark.parametrize("answer_type", ["int", "str", "List[int]", "List[str]"])
def test_a_program_returns_the_values_of_its_block(answer_type):
    mutation, blocks = mutation_for(answer_type)
    made = [node for turn in range(1_500) if (node := mutation.fill(blocks[turn % len(blocks)])) is not None]
    assert len({node.rule.pieces for node in made}) >= 5
    for node in made:
        space = {}
        source = program("def sol(x, i, n):", node.body())
        exec(source, space)
        for inputs, value in zip(INPUTS, node.values, strict=True):
            if value is not None:
                assert repr(space["sol"](*deepcopy(inputs))) == repr(value), source


def test_a_fold_over_a_list():
    numbers, _, zero = LEAVES[0], LEAVES[1], leaf("int", "0", [0, 0], 1, varies=False)
    fold = next(rule for rule in blocks_for(TYPES, "int") if rule.holes == ("int", "List[int]", "int"))
    scope = ("int", "int")
    plus = next(rule for rule in rules_for(TYPES) if rule.pieces == ("", " + ", "") and rule.result == "int")
    total = apply(plus, (variable(scope, 0), variable(scope, 1)), 2)
    node = apply(fold, (zero, numbers, total), 2)
    assert node.values == [6, 10]
    assert program("def sol(x):", node.body()).splitlines()[1:] == [
        "    i = 0",
        "    for y in x:",
        "        i = i + y",
        "    return i",
    ]


def test_offspring_of_a_block_vary_its_holes():
    mutation, blocks = mutation_for("List[int]", 3)
    parents = [node for _ in range(60) for rule in blocks if (node := mutation.fill(rule)) is not None]
    children = [mutation.offspring(parent, parents[0]) for parent in parents]
    loops = [child for child in children if child is not None and child.rule is not None and child.rule.block]
    assert len(loops) > 20
    assert {child.type for child in loops} == {"List[int]"}


def test_a_block_stands_at_the_root_alone():
    mutation, blocks = mutation_for("int")
    block = next(node for rule in blocks * 50 if (node := mutation.fill(rule)) is not None)
    negative = next(rule for rule in rules_for(TYPES) if rule.pieces == ("-", "") and rule.result == "int")
    assert apply(negative, (block,), 2) is None


def test_a_loop_without_end_has_no_value():
    iteration = next(rule for rule in blocks_for(TYPES, "int") if rule.holes == ("int", "bool", "int"))
    true = leaf("bool", "True", [True, True], 1, varies=False)
    assert apply(iteration, (LEAVES[2], true, variable(("int",), 0)), 2) is None
