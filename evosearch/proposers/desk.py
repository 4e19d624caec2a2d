"""What an operator works with: it asks models within the proposal's funds, and finds the programs in their replies.

A reply goes through `replies.find`, which is work on text alone, and what it found through `reading.examine`, which
parses it and so runs in a jail. Every reply ends as an attempt with a named outcome; those that are programs, as
proposals too.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evosearch import quoting, replies
from evosearch.errors import CandidateError, FundsSpentError, ProviderError
from evosearch.protocols import Context, Draft, Fill, Form, Models
from evosearch.randomness import generator
from evosearch.reading import EXAMINE, Examination, examinations_of
from evosearch.types import (
    Attempt,
    Batch,
    Call,
    Finding,
    Funds,
    Limits,
    Message,
    Program,
    Proposal,
    Reading,
    ReplyOutcome,
    Request,
    Role,
    Usage,
)

#: What the jailed parser may use for the program of one reply and its parents.
EXAMINATION_LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0)
#: Sets the sample numbers apart from what else is drawn for a proposal.
_SAMPLES = 2


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and whom: what was decided before a proposal is opened.

    Attributes:
        operator: The operator's name.
        role: What the opening's model is asked for.
        model: The model that was chosen for it.
        samples: Choices that the opening asks for.
    """

    operator: str
    role: Role
    model: str
    samples: int


class ProposalDesk:
    """What one operator works with while it develops one proposal (`protocols.Desk`).

    Args:
        context: What is known of the work.
        asker: Who asks, and whom.
        models: The door to the models.
        fill: Fills a prompt.
        rng: Chooses the models of further roles.
    """

    def __init__(self, context: Context, asker: Asker, models: Models, fill: Fill, rng: np.random.Generator) -> None:
        self._context = context
        self._asker = asker
        self._models = models
        self._fill = fill
        self._rng = rng
        self._model_of: dict[Role, str] = {asker.role: asker.model}
        self._first_sample = int(generator(*context.seed, _SAMPLES).integers(2**31))
        self._asked = 0
        self._spent = Usage()
        self._pledged: list[Usage] = []
        self._proposals: list[Proposal] = []
        self._attempts: list[Attempt] = []
        self._findings: list[Finding] = []
        self._notes: list[str] = []

    @property
    def context(self) -> Context:
        """What is known of the work."""
        return self._context

    @property
    def fill(self) -> Fill:
        """Fills a prompt."""
        return self._fill

    # Asking ---------------------------------------------------------------------------------------------------

    def request(self, messages: Sequence[Message], role: Role, **settings: Any) -> Request:
        """The request that `ask` would send now; nothing is sent.

        The first of a proposal asks for as many choices as the run's settings say, a later one, which is about one
        of them, for one.
        """
        samples = self._asker.samples if self._asked == 0 else 1
        # A single choice is what every provider gives unasked, while not all of them know the setting.
        wanted = {"n": samples if samples > 1 else None, **settings}
        sample = (self._first_sample + self._asked) % 2**31
        return self._models.request(self._model(role), messages, sample, **wanted)

    async def ask(self, messages: Sequence[Message], *, role: Role = "propose", **settings: Any) -> Call:
        """Ask the model of a role; the same model answers throughout one proposal.

        Raises:
            FundsSpentError: What is left for the proposal does not cover the call.
            ProviderError: There is no reply; or tokens or money are capped, and the model takes no limit of tokens.
        """
        request = self.request(messages, role, **settings)
        cost = self._models.worst_case(request)
        left = self._context.funds.less(sum(self._pledged, self._spent))
        if not left.cover(cost):
            raise FundsSpentError(f"the next call may cost {_cost(cost)}; {_rest(left)} are left for the proposal")
        self._asked += 1
        self._pledged.append(cost)
        try:
            call = await self._models.ask(request)
        finally:
            self._pledged.remove(cost)
        self._spent += call.usage
        self._check_bill(call, cost, left)
        return call

    def _check_bill(self, call: Call, cost: Usage, left: Funds) -> None:
        """See that a call cost no more than it might have, and that the next one will not either.

        Raises:
            ProviderError: Tokens or money are capped, and nothing limits what a reply of this model takes of them.
        """
        bill = call.usage
        if bill.tokens > cost.tokens or (call.usd is not None and bill.usd > cost.usd):
            self.note(
                f"a call of {call.request.model} cost {_cost(bill)}, and was expected to cost {_cost(cost)} at most"
            )
        capped = left.tokens < math.inf or (left.usd < math.inf and cost.usd > 0)
        if capped and not {"max_tokens", "max_completion_tokens"}.isdisjoint(call.dropped):
            raise ProviderError(
                f"model {call.request.model!r} takes no limit of tokens, so no budget of tokens or money can be kept",
                hint="cap calls instead, as in `--budget 200calls`",
            )

    def _model(self, role: Role) -> str:
        if role not in self._model_of:
            self._model_of[role] = self._models.choose(role, self._rng, self._context.standings.models)
        return self._model_of[role]

    # Reading replies ------------------------------------------------------------------------------------------

    async def draft(self, call: Call, parents: Sequence[Program], *, choice: int = 0, form: Form = "program") -> Draft:
        """Find the program in a choice of a reply, have it read in the jail, and hand it in if it is one.

        Programs of other problems among the parents are examples: they count as where it is from, but it may well
        be equal to one of them.
        """
        kin = [parent.source for parent in parents if parent.problem == self._context.problem]
        draft, reading = self._found(call, kin, choice, form), None
        if draft.outcome is ReplyOutcome.PROGRAM and draft.source is not None:
            draft, reading = await self._examined(draft.source, kin)
        if reading is None or draft.source is None:
            self._count(call, choice, draft.outcome, detail=draft.detail)
        else:
            self._hand_in(call, choice, draft.source, parents, reading)
        return draft

    def thought(self, call: Call, *, choice: int = 0) -> str:
        """The text of a choice that was not meant to be a program."""
        text = _text(call, choice)
        outcome = ReplyOutcome.THOUGHT if text.strip() else ReplyOutcome.EMPTY
        self._count(call, choice, _refusal(call) or outcome, detail=call.reply.refusal)
        return text

    def _found(self, call: Call, kin: Sequence[str], choice: int, form: Form) -> Draft:
        if refused := _refusal(call):
            return Draft(refused, detail=f"the model did not answer: {call.reply.refusal}")
        finish = call.reply.finishes[choice] if choice < len(call.reply.finishes) else ""
        parent = kin[0] if kin else None
        found = replies.find(
            _text(call, choice), finish=finish, form=form, parent=parent, entry=self._context.brief.entry
        )
        return Draft(found.outcome, found.source, found.detail)

    async def _examined(self, source: str, kin: Sequence[str]) -> tuple[Draft, Reading | None]:
        """What the jailed parser makes of a program; its reading if it is to be evaluated."""
        try:
            rows = await self._context.laboratory(EXAMINE, [source, *kin], EXAMINATION_LIMITS)
            child, *before = examinations_of(rows, 1 + len(kin))
        except CandidateError as error:
            # What the parser does not survive is no program: an interpreter would begin with the same parser.
            self.note(f"a program could not be read: {error.status}: {error}")
            return Draft(ReplyOutcome.SYNTAX_ERROR, source, f"it could not be parsed: {error.status}"), None
        if child.fault:
            return Draft(ReplyOutcome.SYNTAX_ERROR, source, child.fault), None
        if wrong := _renamed(child, before, self._context.brief.entry):
            return Draft(ReplyOutcome.RENAMED_ENTRY, source, wrong), None
        if any(child.reading.normal_form == parent.reading.normal_form for parent in before):
            detail = "it does exactly what the program before it does"
            return Draft(ReplyOutcome.UNCHANGED, source, detail), None
        return Draft(ReplyOutcome.PROGRAM, source), child.reading

    def _hand_in(self, call: Call, choice: int, source: str, parents: Sequence[Program], reading: Reading) -> None:
        position, allowance = len(self._proposals), self._context.allowance
        if position >= allowance:
            self.note(f"a program is left out: {allowance} may be evaluated in this turn")
            self._count(call, choice, ReplyOutcome.PROGRAM, detail="left out: the turn's evaluations are used up")
            return
        proposal = Proposal(
            Program(source, self._context.problem),
            self._asker.operator,
            parents=tuple(dict.fromkeys(parent.id for parent in parents)),
            model=call.request.model,
            prompt=call.request.messages,
            reply=_text(call, choice),
            reading=reading,
        )
        self._proposals.append(proposal)
        self._count(call, choice, ReplyOutcome.PROGRAM, position=position)

    def _count(
        self, call: Call, choice: int, outcome: ReplyOutcome, *, position: int | None = None, detail: str = ""
    ) -> None:
        digest = call.request.digest
        # A call is paid for once, whatever the number of its choices.
        paid = any(attempt.call == digest for attempt in self._attempts)
        attempt = Attempt(
            self._asker.operator,
            call.request.model,
            outcome,
            digest,
            choice=choice,
            position=position,
            usage=Usage() if paid else call.usage,
            detail=detail,
        )
        self._attempts.append(attempt)

    # What is left behind --------------------------------------------------------------------------------------

    def find(self, data: Any) -> None:
        """Leave something to be known by later proposals of this operator for this problem (JSON).

        Raises:
            TypeError: It is not JSON.
        """
        # A proposal that follows at once sees what one after a restart will: JSON, as the archive file gives it back.
        self._findings.append(Finding(self._asker.operator, json.loads(json.dumps(data))))

    def note(self, said: str) -> None:
        """Leave a word for the event log."""
        if said not in self._notes:
            self._notes.append(said)

    def batch(self) -> Batch:
        """All that came of the proposal so far."""
        return Batch(
            tuple(self._proposals), self._spent, "; ".join(self._notes), tuple(self._attempts), tuple(self._findings)
        )


def _text(call: Call, choice: int) -> str:
    """The text of a choice; empty if there is no such choice."""
    return call.reply.texts[choice] if choice < len(call.reply.texts) else ""


def _refusal(call: Call) -> ReplyOutcome | None:
    """The outcome of a reply that refuses to be one; None if it does not."""
    if not call.reply.refusal:
        return None
    too_long = call.reply.refusal == ReplyOutcome.PROMPT_TOO_LONG
    return ReplyOutcome.PROMPT_TOO_LONG if too_long else ReplyOutcome.CONTENT_FILTER


def _renamed(child: Examination, parents: Sequence[Examination], entry: Sequence[str]) -> str:
    """What is wrong with the names that a program defines; empty if nothing is.

    Of a task that does not say which names it needs, a child has to keep one of its parent's at least.
    """
    kept = parents[0].defines if parents else ()
    if entry:
        wanted = " and ".join(name for name in entry if name not in child.defines)
    else:
        wanted = "" if set(kept) & set(child.defines) else " or ".join(kept)
    found = quoting.one_line(", ".join(child.defines)) or "none"
    return f"expected a definition of {wanted}, found {found}" if wanted else ""


def _cost(cost: Usage) -> str:
    """A worst case in words."""
    money = "an unknown price" if cost.unpriced else f"${cost.usd:.4g}"
    return f"{cost.calls} call, {cost.tokens:,} tokens, {money}"


def _rest(funds: Funds) -> str:
    """What is left, in words; what nothing caps goes unsaid."""
    parts = (f"{funds.calls:,.0f} calls", f"{funds.tokens:,.0f} tokens", f"${funds.usd:.4g}")
    amounts = (funds.calls, funds.tokens, funds.usd)
    return ", ".join(part for part, amount in zip(parts, amounts, strict=True) if amount != math.inf)
