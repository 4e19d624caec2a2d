"""Exact types and program lengths."""

import pytest

from evosearch.proposers.symbolic.answers import checker, conforms, description_length, handy, type_of


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "bool"),
        (1, "int"),
        (1.0, "float"),
        ("", "str"),
        ([], "List[int]"),
        (["a"], "List[str]"),
        ([[], [1]], "List[List[int]]"),
        ([[["a"]]], "List[List[List[str]]]"),
        ([1, "a"], None),
        ((1,), None),
        ({"a": 1}, None),
    ],
)
def test_the_type_of_a_value(value, name):
    assert type_of(value) == name


@pytest.mark.parametrize(
    ("value", "name"),
    [(True, "int"), (1, "bool"), (1, "float"), ((1,), "List[int]"), ([True], "List[int]"), (float("nan"), "float")],
)
def test_types_are_exact_as_the_judge_has_them(value, name):
    assert not conforms(value, name)


def test_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match="Set"):
        checker("Set[int]")


def test_huge_values_are_not_handy():
    assert handy([[1, 2], ["a" * 100]])
    assert not handy("a" * 30_000)
    assert not handy([[0] * 10_000] * 3)
    assert not handy(1 << 100_000)


def test_a_rule_is_shorter_than_the_list_it_makes():
    rule = "def sol():\n    return list(range(999))"
    assert description_length(rule) < description_length(f"def sol():\n    return {list(range(999))}")
