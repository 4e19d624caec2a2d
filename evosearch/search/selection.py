"""What a proposer is shown: parents to start from, and solutions of kindred problems to borrow from."""

from collections.abc import Sequence

import numpy as np

from evosearch.protocols import Archive
from evosearch.types import Elite, Problem

#: How many elites a proposal is shown of its own problem, and how many of kindred ones: enough to tell which
#: constructs solve problems of the kind.
PARENTS = 8
INSPIRATIONS = 24


def select_parents(archive: Archive, rng: np.random.Generator, problem: str | None) -> tuple[Elite, ...]:
    """Elites to start from, the best first; which of them are drawn is the archive's choice."""
    drawn = archive.select(rng, PARENTS, problem)
    return tuple(sorted(drawn, key=lambda elite: -elite.score))


class Kindred:
    """The solved problems of every kind, in the order in which they were solved.

    Args:
        problems: The task's problems.
        solved_score: The score from which a problem is solved; None if it never is.
    """

    def __init__(self, problems: Sequence[Problem], solved_score: float | None) -> None:
        self._kind = {problem.name: problem.kind for problem in problems}
        self._solved_score = solved_score
        self._solved: dict[str, list[str]] = {}
        self._known: set[str] = set()

    def __len__(self) -> int:
        """How many problems are solved."""
        return len(self._known)

    def note(self, problem: str | None, score: float | None) -> None:
        """Note a score that a program of the problem reached."""
        if problem is None or score is None or self._solved_score is None:
            return
        if score >= self._solved_score and problem not in self._known:
            self._known.add(problem)
            self._solved.setdefault(self._kind[problem], []).append(problem)

    def select(self, archive: Archive, rng: np.random.Generator, problem: str | None) -> tuple[Elite, ...]:
        """Champions of other solved problems of the same kind, drawn uniformly."""
        if problem is None:
            return ()
        others = [name for name in self._solved.get(self._kind[problem], ()) if name != problem]
        drawn = rng.choice(len(others), size=min(INSPIRATIONS, len(others)), replace=False) if others else ()
        champions = (archive.champion(others[position]) for position in drawn)
        return tuple(champion for champion in champions if champion is not None)
