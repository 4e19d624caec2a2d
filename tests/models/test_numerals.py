"""Whole numbers in foreign JSON."""

import json
import sys

import pytest

from evosearch.models.numerals import MOST_DIGITS, whole


@pytest.fixture
def unbounded():
    """Python reads numbers of any length, as where puzzles with long ones are loaded."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(before)


def test_numbers_are_read_and_those_that_take_long_are_refused(unbounded):
    assert json.loads("[1, -20]", parse_int=whole) == [1, -20]
    assert whole("9" * MOST_DIGITS) > 0
    with pytest.raises(ValueError, match="at most 4300 digits, got one of 4,301"):
        json.loads("9" * (MOST_DIGITS + 1), parse_int=whole)
