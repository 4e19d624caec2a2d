"""Judges candidates on the instances that search may see, and keeps the best of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evosearch.predicates.distance import LEAST, Predicate
from evosearch.proposers.symbolic.answers import conforms, description_length, handy
from evosearch.proposers.symbolic.expressions import digest

NEAR_MISSES: Final = 6
"""Unsolved candidates that are kept; solving ones are all kept."""
STEPS: Final = 200_000
"""Steps a verdict of the search may cost."""
GRADING: Final = 2
"""What a step of the graded twin costs in steps of the plain predicate."""
STEPS_PER_TRY: Final = 3_000
"""Average steps that a batch may spend on each allowed try."""
UNFIT: Final = 1e6
"""Distance of an answer of the wrong type or of a size that is not handled."""
OPENING_STEPS: Final = 3_000_000
"""Steps that every batch may spend besides."""


@dataclass(frozen=True, slots=True)
class Find:
    """A candidate worth returning.

    Attributes:
        render: Returns the source of its program.
        solved: Instances it solves, of those visible.
        distance: Mean branch distance over the visible instances.
        found_at: The try at which it was found.
        arm: The part of the search that found it.
    """

    render: Callable[[], str]
    solved: int
    distance: float
    found_at: int
    arm: str


class Judge:
    """Counts and grades distinct candidates.

    Args:
        instances: Sources of ``sat``, one for each visible instance.
        answer_type: Type of the answers.
        allowance: Distinct candidates that may be tried.

    Attributes:
        tried: Distinct candidates tried so far.
        counting: Whether candidates count; off while known ones are judged once more.
        steps_left: Steps that the batch may still spend.
        best: The least distance on the first instance so far.
    """

    def __init__(self, instances: Sequence[str], answer_type: str, allowance: int) -> None:
        self.predicates = [Predicate(source, STEPS) for source in instances]
        self.answer_type = answer_type
        self.allowance = allowance
        self.tried = 0
        self.counting = True
        self.best = float("inf")
        self.solutions: list[Find] = []
        self.near_misses: list[Find] = []
        self.steps_left = OPENING_STEPS + STEPS_PER_TRY * allowance
        self._verdicts: list[dict[bytes, float]] = [{} for _ in self.predicates]
        self._vectors: set[bytes] = set()

    @property
    def finished(self) -> bool:
        """Whether the search is over: nothing left to spend, or nothing left to find."""
        return self.tried >= self.allowance or self.steps_left <= 0 or self.complete

    @property
    def complete(self) -> bool:
        return any(find.solved == len(self.predicates) for find in self.solutions[-1:])

    @property
    def solved(self) -> bool:
        return bool(self.solutions)

    def charge(self, steps: int) -> None:
        """Spend steps of the batch on work that is no verdict."""
        self.steps_left -= steps

    def __len__(self) -> int:
        """Distinct answers to the first instance judged so far, counted or not."""
        return len(self._verdicts[0])

    def judge(self, first: Any, values: Callable[[], list[Any]], render: Callable[[], str], arm: str) -> float | None:
        """Return the distance on the first instance of a candidate.

        Args:
            first: Its answer to the first instance.
            values: Returns its answers to all, which are wanted only if the first is right.
            render: Returns the source of its program.
            arm: The part of the search that found it.

        Returns:
            None for a known candidate, which costs nothing. One whose first answer failed before is known: it cannot
            solve all instances either.
        """
        verdict = self._verdicts[0].get(digest(first))
        if verdict is not None and (verdict > 0.0 or digest(values()) in self._vectors):
            return None
        self.tried += self.counting
        if verdict is None:
            verdict = self.distance(0, first)
            self.best = min(self.best, verdict)
            self._note_near_miss(verdict, render, arm)
        if verdict == 0.0:
            self._note_solution(values(), render, arm)
        return verdict

    def miss(self) -> None:
        """Count a candidate that gave no answer at all."""
        self.tried += self.counting

    def distance(self, instance: int, value: object) -> float:
        """Return the distance of an answer to one instance: 0 only if the plain predicate accepts it."""
        key = digest(value)
        known = self._verdicts[instance].get(key)
        if known is not None:
            return known
        distance = self._distance(self.predicates[instance], value)
        self._verdicts[instance][key] = distance
        return distance

    def _distance(self, predicate: Predicate, value: object) -> float:
        if not conforms(value, self.answer_type) or not handy(value):
            return UNFIT
        distance = predicate.distance(value)
        self.steps_left -= GRADING * (predicate.steps - predicate.meter.left)
        if distance < 1.0:
            # Near zero the plain predicate decides: the graded twin may be wrong either way.
            distance = 0.0 if predicate.holds(value) else max(distance, LEAST)
            self.steps_left -= predicate.steps - predicate.meter.left
        return distance

    def mean_distance(self, values: list[Any]) -> tuple[int, float]:
        """Return how many instances these answers fail, and their mean distance."""
        distances = [self.distance(instance, value) for instance, value in enumerate(values)]
        return sum(distance > 0.0 for distance in distances), sum(distances) / len(distances)

    def _note_near_miss(self, verdict: float, render: Callable[[], str], arm: str) -> None:
        kept = self.near_misses
        if verdict > 0.0 and (len(kept) < NEAR_MISSES or verdict < kept[-1].distance):
            kept.append(Find(render, 0, verdict, self.tried, arm))
            kept.sort(key=lambda find: find.distance)
            del kept[NEAR_MISSES:]

    def _note_solution(self, values: list[Any], render: Callable[[], str], arm: str) -> None:
        self._vectors.add(digest(values))
        failed, mean = self.mean_distance(values)
        self.solutions.append(Find(render, len(values) - failed, mean, self.tried, arm))
        self.solutions.sort(key=lambda find: (find.solved, -find.distance))

    def programs(self, count: int) -> list[dict[str, Any]]:
        """Return the best programs, JSON-able: most instances solved, then least distance, then shortest."""
        rows = []
        for find in [*self.solutions[-3 * count :], *self.near_misses]:
            source = find.render()
            order = (-find.solved, find.distance, description_length(source))
            fields = {"solved": find.solved, "distance": find.distance, "found_at": find.found_at, "arm": find.arm}
            rows.append((order, {"source": source, **fields}))
        rows.sort(key=lambda row: row[0])
        return [row for _, row in rows[:count]]
