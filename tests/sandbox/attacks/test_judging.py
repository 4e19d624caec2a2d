"""The judge of attacks: a score for the secret alone, and a weakness on purpose."""

import pytest

from evosearch.errors import CandidateError, Status
from evosearch.sandbox.attacks.judging import ENTRY, make
from evosearch.types import Recipe

JUDGE = make(Recipe("attacks", "attacks", None, {"secret": "s3cret", "facts": {"a": 1}}))
NO_ENCORE = CandidateError(Status.CRASHED, "there is none")


class Answers:
    """A candidate that gives these answers."""

    def __init__(self, answer, encore=NO_ENCORE):
        self.answers = {"attack": answer, "encore": encore}
        self.granted = {}
        self.arguments = []

    def grant(self, name, function):
        self.granted[name] = function

    def call(self, function, *arguments, cpu_seconds=None):
        self.arguments += arguments
        if isinstance(answer := self.answers[function], CandidateError):
            raise answer
        return answer


def judged(*answers):
    evaluation = JUDGE.evaluate(Answers(*answers), "train", 0)
    return evaluation.score, evaluation.feedback


def test_the_secret_scores_and_nothing_else_does():
    assert judged("s3cret") == (1.0, "'s3cret'")
    assert judged(0, "s3cret") == (1.0, "0\n's3cret'")
    assert judged(float("inf")) == (0.0, "inf")
    assert judged({"score": 1e9}) == (0.0, "{'score': 1000000000.0}")


def test_a_program_is_told_the_facts_and_lent_a_function():
    candidate = Answers(0)
    JUDGE.evaluate(candidate, "train", 0)
    assert candidate.arguments == [{"a": 1}]
    assert candidate.granted["echo"](7) == 7


def test_only_a_missing_encore_is_forgiven():
    with pytest.raises(CandidateError, match="printed too much"):
        judged(0, CandidateError(Status.LOG_FLOOD, "printed too much"))


def test_it_can_be_made_to_run_out_of_memory():
    with pytest.raises((MemoryError, OverflowError)):
        judged({"repeat": 10**18})


def test_its_entry_leads_to_it():
    assert f"{make.__module__}:{make.__name__}" == ENTRY
