"""What a proposer is made with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evosearch.protocols.model import Models
from evosearch.protocols.operator import Fill, Operator

#: How one of several is chosen: by fixed weights, or by what it has achieved so far.
Choice = Literal["weights", "bandit"]


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a proposer is made with; one that asks no model needs none of it.

    Attributes:
        models: The door to the models of the run; None if no model is configured.
        operators: The operators to choose from, each with its weight, in order.
        choose: How an operator is chosen.
        fill: Fills the prompts of the task's domain; None if nothing is configured to use them.
        samples: Choices asked for in one call (`n`).
        attempts: How many turns every problem gets, solved or not; None to leave a solved one alone.
    """

    models: Models | None = None
    operators: Sequence[tuple[Operator, float]] = ()
    choose: Choice = "weights"
    fill: Fill | None = None
    samples: int = 1
    attempts: int | None = None
