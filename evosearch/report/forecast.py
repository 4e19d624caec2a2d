"""What more budget would bring: a rising curve is extrapolated, and the error of that is learnt from its own past.

Three families are fitted to the curve, late points counting for more: a power law a - b·n^-c, with c < 0 as long as
nothing holds the curve back, a logarithm a + b·log n and an exponential a - b·exp(-n/t), each with a slope that only
rises. For a given c or t each is linear in a and b, so a grid and weighted least squares find the best. Power laws
describe most learning curves, but which family fits must be found out for each (Viering and Loog 2022, "The Shape of
Learning Curves: a Review", arXiv:2103.10948, section 4; Domhan, Springenberg and Hutter 2015, "Speeding Up Automatic
Hyperparameter Optimization of Deep Neural Networks by Extrapolation of Learning Curves", IJCAI, who mix eleven).

So the past is forecast first, from rolling origins: what was known at 1/m of the present budget, and at earlier
moments, predicts what m times as much really brought. A family counts for more the less it erred. How much was gained
for each unit that was predicted, over all origins, gives the interval, as quantiles.

Few origins say little of the tails, so a prior joins them that is worth three windows of the past: the gain of a random
search whose scores have an exponential tail. Its best of n draws is Gumbel, so the gain G from n to m·n has
P(G > g) = (m - 1)e^-g / (1 + (m - 1)e^-g), and log m on average. How likely there is no gain at all is taken from how
often there was one lately: 1/(k + 2) after k improvements while the budget last grew by m.

How often the interval holds is measured by tests/bench/test_forecast.py, on random searches, hill-climbers, power laws
and filling maps: from 400 evaluations, in 80% to 100% of cases for twice the budget, and in 74% to 100% for four times,
the least where scores have long tails; from 100 evaluations in 69% at least.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evosearch.report.amounts import count

#: The chance that what will come lies in the interval.
CONFIDENCE = 0.8
#: How many times the present budget is looked at.
HORIZONS = (2, 4)
Floats = NDArray[np.float64]

_EXPONENTS = np.array([-0.7, -0.5, -0.3, -0.15, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0])
#: Time constants of the exponential, in units of the budget it is fitted to.
_TIME_CONSTANTS = np.array([0.1, 0.2, 0.35, 0.6, 1.0, 2.0])
#: Points of a fit, evenly in the logarithm of the budget.
_FITTED = 48
#: Origins lie a factor of √2 apart; an older one counts for less.
_SPACING = math.sqrt(2)
_MOST_ORIGINS = 9
_FADING = 0.9
#: Fewer say nothing: levels that the curve has reached, levels before an origin, and origins.
_LEAST_LEVELS = 5
_LEAST_LEVELS_OF_ORIGIN = 4
_LEAST_ORIGINS = 3
#: What is less than this part of all that was gained is nothing.
_NOTHING = 1e-3
#: How many windows of the past the prior is worth, and the points it is made of.
_PRIOR_WINDOWS = 3.0
_PRIOR_POINTS = 200


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a greater budget would bring.

    Attributes:
        times: How many times the present budget.
        budget: That budget.
        expected: As likely more as less.
        low: The lower end of the interval; never below the present value.
        high: The upper end.
    """

    times: int
    budget: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What more budget would bring.

    Attributes:
        present: The value now.
        outlooks: One for each horizon that something can be told of.
        reason: Why nothing can be told; empty if something can.
    """

    present: float
    outlooks: tuple[Outlook, ...] = ()
    reason: str = ""


def forecast(budgets: Sequence[float], values: Sequence[float], *, limit: float = math.inf) -> Forecast:
    """Extrapolate a curve that only rises.

    Args:
        budgets: What was spent at each point, never falling; the last one is the present. A step function: between two
            points the value is that of the first.
        values: What had been reached by then.
        limit: What cannot be exceeded.

    Raises:
        ValueError: There is no point, or not one value for each.
    """
    if not len(budgets) or len(budgets) != len(values):
        raise ValueError(f"expected as many values as budgets, and one at least, got {len(values)} and {len(budgets)}")
    present = float(values[-1])
    known = [(budget, value) for budget, value in zip(budgets, values, strict=True) if budget > 0]
    if reason := _unfit(known, present, limit):
        return Forecast(present, reason=reason)
    past = _Past(np.array([budget for budget, _ in known]), np.array([value for _, value in known]))
    found = [(times, gains) for times in HORIZONS if (gains := past.gains(times)) is not None]
    outlooks = tuple(
        Outlook(times, budgets[-1] * times, *(min(limit, present + gain) for gain in (middle, low, high)))
        for times, (low, middle, high) in found
    )
    return Forecast(present, outlooks, "" if outlooks else "the improvements are too few, or all at one time")


def _unfit(known: Sequence[tuple[float, float]], present: float, limit: float) -> str:
    """Why a curve cannot be extrapolated; empty if it may be."""
    if any(later[1] < earlier[1] for earlier, later in pairwise(known)):
        return "it falls at times"
    if present >= limit:
        return "there is no more to be had"
    levels = len({value for _, value in known})
    if levels < _LEAST_LEVELS:
        return f"it rose only {count(levels - 1, 'time')}" if levels > 1 else "it has not risen"
    return ""


class _Past:
    """A rising step function that ends at the present.

    Args:
        budgets: Positive, never falling.
        values: Never falling.
    """

    def __init__(self, budgets: Floats, values: Floats) -> None:
        self._budgets = budgets
        self._values = values
        self._range = float(values[-1] - values[0])
        self._levels = np.round((values - values[0]) / (_NOTHING * self._range))

    def at(self, budgets: Floats | float) -> Floats:
        """The values reached by some budgets, none before the first point."""
        # A hair more, as a budget that was computed may lie a rounding below the point it means.
        places = np.searchsorted(self._budgets, np.asarray(budgets) * (1 + 1e-12), side="right") - 1
        return self._values[np.maximum(places, 0)]

    def gains(self, times: int) -> tuple[float, float, float] | None:
        """The low, the middle and the high gain from a budget that is `times` the present; None if none can be told."""
        present = float(self._budgets[-1])
        origins = list(self._origins(present / times))
        if len(origins) < _LEAST_ORIGINS:
            return None
        predicted = np.array([self._predict(origin, times) for origin in origins])
        gained = np.array([float(self.at(times * origin) - self.at(origin)) for origin in origins])
        # A window of the past is a factor of `times`; origins that lie nearer are not as many observations.
        counts = np.array([math.log(_SPACING, times) * _FADING**k for k in range(len(origins))])
        trust = self._trust(predicted, gained, counts)
        now = self._predict(present, times)
        scale = predicted @ trust
        told = scale > _NOTHING * self._range
        prior = _prior(times, self._improvements_since(present / times))
        # Of the prior each family has its own share: where they differ, so does what may come.
        pools = [gained[told] / scale[told] * (now @ trust), *(gain * prior for gain in now)]
        weights = [counts[told], *(np.full(_PRIOR_POINTS, _PRIOR_WINDOWS / _PRIOR_POINTS * share) for share in trust)]
        low, middle, high = _quantiles(np.concatenate(pools), np.concatenate(weights))
        nothing = _NOTHING * self._range
        return (low if low >= nothing else 0.0, middle if middle >= nothing else 0.0, high)

    def _origins(self, latest: float) -> Iterator[float]:
        """Moments of the past to forecast from, the latest first."""
        for k in range(_MOST_ORIGINS):
            origin = latest / _SPACING**k
            reached = self._levels[: int(np.searchsorted(self._budgets, origin * (1 + 1e-12), side="right"))]
            if origin < 4 * self._budgets[0] or len(np.unique(reached)) < _LEAST_LEVELS_OF_ORIGIN:
                return
            yield origin

    def _predict(self, origin: float, times: int) -> Floats:
        """The gain that each family predicts from a budget to `times` as much, knowing only what came before."""
        budgets = np.geomspace(self._budgets[0], origin, _FITTED)
        weights = np.sqrt(budgets / origin)
        return np.array([_fit(shape, budgets, self.at(budgets), weights, times) for shape in _FAMILIES])

    def _trust(self, predicted: Floats, gained: Floats, counts: Floats) -> Floats:
        """The share of each family: one over its mean error squared, drawn towards equal shares."""
        errors = np.abs(predicted - gained[:, None]) / (predicted.mean(axis=1, keepdims=True) + 1e-2 * self._range)
        mean = (counts @ errors + 1.0) / (counts.sum() + 1.0)
        shares = mean**-2.0
        return np.asarray(shares / shares.sum())

    def _improvements_since(self, budget: float) -> int:
        """How many levels were reached after a budget."""
        first = int(np.searchsorted(self._budgets, budget, side="right")) - 1
        return len(np.unique(self._levels[max(0, first) :])) - 1


def _power(budgets: Floats) -> Floats:
    # Divided by c, it rises for either sign.
    return np.asarray((1 - budgets[None] ** -_EXPONENTS[:, None]) / _EXPONENTS[:, None])


def _logarithm(budgets: Floats) -> Floats:
    return np.log(budgets)[None]


def _exponential(budgets: Floats) -> Floats:
    return np.asarray(1 - np.exp(-budgets[None] / _TIME_CONSTANTS[:, None]))


#: A family gives a row for each of its shapes; budgets are in units of the last one that is fitted.
_FAMILIES: tuple[Callable[[Floats], Floats], ...] = (_power, _logarithm, _exponential)


def _fit(family: Callable[[Floats], Floats], budgets: Floats, values: Floats, weights: Floats, times: int) -> float:
    """The gain that the best shape of a family predicts from the last budget to `times` as much."""
    weights = weights / weights.sum()
    rows = family(budgets / budgets[-1])
    centred = rows - (rows @ weights)[:, None]
    risen = values - weights @ values
    slopes = np.maximum(0.0, (centred * risen) @ weights / ((centred**2) @ weights))
    best = int(np.argmin(((risen - slopes[:, None] * centred) ** 2) @ weights))
    ahead = family(np.array([1.0, float(times)]))[best]
    return float(slopes[best] * (ahead[1] - ahead[0]))


def _prior(times: int, improvements: int) -> Floats:
    """Equally likely gains of the random search of the module's text, in units of their mean."""
    chances = (np.arange(_PRIOR_POINTS) + 0.5) / _PRIOR_POINTS
    none = 1 / (improvements + 2)
    # The law of a gain, given that there is one: its own chance of none is 1/times.
    above = 1 / times + (1 - 1 / times) * np.clip((chances - none) / (1 - none), 0.0, None)
    gains = np.where(chances < none, 0.0, np.log(np.maximum(1.0, (times - 1) * above / (1 - above))))
    return np.asarray(gains / gains.mean())


def _quantiles(values: Floats, weights: Floats) -> tuple[float, float, float]:
    """The weighted quantiles: both ends of the interval, and between them the median."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    positions = (np.cumsum(weights) - weights / 2) / weights.sum()
    tail = (1 - CONFIDENCE) / 2
    low, middle, high = np.interp([tail, 0.5, 1 - tail], positions, values)
    return float(low), float(middle), float(high)
