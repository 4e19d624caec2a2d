"""What is told of an attack."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import ANSWERED, Attack
from evosearch.sandbox.attacks.finding import Finding, describe, printable
from evosearch.types import Evaluation

ATTACK = Attack("family", "name", ANSWERED, "")


@given(st.text())
def test_a_finding_is_one_line_that_no_terminal_obeys(text):
    line = printable(text)
    assert line.isprintable()
    assert len(line) <= 160


def test_complaints_come_first():
    finding = Finding.of(ATTACK, "ok: answered 0", ["got the score", "left a process behind"])
    assert asdict(finding) == {
        "family": "family",
        "name": "name",
        "expected": "its answer stays an answer",
        "happened": "got the score; left a process behind; ok: answered 0",
        "contained": False,
    }


@pytest.mark.parametrize(
    ("evaluation", "words"),
    [
        (Evaluation(score=0.0, feedback="42\n'again'"), "ok: answered 42"),
        (Evaluation(status=Status.CRASHED, feedback="E: x (line 2, in attack: boom()"), "crashed: E: x"),
        (Evaluation(status=Status.POLICY, feedback="made a call"), "policy: made a call"),
    ],
)
def test_an_end_in_a_line(evaluation, words):
    assert describe(evaluation) == words
