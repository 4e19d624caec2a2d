"""The open-ended archive of the Darwin Gödel Machine (Zhang et al. 2025, arXiv:2505.22954, section 3 and appendix C.2).

Everything that works is kept, as any of it may be a stepping stone. A parent's chance rises with its score and falls
with the number of its children. The paper's ablations are settings: `keep = "latest"` is its run without open-ended
exploration, `selection = "best"` its greedy one.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, TypeVar

import numpy as np

from evosearch.archive.cells import ProblemIndex
from evosearch.archive.pooled import PooledArchive
from evosearch.archive.selection import Selection, Weighted
from evosearch.archive.sum_tree import SumTree
from evosearch.errors import ConfigError
from evosearch.types import Axis, Elite, Evaluation, Niche, Outcome, Placement, Program

#: The sigmoid of the score: how steep it is, and where its middle lies.
STEEPNESS, MIDDLE = 10.0, 0.5

_Number = TypeVar("_Number", float, np.ndarray)


@dataclass(frozen=True, slots=True)
class OpenEndedOptions:
    """What is kept, and how parents are drawn.

    Attributes:
        keep: all that works; what is `better` than the first seed less a margin; or only the `latest`.
        margin: With `better`: how much less than the first seed's score may be, in units of the score.
        selection: score_child: by score and number of children; score: by score alone; random: all alike;
            best or latest: that one alone.
        low: The score that counts as 0; by default the score that adds nothing to the QD score.
        high: The perfect score, which counts as 1; who has it is no parent. By default the best score so far counts
            as 1, and nobody is perfect.
    """

    keep: Literal["all", "better", "latest"] = "all"
    margin: float = field(default=0.1, metadata={"ge": 0.0})
    selection: Literal["score_child", "score", "random", "best", "latest"] = "score_child"
    low: float | None = None
    high: float | None = None


class ScoreChild:
    """In proportion to sigmoid(10 (alpha - 0.5)) / (1 + children), alpha being the score scaled to 0..1.

    Only children that were kept count: those that work. The paper draws k parents with replacement, for k children;
    here the k elites are shown to one child, so they differ: they are drawn one after another by the same weights.

    If no perfect score is given, a new best one weighs all elites anew: that is linear in their number, but happens
    rarely, some fourteen times in a million scores of random order.

    Args:
        low: The score at which alpha is 0.
        high: The perfect score, at which alpha is 1 and nobody is drawn; None for the best so far, who is drawn.
        by_children: Whether children count.
    """

    def __init__(self, low: float, high: float | None, *, by_children: bool) -> None:
        self.learns = by_children
        self._low = low
        self._high = high
        self._best = -np.inf
        self._scores = array("d")
        self._children = array("q")
        self._tree = SumTree()

    def put(self, slot: int, elite: Elite) -> None:
        """See `Selection`; an elite has no children yet."""
        self._scores[slot : slot + 1] = array("d", (elite.score,))
        self._children[slot : slot + 1] = array("q", (0,))
        if elite.score > self._best:
            self._best = elite.score
            if self._high is None:
                self._tree.fill(self._weight(np.array(self._scores), np.array(self._children, dtype=float)))
                return
        self._reweigh(slot)

    def discard(self, slot: int) -> None:
        """See `Selection`."""
        last = self._scores.pop(), self._children.pop(), self._tree.pop()
        if slot < len(self._scores):
            self._scores[slot], self._children[slot], self._tree[slot] = last

    def credit(self, slot: int, *, kept: bool) -> None:
        """See `Selection`."""
        if kept:
            self._children[slot] += 1
            self._reweigh(slot)

    def draw(self, rng: np.random.Generator, k: int) -> list[int]:
        """See `Selection`."""
        return self._tree.draw(rng, k)

    def _reweigh(self, slot: int) -> None:
        self._tree[slot] = float(self._weight(self._scores[slot], float(self._children[slot])))

    def _weight(self, score: _Number, children: _Number) -> _Number:
        high = self._best if self._high is None else self._high
        alpha = _scaled(score, self._low, high) if high > self._low else 0.0
        weight: _Number = 1.0 / (1.0 + np.exp(STEEPNESS * (MIDDLE - alpha))) / (1.0 + children)
        return weight if self._high is None else weight * (score < self._high)


def _scaled(score: _Number, low: float, high: float) -> _Number:
    """Where a score lies between two others: 0..1."""
    # Of the greatest numbers the difference is none; their halves have one.
    unit = 1.0 if isfinite(high - low) else 0.5
    within = np.minimum(high, np.maximum(low, score))
    share: _Number = (unit * within - unit * low) / (unit * high - unit * low)
    return share


class OpenEndedArchive(PooledArchive):
    """All programs that work, each an entry of its own.

    An entry takes some 0.4 kB beside its program and its evaluation.

    Args:
        axes: The axes of the map; all but the problem's serve only to keep out what has no cell.
        score_floor: The score that adds nothing to the QD score.
        options: What is kept, and how parents are drawn.

    Raises:
        ConfigError: The perfect score is not above the lowest, or one of them is not finite.
    """

    kind = "open_ended"
    Options = OpenEndedOptions

    def __init__(
        self, axes: tuple[Axis, ...], *, score_floor: float, options: OpenEndedOptions = OpenEndedOptions()
    ) -> None:
        for name, bound in (("low", options.low), ("high", options.high)):
            if bound is not None and not isfinite(bound):
                raise ConfigError(f"'open_ended.{name}' must be a finite number, got {bound}", hint="leave it out")
        if options.low is not None and options.high is not None and options.low >= options.high:
            raise ConfigError(
                f"'open_ended.low' is {options.low} and 'open_ended.high' is {options.high}",
                hint="the perfect score must be above the lowest",
            )
        self._options = options
        super().__init__(score_floor=score_floor, selector=_selector(options, score_floor), by_id=True)
        self._index = ProblemIndex(axes)
        self._entries = 0
        self._first_seed: dict[str | None, float] = {}
        self._latest: dict[str | None, Elite] = {}

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str] = ()) -> Placement:
        """Offer a program; see the contract. One that it holds is KEPT_OUT."""
        placement = self._placed(program, evaluation, is_seed=not parents)
        self._pools.credit(parents, kept=bool(placement.outcome))
        return placement

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The problem, and the number of the entry; 0 is the only one where the latest alone is kept."""
        return {**self._index.label(niche), "entry": str(niche[-1])}

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites (of one problem, if one is named); only one if the best or the latest is wanted."""
        if self._options.selection not in {"best", "latest"}:
            return super().select(rng, k, problem)
        if self._options.selection == "latest":
            elite = self._latest.get(problem)
        else:
            elite = self.best if problem is None else self.champion(problem)
        high = self._options.high
        return () if not k or elite is None or (high is not None and elite.score >= high) else (elite,)

    def _placed(self, program: Program, evaluation: Evaluation, *, is_seed: bool) -> Placement:
        if evaluation.score is None or program.id in self._pools:
            return Placement(Outcome.KEPT_OUT)
        try:
            problem = self._index(program, evaluation)
        except ValueError:
            return Placement(Outcome.KEPT_OUT)
        if is_seed:
            self._first_seed.setdefault(program.problem, evaluation.score)
        if self._options.keep == "better" and evaluation.score < self._threshold(program.problem):
            return Placement(Outcome.KEPT_OUT)
        number = 0 if self._options.keep == "latest" else self._entries + 1
        elite = Elite(program, evaluation, (*problem, number))
        holder = self._hold(elite)
        self._entries += 1
        self._latest[None] = self._latest[program.problem] = elite
        if holder is None:
            return Placement(Outcome.NEW, elite.niche)
        return Placement(Outcome.IMPROVED, elite.niche, holder.program.id)

    def _threshold(self, problem: str | None) -> float:
        return self._first_seed.get(problem, -np.inf) - self._options.margin


def _selector(options: OpenEndedOptions, score_floor: float) -> Callable[[], Selection]:
    """What makes the selection of each pool; that of the best and of the latest needs none, and takes any."""
    high = np.inf if options.high is None else options.high
    if options.selection in {"score_child", "score"}:
        low = score_floor if options.low is None else options.low
        return lambda: ScoreChild(low, options.high, by_children=options.selection == "score_child")
    return lambda: Weighted(lambda elite: float(elite.score < high))
