"""Searching over numbers: hill-climbing for a handful of them, CMA-ES for more. Scores are to be great.

Both draw from a passed generator alone, count their work in vectors, and can be continued: what they leave behind is
where they stood and how far they looked (`Cloud`). On tables of 26 numbers for bin packing, a CMA-ES that is broken
off every 64 evaluations and continued from its cloud by two searchers at a time is as good as one that runs through
(excess 1.29 % against 1.25 % after 1,000 evaluations; begun anew from the best program each time, 1.50 %).
"""

import math
import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evosearch.proposers.symbolic.line.coordinates import Vector

#: Scores of vectors that are evaluated side by side; None for one that has no score, or was seen before.
Evaluate = Callable[[Sequence[Vector]], Awaitable[list[float | None]]]

#: Vectors of a hill-climb come in steps that are smaller, as they are, and greater than the step of the moment.
_SCALES: Final = (0.3, 1.0, 3.0)
#: Growth of the step after a success; it shrinks by the fourth root of that after a failure, which balances at one
#: success in five (Kern et al. 2004). A score that does not move says the step is too small.
_GROWTH: Final = 1.5
_SHORTEST: Final = 0.02
_LONGEST: Final = 4.0
#: A distribution that has shrunk to a point still has a logarithm.
_NARROWEST: Final = 1e-9
#: The chance that one more number is moved at a time.
_MORE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where a search stands.

    Attributes:
        mean: Its middle, one coordinate for each number.
        spread: Standard deviation of what it tries next, by coordinate.
    """

    mean: Vector
    spread: Vector


async def climb(cloud: Cloud, score: float, evaluate: Evaluate, rng: np.random.Generator, tries: int) -> Cloud:
    """Move one to a few numbers at a time, and stay wherever it is not worse: a (1+1)-ES with the 1/5 success rule.

    Args:
        cloud: Where to begin.
        score: The score there.
        evaluate: Called with one vector at a time.
        rng: Source of chance.
        tries: How many vectors to try.

    Returns:
        Around the best vector.
    """
    x, step = cloud.mean, 1.0
    for _ in range(tries):
        trial = x + _moved(len(x), rng) * cloud.spread * step
        (found,) = await evaluate([trial])
        if found is not None and found >= score:
            step *= _GROWTH if found > score else _GROWTH**0.25
            x, score = trial, found
        else:
            step *= _GROWTH**-0.25
    return Cloud(x, np.clip(cloud.spread * step, _SHORTEST, _LONGEST))


def _moved(size: int, rng: np.random.Generator) -> Vector:
    count = min(size, int(rng.geometric(1 - _MORE)))
    step = np.zeros(size)
    step[rng.choice(size, count, replace=False)] = rng.normal(size=count) * rng.choice(_SCALES)
    return step


def generation_size(size: int) -> int:
    """How many vectors CMA-ES tries side by side for so many numbers (Hansen 2016, arXiv:1604.00772, table 1)."""
    return 4 + int(3 * math.log(size))


async def adapt(
    cloud: Cloud, evaluate: Evaluate, rng: np.random.Generator, generations: int, *, score: float = -math.inf
) -> Cloud:
    """CMA-ES (Hansen 2016): a normal distribution that learns from the better half of what it drew.

    A generation of which most fails alike teaches nothing, as its better half is chosen by chance: it was too bold, and
    the next one is drawn from a third of the spread.

    Args:
        cloud: Where to begin; two numbers at least.
        evaluate: Called with `generation_size` vectors at a time.
        rng: Source of chance.
        generations: How many times.
        score: What is worse than this may be a failure.

    Returns:
        The distribution at the end, correlations aside.
    """
    strategy = _strategy(cloud, rng)
    for _ in range(generations):
        vectors = strategy.ask()
        scores = await evaluate([np.array(vector) for vector in vectors])
        losses = _losses(scores)
        if losses is None:
            break
        if _fails_alike(scores, score):
            strategy = _strategy(Cloud(np.array(strategy.mean), np.array(strategy.stds) / 3), rng)
        else:
            strategy.tell(vectors, losses)
    mean, spread = np.array(strategy.mean, dtype=float), np.array(strategy.stds, dtype=float)
    return Cloud(mean, np.maximum(spread, _NARROWEST)) if np.isfinite([mean, spread]).all() else cloud


def _fails_alike(scores: Sequence[float | None], good: float) -> bool:
    """Whether more than half have no score, or all the same one, which is worse than a good one."""
    worst = min(score for score in scores if score is not None)
    return sum(score is None or score == worst < good for score in scores) > len(scores) / 2


def _losses(scores: Sequence[float | None]) -> list[float] | None:
    """What CMA-ES minimises; only their order counts, and what has no score comes last. None if nothing has one."""
    known = [score for score in scores if score is not None]
    if not known:
        return None
    worst = np.nextafter(min(known), -np.inf)
    return [-float(worst if score is None else score) for score in scores]


def _strategy(cloud: Cloud, rng: np.random.Generator) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses matplotlib, which only its plots need
        import cma  # type: ignore[import-untyped]  # noqa: PLC0415 - a quarter of a second that few commands need

    sigma = float(np.exp(np.mean(np.log(cloud.spread))))
    options = {
        "CMA_stds": cloud.spread / sigma,
        "popsize": generation_size(len(cloud.mean)),
        "randn": lambda *shape: rng.standard_normal(shape),
        "seed": np.nan,  # leaves numpy's global state alone
        "verbose": -10,
        "verb_log": 0,
        "verb_disp": 0,
    }
    return cma.CMAEvolutionStrategy(cloud.mean, sigma, options)
