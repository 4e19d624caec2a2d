"""Whoever is best on any case (GEPA: Agrawal et al. 2025, arXiv:2507.19457, algorithm 2).

A program that is mediocre on the whole but solves what no other solves holds an idea that the average would throw away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evosearch.archive.baselines import NoOptions
from evosearch.archive.cells import ProblemIndex
from evosearch.archive.leaders import is_better
from evosearch.archive.pooled import PooledArchive
from evosearch.archive.selection import Weighted
from evosearch.types import Axis, Elite, Evaluation, Niche, Outcome, Placement, Program


@dataclass(slots=True)
class Front:
    """Of each case of one problem the best value and who reached it; the score counts as the first case."""

    values: list[float]
    holders: list[Elite]

    def won_by(self, elite: Elite, values: Sequence[float]) -> list[int]:
        """The cases on which an elite is better than all before.

        Of those that are equal on a case it is the better one on the whole: by score, then by fewer characters.
        """
        known = len(self.values)
        return [
            case
            for case, value in enumerate(values)
            if case >= known
            or value > self.values[case]
            or (value == self.values[case] and is_better(elite, self.holders[case]))
        ]

    def take(self, elite: Elite, case: int, value: float) -> None:
        """Let an elite hold a case."""
        self.values[case : case + 1] = (value,)
        self.holders[case : case + 1] = (elite,)


class ParetoArchive(PooledArchive):
    """Programs that are the best on at least one case of their problem, the score being a case as well.

    Each case has one holder. GEPA lets all share it that are equally good, and then removes the worse ones as long as
    each case has somebody left; here the one that is best on the whole has it at once. So nothing is kept that another
    dominates in all cases and in score, the number of programs is bounded by that of the cases, and the best is held.

    A parent is drawn in proportion to the number of cases that it holds, as in GEPA; the k of one draw differ. `place`
    takes time linear in the number of cases. A program takes some 0.5 kB beside its text and its evaluation.

    Args:
        axes: The axes of the map; all but the problem's serve only to keep out what has no cell.
        score_floor: The score that adds nothing to the QD score.
        options: There are none.
    """

    kind = "pareto"
    Options = NoOptions

    def __init__(
        self,
        axes: tuple[Axis, ...],
        *,
        score_floor: float,
        options: NoOptions = NoOptions(),  # noqa: ARG002, B008 - the contract's; it is frozen
    ) -> None:
        self._held: dict[Niche, int] = {}
        super().__init__(
            score_floor=score_floor, selector=lambda: Weighted(lambda elite: float(self._held[elite.niche]))
        )
        self._index = ProblemIndex(axes)
        self._fronts: dict[str | None, Front] = {}
        self._kept = 0

    def place(self, program: Program, evaluation: Evaluation, parents: Sequence[str] = ()) -> Placement:  # noqa: ARG002 - they change nothing
        """Offer a program; see the contract. IMPROVED means that it won a case from another."""
        if evaluation.score is None:
            return Placement(Outcome.KEPT_OUT)
        try:
            problem = self._index(program, evaluation)
        except ValueError:
            return Placement(Outcome.KEPT_OUT)
        elite = Elite(program, evaluation, (*problem, self._kept + 1))
        front = self._fronts.setdefault(program.problem, Front([], []))
        values = (evaluation.score, *evaluation.cases)
        won = front.won_by(elite, values)
        if not won:
            return Placement(Outcome.KEPT_OUT)
        losers = [front.holders[case] for case in won if case < len(front.holders)]
        for case in won:
            front.take(elite, case, values[case])
        self._kept += 1
        self._held[elite.niche] = len(won)
        self._hold(elite)
        gone = self._take_from(losers)
        outcome = Outcome.IMPROVED if losers else Outcome.NEW
        return Placement(outcome, elite.niche, gone[0].program.id if gone else None)

    def label(self, niche: Niche) -> Mapping[str, str]:
        """The problem, and the number of the entry."""
        return {**self._index.label(niche), "entry": str(niche[-1])}

    def _take_from(self, losers: Sequence[Elite]) -> list[Elite]:
        """Take one case from an elite each time that it is named; returns those that hold none any more."""
        for loser in losers:
            self._held[loser.niche] -= 1
        gone = []
        for niche, loser in {loser.niche: loser for loser in losers}.items():
            if self._held[niche]:
                self._pools.put(loser)
            else:
                del self._held[niche]
                self._drop(loser)
                gone.append(loser)
        return gone
