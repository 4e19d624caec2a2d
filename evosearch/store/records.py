"""What the store hands over and takes that is not part of the search itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evosearch.types import Attempt, Call, Trial, Usage


@dataclass(frozen=True, slots=True)
class Identity:
    """What an archive file is of. Fixed when it is made; only the same search may continue it.

    Attributes:
        task: The task's name.
        domain: The registered name of its domain.
        fingerprint: Digest of all that defines the task.
        seed: The run seed, below 2**63.
        window: W: proposal k sees the archive as it stood after result k - W.
        archive: The registered name of the archive's kind.
        archive_options: The kind's own table of the settings, as JSON, every default filled in.
    """

    task: str
    domain: str
    fingerprint: str
    seed: int
    window: int
    archive: str
    archive_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is known when a run begins. Never holds a key: keys are named by their environment variable.

    Attributes:
        proposer: The registered name of the proposer.
        models: The models it may call, in order.
        budget: The budget as the user wrote it.
        settings: Every resolved setting with its origin, as JSON.
        sandbox: Which walls stood, which did not, and whether that was waived, as `Sandbox.record` has it.
    """

    proposer: str
    models: tuple[str, ...] = ()
    budget: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    sandbox: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it was recorded.

    Attributes:
        id: Its number, from 1.
        record: What was known when it began.
        versions: Of evosearch, python, numpy and sqlite.
        started_at: UTC, ISO 8601.
        ended_at: UTC, ISO 8601; None if it still runs or was killed.
        ended: Why it ended; None if it still runs or was killed.
    """

    id: int
    record: RunRecord
    versions: Mapping[str, str]
    started_at: str
    ended_at: str | None
    ended: str | None


@dataclass(frozen=True, slots=True)
class StoredTrial:
    """One trial and where it stands.

    Attributes:
        id: Its number in the file; trials are numbered in the order of the search.
        run: The run that tried it.
        step: The step it belongs to.
        position: Its place among the trials of the step, from 0.
        trial: What was tried and what became of it.
        cost: What the calls of its step cost, up to the one whose reply it was; nothing if no model wrote it, and
            None if a model did but the file does not hold the call.
    """

    id: int
    run: int
    step: int
    position: int
    trial: Trial
    cost: Usage | None = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One row of a program's family tree, drawn from the program upwards.

    Attributes:
        depth: Generations between it and the program asked for, which has depth 0.
        program: Its id.
        origin: The trial that first proposed it; None if it was never recorded.
        repeated: It stands further up in the tree already, where its own ancestors follow.
    """

    depth: int
    program: str
    origin: StoredTrial | None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How the trials ended.

    Attributes:
        by_status: Evaluations on the train split, by status; statuses that never occurred are left out.
        duplicate: Trials that cost no evaluation, being duplicates.
    """

    by_status: Mapping[str, int]
    duplicate: int

    @property
    def ok(self) -> int:
        """Evaluations that gave a score."""
        return self.by_status.get("ok", 0)

    @property
    def failed(self) -> int:
        """Evaluations that gave none."""
        return sum(self.by_status.values()) - self.ok


@dataclass(frozen=True, slots=True)
class Use:
    """What became of one reply.

    Attributes:
        step: The step that used it.
        attempt: What became of it there.
        program: Id of the program it became; None if it became none.
    """

    step: int
    attempt: Attempt
    program: str | None


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One call of a model and where it stands.

    Attributes:
        digest: Of its request.
        run: The run that made it.
        at: When the reply came: UTC, ISO 8601.
        call: What was asked, and what came back.
        uses: What became of its replies, in order; empty while it belongs to no recorded step.
    """

    digest: str
    run: int
    at: str
    call: Call
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Achievement:
    """What an operator, or a model, has achieved; the views `operators` and `models` say what is counted.

    Attributes:
        name: Of the operator or the model.
        replies: How many it got, or gave.
        programs: Replies that became a program.
        ran: Programs that were evaluated and got a score.
        changed: Programs that were no duplicates.
        kept: Programs that the archive kept.
        improved: Programs with a score above that of every parent.
        usage: What the calls cost; the seconds are those of all its calls, though calls overlap.
        outcomes: How many replies had each outcome, the most frequent first.
    """

    name: str
    replies: int
    programs: int
    ran: int
    changed: int
    kept: int
    improved: int
    usage: Usage
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened beside the steps.

    Attributes:
        id: Its number, from 1.
        run: The run it happened in; None if in none.
        kind: What it is called.
        data: JSON.
        at: UTC, ISO 8601.
    """

    id: int
    run: int | None
    kind: str
    data: Mapping[str, Any]
    at: str
