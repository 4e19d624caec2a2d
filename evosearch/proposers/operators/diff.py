"""Ask for edits of a program: SEARCH/REPLACE blocks, cheaper than the whole text and truer to the rest of it."""

from evosearch.proposers.operators.conversation import continued, draft_all, first_messages
from evosearch.proposers.operators.parents import one_parent, programs
from evosearch.protocols import Context, Desk, Fill, Opening
from evosearch.types import ReplyOutcome


class Diff:
    """One parent, and edits of it. The first that do not apply are asked for once more, with the reason."""

    name = "diff"
    calls = 2

    def suits(self, context: Context) -> bool:
        """Whether there is a program to edit."""
        return bool(context.parents)

    def open(self, context: Context, fill: Fill) -> Opening:
        """The parent, and what came of it."""
        parents = one_parent(context)
        return Opening(first_messages(self.name, context, fill, parents), programs(parents))

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call; one more if an edit does not apply."""
        call = await desk.ask(opening.messages)
        drafts = await draft_all(desk, call, opening.parents, form="diff")
        for choice, draft in enumerate(drafts):
            if draft.outcome is ReplyOutcome.DIFF_FAILED:
                said = desk.fill("repair_diff", detail=draft.detail)
                again = await desk.ask(continued(opening.messages, call, choice, said), role="repair")
                await draft_all(desk, again, opening.parents, form="diff")
                return
