"""What people read of calls."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from evosearch.report import calls, terminal
from evosearch.report.snapshot import kept, take
from evosearch.store.records import StoredCall
from evosearch.types import Usage


@pytest.fixture
def printed():
    def printed(renderable, width=140):
        console = Console(width=width, file=io.StringIO(), highlight=False)
        console.print(renderable)
        return console.file.getvalue()

    return printed


def rows(text):
    """The words of each line, by its first word."""
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}


def test_the_summary_tells_what_was_spent_and_what_became_of_the_replies(printed, asked):
    text = printed(terminal.summary(take(asked), None))
    for part in (
        "mixed, run 1 ended: budget",
        "models        small",
        "19 evaluations, 2 calls, 2.4k tokens, $0.25 and 1 call of unknown price, 2 s",
        "3 replies: 2 programs, 1 no_code",
        "1 reply is paid for and waits to be used: run again",
        "1: 0.0%, 2: 0.0%, 5: 100.0% (1 problem, 3 tries, by first success); left out: 1 not tried",
    ):
        assert part in text


def test_several_replies_wait_in_the_plural(printed, asked):
    waiting = replace(take(asked), unsettled=Usage(calls=3))
    assert "3 replies are paid for and wait to be used: run again" in printed(terminal.summary(waiting, None))


def test_the_summary_of_a_search_without_models_does_not_speak_of_them(printed, snapshot):
    shown = rows(printed(terminal.summary(snapshot, None)))
    assert not {"models", "replies", "waiting", "pass@k"} & set(shown)


def test_operators_and_models_stand_in_a_table_each(printed, asked):
    text = printed(calls.achievements(take(asked)), width=80)
    assert [" ".join(line.split()) for line in text.splitlines() if line.strip()] == [
        "what replies achieved",
        "operator replies programs ran changed kept improved",
        "mend 1 1 1 1 1 1",
        "rewrite 2 1 1 1 1 1",
        "model replies programs ran changed kept improved",
        "small 3 2 2 2 2 2",
        "what they cost",
        "operator calls tokens money seconds an improvement",
        "mend 1 1.2k unknown 2 1.2k tokens, 2 s",
        "rewrite 1 1.2k $0.25 2 1.2k tokens, $0.25, 2 s",
        "model calls tokens money seconds an improvement",
        "small 2 2.4k ≥ $0.25 4 1.2k tokens, 2 s",
        "what became of the replies",
        "mend 1 program",
        "rewrite 1 no_code, 1 program",
        "what edits achieved without a model",
        "edit evaluated with a score kept",
        "value 3 2 2",
    ]


def test_where_it_is_narrow_a_name_goes_on_in_the_next_line_and_a_number_does_not(printed, asked):
    found = take(asked)
    long = replace(found.models[0], name="provider/a-model-with-quite-a-long-name")
    text = printed(calls.achievements(replace(found, models=(long,))), width=72)
    assert "provider/a-model-with-quite-a-long-name" not in text
    assert text.count("  improved") == 2
    assert text.count("≥ $0.25") == 1


def test_without_a_reply_there_is_a_word_instead_of_tables(printed, snapshot):
    assert printed(calls.achievements(snapshot)).endswith("no model was asked yet\n")
    waiting = replace(snapshot, unsettled=Usage(calls=1))
    assert printed(calls.achievements(waiting)).endswith("no reply was used yet\n")


def test_edits_without_a_model_have_a_table_of_their_own_the_most_frequent_first(printed, snapshot):
    lines = [" ".join(line.split()) for line in printed(calls.achievements(snapshot)).splitlines()]
    assert lines[:4] == [
        "what edits achieved without a model",
        "edit evaluated with a score kept",
        "value 3 2 2",
        "crossover 1 1 1",
    ]


def test_the_latest_calls_are_rows(printed, asked, hand_made):
    shown = rows(printed(calls.latest(asked.latest_calls(9))))
    digests = {name: hand_made[name].request.digest[:12] for name in ("used", "solving", "unused")}
    assert shown[digests["used"]] == ["small", "program,", "no_code", "1.2k", "$0.25", "2.00", "2"]
    assert shown[digests["solving"]] == ["small", "program", "1.2k", "unknown", "2.00", "2"]
    assert shown[digests["unused"]] == ["small", "waiting", "1.2k", "$0.25", "2.00", "2"]


def test_a_call_is_shown_whole(printed, asked, hand_made):
    stored = asked.call(hand_made["used"].request.digest)
    text = printed(calls.whole(stored))
    for part in (
        "small (the provider calls it small-2026)",
        '{"temperature": 0.8, "sample": 7}',
        "1,000 of the prompt (0 cached), 200 more",
        "$0.25 (settings)",
        "2.00 s in 2 tries",
        f"program, choice 1, by rewrite in step 3: {hand_made['made'][0].proposal.program.id}",
        "no_code, choice 2, by rewrite in step 3",
        "You write sol.",
        "reply 1 of 2, which ended by: stop",
    ):
        assert part in text
    assert printed(calls.whole(asked.call(hand_made["solving"].request.digest))).count("line ") == 100


def test_what_is_odd_about_a_call_is_told(printed, asked, hand_made):
    call = asked.call(hand_made["unused"].request.digest).call
    reply = replace(call.reply, texts=(), finishes=(), refusal="prompt_too_long", counted=False)
    odd = StoredCall("abc", 1, "now", replace(call, reply=reply, dropped=("temperature",), tries=1), ())
    text = printed(calls.whole(odd))
    for part in ("prompt_too_long", "not counted", "temperature: the model refused it", "1 try", "waits to be used"):
        assert part in text


def test_a_call_is_json(asked, hand_made):
    used = hand_made["used"]
    described = json.loads(json.dumps(calls.call_json(asked.call(used.request.digest))))
    assert described["messages"] == list(used.request.messages)
    assert described["replies"] == [{"text": text, "finish": "stop"} for text in used.reply.texts]
    assert (described["usd"], described["price"], described["settings"]) == (0.25, "settings", {"temperature": 0.8})
    assert [(use["step"], use["outcome"], use["choice"]) for use in described["uses"]] == [
        (3, "program", 0),
        (3, "no_code", 1),
    ]
    unpriced = calls.row_json(asked.call(hand_made["solving"].request.digest))
    assert (unpriced["usd"], unpriced["outcomes"]) == (None, ["program"])


def test_a_program_is_shown_with_what_its_model_was_asked_and_said(printed, asked, hand_made):
    stored = kept(asked, hand_made["made"][1].proposal.program.id)
    text = printed(terminal.program(stored, take(asked), 100, asked.calls_behind(stored)))
    for part in ("mend with small", "1 call, 1.2k tokens, price unknown", "the calls that led to it", "Mend sol."):
        assert part in text
    digest = hand_made["solving"].request.digest[:12]
    assert f"… 68 more lines; `evosearch show call {digest}` shows all …" in text
    assert "line 23\n" in text
    assert "line 24\n" not in text
    assert "line 99\n" in text


def test_a_program_whose_call_is_gone_is_shown_all_the_same(printed, tmp_path, hand_made, asked):
    stored = replace(kept(asked, hand_made["made"][1].proposal.program.id), cost=None)
    text = printed(terminal.program(stored, take(asked), 100))
    assert "unknown: the call is not in the file" in text
    assert "--json has all" in text
    assert "the calls that led to it" not in text


def test_nothing_that_a_model_said_steers_the_terminal(printed, asked, hand_made):
    shown = printed(calls.whole(asked.call(hand_made["used"].request.digest)))
    hostile = "small \x1b[2J[red]x[/red]"
    stored = asked.call(hand_made["used"].request.digest)
    request = replace(stored.call.request, model=hostile, messages=({"role": hostile, "content": hostile},))
    attempts = [replace(use, attempt=replace(use.attempt, operator=hostile, detail=hostile)) for use in stored.uses]
    reply = replace(stored.call.reply, texts=(hostile,), finishes=(hostile,), model=hostile, refusal=hostile)
    loud = StoredCall(hostile, 1, hostile, replace(stored.call, request=request, reply=reply), tuple(attempts))
    snapshot = take(asked)
    operators = tuple(replace(one, name=hostile, outcomes={hostile: 1}) for one in snapshot.operators)
    shown += printed(calls.whole(loud)) + printed(calls.latest([loud, replace(loud, uses=())]))
    shown += printed(calls.achievements(replace(snapshot, operators=operators, models=operators)))
    shown += printed(terminal.summary(replace(snapshot, operators=operators), None))
    assert "\x1b" not in shown
    assert shown.count("[red]x[/red]") > 10
