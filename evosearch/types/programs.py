"""Programs: their text, what a parser says of them, where they came from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from evosearch.types.calls import Attempt, Finding
from evosearch.types.spending import Usage


def digest_of(*parts: str) -> str:
    """A short content address: 16 hexadecimal digits of BLAKE2b over the parts, each ended by a NUL."""
    state = hashlib.blake2b(digest_size=8)
    for part in parts:
        state.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Program:
    """One program's text, and the problem it is meant for (None if its task is one problem)."""

    source: str
    problem: str | None = None

    @property
    def id(self) -> str:
        """Content address: equal text for the same problem is the same program."""
        return digest_of(self.problem or "", self.source)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser in the jail says of a program without running it. A description, never a score.

    Attributes:
        normal_form: Digest of the parsed program with names, docstrings and comments normalised; two programs
            that share it are duplicates. Of the raw text if it does not parse.
        parsed: Whether it parsed.
        nodes: AST nodes.
        literal_bytes: Bytes of literal payload (the digits and characters of its constants).
        style: literal, operator, call, comprehension, for, while or recursion: the richest construct used.
        inputs_used: none, some or all of the parameters of the entry function are read.
    """

    normal_form: str
    parsed: bool = True
    nodes: int = 0
    literal_bytes: int = 0
    style: str = "literal"
    inputs_used: str = "none"

    @property
    def description_length(self) -> float:
        """Minimum description length in node equivalents: AST nodes + literal bytes / 8."""
        return self.nodes + self.literal_bytes / 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A program with its full provenance.

    Attributes:
        program: What is proposed.
        operator: What made it: `seed`, or the name of a proposer's operator.
        parents: Ids of the programs it was made from, most important first.
        model: The model that wrote it, if one did.
        prompt: The messages that were sent, if any.
        reply: The model's reply, whole.
        reading: What the jailed parser said of the program, if the proposer has asked it already.
    """

    program: Program
    operator: str
    parents: tuple[str, ...] = ()
    model: str | None = None
    prompt: tuple[Mapping[str, str], ...] = ()
    reply: str | None = None
    reading: Reading | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call of a proposer returned.

    Attributes:
        proposals: Its best few, best first.
        usage: What it cost: candidates tried inside, calls, tokens, money.
        note: A word for the event log; empty if there is nothing to say.
        attempts: The replies of models it got, in order, and what became of each.
        findings: What its operator wants to know later.
    """

    proposals: tuple[Proposal, ...] = ()
    usage: Usage = field(default_factory=Usage)
    note: str = ""
    attempts: tuple[Attempt, ...] = ()
    findings: tuple[Finding, ...] = ()
