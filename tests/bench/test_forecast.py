"""How well searches are forecast: `pytest -m bench -s tests/bench/test_forecast.py`.

Each curve is forecast at its first part, and compared with what came. The seeds are others than those with which the
forecast was made.
"""

import numpy as np
import pytest

from evosearch.report.forecast import HORIZONS, forecast

pytestmark = pytest.mark.bench

CURVES = 200
MOST = max(HORIZONS)


def random_search(draw):
    """The best so far of independent scores."""
    return lambda rng, budget: np.maximum.accumulate(draw(rng, budget))


def power_law(exponent, noise):
    """A power law with noise that shrinks as it does, and only rises."""

    def draw(rng, budget):
        distance = np.arange(1, budget + 1) ** -exponent
        return 1 - distance + noise * distance * rng.normal(size=budget)

    return random_search(draw)


def sphere(*, adapt):
    """A (1+1) evolution strategy on the sphere in ten dimensions, with the 1/5 rule or a fixed step."""

    def climb(rng, budget):
        place, step, best = rng.normal(size=10), 0.5, -np.inf
        curve = np.empty(budget)
        for k in range(budget):
            tried = place + step * rng.normal(size=10)
            score = -float(tried @ tried)
            if score > best:
                place, best = tried, score
            if adapt:
                step *= 1.5 if score == best else 1.5**-0.25
            curve[k] = best
        return curve

    return climb


def one_max(rng, budget):
    """A hill-climber over 60 bits, each turned with a chance of 1/60."""
    bits = rng.random(60) < 0.3
    curve = np.empty(budget)
    for k in range(budget):
        tried = bits ^ (rng.random(60) < 1 / 60)
        if tried.sum() >= bits.sum():
            bits = tried
        curve[k] = bits.sum()
    return curve


def cells(rng, budget):
    """Cells of a map, filled by chance, some far likelier than others."""
    weights = np.exp(1.5 * rng.normal(size=200))
    drawn = rng.choice(200, size=budget, p=weights / weights.sum())
    fresh = np.zeros(budget)
    fresh[np.unique(drawn, return_index=True)[1]] = 1
    return np.cumsum(fresh)


SEARCHES = {
    "power law, c = 0.5": power_law(0.5, 0.3),
    "power law, c = 0.15": power_law(0.15, 0.1),
    "random, bounded scores": random_search(lambda rng, budget: -(rng.random(budget) ** 0.3)),
    "random, normal scores": random_search(lambda rng, budget: rng.normal(size=budget)),
    "random, exponential scores": random_search(lambda rng, budget: rng.exponential(size=budget)),
    "random, lognormal scores": random_search(lambda rng, budget: np.exp(rng.normal(size=budget))),
    "evolution strategy": sphere(adapt=True),
    "evolution strategy, fixed step": sphere(adapt=False),
    "hill-climber over bits": one_max,
    "cells filled by chance": cells,
}


@pytest.mark.parametrize("present", [100, 400, 1_000])
def test_how_often_the_interval_holds(present):
    print(f"\nafter {present:,} evaluations, of {CURVES} searches: told, and the interval held; it claims 80%")
    for name, search in SEARCHES.items():
        print(f"  {name:32}" + "".join(f"{line:>34}" for line in figures(search, present)))


def figures(search, present):
    """For each horizon: how often something was told, and then how often it was so, too high or too low."""
    found = {times: [] for times in HORIZONS}
    for k in range(CURVES):
        curve = search(np.random.default_rng([11, k]), present * MOST)
        for one in forecast(range(1, present + 1), curve[:present]).outlooks:
            coming = curve[one.times * present - 1]
            found[one.times].append((one.low <= coming <= one.high, coming < one.low, coming > one.high))
    for times, told in found.items():
        held, below, above = np.mean(told, axis=0) if told else (np.nan,) * 3
        yield f"{times} times: {len(told):3}, {held:4.0%} (-{below:.0%} +{above:.0%})"
