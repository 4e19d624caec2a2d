"""The values that flow through everything: frozen, comparable, and free of behaviour that could surprise.

A `Program` is proposed (`Proposal`), read without being run (`Reading`), run and scored (`Evaluation`), and
placed in the archive (`Placement`). One `Step` is all that came of one turn of the search; the archive is a
pure fold over the ordered steps. What is said to a model is a `Request`, what comes back a `Reply`, and the two
with their price a `Call`.
"""

from evosearch.types.calls import Attempt, Call, Credit, Finding, Forecast, Message, Reply, ReplyOutcome, Request, Role
from evosearch.types.evaluations import Evaluation, Split
from evosearch.types.jail import Jail, Limits, Value
from evosearch.types.niches import Axis, Elite, Niche, Outcome, Placement
from evosearch.types.programs import Batch, Program, Proposal, Reading, digest_of
from evosearch.types.spending import Funds, Usage
from evosearch.types.steps import Step, Trial, Turn
from evosearch.types.tasks import Brief, Example, Problem, Recipe

__all__ = [
    "Attempt",
    "Axis",
    "Batch",
    "Brief",
    "Call",
    "Credit",
    "Elite",
    "Evaluation",
    "Example",
    "Finding",
    "Forecast",
    "Funds",
    "Jail",
    "Limits",
    "Message",
    "Niche",
    "Outcome",
    "Placement",
    "Problem",
    "Program",
    "Proposal",
    "Reading",
    "Recipe",
    "Reply",
    "ReplyOutcome",
    "Request",
    "Role",
    "Split",
    "Step",
    "Trial",
    "Turn",
    "Usage",
    "Value",
    "digest_of",
]
