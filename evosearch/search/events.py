"""What a search tells while it runs. Listeners are called in order, in the engine's thread, and must be quick."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evosearch.types import Elite, Step, Usage


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the search stands.

    Attributes:
        steps: Steps recorded so far.
        spent: What they cost, earlier sessions included.
        ok: Evaluations that gave a score.
        failed: Evaluations that gave none.
        duplicates: Programs that had been seen before.
        in_flight: Proposals under way.
        best: The best elite so far.
        cells_filled: Niches with an elite.
        cells_total: Niches there are; None if unbounded.
        qd_score: Sum of the elites' scores above the task's floor.
        problems: How many problems the task has; 0 if it is one problem.
        solved: How many of them have a solved elite.
    """

    steps: int
    spent: Usage
    ok: int
    failed: int
    duplicates: int
    in_flight: int
    best: Elite | None
    cells_filled: int
    cells_total: int | None
    qd_score: float
    problems: int
    solved: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Problems that are left out of the search, by name, and why."""

    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Resumed:
    """The recorded steps were folded; the search goes on from here."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Settled:
    """A step was placed and recorded."""

    step: Step
    progress: Progress


@dataclass(frozen=True, slots=True)
class Ended:
    """The search is over.

    Attributes:
        reason: `budget` (a cap is reached), `exhausted` (nothing is left to try), `stopped` (the user asked) or
            `replayed` (the record that is replayed ends here).
        detail: The reason in words.
        progress: Where it stands.
    """

    reason: str
    detail: str
    progress: Progress


Event = Refused | Resumed | Settled | Ended
Listener = Callable[[Event], None]
