"""Absolute learning progress: where search has lately changed what is known, and so may again.

ALP-GMM (Portelas et al. 2019, arXiv:1910.07224, section 3): a mixture of Gaussians is fitted to what was worked on
and the absolute progress that came of it; a Gaussian is drawn in proportion to its mean progress, and what is worked
on next is drawn from that Gaussian; a fifth of the time it is drawn uniformly. There the tasks are points of a space.
Here they are problems, and what makes two of them alike is how far they have come: what was spent on them, how near
the best program is, and how many instances there are. So a Gaussian is a stage of work, say "much spent, nearly
solved". New points cannot be drawn from it, as the problems are given; instead each problem is drawn in proportion to
the mean progress of the Gaussians that it belongs to, by how much it does.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evosearch.randomness import generator
from evosearch.search.mixture import Array, Mixture, best_fit

#: Observations that are fitted, the latest; between two fits, and until the first (the paper: 250 each).
REMEMBERED: Final = 250
REFIT_EVERY: Final = 25
#: Gaussians that are tried at most (the paper: 10).
COMPONENTS: Final = 4
#: The share of choices that are uniform, so that every problem stays in the race (the paper: 20 %).
UNIFORM: Final = 0.2
#: The least mean progress of a Gaussian, so that chances add up to something where nothing is learnt any more.
LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a problem has come.

    Attributes:
        spent: Evaluations used.
        score: The best score, 0 if there is none.
        instances: How many instances it has.
    """

    spent: int
    score: float
    instances: int = 1

    @property
    def features(self) -> tuple[float, ...]:
        """The point that stands for it, each coordinate of the order of one."""
        return (float(np.log10(1 + self.spent)) / 4, self.score, float(np.log2(max(1, self.instances))) / 4)


class LearningProgress:
    """Observations of progress, and the choice of what to work on by them.

    It is a fold over the settled steps: equal steps give equal choices.
    """

    def __init__(self) -> None:
        self._observed: deque[tuple[float, ...]] = deque(maxlen=REMEMBERED)
        self._count = 0
        self._mixture: Mixture | None = None

    def observe(self, stage: Stage, progress: float) -> None:
        """Note the absolute change of the score that a step at this stage brought, 0 to 1."""
        self._observed.append((*stage.features, progress))
        self._count += 1
        if self._count % REFIT_EVERY == 0:
            self._mixture = best_fit(np.array(self._observed), COMPONENTS, generator(self._count))

    def choose(self, stages: Sequence[Stage], rng: np.random.Generator) -> int:
        """The position of the problem to work on next."""
        uniform = rng.random() < UNIFORM
        if uniform or self._mixture is None:
            return int(rng.integers(len(stages)))
        chances = self._chances(self._mixture, np.array([stage.features for stage in stages]))
        return int(rng.choice(len(stages), p=chances))

    def _chances(self, mixture: Mixture, points: Array) -> Array:
        """The chance of each problem: the mean progress of its Gaussians, each by how much it belongs to it."""
        joint = mixture.log_densities(points, dimensions=points.shape[1]) + np.log(mixture.weights)
        belongs = np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])
        expected = belongs @ np.maximum(mixture.means[:, -1], LEAST)
        chances: Array = expected / expected.sum()
        return chances
