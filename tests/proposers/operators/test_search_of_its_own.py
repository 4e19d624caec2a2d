"""An operator of a plug-in that searches on its own: several calls, a tree kept in findings, resumed in the middle.

It is PlanSearch and RethinkMCTS in small: observations first, a sketch for each, code after each sketch; what it saw
is left as a finding, and a later proposal goes on from the most promising node.
"""

import hashlib
import json
from dataclasses import replace

import pytest

from evosearch.protocols import Opening, Operator
from evosearch.types import ReplyOutcome

CALLS = 7


class KilledError(Exception):
    """The process ends here."""


class Sketching:
    """Three observations; for each a sketch, and a program after it."""

    name = "sketching"
    calls = CALLS

    def suits(self, context):
        return True

    def open(self, context, fill):
        known = [finding.data for finding in context.findings if finding.operator == self.name]
        node = max(known, key=lambda node: (node["programs"], node["text"]), default={"text": ""})
        asked = fill("observe", brief=context.brief.text, seen=node["text"])
        return Opening(({"role": "user", "content": asked},))

    async def develop(self, desk, opening):
        observations = desk.thought(await desk.ask(opening.messages)).splitlines()
        for observation in observations:
            await self._sketch(desk, observation)

    async def _sketch(self, desk, observation):
        asked = ({"role": "user", "content": desk.fill("sketch", observation=observation)},)
        sketch = desk.thought(await desk.ask(asked))
        call = await desk.ask(({"role": "user", "content": desk.fill("code", sketch=sketch)},))
        draft = await desk.draft(call, ())
        desk.find({"text": observation, "programs": int(draft.outcome is ReplyOutcome.PROGRAM)})


def model(asked):
    """Answers what is asked for, each sample differently; one sketch in three leads to no program."""
    said = json.loads(asked.text)
    digit = hashlib.sha256(asked.canonical.encode()).digest()[0]
    match said["prompt"]:
        case "observe":
            return "\n".join(f"{said['seen']}{letter}" for letter in "abc")
        case "sketch":
            return f"{said['observation']} means {digit}"
        case _:
            number = digit if said["sketch"][0] != "b" else ""
            return f"```python\ndef sol(n):\n    return n + ({number})\n```" if number else "I do not know."


class Dying:
    """A record that survives its process, which ends right before or after it has kept so many calls."""

    name = "dying"

    def __init__(self, memory, kept, *, before):
        self.memory = memory
        self.kept = kept
        self.before = before

    @property
    def calls(self):
        return self.memory.calls

    def find(self, digest):
        return self.memory.find(digest)

    def keep(self, call):
        if self.before and len(self.memory.calls) == self.kept:
            raise KilledError
        self.memory.keep(call)
        if len(self.memory.calls) == self.kept:
            raise KilledError


def test_it_is_an_operator():
    assert isinstance(Sketching(), Operator)


def test_it_makes_several_calls_and_each_reply_is_counted(context, proposed):
    came = proposed(context(), model, Sketching())
    assert len(came.asked) == came.batch.usage.calls == CALLS
    assert came.outcomes == ["thought", "thought", "program", "thought", "no_code", "thought", "program"]
    assert [proposal.operator for proposal in came.batch.proposals] == ["sketching"] * 2


def test_what_it_found_is_known_to_its_later_proposals(context, proposed):
    first = proposed(context(), model, Sketching())
    assert [finding.data["text"] for finding in first.batch.findings] == ["a", "b", "c"]
    later = context(index=2, findings=first.batch.findings)
    second = proposed(later, model, Sketching())
    # It goes on from the last of the observations that led to a program.
    assert json.loads(second.asked[0].text)["seen"] == "c"
    assert [finding.data["text"] for finding in second.batch.findings] == ["ca", "cb", "cc"]


def test_findings_of_another_operator_are_not_its_own(context, proposed):
    first = proposed(context(), model, Sketching())
    foreign = tuple(replace(finding, operator="thinking") for finding in first.batch.findings)
    second = proposed(context(index=2, findings=foreign), model, Sketching())
    assert json.loads(second.asked[0].text)["seen"] == ""


@pytest.mark.parametrize("kept", range(1, CALLS + 1))
def test_killed_after_any_call_it_goes_on_from_there_and_asks_for_nothing_twice(context, proposed, memory, kept):
    whole = proposed(context(), model, Sketching()).batch
    with pytest.raises(KilledError):
        proposed(context(), model, Sketching(), record=Dying(memory, kept, before=False))
    resumed = proposed(context(), model, Sketching(), record=memory)
    assert len(resumed.asked) == CALLS - kept
    assert resumed.batch == whole


def test_a_reply_that_never_arrived_is_asked_for_again(context, proposed, memory):
    whole = proposed(context(), model, Sketching()).batch
    with pytest.raises(KilledError):
        proposed(context(), model, Sketching(), record=Dying(memory, 3, before=True))
    resumed = proposed(context(), model, Sketching(), record=memory)
    assert len(resumed.asked) == CALLS - 3
    assert resumed.batch == whole
