"""What was spent, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.report.amounts import dollars, duration, money, of_caps, spending, thousands
from evosearch.types import Usage


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (3_599.7, "1 h 0 min"), (7_800, "2 h 10 min")],
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (1_000, "1.0k"), (12_345, "12.3k"), (234_567, "235k"), (999_990, "1.0M"), (4.5e6, "4.5M")],
)
def test_tokens_are_counted_in_thousands(number, said):
    assert thousands(number) == said


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        (0.0, "$0.00"),
        (0.12, "$0.12"),
        (0.5, "$0.50"),
        (1_234.5, "$1,234.50"),
        (0.0042, "$0.0042"),
        (3e-7, "$0.00000030"),
    ],
)
def test_a_small_sum_is_not_rounded_away(usd, said):
    assert dollars(usd) == said


@given(st.floats(1e-12, 1e12))
def test_no_sum_is_said_to_be_nothing(usd):
    assert any(digit in dollars(usd) for digit in "123456789")


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(calls=2, usd=0.12), "$0.12"),
        (Usage(calls=2), "$0.00"),
        (Usage(calls=2, unpriced=2), "unknown"),
        (Usage(calls=50, usd=0.12, unpriced=30), "$0.12 and 30 calls of unknown price"),
        (Usage(calls=2, unpriced=1), "$0.00 and 1 call of unknown price"),
    ],
)
def test_money_that_is_not_known_is_never_nothing(usage, said):
    assert money(usage) == said


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(evaluations=1_200, seconds=5.0), "1,200 evaluations, 5 s"),
        (Usage(1, 2, 3_000, 0.5, 5.0), "1 evaluation, 2 calls, 3.0k tokens, $0.50, 5 s"),
        (Usage(1, 1, 30, 0.0, 5.0), "1 evaluation, 1 call, 30 tokens, $0.00, 5 s"),
        (Usage(1, 1, 30, 0.0, 5.0, 1), "1 evaluation, 1 call, 30 tokens, price unknown, 5 s"),
    ],
)
def test_spending_names_what_was_spent(usage, said):
    assert spending(usage) == said


@pytest.mark.parametrize(
    ("caps", "said"),
    [
        ({}, "1,200 evaluations, 40 calls, 12.3k tokens, $0.12"),
        ({"evaluations": 5_000}, "1,200/5,000 evaluations, 40 calls, 12.3k tokens, $0.12"),
        ({"calls": 200, "seconds": 60}, "1,200 evaluations, 40/200 calls, 12.3k tokens, $0.12, 9/60 s"),
        ({"tokens": 300_000, "usd": 2}, "1,200 evaluations, 40 calls, 12.3k/300k tokens, $0.12/$2.00"),
    ],
)
def test_what_is_spent_stands_beside_what_may_be(caps, said):
    assert of_caps(Usage(1_200, 40, 12_345, 0.12, 9.4), caps) == said


def test_without_calls_only_their_caps_are_told():
    assert of_caps(Usage(evaluations=7), {}) == "7 evaluations"
    assert of_caps(Usage(evaluations=7), {"usd": 2}) == "7 evaluations, $0.00/$2.00"


def test_an_unknown_price_is_told_beside_the_caps_too():
    assert of_caps(Usage(7, 2, 30, unpriced=2), {"calls": 9}) == "7 evaluations, 2/9 calls, 30 tokens, price unknown"
