"""Judges one program on one instance, exactly as P3 does; runs in a verifier process.

The program is asked, `candidate.call("sol", *inputs)`, and everything else happens here, on this side of the jail:
exact type, JSON round trip, size, then the predicate. How far a wrong answer is off (branch distance) is only for
partial credit: the plain predicate alone decides.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evosearch.errors import CandidateError
from evosearch.predicates.distance import compile_distance
from evosearch.protocols import Candidate
from evosearch.tasks.puzzles import answer_types, predicate
from evosearch.tasks.puzzles.answer_types import AnswerType
from evosearch.tasks.puzzles.puzzle import Instance

SHOWN: Final = 120
"""Characters of an answer in the feedback."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one instance.

    Attributes:
        solved: Whether the predicate said True.
        distance: Branch distance of the answer: 0 if solved, infinite if there is no answer of the right type.
        note: Why it is not solved, in words; empty if it is.
        failure: What the program did instead of answering.
    """

    solved: bool
    distance: float = math.inf
    note: str = ""
    failure: CandidateError | None = None

    @property
    def credit(self) -> float:
        """1 if solved, up to a half for an answer of the right type, else 0."""
        return 1.0 if self.solved else 0.5 / (1.0 + self.distance)


def judge(candidate: Candidate, instance: Instance, answer_type: str) -> Verdict:
    """Ask a program for its answer to one instance, and judge the answer."""
    try:
        answer = candidate.call("sol", *copy.deepcopy(instance.arguments), cpu_seconds=instance.seconds)
    except CandidateError as error:
        return Verdict(solved=False, note=f"no answer: {error.status}: {error}", failure=error)
    return judge_answer(answer, instance, answer_types.parse(answer_type))


def judge_answer(answer: object, instance: Instance, answer_type: AnswerType) -> Verdict:
    """Judge one answer."""
    if fault := answer_type.fault(answer):
        return Verdict(solved=False, note=fault)
    if not (fault := predicate.fault(predicate.build(instance.source), copy.deepcopy(answer), instance.seconds)):
        return Verdict(solved=True, distance=0.0)
    return Verdict(
        solved=False, distance=_distance(instance.source, answer), note=f"answered {_shown(answer)}; {fault}"
    )


def feedback(verdicts: Sequence[Verdict]) -> str:
    """What the next proposer should know: how many instances are solved, and why each other one is not."""
    lines = [f"solved {sum(verdict.solved for verdict in verdicts)} of {len(verdicts)} instances"]
    for index, verdict in enumerate(verdicts):
        if not verdict.solved:
            far = f" (distance {verdict.distance:.4g})" if math.isfinite(verdict.distance) else ""
            lines.append(f"instance {index}: {verdict.note}{far}")
    return "\n".join(lines)


def _distance(source: str, answer: object) -> float:
    try:
        return compile_distance(source)(answer)
    except (SyntaxError, ValueError):
        # A predicate that has no graded twin tells right from wrong only.
        return math.inf


def _shown(answer: object) -> str:
    # Writing out a huge integer takes longer than the rest of the judgement.
    if isinstance(answer, int) and answer.bit_length() > 4 * SHOWN:
        return f"an integer of {answer.bit_length():,} bits"
    text = repr(answer[:SHOWN] if isinstance(answer, str | list) else answer)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
