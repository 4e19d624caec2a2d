"""What came of one turn of the search, and how it was dealt out."""

from dataclasses import dataclass, field

from evosearch.types.calls import Attempt, Finding
from evosearch.types.evaluations import Evaluation
from evosearch.types.niches import Placement
from evosearch.types.programs import Proposal, Reading
from evosearch.types.spending import Usage


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
        paid: Whether it was a turn for models; see `Regimen`.
        funds: What was set aside for its calls while it was under way.
        attempts: The replies of models it got, in order.
        findings: What the operator wants to know later.
        opened: How many steps were settled when it was opened. It is opened again at the same moment when the run is
            continued; where money is short that is later than the window allows.
    """

    index: int
    problem: str | None
    allowance: int
    trials: tuple[Trial, ...]
    usage: Usage
    note: str = ""
    paid: bool = False
    funds: Usage = field(default_factory=Usage)
    attempts: tuple[Attempt, ...] = ()
    findings: tuple[Finding, ...] = ()
    opened: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What a budget and its raises decided of a recorded step; its attributes are those of `Step`.

    A search that is replayed is dealt out the same, however its budget grew, and ends where the record does.
    """

    allowance: int
    funds: Usage = field(default_factory=Usage)
    opened: int = 0
