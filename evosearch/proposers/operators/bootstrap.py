"""Ask for a program after the model of those that solved other problems.

The bootstrapping of Programming Puzzles (Schuster et al. 2021, section 4): what solved earlier puzzles stands before
a new one as worked examples, so that a model learns from what it found itself.
"""

from evosearch.proposers.operators.conversation import ask_once, described, first_messages
from evosearch.proposers.operators.parents import draws, programs, ranked, sampled
from evosearch.protocols import Context, Desk, Fill, Opening

#: Worked examples in a prompt: as many as the medium prompt of the paper has.
EXAMPLES = 5


class Bootstrap:
    """Programs that solved other problems of the same kind; and one parent, if the problem has any."""

    name = "bootstrap"
    calls = 1

    def suits(self, context: Context) -> bool:
        """Whether another problem was solved."""
        return bool(context.inspirations)

    def open(self, context: Context, fill: Fill) -> Opening:
        """The examples, and the parent if there is one."""
        rng = draws(context)
        solved = sampled(context.inspirations, EXAMPLES, rng)
        parents = [ranked(context.parents, rng)] if context.parents else []
        examples = [described(context, elite) for elite in solved]
        messages = first_messages(self.name, context, fill, parents, examples=examples)
        return Opening(messages, programs([*parents, *solved]))

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call."""
        await ask_once(desk, opening)
