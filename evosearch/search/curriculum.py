"""Which problem to work on next, and how much to allow it: free rungs first, then turns for models.

Racing: every problem first gets a small allowance, in the task's order. What then remains open competes for the larger
rungs by absolute learning progress (`evosearch.search.progress`): problems at a stage where work has lately changed
scores are likelier to be taken up again, and a share of uniform choices keeps every one in the race. A problem retires
when it is solved, has used its last rung, or brings nothing new.

Where models propose (`protocols.Regimen`), a problem that has used its last rung waits for its turns instead: all get
their first turn before any gets its second, and among equals the nearest to being solved comes first.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from evosearch.protocols import Regimen
from evosearch.search.progress import LearningProgress, Stage
from evosearch.types import Problem, Step

#: The part of a rung that is not worth another proposal: with less left the rung counts as used.
REST = 0.05
#: Steps in a row without one evaluation after which nothing new is to be expected: of rungs, and of turns for models,
#: where a poor model may need many replies for one program.
PATIENCE = 20
PATIENCE_WITH_MODELS = 100


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the next proposal is to work on.

    Attributes:
        problem: Its name; None if the task is one problem.
        allowance: Evaluations it may use.
        spent: Evaluations the problem has used so far.
        paid: Whether it is a turn for models.
    """

    problem: str | None
    allowance: int
    spent: int
    paid: bool = False


@dataclass(slots=True)
class _Standing:
    """How far a problem has come."""

    instances: int = 1
    spent: int = 0
    score: float | None = None
    in_flight: int = 0
    idle: int = 0
    turns: int = 0
    idle_turns: int = 0
    solved: bool = False
    solved_free: bool = False

    @property
    def stage(self) -> Stage:
        return Stage(self.spent, self.score or 0.0, self.instances)


class SingleProblem:
    """The curriculum of a task that is one problem: its proposals may overlap, as long as new programs come.

    Args:
        regimen: How the proposer's evaluations are dealt out.
    """

    def __init__(self, regimen: Regimen) -> None:
        self._regimen = regimen
        self._spent = 0
        self._spent_free = 0
        self._under_way = 0
        self._idle = 0
        self._idle_turns = 0

    def next(self, rng: np.random.Generator) -> Assignment | None:  # noqa: ARG002 - the contract of a curriculum
        """The only problem again; None if the proposer has run out of new programs, or nothing more may be open."""
        regimen = self._regimen
        if (free := self._free_left()) > 0 and self._idle < PATIENCE:
            if regimen.lines is not None and self._under_way >= regimen.lines:
                return None
            return Assignment(None, int(min(regimen.line, free)), self._spent)
        if not regimen.turn or self._idle_turns >= PATIENCE_WITH_MODELS:
            return None
        return Assignment(None, regimen.turn, self._spent, paid=True)

    def begin(self, problem: str | None, *, paid: bool) -> None:  # noqa: ARG002 - the contract of a curriculum
        """Count the free proposals."""
        self._under_way += not paid

    def settle(self, step: Step) -> None:
        """Count what was spent."""
        self._spent += step.usage.evaluations
        if step.paid:
            self._idle_turns = 0 if step.usage.evaluations else self._idle_turns + 1
        else:
            # The seeds are dealt out by nobody.
            self._under_way = max(0, self._under_way - 1)
            self._spent_free += step.usage.evaluations
            self._idle = 0 if step.usage.evaluations else self._idle + 1

    def _free_left(self) -> float:
        """Free evaluations that are neither used nor dealt out; without turns for models there is no end of them."""
        if not self._regimen.turn:
            return math.inf
        first = self._regimen.rungs[0] if self._regimen.rungs else 0
        return first - self._spent_free - self._under_way * self._regimen.line


class Racing:
    """Racing over many problems.

    Args:
        problems: The problems, in the order in which they get their first rung.
        solved_score: The score from which a problem retires; None if it never does.
        regimen: How the proposer's evaluations are dealt out.
    """

    def __init__(self, problems: Sequence[Problem], solved_score: float | None, regimen: Regimen) -> None:
        self._standings = {problem.name: _Standing(problem.instances) for problem in problems}
        self._progress = LearningProgress()
        self._solved_score = solved_score
        self._regimen = regimen

    def next(self, rng: np.random.Generator) -> Assignment | None:
        """The problem to work on; None if every open problem is under way, or none is open."""
        return self._next_rung(rng) or self._next_turn()

    def begin(self, problem: str | None, *, paid: bool) -> None:
        """Note that a proposal for the problem is under way; turns for models may overlap, rungs may not."""
        if problem is not None:
            self._standings[problem].in_flight += 1
            self._standings[problem].turns += paid

    def settle(self, step: Step) -> None:
        """Note what came of a proposal."""
        if step.problem is None:
            return
        standing = self._standings[step.problem]
        standing.in_flight -= 1
        before = standing.stage
        standing.spent += step.usage.evaluations
        self._note_score(standing, step)
        if not step.paid:
            self._progress.observe(before, min(1.0, abs(standing.stage.score - before.score)))
        if step.paid:
            standing.idle_turns = 0 if step.usage.evaluations else standing.idle_turns + 1
        else:
            standing.idle = 0 if step.usage.evaluations else standing.idle + 1

    def _note_score(self, standing: _Standing, step: Step) -> None:
        if (score := _best_score(step)) is None:
            return
        standing.score = score if standing.score is None else max(score, standing.score)
        if self._solved_score is not None and standing.score >= self._solved_score and not standing.solved:
            standing.solved, standing.solved_free = True, not step.paid

    def _next_rung(self, rng: np.random.Generator) -> Assignment | None:
        rungs = {
            name: rung
            for name, standing in self._standings.items()
            if not standing.in_flight and (rung := self._rung(standing)) is not None
        }
        if not rungs:
            return None
        name = next((name for name, rung in rungs.items() if rung == self._regimen.rungs[0]), None)
        if name is None:
            name = list(rungs)[self._progress.choose([self._standings[name].stage for name in rungs], rng)]
        spent = self._standings[name].spent
        return Assignment(name, rungs[name] - spent, spent)

    def _rung(self, standing: _Standing) -> int | None:
        """The rung it is on; None if it is solved, has used its last one, or brings nothing new."""
        if standing.solved or standing.turns or standing.idle >= PATIENCE:
            return None
        return next((rung for rung in self._regimen.rungs if rung - standing.spent > REST * rung), None)

    def _next_turn(self) -> Assignment | None:
        """The nearest of the problems with the fewest turns."""
        waiting = [(name, one) for name, one in self._standings.items() if self._awaits_turn(one)]
        if not waiting:
            return None
        name, standing = min(waiting, key=lambda item: (item[1].turns, -_or_lowest(item[1].score)))
        return Assignment(name, self._regimen.turn, standing.spent, paid=True)

    def _awaits_turn(self, standing: _Standing) -> bool:
        attempts = self._regimen.attempts
        if not self._regimen.turn or standing.solved_free or self._rung(standing) is not None:
            return False
        if standing.in_flight and not standing.turns:
            return False
        if attempts is not None:
            return standing.turns < attempts
        return not standing.solved and standing.idle_turns < PATIENCE_WITH_MODELS


Curriculum = SingleProblem | Racing


def curriculum_for(
    problems: Sequence[Problem], solved_score: float | None, regimen: Regimen, refused: Collection[str] = ()
) -> Curriculum:
    """The curriculum that fits a task and a proposer; it leaves the refused problems out."""
    if not problems:
        return SingleProblem(regimen)
    return Racing([problem for problem in problems if problem.name not in refused], solved_score, regimen)


def _or_lowest(score: float | None) -> float:
    return float("-inf") if score is None else score


def _best_score(step: Step) -> float | None:
    scores: Iterable[float] = (
        trial.evaluation.score
        for trial in step.trials
        if trial.evaluation is not None and trial.evaluation.score is not None
    )
    return max(scores, default=None)
