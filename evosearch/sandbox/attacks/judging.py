"""The task whose programs are attacks. Its score is 1 for the one secret answer, and 0 for every other."""

import re
from typing import Final

from evosearch.errors import CandidateError, Status
from evosearch.protocols import Candidate
from evosearch.types import Evaluation, Recipe, Split, Value

ENTRY: Final = "evosearch.sandbox.attacks.judging:make"
"""How a worker's judges make it."""

_SHOWN: Final = 20_000

#: A weakness on purpose, as a task's own check may have one: it backtracks without end on `aaa…`.
_WEAK: Final = re.compile(r"(a+)+b")


class AttackJudge:
    """As much of `protocols.Task` as a judge's process needs.

    Args:
        secret: The answer that scores; it is nowhere but here and in the stage's answer file.
        facts: What every attack is told of the stage.
    """

    def __init__(self, secret: str, facts: dict[str, Value]) -> None:
        self._secret = secret
        self._facts = facts

    def prepare(self) -> None:
        """Nothing is to be loaded."""

    def evaluate(self, candidate: Candidate, split: Split, seed: int) -> Evaluation:  # noqa: ARG002 - the contract's signature
        """Lend a function, ask for `attack` and then for `encore`; what was answered is the feedback, a line each."""
        candidate.grant("echo", lambda value: value)
        answers = [candidate.call("attack", self._facts), *_encore(candidate)]
        for answer in answers:
            _check(answer)
        known = any(type(answer) is str and answer == self._secret for answer in answers)
        return Evaluation(score=float(known), feedback="\n".join(repr(answer)[:_SHOWN] for answer in answers))


def make(recipe: Recipe) -> AttackJudge:
    """The judge, as the options `secret` and `facts` say."""
    return AttackJudge(recipe.options["secret"], recipe.options["facts"])


def _encore(candidate: Candidate) -> list[Value]:
    """What the program answers when it is asked again; most know nothing of that."""
    try:
        return [candidate.call("encore")]
    except CandidateError as error:
        if error.status is not Status.CRASHED:
            raise
        return []


def _check(answer: Value) -> None:
    """What a careless task might do with a legal answer."""
    if type(answer) is str:
        _WEAK.fullmatch(answer)
    if type(answer) is dict and type(answer.get("repeat")) is int:
        "x" * answer["repeat"]
