"""What made a program, as `Proposal.operator` says it, and how likely each is drawn.

Weights begin at what paid in measurements and follow what each has brought, within bounds: the archive keeps much
that fills a cell and leads nowhere, so success is a hint and no verdict.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from evosearch.proposers.symbolic.editing.operators import OPERATORS
from evosearch.types import Credit

#: Edits of a syntax tree and their weights.
EDITS: Final[Mapping[str, float]] = {name: weight for name, (weight, _) in OPERATORS.items()}
CROSSOVER: Final = "crossover"
#: Searches over constants: up to a handful, and more.
CLIMB: Final = "polish:hill"
CMA: Final = "polish:cma"
POLISHES: Final = (CLIMB, CMA)
#: Kinds of templates.
FILLS: Final = ("table", "weighted_sum", "threshold")
REDUCTIONS: Final = ("reduce",)

#: What a success rate may make of a weight, at least and at most.
_SPAN: Final = 4.0
#: The share of every operator at least, whatever it has brought: what never worked may begin to.
FLOOR: Final = 0.02
#: Attempts for which the average rate stands in, before an operator's own counts as much.
_PRIOR: Final = 20


def adapted(weights: Mapping[str, float], credits_: Mapping[str, Credit]) -> dict[str, float]:
    """Weights that follow success: probability matching with a floor (after Thierens 2005, GECCO).

    Args:
        weights: Operator -> weight before anything is known; above 0.
        credits_: What each has achieved; one that has not been used is missing.

    Returns:
        Operator -> weight; they sum to 1, and each is at least `FLOOR` / (1 + len(weights) * `FLOOR`).
    """
    average = rate(list(weights), credits_)
    followed = {}
    for name, weight in weights.items():
        credit = credits_.get(name, Credit())
        own = (credit.kept + _PRIOR * average) / (credit.attempts + _PRIOR)
        followed[name] = weight * min(_SPAN, max(1 / _SPAN, own / average))
    total = sum(followed.values())
    raised = {name: weight / total + FLOOR for name, weight in followed.items()}
    return {name: weight / sum(raised.values()) for name, weight in raised.items()}


def rate(names: Sequence[str], credits_: Mapping[str, Credit]) -> float:
    """The share of attempts with these operators that the archive kept; never 0."""
    together = [credits_.get(name, Credit()) for name in names]
    return (sum(credit.kept for credit in together) + 1) / (sum(credit.attempts for credit in together) + _PRIOR)
