"""Made-up and mutated values keep their type."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.proposers.symbolic.answers import conforms
from evosearch.proposers.symbolic.values import Values

TYPES = ["bool", "int", "float", "str", "List[int]", "List[str]", "List[float]", "List[bool]", "List[List[int]]"]
POOL = {"bool": [False, True], "int": [0, 7, -3], "float": [0.5], "str": ["", "abc"], "List[int]": [[1, 2, 3]]}


@settings(max_examples=40)
@given(st.sampled_from(TYPES), st.integers(0, 2**32))
def test_values_keep_their_type_through_any_changes(kind, seed):
    values = Values(POOL, "abc", Random(seed))
    value = values.new(kind)
    for _ in range(40):
        assert conforms(value, kind)
        value = values.cross(kind, value, values.new(kind)) if seed % 2 else values.mutate(kind, value)


@given(st.integers(0, 2**32))
def test_a_mutation_leaves_the_original_alone(seed):
    original = [[1, 2], [3]]
    Values(POOL, "abc", Random(seed)).mutate("List[List[int]]", original)
    assert original == [[1, 2], [3]]


def test_the_same_seed_makes_the_same_values():
    first, second = (Values(POOL, "abc", Random(5)) for _ in range(2))
    assert [first.new("List[str]") for _ in range(20)] == [second.new("List[str]") for _ in range(20)]
