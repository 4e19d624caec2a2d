"""What more budget would bring: the interval holds about as often as it says, and never promises too little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.report.forecast import CONFIDENCE, HORIZONS, forecast

MOST = max(HORIZONS)


def held(curves, present):
    """How often what came lay in the interval, over all horizons that something was told of."""
    found = []
    for curve in curves:
        told = forecast(range(1, present + 1), curve[:present])
        found += [one.low <= curve[one.times * present - 1] <= one.high for one in told.outlooks]
    assert len(found) >= len(curves) / 2
    return np.mean(found)


def searches(draw, number=80, present=400):
    """Best-so-far curves of random searches whose scores are drawn from a law."""
    return [np.maximum.accumulate(draw(np.random.default_rng([3, k]), present * MOST)) for k in range(number)]


def power_law(exponent, noise):
    def draw(rng, budget):
        distance = np.arange(1, budget + 1) ** -exponent
        return 1 - distance + noise * distance * rng.normal(size=budget)

    return draw


@pytest.mark.parametrize(
    "draw",
    [
        power_law(0.5, 0.3),
        power_law(0.15, 0.1),
        lambda rng, budget: -(rng.random(budget) ** 0.5),
        lambda rng, budget: rng.normal(size=budget),
        lambda rng, budget: rng.exponential(size=budget),
    ],
    ids=["power law", "flat power law", "bounded scores", "normal scores", "exponential scores"],
)
def test_the_interval_holds_about_as_often_as_it_says(draw):
    # Its lower end is often the present itself, which cannot be missed; so it may hold more often.
    assert held(searches(draw), 400) >= CONFIDENCE - 0.1


def test_a_smooth_power_law_is_found_again():
    def curve(budget):
        return 10 - 8 * budget**-0.3

    budgets = np.arange(1.0, 1001.0)
    told = forecast(budgets, curve(budgets))
    for outlook in told.outlooks:
        coming, gained = curve(1000.0 * outlook.times), curve(1000.0 * outlook.times) - curve(1000.0)
        assert outlook.low <= coming <= outlook.high
        assert abs(outlook.expected - coming) < 0.25 * gained


def test_a_search_that_has_stopped_rising_is_not_promised_much():
    budgets = np.arange(1.0, 1001.0)
    told = forecast(budgets, np.minimum(1.0, np.floor(budgets) / 50))
    assert [outlook.low for outlook in told.outlooks] == [1.0, 1.0]
    assert all(outlook.expected < 1.2 for outlook in told.outlooks)


rises = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


@given(rises, st.floats(0.001, 1e6), st.floats(0, 10))
def test_what_is_told_is_in_order_and_never_below_the_present(gains, unit, more):
    values = np.cumsum(gains)
    limit = values[-1] + more
    told = forecast([unit * (k + 1) for k in range(len(values))], values, limit=limit)
    assert bool(told.outlooks) != bool(told.reason)
    for outlook in told.outlooks:
        assert told.present == values[-1] <= outlook.low <= outlook.expected <= outlook.high <= limit


@given(rises, st.integers(-20, 20))
def test_the_unit_of_the_budget_does_not_matter(gains, power):
    budgets, values = np.arange(1.0, len(gains) + 1), np.cumsum(gains)
    told, scaled = (forecast(unit * budgets, values) for unit in (1.0, 2.0**power))
    assert [one.expected for one in told.outlooks] == pytest.approx([one.expected for one in scaled.outlooks])


def test_it_says_when_nothing_can_be_told():
    assert forecast([1, 2, 3], [0, 1, 1]).reason == "it rose only 1 time"
    assert forecast([5], [0]).reason == "it has not risen"
    assert forecast([0, 0], [1, 2]).reason == "it has not risen"
    assert forecast(range(1, 9), [1, 2, 3, 4, 5, 6, 5, 6]).reason == "it falls at times"
    assert forecast(range(1, 9), range(8), limit=7).reason == "there is no more to be had"
    late = forecast(range(1, 101), [0.0] * 94 + [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert late.reason == "the improvements are too few, or all at one time"


def test_a_curve_needs_a_point_and_a_value_for_each():
    with pytest.raises(ValueError, match="one at least"):
        forecast([], [])
    with pytest.raises(ValueError, match="got 1 and 2"):
        forecast([1, 2], [1])
