"""Ask for a better version of a program, whole; or for a first one."""

from evosearch.proposers.operators.conversation import ask_once, first_messages
from evosearch.proposers.operators.parents import one_parent, programs
from evosearch.protocols import Context, Desk, Fill, Opening


class Rewrite:
    """One parent, or none: it can start from nothing, and so suits always."""

    name = "rewrite"
    calls = 1

    def suits(self, context: Context) -> bool:  # noqa: ARG002 - it needs nothing
        """Always."""
        return True

    def open(self, context: Context, fill: Fill) -> Opening:
        """The parent, if there is one, and what came of it."""
        parents = one_parent(context)
        return Opening(first_messages(self.name, context, fill, parents), programs(parents))

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call."""
        await ask_once(desk, opening)
