"""Calls of models for people: what was asked, what came back, what became of it, and what it cost."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evosearch.report.amounts import call_parts, count, dollars, money, money_in_short, thousands
from evosearch.report.pass_at_k import PassAtK
from evosearch.report.printable import one_line, printable
from evosearch.report.snapshot import Snapshot
from evosearch.report.tables import columns, heading, pairs
from evosearch.store.records import Achievement, StoredCall, Use
from evosearch.types import Credit, Proposal, ReplyOutcome, Usage

#: Lines of a long text that are shown of its beginning and of its end.
_HEAD, _TAIL = 24, 8
_DIGITS = 12
_WIDEST_NAME = 40
_ACHIEVED = ("replies", "programs", "ran", "changed", "kept", "improved")
_COST = ("calls", "tokens", "money", "seconds", "an improvement")
_ESTIMATORS = {"first_success": "first success", "chen": "Chen et al. 2021"}


def summary_rows(snapshot: Snapshot) -> list[tuple[str, RenderableType]]:
    """What became of the replies, and what waits to be used; nothing if no model was asked."""
    rows: list[tuple[str, RenderableType]] = []
    if replies := snapshot.replies:
        rows.append(("replies", f"{count(sum(replies.values()), 'reply')}: {outcomes(replies)}"))
    if waiting := snapshot.unsettled.calls:
        verbs = "is paid for and waits" if waiting == 1 else "are paid for and wait"
        rows.append(("waiting", f"{count(waiting, 'reply')} {verbs} to be used: run again"))
    return rows


def outcomes(by_outcome: Mapping[str, int]) -> str:
    """`160 programs, 20 unchanged, 12 syntax_error`."""
    nouns = {ReplyOutcome.PROGRAM.value, ReplyOutcome.THOUGHT.value}
    return ", ".join(
        count(times, outcome) if outcome in nouns else f"{times:,} {one_line(outcome)}"
        for outcome, times in by_outcome.items()
    )


def pass_at_k(found: PassAtK) -> str:
    """The estimates on one line, and what they rest on."""
    values = ", ".join(f"{k}: {value:.1%}" for k, value in found.values.items())
    basis = f"{count(found.problems, 'problem')}, {count(found.tries, 'try')}, by {_ESTIMATORS[found.estimator]}"
    left_out = [f"{found.solved_free:,} solved without a model"] if found.solved_free else []
    left_out += [f"{found.untried:,} not tried"] if found.untried else []
    return f"{values} ({basis})" + (f"; left out: {', '.join(left_out)}" if left_out else "")


def achievements(snapshot: Snapshot) -> Group:
    """What operators and models achieved, and at what cost; and what came of edits that no model wrote."""
    edits = _edits(snapshot.ledger.standings().edits)
    if not snapshot.operators:
        text = "no model was asked yet" if not snapshot.unsettled.calls else "no reply was used yet"
        return Group(*edits, Text(text))
    both = (("operator", snapshot.operators), ("model", snapshot.models))
    return Group(
        heading("what replies achieved"),
        *(_achieved(what, found) for what, found in both),
        Text(),
        heading("what they cost"),
        *(_cost(what, found) for what, found in both),
        Text(),
        heading("what became of the replies"),
        pairs((one.name, outcomes(one.outcomes)) for one in snapshot.operators),
        *([Text(), *edits] if edits else []),
    )


def _edits(credits_: Mapping[str, Credit]) -> tuple[RenderableType, ...]:
    """What came of the programs that no model wrote, by what made them, the most frequent first."""
    made = sorted((-credit.attempts, name, credit) for name, credit in credits_.items() if name != "seed")
    if not made:
        return ()
    table = columns(("edit", "evaluated", "with a score", "kept"))
    for _, name, credit in made:
        counted = (credit.attempts, credit.programs, credit.kept)
        table.add_row(Text(one_line(name, _WIDEST_NAME)), *(f"{value:,}" for value in counted))
    return heading("what edits achieved without a model"), table


def _achieved(what: str, found: Iterable[Achievement]) -> Table:
    table = columns((what, *_ACHIEVED))
    for one in found:
        counted = (one.replies, one.programs, one.ran, one.changed, one.kept, one.improved)
        table.add_row(Text(one_line(one.name, _WIDEST_NAME)), *(f"{value:,}" for value in counted))
    return table


def _cost(what: str, found: Iterable[Achievement]) -> Table:
    table = columns((what, *_COST))
    for one in found:
        usage = one.usage
        table.add_row(
            Text(one_line(one.name, _WIDEST_NAME)),
            f"{usage.calls:,}",
            thousands(usage.tokens),
            money_in_short(usage),
            _seconds(usage.seconds),
            _an_improvement(usage, one.improved) if one.improved else "-",
        )
    return table


def _an_improvement(usage: Usage, improved: int) -> str:
    price = [] if usage.money is None else [dollars(usage.money / improved)]
    parts = [f"{thousands(usage.tokens / improved)} tokens", *price, f"{_seconds(usage.seconds / improved)} s"]
    return ", ".join(parts)


def _seconds(seconds: float) -> str:
    """Seconds in two digits or more: `0.21`, `3.4`, `1,234`."""
    return f"{seconds:,.0f}" if seconds >= 10 else f"{seconds:.2g}"


def latest(calls: Sequence[StoredCall]) -> Table:
    """Calls as rows, in the order given."""
    table = columns(("call", "model", "outcome", "tokens", "price", "seconds", "tries"), left=3)
    for stored in calls:
        call = stored.call
        table.add_row(
            Text(one_line(stored.digest[:_DIGITS])),
            Text(one_line(call.request.model, _WIDEST_NAME)),
            Text(_became(stored)),
            thousands(call.usage.tokens),
            money(call.usage),
            f"{call.seconds:,.2f}",
            f"{call.tries:,}",
        )
    return table


def whole(stored: StoredCall) -> Group:
    """One call: how it was asked, what it cost, what became of it, and all that was said."""
    request, reply = stored.call.request, stored.call.reply
    parts: list[RenderableType] = [pairs(_call_rows(stored))]
    for message in request.messages:
        parts += _said(message.get("role", "message"), message.get("content", ""))
    for position, text in enumerate(reply.texts):
        finish = reply.finishes[position] if position < len(reply.finishes) else "unknown"
        parts += _said(f"reply {position + 1} of {len(reply.texts)}, which ended by: {finish}", text)
    return Group(*parts)


def _call_rows(stored: StoredCall) -> Iterator[tuple[str, RenderableType]]:
    call = stored.call
    request, reply = call.request, call.reply
    named = f" (the provider calls it {one_line(reply.model)})" if reply.model not in ("", request.model) else ""
    tokens = f"{reply.prompt_tokens:,} of the prompt ({reply.cached_tokens:,} cached), {reply.completion_tokens:,} more"
    yield "call", stored.digest
    yield "model", one_line(request.model) + named
    yield "settings", one_line(json.dumps({**request.settings, "sample": request.sample}))
    yield "tokens", tokens + ("" if reply.counted else "; not counted by the provider: the bound that was reserved")
    yield "price", money(call.usage) + (f" ({one_line(call.price)})" if call.price else "")
    yield "time", f"{call.seconds:,.2f} s in {count(call.tries, 'try')}"
    if call.dropped:
        yield "dropped", f"{', '.join(map(one_line, call.dropped))}: the model refused it"
    yield "made", f"in run {stored.run}, {stored.at}"
    if reply.refusal:
        yield "refused", one_line(reply.refusal)
    for use in stored.uses:
        yield "became", _use(use)
    if not stored.uses:
        yield "became", "nothing yet: it waits to be used"


def conversation(proposal: Proposal, behind: Sequence[StoredCall]) -> Iterator[RenderableType]:
    """What the model that wrote a program was asked and said, long texts folded; nothing if none wrote it."""
    if behind:
        yield from (Text(), heading("the calls that led to it"), latest(behind))
    if not proposal.prompt and proposal.reply is None:
        return
    more = f"`evosearch show call {behind[-1].digest[:_DIGITS]}` shows all" if behind else "--json has all"
    for message in proposal.prompt:
        yield from _said(f"prompt: {message.get('role', 'message')}", _folded(message.get("content", ""), more))
    if proposal.reply is not None:
        yield from _said("reply", _folded(proposal.reply, more))


def cost(usage: Usage | None) -> str:
    """What the calls behind a program cost."""
    return ", ".join(call_parts(usage)) if usage and usage.calls else "unknown: the call is not in the file"


def call_json(stored: StoredCall) -> dict[str, Any]:
    """One call as a JSON object."""
    request, reply = stored.call.request, stored.call.reply
    finishes = (*reply.finishes, *("" for _ in reply.texts[len(reply.finishes) :]))
    return row_json(stored) | {
        "answered_by": reply.model,
        "settings": dict(request.settings),
        "sample": request.sample,
        "cached_tokens": reply.cached_tokens,
        "counted": reply.counted,
        "price": stored.call.price,
        "dropped": list(stored.call.dropped),
        "messages": [dict(message) for message in request.messages],
        "replies": [{"text": text, "finish": finish} for text, finish in zip(reply.texts, finishes, strict=False)],
        "uses": [
            {
                "step": use.step,
                "operator": use.attempt.operator,
                "choice": use.attempt.choice,
                "outcome": use.attempt.outcome,
                "detail": use.attempt.detail,
                "program": use.program,
            }
            for use in stored.uses
        ],
    }


def row_json(stored: StoredCall) -> dict[str, Any]:
    """One call as a row of a list."""
    call = stored.call
    return {
        "digest": stored.digest,
        "run": stored.run,
        "at": stored.at,
        "model": call.request.model,
        "outcomes": [use.attempt.outcome for use in stored.uses],
        "refusal": call.reply.refusal,
        "prompt_tokens": call.reply.prompt_tokens,
        "completion_tokens": call.reply.completion_tokens,
        "usd": call.usd,
        "seconds": call.seconds,
        "tries": call.tries,
    }


def _became(stored: StoredCall) -> str:
    found = dict.fromkeys(str(use.attempt.outcome) for use in stored.uses)
    return ", ".join(found) or one_line(stored.call.reply.refusal) or "waiting"


def _use(use: Use) -> str:
    attempt = use.attempt
    what = f"{attempt.outcome}, choice {attempt.choice + 1}, by {one_line(attempt.operator)} in step {use.step}"
    what += f": {use.program}" if use.program else ""
    return what + (f": {attempt.detail}" if attempt.detail else "")


def _said(who: str, text: str) -> tuple[RenderableType, ...]:
    return Text(), heading(who), Text(printable(text))


def _folded(text: str, more: str) -> str:
    lines = text.splitlines()
    hidden = len(lines) - _HEAD - _TAIL
    if hidden <= 1:
        return text
    return "\n".join([*lines[:_HEAD], f"… {hidden:,} more lines; {more} …", *lines[-_TAIL:]])
