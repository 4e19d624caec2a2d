"""The contracts of the house. What a docstring here promises, the contract tests hold every implementation to.

    Task       says what a good program is
    Proposer   writes new programs from old ones
    Operator   is one way of asking a model for a program
    Model      is a language model behind some API
    Archive    keeps the best of every kind
    Executor   runs programs in a jail
    Layer      is one wall of the jail

Beside them: `Domain` makes tasks, `Candidate` is the trusted end of a program under test, `Context` is all a
proposer may know, `Desk` is what an operator works with, `Models` is the door to all models of a run.

To add one: write the class, register its name (`registry.py`, or an entry point of another package).
"""

from evosearch.protocols.archive import Archive, ArchiveKind
from evosearch.protocols.equipment import Choice, Equipment
from evosearch.protocols.jail import Executor, Layer
from evosearch.protocols.model import Model, Models
from evosearch.protocols.operator import Desk, Draft, Fill, Form, Opening, Operator
from evosearch.protocols.proposer import Bench, Context, NoBench, Proposer, Regimen, Standings
from evosearch.protocols.task import Candidate, CandidateFacts, Domain, Laboratory, Task

__all__ = [
    "Archive",
    "ArchiveKind",
    "Bench",
    "Candidate",
    "CandidateFacts",
    "Choice",
    "Context",
    "Desk",
    "Domain",
    "Draft",
    "Equipment",
    "Executor",
    "Fill",
    "Form",
    "Laboratory",
    "Layer",
    "Model",
    "Models",
    "NoBench",
    "Opening",
    "Operator",
    "Proposer",
    "Regimen",
    "Standings",
    "Task",
]
