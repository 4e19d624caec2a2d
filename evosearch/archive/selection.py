"""How parents are drawn from the elites.

uniform      every elite alike (Mouret and Clune 2015)
curiosity    those whose children were kept lately (Cully and Demiris 2018, section V.C)
score        in proportion to the score above the floor
tournament   the best of some that are drawn uniformly

Elites are numbered by their slots in a pool: 0, 1, … in the order in which they came.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from evosearch.archive.sum_tree import SumTree
from evosearch.types import Elite

SelectionName = Literal["uniform", "curiosity", "score", "tournament"]

#: Scores above the floor weigh as much as they say, but no less and no more than this: nothing is out of reach, and a
#: million of them have a finite sum.
LEAST_WEIGHT, MOST_WEIGHT = 1e-9, 1e290
#: The curiosity of an elite that has no children yet, what a child changes, and what it never falls below.
CURIOSITY, CHILD_KEPT, CHILD_KEPT_OUT, LEAST_CURIOSITY = 1.0, 1.0, -0.5, 0.1


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """How an archive of cells draws parents.

    Attributes:
        selection: uniform, curiosity, score or tournament.
        rivals: How many elites a tournament is among.
    """

    selection: SelectionName = "uniform"
    rivals: int = field(default=3, metadata={"ge": 1})


class Selection(Protocol):
    """Draws slots of one pool. A pure fold over the calls of `put`, `discard` and `credit`; `draw` changes nothing.

    Attributes:
        learns: Whether it wants to be told by `credit` what becomes of the children.
    """

    learns: bool

    def put(self, slot: int, elite: Elite) -> None:
        """An elite has taken a slot, the first free one or that of another elite."""
        ...

    def discard(self, slot: int) -> None:
        """A slot's elite is gone, and that of the last slot has moved there."""
        ...

    def credit(self, slot: int, *, kept: bool) -> None:
        """A child of a slot's elite was kept, or kept out."""
        ...

    def draw(self, rng: np.random.Generator, k: int) -> Sequence[int]:
        """Up to k different slots."""
        ...


class Uniform:
    """Every elite alike."""

    learns = False

    def __init__(self) -> None:
        self._count = 0

    def put(self, slot: int, elite: Elite) -> None:  # noqa: ARG002 - elites are alike
        """See `Selection`."""
        self._count = max(self._count, slot + 1)

    def discard(self, slot: int) -> None:  # noqa: ARG002 - slots are alike
        """See `Selection`."""
        self._count -= 1

    def credit(self, slot: int, *, kept: bool) -> None:
        """See `Selection`; children change nothing."""

    def draw(self, rng: np.random.Generator, k: int) -> list[int]:
        """See `Selection`."""
        if not self._count:
            return []
        drawn: list[int] = rng.choice(self._count, size=min(k, self._count), replace=False, shuffle=True).tolist()
        return drawn


class Tournament:
    """The best of some that are drawn uniformly; of equal ones that of the lower slot.

    The tournaments of one draw are among different elites, so that their winners differ; where there are too few for
    all, they are smaller.

    Args:
        rivals: How many elites one is among.
    """

    learns = False

    def __init__(self, rivals: int) -> None:
        self._rivals = rivals
        self._scores = array("d")

    def put(self, slot: int, elite: Elite) -> None:
        """See `Selection`."""
        self._scores[slot : slot + 1] = array("d", (elite.score,))

    def discard(self, slot: int) -> None:
        """See `Selection`."""
        last = self._scores.pop()
        if slot < len(self._scores):
            self._scores[slot] = last

    def credit(self, slot: int, *, kept: bool) -> None:
        """See `Selection`; children change nothing."""

    def draw(self, rng: np.random.Generator, k: int) -> list[int]:
        """See `Selection`."""
        count = len(self._scores)
        tournaments = min(k, count)
        if not tournaments:
            return []
        drawn = rng.choice(count, size=min(count, k * self._rivals), replace=False, shuffle=True).tolist()
        groups = (drawn[first::tournaments] for first in range(tournaments))
        return [min(group, key=lambda slot: (-self._scores[slot], slot)) for group in groups]


class Weighted:
    """In proportion to a weight.

    Args:
        weight: That of an elite when it is put; it is finite and not negative.
    """

    learns = False

    def __init__(self, weight: Callable[[Elite], float]) -> None:
        self._weight = weight
        self._tree = SumTree()

    def put(self, slot: int, elite: Elite) -> None:
        """See `Selection`; an elite that is put again is weighed anew."""
        self._tree[slot] = self._weight(elite)

    def discard(self, slot: int) -> None:
        """See `Selection`."""
        last = self._tree.pop()
        if slot < len(self._tree):
            self._tree[slot] = last

    def credit(self, slot: int, *, kept: bool) -> None:
        """See `Selection`; children change nothing."""

    def draw(self, rng: np.random.Generator, k: int) -> list[int]:
        """See `Selection`."""
        return self._tree.draw(rng, k)


class Curiosity(Weighted):
    """In proportion to the curiosity score: 1 more for a child that was kept, 0.5 less for one that was kept out.

    It starts at 1, where Cully and Demiris (2018) start at 0, so that those without children are drawn as well; and it
    never falls below 0.1, so that none is given up. An elite that takes another's cell starts anew.
    """

    learns = True

    def __init__(self) -> None:
        super().__init__(lambda _: CURIOSITY)

    def credit(self, slot: int, *, kept: bool) -> None:
        """See `Selection`."""
        self._tree[slot] = max(LEAST_CURIOSITY, self._tree[slot] + (CHILD_KEPT if kept else CHILD_KEPT_OUT))


def selector(options: SelectionOptions, score_floor: float) -> Callable[[], Selection]:
    """What makes a selection for each pool of an archive.

    Args:
        options: Which one.
        score_floor: The score from which elites are weighed.
    """
    choices: dict[SelectionName, Callable[[], Selection]] = {
        "uniform": Uniform,
        "curiosity": Curiosity,
        "score": lambda: Weighted(lambda elite: min(max(LEAST_WEIGHT, elite.score - score_floor), MOST_WEIGHT)),
        "tournament": lambda: Tournament(options.rivals),
    }
    return choices[options.selection]
