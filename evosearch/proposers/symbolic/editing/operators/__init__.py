"""The edits: each changes a draft in place and says whether it did.

numbers       constant
reading       name, replace, wrap, callswap, opswap, cond
shrinking     delete, hoist
statements    insert, swap, dup
crossing      crossover
"""

from collections.abc import Callable, Mapping
from typing import Final

from evosearch.proposers.symbolic.editing.draft import Draft
from evosearch.proposers.symbolic.editing.operators.crossing import crossover
from evosearch.proposers.symbolic.editing.operators.numbers import constant
from evosearch.proposers.symbolic.editing.operators.reading import callswap, cond, name, opswap, replace, wrap
from evosearch.proposers.symbolic.editing.operators.shrinking import delete, hoist
from evosearch.proposers.symbolic.editing.operators.statements import dup, insert, swap

Operator = Callable[[Draft], bool]

#: Name -> default weight and operator. Weights as measured over optimizers, priorities, cap sets and paging; crossover
#: is 15 % of all.
OPERATORS: Final[Mapping[str, tuple[float, Operator]]] = {
    "constant": (3.0, constant),
    "name": (2.0, name),
    "insert": (2.0, insert),
    "replace": (1.5, replace),
    "wrap": (1.5, wrap),
    "delete": (1.5, delete),
    "callswap": (1.0, callswap),
    "opswap": (1.0, opswap),
    "hoist": (1.0, hoist),
    "cond": (0.5, cond),
    "swap": (0.3, swap),
    "dup": (0.3, dup),
    "crossover": (2.75, crossover),
}
