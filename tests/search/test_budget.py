"""What `--budget` means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import BudgetError
from evosearch.search.budget import Budget
from evosearch.types import Funds, Usage


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("500evals", Budget(evaluations=500)),
        ("200calls,2usd", Budget(calls=200, usd=2)),
        ("300ktok", Budget(tokens=300_000)),
        ("30m", Budget(seconds=1_800)),
        ("1.5h, 10_000 evals", Budget(seconds=5_400, evaluations=10_000)),
    ],
)
def test_units(text, budget):
    assert Budget.parse(text) == budget


@pytest.mark.parametrize(
    "text", ["", "0", "0evals", "-1evals", "5 bananas", "evals", "1e9evals", "nanusd", "5evals,6evals", "5evals,,"]
)
def test_what_cannot_be_read_is_refused_with_the_units(text):
    with pytest.raises(BudgetError) as refusal:
        Budget.parse(text)
    assert "500evals" in refusal.value.hint


def test_a_plus_adds_to_the_earlier_budget():
    assert Budget.resolve("+500evals", "1000evals,2usd", Usage()) == Budget(evaluations=1_500, usd=2)


def test_a_plus_on_what_was_not_capped_adds_to_what_was_spent():
    assert Budget.resolve("+10m", "1000evals", Usage(seconds=60)) == Budget(evaluations=1_000, seconds=660)
    assert Budget.resolve("+5evals", None, Usage(evaluations=7)) == Budget(evaluations=12)


def test_the_first_cap_reached_ends_the_run():
    budget = Budget.parse("100evals,2usd")
    assert budget.exhausted(Usage(evaluations=99, usd=1.99)) is None
    assert budget.exhausted(Usage(evaluations=100)) == "100 of 100 evaluations"
    assert budget.exhausted(Usage(usd=2.5)) == "2 of 2 usd"
    assert budget.remaining(Usage(evaluations=130)) == 0
    assert Budget.parse("2usd").remaining(Usage()) is None


@given(
    st.fixed_dictionaries(
        {}, optional={name: st.integers(1, 10**9) for name in ("evaluations", "calls", "tokens", "usd", "seconds")}
    ).filter(bool)
)
def test_its_text_reads_back(caps):
    budget = Budget(**caps)
    assert Budget.parse(str(budget)) == budget


def test_what_is_left_for_calls():
    budget = Budget.parse("10calls,2usd")
    assert budget.funds(Usage(calls=4, usd=2.5, tokens=10**6)) == Funds(calls=6, usd=0.0)
    assert budget.caps_calls
    assert not Budget.parse("500evals,30m").caps_calls


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (Usage(calls=1, tokens=300, usd=0.5), "the next call may cost 0.5000 usd, and 0.2500 are left"),
        (Usage(calls=1, tokens=3_000), "the next call may cost 3,000 tokens, and 1,000 are left"),
        (Usage(calls=1, unpriced=1), "the next call has no known price, and money is capped"),
    ],
)
def test_why_a_call_cannot_be_made(cost, said):
    budget = Budget.parse("5calls,2ktok,1usd")
    spent = Usage(calls=1, tokens=1_000, usd=0.75)
    assert not budget.funds(spent).cover(cost)
    assert budget.shortage(cost, spent) == said
