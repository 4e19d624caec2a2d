"""What came of one attack."""

import re
from dataclasses import dataclass
from typing import Final

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import Attack
from evosearch.sandbox.attacks.stage import Stage
from evosearch.types import Evaluation

_CLAIMS: Final = ("'breach: ", '"breach: ')
_LENGTH: Final = 160

#: Where in the program an exception was raised; its reader knows the program by its name only.
_PLACE: Final = re.compile(r" \(line \d+, in .*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one attack, for a person and for a program.

    Attributes:
        family: The kind of deed.
        name: The deed.
        expected: What had to happen.
        happened: What did happen, in one line that is safe to print.
        contained: Whether the jail held. An attack that cannot be made on this machine is contained by it.
    """

    family: str
    name: str
    expected: str
    happened: str
    contained: bool

    @classmethod
    def of(cls, attack: Attack, happened: str, complaints: list[str]) -> "Finding":
        """The finding on an attack; contained if there are no complaints."""
        line = "; ".join([*complaints, happened]) if complaints else happened
        return cls(attack.family, attack.name, attack.expected.words, printable(line), not complaints)


def printable(text: str) -> str:
    """One short line without anything that a terminal would obey."""
    line = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return line if len(line) <= _LENGTH else line[: _LENGTH - 1] + "…"


def describe(evaluation: Evaluation) -> str:
    """How a program ended, as far as it can be told in a line."""
    first, _, _ = _PLACE.sub("", evaluation.feedback).partition("\n")
    said = "answered " if evaluation.status is Status.OK else ""
    return f"{evaluation.status}: {said}{first}"


def complaints_about(attack: Attack, evaluation: Evaluation, stage: Stage) -> list[str]:
    """Why an evaluation is not what a contained attack would come to; empty if it is."""
    texts = (evaluation.feedback, evaluation.log)
    found = {
        "got the score": evaluation.score is not None and evaluation.score > 0,
        "read a secret": any(map(stage.secrets_in, texts)),
        "did the deed": _claims(evaluation),
        f"ended as {evaluation.status}": evaluation.status not in attack.expected.statuses,
        f"was charged {evaluation.cpu_seconds:g} s of CPU time": evaluation.cpu_seconds < attack.cpu_seconds,
        f"was charged {evaluation.wall_seconds:g} s on the wall": evaluation.wall_seconds < attack.wall_seconds,
    }
    return [complaint for complaint, true in found.items() if true]


def _claims(evaluation: Evaluation) -> bool:
    answered = evaluation.status is Status.OK and any(
        line.startswith(_CLAIMS) for line in evaluation.feedback.splitlines()
    )
    return answered or any(line.startswith("breach: ") for line in evaluation.log.splitlines())
