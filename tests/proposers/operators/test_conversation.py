import json

from evosearch.proposers.operators.conversation import continued, described, first_messages
from evosearch.types import Call, Reply, Request


def test_a_conversation_begins_with_the_system_and_the_operators_prompt(context, elite, fill):
    system, user = first_messages("rewrite", context(elite()), fill, [elite()], extra="more")
    assert (system["role"], json.loads(system["content"])) == ("system", {"prompt": "system", "entry": ["sol"]})
    assert user["role"] == "user"
    assert json.loads(user["content"]) == {
        "prompt": "rewrite",
        "brief": "halve a number",
        "entry": ["sol"],
        "parents": [{"source": elite().program.source, "report": "it scored 0.5", "score": 0.5}],
        "extra": "more",
    }


def test_a_described_elite_has_its_source_and_what_the_task_says_of_it(context, elite):
    shown = {"source": elite().program.source, "report": "it scored 0.5"}
    assert described(context(), elite()) == shown


def test_a_conversation_goes_on_after_the_choice_that_it_is_about():
    asked = {"role": "user", "content": "please"}
    call = Call(Request("model", (asked,), {}, 1), Reply(("one", "two")))
    assert continued([asked], call, 1, "and now?") == (
        asked,
        {"role": "assistant", "content": "two"},
        {"role": "user", "content": "and now?"},
    )
