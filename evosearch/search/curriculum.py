"""Which problem to work on next, and how much to allow it: racing in rungs, the next rung by learning progress.

Every problem first gets a small allowance, in the task's order. What then remains open competes for the larger
rungs: a problem whose score rose in its last step is more likely to be taken up again, and a floor keeps every one
in the race (after Portelas et al. 2019, arXiv:1910.07224, with steps in place of a bandit's arms). A problem retires
when it is solved or has used its last rung.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from evosearch.types import Problem, Step

#: Evaluations a problem may use in all before it must wait for its next turn.
RUNGS = (100, 1_000, 10_000)
#: The part of a rung that is not worth another proposal: with less left the rung counts as used.
REST = 0.05
#: Steps in a row without one evaluation after which nothing new is to be expected.
PATIENCE = 20
#: Weight of a problem that made no progress, beside a progress that is at most 1.
FLOOR = 0.1


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the next proposal is to work on.

    Attributes:
        problem: Its name; None if the task is one problem.
        allowance: Evaluations it may use.
        spent: Evaluations the problem has used so far.
    """

    problem: str | None
    allowance: int
    spent: int


@dataclass(slots=True)
class _Standing:
    """How far a problem has come."""

    spent: int = 0
    score: float | None = None
    progress: float = 0.0
    in_flight: int = 0
    idle: int = 0
    retired: bool = False


class SingleProblem:
    """The curriculum of a task that is one problem: one evaluation a proposal, as long as new programs come."""

    def __init__(self) -> None:
        self._spent = 0
        self._idle = 0

    def next(self, rng: np.random.Generator) -> Assignment | None:  # noqa: ARG002 - the contract of a curriculum
        """The only problem again; None if the proposer has run out of new programs."""
        return Assignment(None, 1, self._spent) if self._idle < PATIENCE else None

    def begin(self, problem: str | None) -> None:
        """Nothing to note: proposals for one problem may overlap."""

    def settle(self, step: Step) -> None:
        """Count what was spent."""
        self._spent += step.usage.evaluations
        self._idle = 0 if step.usage.evaluations else self._idle + 1


class Racing:
    """Racing over many problems.

    Args:
        problems: The problems, in the order in which they get their first rung.
        solved_score: The score from which a problem retires; None if it never does.
        rungs: Evaluations in all at which a problem goes back to the queue.
    """

    def __init__(self, problems: Sequence[Problem], solved_score: float | None, rungs: tuple[int, ...] = RUNGS) -> None:
        self._standings = {problem.name: _Standing() for problem in problems}
        self._solved_score = solved_score
        self._rungs = rungs

    def next(self, rng: np.random.Generator) -> Assignment | None:
        """The problem to work on; None if every open problem is under way, or none is open."""
        rungs = {
            name: rung
            for name, standing in self._standings.items()
            if self._is_open(standing) and (rung := self._rung(standing)) is not None
        }
        if not rungs:
            return None
        name = next((name for name, rung in rungs.items() if rung == self._rungs[0]), None)
        if name is None:
            weights = np.array([FLOOR + self._standings[name].progress for name in rungs])
            name = list(rungs)[int(rng.choice(len(rungs), p=weights / weights.sum()))]
        spent = self._standings[name].spent
        return Assignment(name, rungs[name] - spent, spent)

    def begin(self, problem: str | None) -> None:
        """Note that a proposal for the problem is under way; until it settles the problem is not taken again."""
        if problem is not None:
            self._standings[problem].in_flight += 1

    def settle(self, step: Step) -> None:
        """Note what came of a proposal."""
        if step.problem is None:
            return
        standing = self._standings[step.problem]
        standing.in_flight -= 1
        standing.spent += step.usage.evaluations
        score = _best_score(step)
        if score is not None:
            before = standing.score if standing.score is not None else score
            standing.progress = min(1.0, max(0.0, score - before))
            standing.score = max(score, before)
        else:
            standing.progress = 0.0
        solved = self._solved_score is not None and (standing.score or 0.0) >= self._solved_score
        standing.idle = 0 if step.usage.evaluations else standing.idle + 1
        spent_out = self._rung(standing) is None or standing.idle >= PATIENCE
        standing.retired = standing.retired or solved or spent_out

    def _is_open(self, standing: _Standing) -> bool:
        return not standing.retired and not standing.in_flight

    def _rung(self, standing: _Standing) -> int | None:
        """The rung it is on; None if it has used its last one."""
        return next((rung for rung in self._rungs if rung - standing.spent > REST * rung), None)


Curriculum = SingleProblem | Racing


def curriculum_for(
    problems: Sequence[Problem], solved_score: float | None, refused: Collection[str] = ()
) -> Curriculum:
    """The curriculum that fits a task; it leaves the refused problems out."""
    if not problems:
        return SingleProblem()
    return Racing([problem for problem in problems if problem.name not in refused], solved_score)


def _best_score(step: Step) -> float | None:
    scores: Iterable[float] = (
        trial.evaluation.score
        for trial in step.trials
        if trial.evaluation is not None and trial.evaluation.score is not None
    )
    return max(scores, default=None)
