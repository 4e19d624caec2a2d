"""Tries every predicate in the jail before a run relies on it: the rules D1 to D6.

A file of puzzles is somebody's code. What cannot be seen in its text is seen here: a predicate that hangs, ends its
process, eats memory, says 1 for True, changes its own inputs or its mind. `probe` runs in the jail, `check` outside.
Every puzzle has a process of its own, for a predicate can write the reply of the one that it runs in: it may speak for
its own puzzle, which it could have deceived in any case, and for no other.

D1  does not finish                        refused if no answer at all is judged in time, else a warning
D2  returns no bool                        refused
D3  judges one answer in two ways          refused
D4  ends the process, or cannot work       refused; so is memory that never suffices, a name that is missing, or a
                                           reply that is not the probe's own
D5  is satisfied by a trivial answer       a warning
D6  rejects its own reference solution     a warning
"""

import copy
import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from evosearch.errors import CandidateError, Status
from evosearch.protocols import Laboratory
from evosearch.tasks.puzzles import answer_types, predicate
from evosearch.tasks.puzzles.puzzle import Instance, Puzzle, Suite
from evosearch.types import Limits, Value

ENTRY: Final = "evosearch.tasks.puzzles.probe:probe"
"""What the laboratory runs."""

_TRIES: Final = 4.0
_REPLY_BYTES: Final = 2**20
_MESSAGE_LENGTH: Final = 500
_RULES: Final = ("D1", "D2", "D3", "D4", "D5", "D6")

Finding: TypeAlias = tuple[str, str, bool]
"""Rule, message, and whether the puzzle must be left out."""
Observation: TypeAlias = tuple[str, str]
"""What a predicate did with an answer, in a word or by the rule that it broke, and in a sentence."""
ACCEPTED: Final[Observation] = ("accepted", "")

_RAISED: Final[Mapping[type[BaseException], str]] = {
    predicate.Overrun: "hung",
    MemoryError: "memory",
    NameError: "broken",
    ImportError: "broken",
    SyntaxError: "broken",  # what the parser takes, the compiler may not
    Exception: "rejected",  # a way to say no
}
_HOPELESS: Final = {"hung": "D1", "memory": "D4", "broken": "D4"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the jail showed about a puzzle.

    Attributes:
        puzzle: Its name.
        rule: D1 to D6.
        message: What happened, and what to do about it.
        fatal: Whether the puzzle must be left out; a warning otherwise.
    """

    puzzle: str
    rule: str
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.puzzle!r}: rule {self.rule}: {self.message}"


async def check(suite: Suite, laboratory: Laboratory) -> list[Refusal]:
    """Try every puzzle in the jail, its further instances only where they have another body.

    Args:
        suite: The puzzles.
        laboratory: Runs `probe` in a jail.

    Returns:
        What was found, in the order of the puzzles; those to be left out are `fatal`.

    Raises:
        SandboxError: No worker can be had at all.
    """
    found = await _together(_check_one(puzzle, laboratory) for puzzle in suite.puzzles)
    return [refusal for refusals in found for refusal in refusals]


async def _together(checks: Iterable[Awaitable[list[Refusal]]]) -> list[list[Refusal]]:
    import asyncio  # noqa: PLC0415 - a judge loads this module too, and would pay for it in every fork

    return await asyncio.gather(*checks)


async def _check_one(puzzle: Puzzle, laboratory: Laboratory) -> list[Refusal]:
    seconds = 1.0 + _TRIES * sum(instance.seconds for instance in _distinct(puzzle))
    limits = Limits(cpu_seconds=seconds, wall_seconds=30.0 + 4.0 * seconds, reply_bytes=_REPLY_BYTES)
    try:
        reply = await laboratory(ENTRY, _request(puzzle), limits)
        return [Refusal(puzzle.name, *finding) for finding in read_findings(reply, _most_findings(puzzle))]
    except CandidateError as error:
        return [_ended(puzzle, error)]


def read_findings(reply: Value, most: int) -> list[Finding]:
    """Read the reply of `probe`, which the predicate may have written in its place.

    Args:
        reply: What came out of the jail.
        most: The most findings there can be.

    Raises:
        CandidateError: It is no reply of `probe`.
    """
    if type(reply) is not list or len(reply) > most:
        raise CandidateError(Status.PROTOCOL, f"expected a list of at most {most} findings as the probe's reply")
    return [_finding(row) for row in reply]


def _finding(row: Value) -> Finding:
    match row:
        case [str(rule), str(message), bool(fatal)] if type(row) is list and rule in _RULES:
            if len(message) <= _MESSAGE_LENGTH and message.isprintable():
                return rule, message, fatal
    raise CandidateError(Status.PROTOCOL, "expected a rule, a line of text and a bool as a finding of the probe")


def _most_findings(puzzle: Puzzle) -> int:
    """A verdict on each instance, a trivial answer and a wrong reference; and every reference that fails."""
    return 3 * len(_distinct(puzzle)) + len(puzzle.references)


def probe(request: dict[str, Any]) -> list[list[Any]]:
    """Try a puzzle; runs in the jail.

    Args:
        request: Its answer type, its distinct instances (source, arguments, seconds) and references.

    Returns:
        Its findings: rule, message, and whether it must be left out.
    """
    return [[rule, _line(message), fatal] for rule, message, fatal in _examine(request)]


def _line(message: str) -> str:
    """What a predicate has to say may be long, and names that it makes up need not be text."""
    shown = message if message.isprintable() else ascii(message)[1:-1]
    return shown if len(shown) <= _MESSAGE_LENGTH else f"{shown[: _MESSAGE_LENGTH - 1]}…"


def _request(puzzle: Puzzle) -> dict[str, Any]:
    return {
        "answer_type": puzzle.answer_type,
        "references": list(puzzle.references),
        "instances": [
            {"source": instance.source, "arguments": list(instance.arguments), "seconds": instance.seconds}
            for instance in _distinct(puzzle)
        ],
    }


def _distinct(puzzle: Puzzle) -> list[Instance]:
    """The first instance, and those whose body differs from all before."""
    bodies: dict[str, Instance] = {}
    for instance in puzzle.instances:
        bodies.setdefault(instance.source.partition("\n")[2], instance)
    return list(bodies.values())


def _ended(puzzle: Puzzle, error: CandidateError) -> Refusal:
    if error.status in (Status.TIMEOUT_CPU, Status.TIMEOUT_WALL):
        return Refusal(puzzle.name, "D1", f"sat did not finish ({error}); make it return for every answer")
    if error.status is Status.PROTOCOL:
        return Refusal(puzzle.name, "D4", f"sat meddled with the probe's reply ({error}); let it only compute")
    return Refusal(puzzle.name, "D4", f"sat ended its process ({error.status}: {error}); let it only compute")


def _examine(puzzle: dict[str, Any]) -> list[Finding]:
    answer_type = answer_types.parse(puzzle["answer_type"])
    findings: list[Finding] = []
    for index, instance in enumerate(puzzle["instances"]):
        references = puzzle["references"] if index == 0 else []
        answers, complaints = _reference_answers(references, instance, answer_type)
        trivial = [(answer, _observe(instance, answer)) for answer in answer_type.trivial()]
        known = [_observe(instance, answer) for answer in answers]
        findings += _conclude([seen for _, seen in trivial] + known)
        if not any(fatal for _, _, fatal in findings):
            solved = [answer for answer, seen in trivial if seen == ACCEPTED][:1]
            findings += [("D5", f"the trivial answer {answer!r} solves it", False) for answer in solved]
            findings += [("D6", f"{text}; it is left out", False) for text in complaints]
            wrong = [seen for seen in known if seen != ACCEPTED][:1]
            findings += [("D6", f"sat does not accept its reference solution: {seen[1]}", False) for seen in wrong]
    return findings


def _conclude(seen: Sequence[Observation]) -> list[Finding]:
    """What follows from all that was observed of one predicate."""
    for rule in ("D2", "D3", "D4"):
        for found, text in seen:
            if found == rule:
                return [(rule, f"{text}; make sat return True or False, and nothing but compute", True)]
    stuck = [(_HOPELESS[found], text) for found, text in seen if found in _HOPELESS]
    if stuck and len(stuck) == len(seen):
        rule, text = stuck[0]
        return [(rule, f"{text}, and there is no answer that it judges; correct it", True)]
    return [(rule, text, False) for rule, text in stuck if rule == "D1"][:1]


def _observe(instance: dict[str, Any], answer: Any) -> Observation:
    """Have a predicate made anew judge an answer twice."""
    shown = f"on {repr(answer)[:60]}"
    try:
        sat = predicate.build(instance["source"])
        inputs = repr(sat.__defaults__)
        verdicts = [_judged(sat, answer, instance["seconds"]) for _ in range(2)]
        changed = repr(sat.__defaults__) != inputs
    except BaseException as error:  # noqa: BLE001 - hostile code in the jail; nothing may end the probe
        kind = next((kind for type_, kind in _RAISED.items() if isinstance(error, type_)), "D4")
        what = f"did not finish in {instance['seconds']:g} s" if kind == "hung" else f"raised {type(error).__name__}"
        return kind, f"sat {what} {shown}"
    return _weighed(verdicts, shown, changed=changed)


def _weighed(verdicts: Sequence[Any], shown: str, *, changed: bool) -> Observation:
    first, again = (verdict if type(verdict) is bool else type(verdict).__name__ for verdict in verdicts)
    if changed:
        return "D3", f"sat changed its own inputs {shown}"
    if first != again:
        return "D3", f"sat said {first}, then {again} {shown}"
    if first is True:
        return ACCEPTED
    # What counts as false says no, as P3's own predicates do by falling off their end.
    if first is False or not verdicts[0]:
        return "rejected", f"sat returned {verdicts[0]!r} {shown}"
    return "D2", f"sat returned a value of type {first} {shown}"


def _judged(sat: Callable[..., Any], answer: Any, seconds: float) -> Any:
    return predicate.limited(lambda: sat(copy.deepcopy(answer)), seconds)


def _reference_answers(
    references: Sequence[str], instance: dict[str, Any], answer_type: answer_types.AnswerType
) -> tuple[list[Any], list[str]]:
    """The answer of the first reference that gives one, and what is wrong with those before it."""
    complaints = []
    for index, reference in enumerate(references):
        names: dict[str, Any] = {"__name__": "reference"}
        try:
            exec(predicate.compile_source(reference), names)  # noqa: S102 - in the jail
            sol = functools.partial(names["sol"], *copy.deepcopy(instance["arguments"]))
            answer = predicate.limited(sol, instance["seconds"])
        except BaseException as error:  # noqa: BLE001 - hostile code in the jail; nothing may end the probe
            complaints.append(f"reference solution {index} failed: {type(error).__name__}")
            continue
        if fault := answer_type.fault(answer):
            complaints.append(f"reference solution {index}: {fault}")
            continue
        return [answer], complaints
    return [], complaints
