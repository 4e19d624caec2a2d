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
from evosearch.predicates import conjuncts
from evosearch.predicates.distance import compile_distance
from evosearch.protocols import Candidate
from evosearch.tasks.puzzles import answer_types, predicate
from evosearch.tasks.puzzles.answer_types import AnswerType
from evosearch.tasks.puzzles.puzzle import Instance

SHOWN: Final = 120
"""Characters of an answer in the feedback."""
SHOWN_CONDITION: Final = 200
"""Characters of a predicate's condition in the feedback."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one instance.

    Attributes:
        solved: Whether the predicate said True.
        distance: Branch distance of the answer: 0 if solved, infinite if there is no answer of the right type.
        note: Why it is not solved, in words; empty if it is.
        failure: What the program did instead of answering.
        answer: An answer of the right type that is wrong.
    """

    solved: bool
    distance: float = math.inf
    note: str = ""
    failure: CandidateError | None = None
    answer: object = None

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
    note = f"answered {_shown(answer)}; {fault}"
    return Verdict(solved=False, distance=_distance(instance.source, answer), note=note, answer=answer)


def feedback(verdicts: Sequence[Verdict], instances: Sequence[Instance]) -> str:
    """What the next proposer should know: how many instances are solved, and why each other one is not.

    Of the one that is farthest from being solved it is also told which condition of the predicate fails.

    Args:
        verdicts: What came of each instance.
        instances: The instances, in the same order.
    """
    lines = [f"solved {sum(verdict.solved for verdict in verdicts)} of {len(verdicts)} instances"]
    worst = _worst(verdicts)
    for index, verdict in enumerate(verdicts):
        if not verdict.solved:
            far = f" (distance {verdict.distance:.4g})" if math.isfinite(verdict.distance) else ""
            lines.append(f"instance {index}: {verdict.note}{far}")
        if index == worst and (fails := _failing_condition(instances[index], verdict.answer)):
            lines.append(f"instance {index} fails {fails}")
    return "\n".join(lines)


def _worst(verdicts: Sequence[Verdict]) -> int | None:
    """The first of the instances that were answered and are farthest from being solved."""
    unsolved = [index for index, one in enumerate(verdicts) if not one.solved and math.isfinite(one.distance)]
    return max(unsolved, key=lambda index: verdicts[index].distance, default=None)


def _failing_condition(instance: Instance, answer: object) -> str:
    condition = conjuncts.first_failing(instance.source, copy.deepcopy(answer))
    if condition is None:
        return ""
    text = condition.text if len(condition.text) <= SHOWN_CONDITION else f"{condition.text[:SHOWN_CONDITION]}…"
    if condition.operands is None or not all(map(_is_plain, condition.operands)):
        return f"`{text}`"
    left, right = map(_shown, condition.operands)
    return f"`{text}`: its left side is {left}, its right side {right}"


def _is_plain(value: object, depth: int = 2) -> bool:
    """Whether writing a value out is the same in every process: sets have no order, and other objects an address."""
    if type(value) in (list, tuple):
        items = value[:SHOWN]  # type: ignore[index]  # a list or a tuple
        return depth > 0 and all(_is_plain(item, depth - 1) for item in items)
    return value is None or type(value) in (bool, int, float, str)


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
    text = repr(answer[:SHOWN] if isinstance(answer, str | list | tuple) else answer)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
