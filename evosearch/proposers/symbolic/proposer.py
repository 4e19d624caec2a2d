"""The embedded proposer: it asks no model, and does its own searching in a jail.

What it does depends on the brief. A predicate (a programming puzzle) is searched for in a batch of many candidates;
for any other task it draws a line of moves from the elites.
"""

from typing import Any

from evosearch.errors import CandidateError
from evosearch.proposers.symbolic import replies
from evosearch.proposers.symbolic.line import line
from evosearch.protocols import Context, Equipment, Regimen
from evosearch.types import Batch, Forecast, Limits, Program, Proposal, Usage

#: How many programs of a batch are offered to the archive.
RETURNED = 3
_SEARCH = "evosearch.proposers.symbolic.batch:search"
#: Far above what a batch needs: its own budget is counted in candidates and steps.
_SEARCH_LIMITS = Limits(cpu_seconds=120.0, wall_seconds=900.0, memory_bytes=2**30)


class SymbolicProposer:
    """Edits and searches programs by rules alone."""

    name = "symbolic"
    regimen = Regimen(rungs=(100, 1_000, 10_000), line=64, lines=1)

    def __init__(self, equipment: Equipment | None = None) -> None:
        """It needs no equipment."""

    def forecast(self, context: Context) -> Forecast:  # noqa: ARG002 - it asks no model
        """Nothing."""
        return Forecast()

    async def propose(self, context: Context) -> Batch:
        """A batch of searched programs for a predicate; a line of moves for any other task."""
        if context.brief.material.get("kind") == "predicate":
            return await self._search(context)
        if not context.parents:
            return Batch(note="there is no elite to start from")
        return await line.draw(context)

    async def _search(self, context: Context) -> Batch:
        tries = max(1, context.allowance - RETURNED)
        request: dict[str, Any] = {
            "instances": context.brief.material["instances"],
            "answer_type": context.brief.material["answer_type"],
            "allowance": tries,
            "spent": context.spent,
            "seed": list(context.seed),
            "parents": [elite.program.source for elite in context.parents],
            "solutions": [elite.program.source for elite in context.inspirations],
            "solved": any(elite.evaluation.metrics.get("answered") for elite in context.parents),
            "returned": min(RETURNED, context.allowance - tries),
        }
        try:
            reply = await context.laboratory(_SEARCH, request, _SEARCH_LIMITS)
            tried, programs = replies.read_search(reply, tries=tries, returned=request["returned"])
        except CandidateError as error:
            # The whole allowance, so that losing a batch is never cheaper than having it.
            spent = Usage(evaluations=context.allowance)
            return Batch(usage=spent, note=f"the batch was lost: {error.status}: {error}")
        parents = tuple(elite.program.id for elite in context.parents)
        proposals = tuple(Proposal(Program(found.source, context.problem), found.arm, parents) for found in programs)
        return Batch(proposals, Usage(evaluations=tried))
