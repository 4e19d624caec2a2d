"""Ask for a program that failed to be mended, with its error."""

from dataclasses import dataclass

from evosearch.errors import Status
from evosearch.proposers.operators.conversation import continued, draft_all, first_messages
from evosearch.proposers.operators.parents import draws, ranked
from evosearch.protocols import Context, Desk, Fill, Opening
from evosearch.types import Evaluation, Program, ReplyOutcome


@dataclass(frozen=True, slots=True)
class _Failure:
    program: Program
    evaluation: Evaluation


class Repair:
    """One program that got no score, the latest being preferred. A reply that does not parse is asked for again."""

    name = "repair"
    calls = 2

    def suits(self, context: Context) -> bool:
        """Whether a program failed, and by its own fault."""
        return bool(_failures(context))

    def open(self, context: Context, fill: Fill) -> Opening:
        """The program, and how it failed."""
        failed = ranked(_failures(context), draws(context))
        failure = {
            "source": failed.program.source,
            "status": str(failed.evaluation.status),
            "feedback": failed.evaluation.feedback,
        }
        return Opening(first_messages(self.name, context, fill, failure=failure), (failed.program,), role="repair")

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """One call; one more if a program in its reply does not parse."""
        call = await desk.ask(opening.messages, role=opening.role)
        drafts = await draft_all(desk, call, opening.parents)
        for choice, draft in enumerate(drafts):
            if draft.outcome is ReplyOutcome.SYNTAX_ERROR:
                said = desk.fill("repair_reply", detail=draft.detail, outcome=str(draft.outcome))
                again = await desk.ask(continued(opening.messages, call, choice, said), role="repair")
                await draft_all(desk, again, opening.parents)
                return


def _failures(context: Context) -> list[_Failure]:
    """What can be mended: a duplicate was not run, and a failure of the machinery is not the program's."""
    return [
        _Failure(trial.proposal.program, trial.evaluation)
        for trial in context.failures
        if trial.evaluation is not None and trial.evaluation.status not in (Status.OK, Status.INFRA)
    ]
