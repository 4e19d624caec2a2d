"""Programs on an island by what they score on each case (Romera-Paredes et al. 2024, methods, "Programs database").

Programs of equal signature are a cluster. One is drawn by the softmax of its score, at a temperature that falls to
nothing and starts anew again and again; from it the shorter programs are likelier.
"""

from array import array
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from math import exp

import numpy as np

from evosearch.archive.cells import ProblemIndex
from evosearch.archive.sum_tree import SumTree
from evosearch.types import Elite, Evaluation, Niche, Program

#: The temperature falls in so many steps, as each weighs every cluster anew.
NOTCHES = 30
#: A cluster so much better than the best of the last weighing, in units of the temperature, is a reason for a new one.
FAR_BETTER = 30.0
#: What the worst clusters weigh: they come last, but nothing is out of reach.
LEAST_WEIGHT = 1e-200


class ClusterIndex:
    """The niche of a program on an island: its cluster, and how long it is in powers of two.

    FunSearch keeps every program. Here one of equal signature and about equal length must be shorter to be kept, so
    that a cluster has a dozen programs at most.

    Args:
        problem: Tells what stands first in a niche, the problem's cell if there are problems.
    """

    cells_total: int | None = None

    def __init__(self, problem: ProblemIndex) -> None:
        self._problem = problem
        self._clusters: dict[tuple[float, ...], int] = {}

    def __call__(self, program: Program, evaluation: Evaluation) -> Niche:
        """See `Index`."""
        problem = self._problem(program, evaluation)
        assert evaluation.score is not None
        signature = evaluation.cases or (evaluation.score,)
        cluster = self._clusters.setdefault(signature, len(self._clusters))
        return (*problem, cluster, len(program.source).bit_length())

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The problem, the number of the cluster, and the greatest number of characters in the niche."""
        return {**self._problem.label(niche), "cluster": str(niche[-2]), "characters": f"..{2 ** int(niche[-1]) - 1}"}


class ByCluster:
    """Draws clusters by the softmax of their score, then from each a program by that of its shortness.

    The temperature is T0 (1 - (n mod N) / N), n being the programs that were put, in `NOTCHES` steps. Different
    clusters are drawn, one after another; FunSearch draws them with replacement. A cluster's score is that of its best
    program.

    Args:
        temperature: T0, in units of the score.
        period: N, in programs.
    """

    learns = False

    def __init__(self, temperature: float, period: int) -> None:
        self._highest = temperature
        self._period = period
        self._temperature = temperature
        self._puts = 0
        self._numbers: dict[int | str, int] = {}  # the clusters of this selection's own pool
        self._members: list[dict[int, int]] = []  # of each cluster: the length of the program in each slot
        self._empty: set[int] = set()
        self._cluster_of = array("q")
        self._scores = array("d")
        self._reference = -np.inf
        self._tree = SumTree()

    def put(self, slot: int, elite: Elite) -> None:
        """See `Selection`."""
        cluster = self._numbers.setdefault(elite.niche[-3], len(self._members))  # behind it: characters, island
        if cluster == len(self._members):
            self._members.append({})
            self._scores.append(elite.score)
        self._empty.discard(cluster)
        self._members[cluster][slot] = len(elite.program.source)
        self._cluster_of[slot : slot + 1] = array("q", (cluster,))
        self._scores[cluster] = max(self._scores[cluster], elite.score)
        self._puts += 1
        self._weigh(cluster)

    def discard(self, slot: int) -> None:
        """See `Selection`."""
        members = self._members[self._cluster_of[slot]]
        del members[slot]
        if not members:
            self._empty.add(self._cluster_of[slot])
            self._tree[self._cluster_of[slot]] = 0.0
        moved = self._cluster_of.pop()
        if (last := len(self._cluster_of)) != slot:
            self._cluster_of[slot] = moved
            self._members[moved][slot] = self._members[moved].pop(last)

    def credit(self, slot: int, *, kept: bool) -> None:
        """See `Selection`; children change nothing."""

    def draw(self, rng: np.random.Generator, k: int) -> list[int]:
        """See `Selection`."""
        return [self._member(rng, cluster) for cluster in self._tree.draw(rng, k)]

    def _member(self, rng: np.random.Generator, cluster: int) -> int:
        members = self._members[cluster]
        shortest, longest = min(members.values()), max(members.values())
        sums = list(accumulate(exp((shortest - length) / (longest + 1e-6)) for length in members.values()))
        place = bisect_right(sums, float(rng.random()) * sums[-1])
        return list(members)[min(place, len(members) - 1)]

    def _weigh(self, cluster: int) -> None:
        notch = self._puts % self._period * NOTCHES // self._period
        temperature = self._highest * (1 - notch / NOTCHES)
        score = self._scores[cluster]
        if temperature != self._temperature or score - self._reference > FAR_BETTER * temperature:
            self._temperature = temperature
            self._weigh_all()
        else:
            self._tree[cluster] = max(LEAST_WEIGHT, exp((score - self._reference) / temperature))

    def _weigh_all(self) -> None:
        scores = np.array(self._scores)
        self._reference = float(scores.max())
        with np.errstate(over="ignore", under="ignore"):  # so much worse that it weighs the least
            weights = np.maximum(LEAST_WEIGHT, np.exp((scores - self._reference) / self._temperature))
        weights[sorted(self._empty)] = 0.0
        self._tree.fill(weights)
