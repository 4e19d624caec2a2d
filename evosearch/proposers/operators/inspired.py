"""Ask for a better version of a program in sight of others, as programs that came before it (FunSearch)."""

from evosearch.proposers.operators.conversation import ask_once, described, first_messages
from evosearch.proposers.operators.parents import draws, elsewhere, programs, ranked, sampled
from evosearch.protocols import Context, Desk, Fill, Opening

#: How many elites are shown beside the parent, never more: the archive grows, a prompt must not.
SHOWN = 3


class Inspired:
    """One parent, and a few elites of other niches to learn from."""

    name = "inspired"
    calls = 1

    def suits(self, context: Context) -> bool:
        """Whether there are elites of two niches at least."""
        return len({elite.niche for elite in context.parents}) > 1

    def open(self, context: Context, fill: Fill) -> Opening:
        """The parent and what came of it, then the others."""
        rng = draws(context)
        parent = ranked(context.parents, rng)
        others = sampled(elsewhere(parent, context.parents), SHOWN, rng)
        shown = [described(context, other) | {"score": other.score} for other in others]
        messages = first_messages(self.name, context, fill, [parent], others=shown)
        return Opening(messages, programs([parent, *others]))

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call."""
        await ask_once(desk, opening)
