"""Ask for one program that has what is good in two."""

from itertools import combinations

from evosearch.proposers.operators.conversation import ask_once, first_messages
from evosearch.proposers.operators.parents import draws, programs
from evosearch.protocols import Context, Desk, Fill, Opening
from evosearch.types import Elite


class Crossover:
    """Two parents of different niches, every such pair being equally likely; the better one first."""

    name = "crossover"
    calls = 1

    def suits(self, context: Context) -> bool:
        """Whether there are two niches to take parents from."""
        return bool(_pairs(context))

    def open(self, context: Context, fill: Fill) -> Opening:
        """Both parents, and what came of them."""
        pairs = _pairs(context)
        pair = pairs[int(draws(context).integers(len(pairs)))]
        parents = sorted(pair, key=lambda elite: -elite.score)
        return Opening(first_messages(self.name, context, fill, parents), programs(parents))

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call."""
        await ask_once(desk, opening)


def _pairs(context: Context) -> list[tuple[Elite, Elite]]:
    return [(one, other) for one, other in combinations(context.parents, 2) if one.niche != other.niche]
