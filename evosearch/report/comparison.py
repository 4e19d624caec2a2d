"""Was it worth it? The same budget spent in several ways, over several seeds: what each came to, and how sure that is.

Two ways are compared by their differences, seed by seed. If it made no difference which of the two a seed was given,
the two results could be exchanged, so a difference would be as likely as its opposite. Two tests rest on that:

    the interval  Student's, of the mean difference, at 95%. With so few seeds no exact one is to be had: a test of n
                  differences by their signs cannot reach 95% for n < 6, as 2 / 2^n is greater than 5%. Its level holds
                  nearly for symmetric differences that are not normal, and is too cautious where their tails are long
                  (Benjamini 1983, "Is the t Test Really Conservative When the Parent Distribution Is Long-Tailed?",
                  JASA 78, pages 645-654).
    the signs     Of all 2^n ways to turn the differences round, how many have a sum as far from 0 (Fisher's exact
                  permutation test)? It assumes nothing but the exchange. It guards the interval where differences take
                  few values, such as numbers of solved problems, and the spread of a few seeds measures nothing.

A difference is told if the interval leaves 0 out, and the signs' p is at most 5%, or the least that n seeds can give.
With 5 seeds or more one is told where there is none in about 5% of cases; with 3 or 4 that is so as well, but for
differences that take two opposite values, nearly (24% and 14%). It holds for one figure and two ways: who looks at ten
pairs will be told of some difference in four cases of ten where there is none.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from statistics import NormalDist, mean, stdev
from typing import Any

from evosearch.report.containment import unsafe_runs
from evosearch.report.curve import Curve
from evosearch.types import Usage

#: How many seeds there may be: with two nothing can be told, and all ways to turn twenty round are a million.
FEWEST_SEEDS, MOST_SEEDS = 3, 20
_LEVEL = 0.05
#: 0.975 quantiles of Student's t for 1, 2, … degrees of freedom.
_STUDENT = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)


class Verdict(StrEnum):
    """What is told of the difference between two ways."""

    HELPED = "helped"
    HURT = "hurt"
    EQUAL = "made no difference"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a comparison.

    Attributes:
        arm: The name of the way in which the budget was spent.
        seed: The run's seed.
        path: Where its archive is.
        curve: How it went.
    """

    arm: str
    seed: int
    path: str
    curve: Curve


@dataclass(frozen=True, slots=True)
class Contrast:
    """How much better one way is than another, by one figure.

    Attributes:
        arm: The way that is judged.
        baseline: The way it is compared with.
        figure: The name of the figure.
        differences: One for each seed, in order; above 0 the arm is better.
        mean: Their mean.
        low: The lower end of its 95% interval.
        high: The upper end.
        p: That of the signs.
        verdict: What can be told.
    """

    arm: str
    baseline: str
    figure: str
    differences: tuple[float, ...]
    mean: float
    low: float
    high: float
    p: float
    verdict: Verdict

    @property
    def smallest(self) -> float:
        """The smallest mean difference that could have been told, with the spread that there is."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Score:
    """One figure of all runs.

    Attributes:
        name: What it is called.
        by_arm: Its value for each seed, by arm.
        contrasts: The first arm against each of the others.
    """

    name: str
    by_arm: dict[str, tuple[float, ...]]
    contrasts: tuple[Contrast, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All runs of a comparison, and what they tell.

    Attributes:
        arms: What each arm is called among people, by its name; the first one is judged, the others are baselines.
        seeds: The seeds, in order.
        trials: The runs, seed by seed.
        scores: The figures, the one that matters most first.
    """

    arms: dict[str, str]
    seeds: tuple[int, ...]
    trials: tuple[Trial, ...]
    scores: tuple[Score, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the first arm was worth it: by the first figure in which any run differs from another."""
        telling = next((score for score in self.scores if any(any(c.differences) for c in score.contrasts)), None)
        if telling is None:
            return Verdict.EQUAL
        found = {contrast.verdict for contrast in telling.contrasts}
        if Verdict.HURT in found:
            return Verdict.HURT
        return found.pop() if len(found) == 1 else Verdict.UNKNOWN

    def of(self, arm: str) -> tuple[Trial, ...]:
        """The runs of an arm, seed by seed."""
        return tuple(trial for trial in self.trials if trial.arm == arm)

    def spent(self, arm: str) -> Usage:
        """What the runs of an arm cost together."""
        return sum((trial.curve.end.spent for trial in self.of(arm)), start=Usage())


def compare(arms: dict[str, str], trials: Sequence[Trial]) -> Comparison:
    """Judge the first arm against each of the others.

    Args:
        arms: What each arm is called among people, by its name.
        trials: A run for each seed and arm, each with a score, of one task.

    Raises:
        ValueError: A run is missing, or there are fewer than two seeds.
    """
    seeds = tuple(dict.fromkeys(trial.seed for trial in trials))
    by_arm = {arm: [trial for trial in trials if trial.arm == arm] for arm in arms}
    if any(tuple(trial.seed for trial in those) != seeds for those in by_arm.values()):
        raise ValueError("expected one run for each seed and arm, seed by seed")
    many = bool(trials[0].curve.problems)
    scores = tuple(
        _score(name, {arm: tuple(values(trial.curve) for trial in those) for arm, those in by_arm.items()})
        for name, values in (_OF_MANY if many else _OF_ONE)
    )
    return Comparison(arms, seeds, tuple(trials), scores)


def contrast(arm: str, baseline: str, figure: str, differences: Sequence[float]) -> Contrast:
    """Judge a paired difference.

    Raises:
        ValueError: There are fewer than two differences.
    """
    middle, p = mean(differences), sign_flip(differences)
    half = student(len(differences) - 1) * stdev(differences) / math.sqrt(len(differences))
    low, high = middle - half, middle + half
    verdict = Verdict.UNKNOWN
    if not any(differences):
        verdict = Verdict.EQUAL
    elif not low <= 0.0 <= high and p <= max(_LEVEL, 2.0 ** (1 - len(differences))) and half > 0:
        verdict = Verdict.HELPED if middle > 0 else Verdict.HURT
    elif half == 0 and p <= _LEVEL:
        # All differences are equal, so there is no spread to measure them by; then the signs alone decide.
        verdict = Verdict.HELPED if middle > 0 else Verdict.HURT
    return Contrast(arm, baseline, figure, tuple(differences), middle, low, high, p, verdict)


def sign_flip(differences: Sequence[float]) -> float:
    """Of all ways to turn differences round, the share whose sum is as far from 0 as the real one."""
    sums = [0.0]
    for difference in differences:
        sums = [total + one for total in sums for one in (difference, -difference)]
    # A hair less, as equal sums may be added up in another order.
    bar = abs(sum(differences)) * (1 - 1e-12)
    return sum(abs(total) >= bar for total in sums) / len(sums)


def student(freedom: int) -> float:
    """The 0.975 quantile of Student's t: from the table, and beyond it Cornish and Fisher's expansion in 1/n.

    Raises:
        ValueError: There is no degree of freedom.
    """
    if freedom < 1:
        raise ValueError(f"expected one degree of freedom at least, got {freedom}")
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z, n = NormalDist().inv_cdf(0.975), float(freedom)
    terms = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + sum(term / n**k for k, term in enumerate(terms, 1))


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The object of `run --compare --json`."""
    return {
        "verdict": comparison.verdict,
        "arms": comparison.arms,
        "seeds": list(comparison.seeds),
        "runs": [_trial_json(trial) for trial in comparison.trials],
        "figures": [
            {
                "name": score.name,
                "by_arm": score.by_arm,
                "contrasts": [asdict(one) | {"smallest": one.smallest} for one in score.contrasts],
            }
            for score in comparison.scores
        ],
    }


def _score(name: str, by_arm: dict[str, tuple[float, ...]]) -> Score:
    judged, *baselines = by_arm
    contrasts = (
        contrast(judged, other, name, [a - b for a, b in zip(by_arm[judged], by_arm[other], strict=True)])
        for other in baselines
    )
    return Score(name, by_arm, tuple(contrasts))


def _trial_json(trial: Trial) -> dict[str, Any]:
    end = trial.curve.end
    spent = asdict(end.spent) | {"usd": end.spent.money}
    figures = {"best": end.best, "cells_filled": end.cells_filled, "qd_score": end.qd_score, "solved": end.solved}
    more: dict[str, Any] = {"unsafe_runs": unsafe_runs(trial.curve.containment), "mean_best": end.champions}
    more |= {"area": trial.curve.area(), "cpu_seconds": trial.curve.cpu_seconds}
    return {"arm": trial.arm, "seed": trial.seed, "archive": trial.path} | figures | more | {"spent": spent}


def _best(curve: Curve) -> float:
    assert curve.end.best is not None
    return curve.end.best


def _champions(curve: Curve) -> float:
    assert curve.end.champions is not None
    return curve.end.champions


#: The figures of a task that is one problem, and of one with many.
_OF_ONE = (("best score", _best), ("best score, averaged over the run", Curve.area))
_OF_MANY = (
    ("problems solved", lambda curve: float(curve.end.solved)),
    ("mean best score", _champions),
    ("mean best score, averaged over the run", Curve.area),
)
