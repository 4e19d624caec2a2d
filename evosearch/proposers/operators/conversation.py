"""What most operators have in common: how a conversation begins, goes on, and what is done with each reply."""

from collections.abc import Sequence
from typing import Any

from evosearch.protocols import Context, Desk, Draft, Fill, Form, Opening
from evosearch.types import Call, Elite, Message, Program


def first_messages(
    name: str, context: Context, fill: Fill, parents: Sequence[Elite] = (), **values: Any
) -> tuple[Message, ...]:
    """The system's message and the user's: the prompts `system` and `<name>`.

    Args:
        name: The operator's prompt.
        context: What is known of the work.
        fill: Fills a prompt.
        parents: The elites to start from, as the prompt is to show them.
        values: What this prompt is given beside `brief`, `entry` and `parents`.
    """
    entry = context.brief.entry
    shown = [described(context, elite) | {"score": elite.score} for elite in parents]
    asked = fill(name, brief=context.brief.text, entry=entry, parents=shown, **values)
    return {"role": "system", "content": fill("system", entry=entry)}, {"role": "user", "content": asked}


def described(context: Context, elite: Elite) -> dict[str, Any]:
    """An elite as prompts show it: its source, and what the task has to say of it."""
    return {"source": elite.program.source, "report": context.report(elite)}


def continued(messages: Sequence[Message], call: Call, choice: int, said: str) -> tuple[Message, ...]:
    """The conversation after a reply: what was said, what a choice of the reply was, and what is said next."""
    answer = {"role": "assistant", "content": call.reply.texts[choice]}
    return (*messages, answer, {"role": "user", "content": said})


async def ask_once(desk: Desk, opening: Opening) -> None:
    """Develop a proposal by the opening's call alone."""
    call = await desk.ask(opening.messages, role=opening.role)
    await draft_all(desk, call, opening.parents)


async def draft_all(desk: Desk, call: Call, parents: Sequence[Program], form: Form = "program") -> list[Draft]:
    """Draft every choice of a reply, in order; a reply without any, a refusal, counts as one."""
    choices = range(max(1, len(call.reply.texts)))
    return [await desk.draft(call, parents, choice=choice, form=form) for choice in choices]
