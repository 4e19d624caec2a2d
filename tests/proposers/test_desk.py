"""What becomes of a reply, what may be spent for it, and what is left behind."""

import asyncio
import json
import re

import pytest

from evosearch.errors import CandidateError, ProviderError, Status
from evosearch.models.ensemble import Ensemble
from evosearch.models.spec import ModelSpec, Price
from evosearch.proposers.desk import Asker, ProposalDesk
from evosearch.reading import read_one
from evosearch.testing import Answered, in_turn
from evosearch.types import Brief, Funds, Usage


def fenced(source):
    return f"```python\n{source}\n```"


BETTER = "def sol(n):\n    return n // 2\n"


async def drafting(desk, opening):
    call = await desk.ask(opening.messages)
    for choice in range(max(1, len(call.reply.texts))):
        await desk.draft(call, opening.parents, choice=choice)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", "empty"),
        ("I am sorry, I can not do that.", "no_code"),
        ("```javascript\nfunction sol(n) { return n / 2; }\n```", "wrong_language"),
        ("```python\ndef sol(n):\n    return (n //\n```", "syntax_error"),
        ("```python\ndef solve(n):\n    return n // 2\n```", "renamed_entry"),
        ("```python\ndef sol(m):\n    '''Add one.'''\n    return m + 1\n```", "unchanged"),
        ("```python\ndef sol(n):\n    return n // 2\n```", "program"),
    ],
)
def test_every_reply_has_an_outcome(developed, elite, text, outcome):
    came = developed(text, drafting, elite())
    assert came.outcomes == [outcome]
    assert [attempt.position for attempt in came.batch.attempts] == [0 if outcome == "program" else None]
    assert bool(came.batch.attempts[0].detail) == (outcome != "program")


@pytest.mark.parametrize(
    ("answered", "outcome"),
    [
        (Answered("```python\ndef sol(n):\n    return (", finish="length"), "truncated"),
        (Answered.too_long(), "prompt_too_long"),
        (Answered.filtered(), "content_filter"),
    ],
)
def test_a_reply_that_is_none_has_an_outcome_too(developed, elite, answered, outcome):
    came = developed(lambda _: answered, drafting, elite())
    assert came.outcomes == [outcome]
    assert came.batch.proposals == ()


def test_a_program_comes_with_its_provenance_and_its_reading(developed, elite):
    reply = fenced(BETTER)
    came = developed(reply, drafting, elite())
    (proposal,) = came.batch.proposals
    assert proposal.program.problem == "halve"
    assert (proposal.operator, proposal.model) == ("doing", "openai:test")
    assert proposal.parents == (elite().program.id,)
    assert proposal.prompt == ({"role": "user", "content": "go"},)
    assert proposal.reply == reply
    assert proposal.reading == read_one(proposal.program.source)


def test_which_name_is_missing_and_which_was_found_is_said(developed, elite):
    came = developed(fenced("def solve(n):\n    return n // 2"), drafting, elite())
    assert came.batch.attempts[0].detail == "expected a definition of sol, found solve"


@pytest.mark.parametrize(("child", "outcome"), [("help", "program"), ("other", "renamed_entry")])
def test_of_a_task_without_known_names_one_of_the_parents_is_kept(developed, elite, child, outcome):
    parent = elite("def solve(n):\n    return n\n\ndef help(n):\n    return n\n")
    said = fenced(f"def {child}(n):\n    return n // 2")
    came = developed(said, drafting, parent, brief=Brief("halve a number"))
    assert came.outcomes == [outcome]


def test_a_choice_more_than_may_be_evaluated_is_left_out_with_a_note(developed, elite):
    texts = tuple(fenced(f"def sol(n):\n    return {number}") for number in range(4))
    came = developed(lambda _: Answered(texts), drafting, elite(), allowance=2, samples=4)
    assert came.outcomes == ["program"] * 4
    assert [attempt.position for attempt in came.batch.attempts] == [0, 1, None, None]
    assert ["return 0" in came.sources[0], "return 1" in came.sources[1]] == [True, True]
    assert "2 may be evaluated" in came.batch.note


def test_a_call_is_paid_for_once_whatever_the_number_of_its_choices(developed, elite):
    async def twice(desk, opening):
        await drafting(desk, opening)
        await drafting(desk, opening)

    came = developed(fenced(BETTER), twice, elite(), samples=3)
    assert [attempt.usage.calls for attempt in came.batch.attempts] == [1, 0, 0, 1]
    assert sum((attempt.usage for attempt in came.batch.attempts), Usage()) == came.batch.usage
    assert came.batch.usage.tokens > 0


def test_a_thought_is_counted_and_proposes_nothing(developed):
    heard = []

    async def think(desk, opening):
        heard.append(desk.thought(await desk.ask(opening.messages)))
        heard.append(desk.thought(await desk.ask(opening.messages)))
        heard.append(desk.thought(await desk.ask(opening.messages)))

    script = in_turn("half of a number is less", "", Answered.filtered())
    came = developed(script, think)
    assert came.outcomes == ["thought", "empty", "content_filter"]
    assert heard == ["half of a number is less", "", ""]
    assert came.batch.proposals == ()


def test_a_program_that_the_parser_does_not_survive_is_a_note_and_none(developed, elite):
    async def lost(entry, request, limits):
        raise CandidateError(Status.MEMORY, "out of memory")

    came = developed(fenced(BETTER), drafting, elite(), laboratory=lost)
    assert came.outcomes == ["syntax_error"]
    assert "memory" in came.batch.note
    assert came.batch.usage.calls == 1


@pytest.mark.parametrize(
    "answer", [None, 5, [], [{}], [{}, {}, {}], ["x", "y"], [{"reading": {}, "defines": 3}] * 2, {"0": {}}]
)
def test_the_jail_is_believed_only_in_the_form_that_was_asked_for(developed, elite, answer):
    async def forged(entry, request, limits):
        return answer

    came = developed(fenced(BETTER), drafting, elite(), laboratory=forged)
    assert came.outcomes == ["syntax_error"]
    assert "protocol" in came.batch.note


def test_the_jail_is_asked_once_a_reply_with_the_parent_beside_it(developed, elite, laboratory):
    seen = []

    async def watched(entry, request, limits):
        seen.append((entry, request))
        return await laboratory(entry, request, limits)

    developed(fenced(BETTER), drafting, elite(), laboratory=watched)
    developed(fenced(BETTER), drafting, laboratory=watched)
    assert [entry for entry, _ in seen] == ["evosearch.reading:examine"] * 2
    assert [len(request) for _, request in seen] == [2, 1]


def test_a_call_that_the_funds_do_not_cover_is_not_made(developed):
    came = developed(fenced(BETTER), drafting, funds=Funds(tokens=100))
    assert came.asked == []
    assert came.batch.usage == Usage()
    assert re.search(r"the next call may cost 1 call, 5\d\d tokens, .*; 100 tokens are left", came.batch.note)


def test_funds_that_were_spent_are_no_more_there(developed):
    async def often(desk, opening):
        for _ in range(9):
            await drafting(desk, opening)

    came = developed(fenced(BETTER), often, funds=Funds(calls=3))
    assert len(came.asked) == came.batch.usage.calls == 3
    assert came.outcomes == ["program"] * 3
    assert "0 calls are left" in came.batch.note


def test_calls_under_way_are_counted_at_their_worst(developed):
    async def at_once(desk, opening):
        asked = [desk.ask(opening.messages) for _ in range(5)]
        for came in await asyncio.gather(*asked, return_exceptions=True):
            if not isinstance(came, Exception):
                desk.thought(came)

    came = developed("a thought", at_once, funds=Funds(calls=2))
    assert len(came.asked) == came.batch.usage.calls == 2


def unlimited(asked):
    """A model that takes a limit of tokens by neither of its names."""
    limit = next((name for name in asked.settings if name.startswith("max_")), None)
    return Answered.refused(limit) if limit else "a thought"


async def thinking(desk, opening):
    desk.thought(await desk.ask(opening.messages))


def test_where_tokens_are_capped_a_model_that_takes_no_limit_ends_the_run(developed):
    with pytest.raises(ProviderError, match="takes no limit of tokens") as caught:
        developed(unlimited, thinking, funds=Funds(tokens=100_000))
    assert "--budget 200calls" in caught.value.hint
    assert developed(unlimited, thinking, funds=Funds(calls=3)).outcomes == ["thought"]


@pytest.mark.parametrize(("tokens", "is_told"), [(400, False), (5_000, True)])
def test_a_call_that_costs_more_than_it_could_is_told_and_counted(developed, tokens, is_told):
    usage = {"prompt_tokens": 10, "completion_tokens": tokens}
    came = developed(lambda _: Answered("a thought", usage=usage), thinking, funds=Funds(tokens=100_000))
    assert came.batch.usage.tokens == 10 + tokens
    assert ("was expected to cost" in came.batch.note) == is_told


def test_an_unknown_price_is_covered_by_endless_money_alone(developed):
    came = developed(fenced(BETTER), drafting, funds=Funds(usd=100.0))
    assert came.asked == []
    assert "an unknown price; $100 are left" in came.batch.note


def test_each_call_of_a_proposal_is_a_request_of_its_own(developed):
    async def think(desk, opening):
        for _ in range(5):
            desk.thought(await desk.ask(opening.messages))

    once, again = (developed("a thought", think) for _ in range(2))
    other = developed("a thought", think, index=2)
    seeds = [[asked.seed for asked in came.asked] for came in (once, again, other)]
    assert seeds[0] == seeds[1]
    assert len({*seeds[0], *seeds[2]}) == 10
    assert all(0 <= seed < 2**31 for seed in seeds[0])


def test_the_first_call_asks_for_all_choices_and_later_ones_for_one(developed):
    async def think(desk, opening):
        for settings in ({}, {}, {"n": 2, "temperature": 0.5}):
            desk.thought(await desk.ask(opening.messages, **settings))

    came = developed("a thought", think, samples=3, settings={"temperature": 1.0})
    assert [asked.settings.get("n") for asked in came.asked] == [3, None, 2]
    assert [asked.settings["temperature"] for asked in came.asked] == [1.0, 1.0, 0.5]


def test_one_model_answers_throughout_a_proposal_for_each_role(context, fill):
    names = [f"openai:{letter}" for letter in "abcdefgh"]
    models = Ensemble([ModelSpec(name) for name in names], record=None, connect=None)

    def asked_for(role, index):
        given = context(index=index)
        desk = ProposalDesk(given, Asker("doing", "propose", names[0], 1), models, fill, given.generator())
        return {desk.request((), role).model for _ in range(20)}

    assert asked_for("propose", 1) == {names[0]}
    judges = [asked_for("judge", index) for index in range(1, 20)]
    assert {len(models) for models in judges} == {1}
    assert len(set().union(*judges)) > 1


def test_findings_are_left_as_the_archive_file_gives_them_back(developed):
    async def find(desk, opening):
        desk.find({"thought": "halve", "visits": (1, 2)})

    came = developed("", find)
    (finding,) = came.batch.findings
    assert finding.operator == "doing"
    assert finding.data == json.loads(json.dumps(finding.data)) == {"thought": "halve", "visits": [1, 2]}


def test_a_finding_that_is_no_json_is_refused_at_once(developed):
    async def find(desk, opening):
        desk.find({1, 2})

    with pytest.raises(TypeError, match="set is not JSON"):
        developed("", find)


def test_a_price_is_known_before_it_is_paid(context, fill):
    spec = ModelSpec("openai:a", settings={"max_tokens": 1000}, price=Price(input=1.0, output=10.0))
    models = Ensemble([spec], record=None, connect=None)
    desk = ProposalDesk(
        context(funds=Funds(usd=0.001)), Asker("doing", "propose", "openai:a", 1), models, fill, context().generator()
    )
    with pytest.raises(Exception, match=r"\$0.01\d*; \$0.001 are left"):
        asyncio.run(desk.ask(({"role": "user", "content": "go"},)))
