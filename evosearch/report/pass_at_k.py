"""pass@k: how likely a problem is solved within k tries of a model.

A try is one reply that was asked for as a program; it succeeds if its program solves the problem. Two estimators are
unbiased, each for its own way of making tries:

    chen           every problem gets its tries whether it is solved or not: the estimator of Chen et al. 2021
                   ("Evaluating Large Language Models Trained on Code", arXiv:2107.03374, section 2.1)
    first_success  a problem is left alone once it is solved: the share of problems whose first success came within k
                   tries. Successes after the first say nothing of k, as there was no telling how many more would follow

A value is given for k only if every problem that was tried had k tries, or was solved before. Leaving out those that
had fewer would keep the solved ones alone, and claim too much.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evosearch.types import Attempt, Problem, ReplyOutcome, Step

Estimator = Literal["first_success", "chen"]


@dataclass(frozen=True, slots=True)
class PassAtK:
    """The estimates, and what they rest on.

    Attributes:
        values: pass@k by k.
        estimator: Which one was used.
        problems: How many problems were tried.
        tries: How many tries there were.
        solved_free: Problems that were solved without a model, and so never tried; they are left out.
        untried: Other problems that were never tried; they are left out.
    """

    values: Mapping[int, float]
    estimator: Estimator
    problems: int
    tries: int
    solved_free: int
    untried: int


class Tries:
    """The tries of every problem, in the order of the steps.

    Args:
        problems: The task's problems.
        solved_score: The score from which one is solved.
    """

    def __init__(self, problems: Sequence[Problem], solved_score: float) -> None:
        self._problems = [problem.name for problem in problems]
        self._solved_score = solved_score
        self._solving: set[str] = set()
        self._solved_free: set[str | None] = set()
        self._tries: dict[str, list[bool]] = defaultdict(list)

    def watch(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Pass steps on, and note each."""
        for step in steps:
            self.note(step)
            yield step

    def note(self, step: Step) -> None:
        """Note the next step."""
        for trial in step.trials:
            score = trial.evaluation.score if trial.evaluation else None
            if score is not None and score >= self._solved_score:
                program = trial.proposal.program
                self._solving.add(program.id)
                if not step.paid:
                    self._solved_free.add(program.problem)
        if step.problem is not None:
            asked = (attempt for attempt in step.attempts if attempt.outcome is not ReplyOutcome.THOUGHT)
            self._tries[step.problem] += [self._succeeded(attempt, step) for attempt in asked]

    def estimate(self, *, fixed: bool) -> PassAtK | None:
        """The estimates; None if no problem was tried.

        Args:
            fixed: Whether every problem got its tries, solved or not.
        """
        tried = {problem: tries for problem in self._problems if (tries := self._tries.get(problem))}
        if not tried:
            return None
        free = sum(problem in self._solved_free and problem not in tried for problem in self._problems)
        return PassAtK(
            (chen if fixed else first_success)(list(tried.values())),
            "chen" if fixed else "first_success",
            len(tried),
            sum(map(len, tried.values())),
            free,
            len(self._problems) - len(tried) - free,
        )

    def _succeeded(self, attempt: Attempt, step: Step) -> bool:
        if attempt.position is None:
            return False
        trial = step.trials[attempt.position]
        return trial.proposal.program.id in self._solving or trial.duplicate_of in self._solving


def chen(tries: Sequence[Sequence[bool]]) -> dict[int, float]:
    """The mean of Chen's estimator over problems, for every k that each had tries for."""
    return {k: sum(unbiased(len(one), sum(one), k) for one in tries) / len(tries) for k in _steps(min(map(len, tries)))}


def first_success(tries: Sequence[Sequence[bool]]) -> dict[int, float]:
    """The share of problems solved within k tries, for every k that each was tried for or solved before."""
    unsolved = [len(one) for one in tries if not any(one)]
    firsts = [one.index(True) + 1 for one in tries if any(one)]
    # Where all are solved, more is known of no k than that: the first one of which it is so ends the row.
    longest = min(unsolved) if unsolved else next(k for k in _steps(10 * max(firsts)) if k >= max(firsts))
    return {k: sum(first <= k for first in firsts) / len(tries) for k in _steps(longest)}


def unbiased(n: int, c: int, k: int) -> float:
    """1 - C(n - c, k) / C(n, k): the chance that k of n tries, drawn without replacement, hold one of c successes.

    Raises:
        ValueError: It is not so that 0 ≤ c ≤ n and 1 ≤ k ≤ n.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"expected 0 ≤ c ≤ n and 1 ≤ k ≤ n, got n = {n}, c = {c}, k = {k}")
    # As a product, for binomial coefficients of many tries are no floats any more.
    return 1.0 if n - c < k else 1.0 - math.prod(1.0 - k / i for i in range(n - c + 1, n + 1))


def _steps(longest: int) -> Iterator[int]:
    """1, 2, 5, 10, 20, 50, … as far as there are tries."""
    scale = 1
    while scale <= longest:
        yield from (k for k in (scale, 2 * scale, 5 * scale) if k <= longest)
        scale *= 10
