"""What made a program, and how likely each is drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.proposers.symbolic.editing.templates import KINDS
from evosearch.proposers.symbolic.line.names import EDITS, FILLS, FLOOR, adapted
from evosearch.types import Credit

CREDITS = st.dictionaries(
    st.sampled_from(sorted(EDITS)),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(lambda pair: Credit(max(pair), min(pair), min(pair))),
)


def test_nothing_is_known_at_first():
    weights = adapted(EDITS, {})
    assert max(weights, key=weights.__getitem__) == "constant"
    assert weights["constant"] > weights["name"] > weights["opswap"] > weights["dup"]


def test_weights_follow_what_was_kept():
    before = adapted({"a": 1.0, "b": 1.0}, {})
    after = adapted({"a": 1.0, "b": 1.0}, {"a": Credit(200, 200, 40), "b": Credit(200, 200, 2)})
    assert before["a"] == before["b"]
    assert after["a"] > 4 * after["b"]


def test_a_few_attempts_say_little():
    weights = adapted({"a": 1.0, "b": 1.0}, {"a": Credit(1, 1, 1)})
    assert weights["a"] < 2 * weights["b"]


@given(CREDITS)
def test_every_operator_keeps_its_floor(credits_):
    weights = adapted(EDITS, credits_)
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) >= FLOOR / (1 + len(EDITS) * FLOOR)


def test_the_kinds_of_templates_are_those_of_the_jailed_half():
    assert FILLS == KINDS
