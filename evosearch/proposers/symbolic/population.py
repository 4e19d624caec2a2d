"""A (mu + lambda) population: the best distinct individuals so far, and tournaments among them.

Beyer and Schwefel, "Evolution strategies: a comprehensive introduction" (2002), section 2.
"""

from bisect import insort
from random import Random
from typing import Generic, TypeVar

Individual = TypeVar("Individual")


class Population(Generic[Individual]):
    """The `size` best individuals; of equal ones, the later: drift across a plateau is free.

    Args:
        size: mu, how many survive.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._ranked: list[tuple[tuple[float, ...], int, Individual]] = []
        self._born = 0

    def __len__(self) -> int:
        return len(self._ranked)

    def add(self, fitness: tuple[float, ...], individual: Individual) -> bool:
        """Take an individual in, less fitness being better; return whether it is among the best."""
        if len(self._ranked) == self.size and fitness > self._ranked[-1][0]:
            return False
        self._born -= 1
        insort(self._ranked, (fitness, self._born, individual), key=lambda entry: entry[:2])
        del self._ranked[self.size :]
        return True

    def draw(self, random: Random, rivals: int = 2) -> Individual:
        """Return the winner of a tournament."""
        return self._ranked[min(random.randrange(len(self._ranked)) for _ in range(rivals))][2]
