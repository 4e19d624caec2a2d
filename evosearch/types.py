"""The values that flow through everything: frozen, comparable, and free of behaviour that could surprise.

A `Program` is proposed (`Proposal`), read without being run (`Reading`), run and scored (`Evaluation`), and
placed in the archive (`Placement`). One `Step` is all that came of one turn of the search; the archive is a
pure fold over the ordered steps.
"""

import hashlib
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from evosearch.errors import Status

#: What may cross the border of the jail: JSON values, and numpy arrays anywhere inside them.
Value = Any

#: Which part of a task's data an evaluation may see.
Split = Literal["train", "validation", "test"]

#: A place in the archive: one entry an axis, a cell's index or a category's name.
Niche = tuple[int | str, ...]


def digest_of(*parts: str) -> str:
    """A short content address: 16 hexadecimal digits of BLAKE2b over the parts, each ended by a NUL."""
    state = hashlib.blake2b(digest_size=8)
    for part in parts:
        state.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process in the jail may use; enforced from outside.

    Attributes:
        cpu_seconds: CPU time of the whole process, by the kernel's clock.
        wall_seconds: Time on the wall, much higher than the CPU time, so that load is not punished.
        memory_bytes: Address space on top of what the process had when it was forked.
        reply_bytes: The longest single reply that is read.
        log_bytes: What it may print in all.
        threads: Threads it may start beside its first.
    """

    cpu_seconds: float = 10.0
    wall_seconds: float = 60.0
    memory_bytes: int = 512 * 2**20
    reply_bytes: int = 16 * 2**20
    log_bytes: int = 64 * 2**10
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Jail:
    """What the processes of one jail may see and do beside computing; all else is walled off.

    Attributes:
        readable: Files and folders they may read, as absolute paths; what is not there is passed over.
        hidden: Folders beneath those that they may not, but for what `readable` names in them.
        supervises: Whether they watch over a process of another jail, as a judge does, and so know the numbers of
            processes as their zygote does.
        scratch: Whether there is a scratch folder for them to write in.
    """

    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    supervises: bool = False
    scratch: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What something cost, or may cost.

    Attributes:
        evaluations: Candidates really tried, those inside a proposer's own batch included.
        calls: Calls of a language model.
        tokens: Tokens sent and received.
        usd: Money, in US dollars.
        seconds: Seconds on the wall.
    """

    evaluations: int = 0
    calls: int = 0
    tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.evaluations + other.evaluations,
            self.calls + other.calls,
            self.tokens + other.tokens,
            self.usd + other.usd,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a task that holds many; the first axis of its map.

    Attributes:
        name: Unique within the task.
        kind: What programs of two problems must share for their pieces to fit (an answer type, say).
        instances: How many concrete instances a program is judged on.
    """

    name: str
    kind: str = ""
    instances: int = 1

    def __post_init__(self) -> None:
        if not self.name or "\0" in self.name:
            raise ValueError(f"a problem needs a name without NUL, got {self.name!r}")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the map: numeric with edges, or categorical.

    Attributes:
        name: The feature it reads from `Evaluation.features`.
        unit: What a number on it counts; empty for categories.
        edges: Inner edges e_1 < … < e_n; they cut the line into n + 1 cells, e_i belonging to the cell above it.
        categories: The names, in order. Exactly one of `edges` and `categories` is given.
    """

    name: str
    unit: str = ""
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.edges) == bool(self.categories):
            raise ValueError(f"axis {self.name!r}: give either edges or categories")
        if any(low >= high for low, high in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError(f"axis {self.name!r}: edges must rise, got {list(self.edges)}")
        if len(set(self.categories)) != len(self.categories):
            raise ValueError(f"axis {self.name!r}: a category is named twice")

    @property
    def cells(self) -> int:
        """How many cells the axis has."""
        return len(self.categories) or len(self.edges) + 1

    def index(self, value: float | str) -> int:
        """The cell of a feature's value.

        Raises:
            ValueError: The category is not declared, or the number is not finite.
        """
        if self.categories:
            return self.categories.index(str(value))
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"axis {self.name!r} needs a finite number, got {value!r}")
        return bisect_right(self.edges, number)

    def label(self, index: int) -> str:
        """How the cell is called on a map, e.g. `8..16`."""
        if self.categories:
            return self.categories[index]
        low = f"{self.edges[index - 1]:g}" if index > 0 else ""
        high = f"{self.edges[index]:g}" if index < len(self.edges) else ""
        return f"{low}..{high}"


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
    """

    program: Program
    operator: str
    parents: tuple[str, ...] = ()
    model: str | None = None
    prompt: tuple[Mapping[str, str], ...] = ()
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call of a proposer returned.

    Attributes:
        proposals: Its best few, best first.
        usage: What it cost: candidates tried inside, calls, tokens, money.
        note: A word for the event log; empty if there is nothing to say.
    """

    proposals: tuple[Proposal, ...] = ()
    usage: Usage = field(default_factory=Usage)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of running one program.

    Attributes:
        status: `ok`, or why there is no score.
        score: Finite, greater is better; None exactly if the status is not `ok`.
        metrics: Further numbers, by name.
        features: One value an axis of the task, by axis name.
        feedback: What the next proposer should know.
        cpu_seconds: CPU time of the program's process, from the kernel.
        wall_seconds: How long it lived, by the supervisor's clock.
        log: What the program printed, cut to the limit.
    """

    status: Status = Status.OK
    score: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    features: Mapping[str, float | str] = field(default_factory=dict)
    feedback: str = ""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    log: str = ""

    def __post_init__(self) -> None:
        if (self.status is Status.OK) != (self.score is not None):
            raise ValueError(f"a score belongs to status ok and to no other: {self.status}, {self.score}")
        if self.score is not None and not math.isfinite(self.score):
            raise ValueError(f"a score must be finite, got {self.score}")


class Outcome(IntEnum):
    """What became of a program in the archive; true if it was kept."""

    KEPT_OUT = 0
    IMPROVED = 1
    NEW = 2


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a program was placed.

    Attributes:
        outcome: NEW cell, IMPROVED an elite, or KEPT_OUT.
        niche: The cell it belongs to; None if the evaluation gave no score.
        displaced: Id of the elite it replaced.
    """

    outcome: Outcome
    niche: Niche | None = None
    displaced: str | None = None


@dataclass(frozen=True, slots=True)
class Elite:
    """A program that the archive keeps."""

    program: Program
    evaluation: Evaluation
    niche: Niche

    @property
    def score(self) -> float:
        """Its score; an elite always has one."""
        assert self.evaluation.score is not None
        return self.evaluation.score


@dataclass(frozen=True, slots=True)
class Trial:
    """One proposal and what became of it.

    Attributes:
        proposal: The program and its provenance.
        reading: What the jailed parser said of it.
        evaluation: None for a duplicate, which costs no evaluation.
        placement: None for a duplicate.
        duplicate_of: Id of the earlier program with the same normal form.
    """

    proposal: Proposal
    reading: Reading
    evaluation: Evaluation | None = None
    placement: Placement | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """All that came of proposal k: the unit that is recorded in one transaction and folded on resuming.

    Attributes:
        index: k, from 0; step 0 holds the task's seeds.
        problem: The problem it worked on; None if the task is one problem.
        allowance: The evaluations it was allowed.
        trials: Its programs in the proposer's order.
        usage: What it cost in all, evaluations of its trials included.
        note: The proposer's word for the event log.
    """

    index: int
    problem: str | None
    allowance: int
    trials: tuple[Trial, ...]
    usage: Usage
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a task is made, in every process that needs it: `registry.make_task(recipe)`.

    Attributes:
        domain: A registered name.
        name: What the archive file is called after.
        directory: The folder of `evosearch.toml`; None for a task that ships with the package.
        options: The domain's own table of the settings, as JSON.
    """

    domain: str
    name: str
    directory: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a proposer is told about the work.

    Attributes:
        text: The task in words, as it would stand in a prompt; it never shows held-out figures.
        material: JSON values that an embedded proposer works on (a predicate's source, say); what a proposer
            does not know it ignores.
    """

    text: str
    material: Mapping[str, Any] = field(default_factory=dict)
