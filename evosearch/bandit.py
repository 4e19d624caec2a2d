"""Which of several arms is pulled next: by fixed weights, or by what each has brought so far.

Everything is drawn from the generator that is passed, so a choice is a function of its arguments.
"""

from __future__ import annotations  # the signatures name numpy, which nothing here needs

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evosearch.types import Credit

if TYPE_CHECKING:
    import numpy as np


def choose(arms: Sequence[str], weights: Sequence[float], rng: np.random.Generator) -> str:
    """Draw an arm, each as often as its weight says.

    Args:
        arms: At least one.
        weights: One an arm, finite, none below 0, and not all 0. Their sum may be anything.
        rng: One number is drawn from it.

    Raises:
        ValueError: The weights are not as said.
    """
    total = math.fsum(weights)
    if not 0 < total < math.inf or min(weights) < 0:
        raise ValueError(f"expected finite weights of at least 0, one of them above it, got {list(weights)}")
    left = rng.random() * total
    open_to = [(arm, weight) for arm, weight in zip(arms, weights, strict=True) if weight > 0]
    for arm, weight in open_to:
        left -= weight
        if left < 0:
            return arm
    return open_to[-1][0]  # rounding left a crumb after the last


def best_arm(
    arms: Sequence[str],
    standings: Mapping[str, Credit],
    rng: np.random.Generator,
    *,
    per_cost: bool,
    floor: float = 0.1,
) -> str:
    """The arm with the greatest upper confidence bound: UCB1 (Auer et al. 2002, figure 1) with a floor.

    The reward of an attempt is 1 if the archive kept its program and 0 if not. An arm that was never tried comes
    before all others. Where several were not, one of them is drawn: the proposals of a window all see the standings
    of before the window, and would otherwise all begin with the same one. Ties go to the first arm.

    Args:
        arms: At least one.
        standings: What each arm has achieved; one that has not been tried is missing.
        rng: Decides about the floor and among untried arms.
        per_cost: Divide each bound by what an attempt with the arm costs, relative to the cheapest one: improvement
            per dollar, as fractional KUBE does (Tran-Thanh et al. 2012).
        floor: The share of choices that is uniform, whatever the standings say: what never worked may begin to.
    """
    if rng.random() < floor:
        return arms[int(rng.integers(len(arms)))]
    untried = [arm for arm in arms if arm not in standings or not standings[arm].attempts]
    if untried:
        return untried[int(rng.integers(len(untried)))]
    costs = _relative_costs([standings[arm] for arm in arms]) if per_cost else [1.0] * len(arms)
    total = sum(standings[arm].attempts for arm in arms)
    bounds = [_upper_bound(standings[arm], total) / cost for arm, cost in zip(arms, costs, strict=True)]
    return arms[bounds.index(max(bounds))]


def _upper_bound(credit: Credit, total: int) -> float:
    mean = credit.kept / credit.attempts
    return mean + math.sqrt(2 * math.log(total) / credit.attempts)


def _relative_costs(tried: Sequence[Credit]) -> list[float]:
    """What an attempt costs on average, the cheapest as 1.

    In dollars if every arm has a known price above 0; else in tokens: against a model that costs nothing, every
    other is infinitely dear, however useless the free one is.
    """
    dollars = [credit.usage.usd if credit.usage.money is not None else 0.0 for credit in tried]
    spent = dollars if min(dollars) > 0 else [float(credit.usage.tokens) for credit in tried]
    costs = [cost / credit.attempts for cost, credit in zip(spent, tried, strict=True)]
    cheapest = min(costs)
    return [cost / cheapest if cheapest > 0 else 1.0 for cost in costs]
