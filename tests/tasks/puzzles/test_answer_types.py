import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.tasks.puzzles import answer_types
from evosearch.tasks.puzzles.answer_types import parse

SCALARS = {
    "bool": st.booleans(),
    "int": st.integers(),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "str": st.text(st.characters(exclude_categories=["Cs"])),
}


def lists(values, depth):
    return values if depth == 0 else st.lists(lists(values, depth - 1), min_size=1, max_size=3)


class Integer(int):
    pass


@pytest.mark.parametrize("text", ["int", " int ", "List[int]", "list[List[str]]", "List[ List[float] ]"])
def test_a_type_is_read_and_written_in_one_way(text):
    assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize("text", ["", "Int", "List", "List[]", "Set[int]", "Dict[str, int]", "List[int, int]", "None"])
def test_other_types_are_refused(text):
    with pytest.raises(ValueError, match="expected bool, int, float, str or List"):
        parse(text)


@given(depth=st.integers(0, 3), data=st.data())
@pytest.mark.parametrize("scalar", sorted(SCALARS))
def test_a_value_has_one_type_only(scalar, depth, data):
    value = data.draw(lists(SCALARS[scalar], depth))
    for other in SCALARS:
        assert answer_types.AnswerType(other, depth).accepts(value) is (other == scalar)
    assert not answer_types.AnswerType(scalar, depth + 1).accepts(value)
    assert not answer_types.AnswerType(scalar, depth).fault(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int", True),
        ("int", 1.0),
        ("int", Integer(1)),
        ("int", None),
        ("bool", 1),
        ("float", 1),
        ("float", True),
        ("str", b"a"),
        ("List[int]", (1, 2)),
        ("List[int]", [1, True]),
        ("List[int]", [1, 2.0]),
        ("List[int]", range(3)),
        ("List[int]", "12"),
        ("List[List[int]]", [1]),
        ("List[List[int]]", [[1], (2,)]),
        ("List[str]", "ab"),
        ("List[float]", [1.0, 2]),
    ],
)
def test_what_only_looks_like_the_type_is_refused(text, value):
    assert parse(text).fault(value).startswith(f"the answer must be of type {text}, got ")


def test_an_empty_list_is_any_list():
    assert all(not parse(text).fault([]) for text in ("List[int]", "List[List[str]]"))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_floats_that_json_does_not_have_are_refused(value):
    assert "round trip" in parse("float").fault(value)
    assert "round trip" in parse("List[float]").fault([0.0, value])


def test_text_that_json_would_change_is_refused():
    # Two halves of a surrogate pair come back as one character.
    assert "round trip" in parse("str").fault("\ud83d\ude00")


def test_the_size_is_bounded_well_above_the_longest_reference():
    assert not parse("str").fault("a" * 1_000_000)
    assert "8,000,001 bytes long" in parse("str").fault("a" * 8_000_001)
    assert "bytes long" in parse("List[int]").fault([1] * 4_000_001)
    assert "bytes long" in parse("int").fault(1 << 30_000_000)


@pytest.mark.parametrize("text", ["int", "bool", "str", "float", "List[int]", "List[List[float]]"])
def test_trivial_values_are_of_the_type(text):
    assert len(parse(text).trivial()) == 2
    assert not any(parse(text).fault(value) for value in parse(text).trivial())
