"""How a program did."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evosearch.errors import Status

#: Which part of a task's data an evaluation may see.
Split = Literal["train", "validation", "test"]


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
        cases: The score on each case, in the task's order; empty if it does not tell them apart.
    """

    status: Status = Status.OK
    score: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    features: Mapping[str, float | str] = field(default_factory=dict)
    feedback: str = ""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    log: str = ""
    cases: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if (self.status is Status.OK) != (self.score is not None):
            raise ValueError(f"a score belongs to status ok and to no other: {self.status}, {self.score}")
        if self.score is not None and not math.isfinite(self.score):
            raise ValueError(f"a score must be finite, got {self.score}")
        if not all(map(math.isfinite, self.cases)):
            raise ValueError(f"the score of a case must be finite, got {self.cases}")
