"""The embedded proposer: it asks no model, and does its own searching in a jail.

What it does depends on the brief. A predicate (a programming puzzle) is searched for in a batch of many candidates;
of any other task it edits an elite.
"""

from typing import Any

from evosearch.errors import CandidateError
from evosearch.proposers.symbolic import replies
from evosearch.protocols import Context, Equipment, Regimen
from evosearch.types import Batch, Forecast, Limits, Program, Proposal, Usage

#: How many programs of a batch are offered to the archive.
RETURNED = 3
#: How many programs of kindred problems a batch borrows from.
DONORS = 8
_SEARCH = "evosearch.proposers.symbolic.batch:search"
_EDIT = "evosearch.proposers.symbolic.edits:edit"
#: Far above what a batch needs: its own budget is counted in candidates and steps.
_SEARCH_LIMITS = Limits(cpu_seconds=120.0, wall_seconds=900.0, memory_bytes=2**30)
_EDIT_LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0)


class SymbolicProposer:
    """Edits and searches programs by rules alone."""

    name = "symbolic"
    regimen = Regimen(rungs=(100, 1_000, 10_000))

    def __init__(self, equipment: Equipment | None = None) -> None:
        """It needs no equipment."""

    def forecast(self, context: Context) -> Forecast:  # noqa: ARG002 - it asks no model
        """Nothing."""
        return Forecast()

    async def propose(self, context: Context) -> Batch:
        """A batch of searched programs for a predicate; one edited program for any other task."""
        if context.brief.material.get("kind") == "predicate":
            return await self._search(context)
        return await self._edit(context)

    async def _search(self, context: Context) -> Batch:
        tries = max(1, context.allowance - RETURNED)
        request: dict[str, Any] = {
            "instances": context.brief.material["instances"],
            "answer_type": context.brief.material["answer_type"],
            "allowance": tries,
            "spent": context.spent,
            "seed": list(context.seed),
            "parents": [elite.program.source for elite in context.parents],
            "donors": [elite.program.source for elite in context.inspirations[:DONORS]],
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

    async def _edit(self, context: Context) -> Batch:
        if not context.parents:
            return Batch(note="there is no elite to edit")
        rng = context.generator()
        chosen = rng.permutation(len(context.parents))
        parent, donors = context.parents[chosen[0]], [context.parents[place] for place in chosen[1:]]
        request: dict[str, Any] = {
            "source": parent.program.source,
            "donors": [elite.program.source for elite in donors],
            "seed": list(context.seed),
        }
        try:
            reply = await context.laboratory(_EDIT, request, _EDIT_LIMITS)
            edited = replies.read_edit(reply, donors=len(donors))
        except CandidateError as error:
            return Batch(note=f"the edit was lost: {error.status}: {error}")
        made_from = (parent.program.id, *(donors[place].program.id for place in edited.donors))
        proposal = Proposal(Program(edited.source, context.problem), edited.operator, made_from)
        return Batch((proposal,))
