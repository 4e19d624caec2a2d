"""Ask for a shorter program that does the same."""

from evosearch.proposers.operators.conversation import ask_once, first_messages
from evosearch.proposers.operators.parents import draws, programs, ranked
from evosearch.protocols import Context, Desk, Fill, Opening
from evosearch.types import Elite

#: Characters from which a program is long enough for the question to be worth its price.
WORTHWHILE = 200


class Simplify:
    """One parent that is not short already."""

    name = "simplify"
    calls = 1

    def suits(self, context: Context) -> bool:
        """Whether a parent is long enough."""
        return bool(_long(context))

    def open(self, context: Context, fill: Fill) -> Opening:
        """The parent, and what came of it."""
        parents = [ranked(_long(context), draws(context))]
        return Opening(first_messages(self.name, context, fill, parents), programs(parents))

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call."""
        await ask_once(desk, opening)


def _long(context: Context) -> list[Elite]:
    return [elite for elite in context.parents if len(elite.program.source.strip()) >= WORTHWHILE]
