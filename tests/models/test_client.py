"""One model as a run uses it, over real HTTP."""

import asyncio

import pytest

from evosearch.errors import ProviderError, SettingRefusedError
from evosearch.models.client import LONGEST_OBEYED, LONGEST_WAIT, Client
from evosearch.models.openai_api import OpenAIModel
from evosearch.testing import Answered, in_turn


@pytest.fixture
def ask():
    """Asks the model of a spec several things at once; gives the answers, the notes and the pauses."""

    def ask(spec, *requests, seed=0, connect=OpenAIModel):
        notes, pauses = [], []

        async def pause(seconds):
            pauses.append(seconds)

        async def asking():
            client = Client(spec, connect, seed=seed, notify=notes.append, pause=pause)
            try:
                return await asyncio.gather(*(client.complete(request) for request in requests))
            finally:
                await client.aclose()
                await client.aclose()

        return asyncio.run(asking()), notes, pauses

    return ask


def picky(*refused):
    """A script that refuses settings, one after the other, and then says which it was asked with."""

    def script(asked):
        for setting in refused:
            if setting in asked.body:
                return Answered.refused(setting)
        return " ".join(sorted(asked.body))

    return script


# Asking again


def test_what_failed_in_passing_is_sent_again(serve, ask, request_of):
    failures = [Answered.failure(500, "oh"), Answered(lost="before"), Answered("half", lost="middle")]
    server, spec = serve(in_turn(*failures, Answered.malformed(), "fine"))
    [answer], _, pauses = ask(spec, request_of())
    assert (answer.reply.texts, answer.tries) == (("fine",), 5)
    assert len({asked.canonical for asked in server.requests}) == 1
    assert [low / 2 <= pause <= low for low, pause in zip((1, 2, 4, 8), pauses, strict=True)] == [True] * 4


def test_that_requests_are_sent_again_is_said_once(serve, ask, request_of):
    _, spec = serve(in_turn(*[Answered.busy()] * 3, "fine"), retries=3, concurrency=1)
    _, notes, _ = ask(spec, request_of(), request_of(sample=2))
    [note] = notes
    assert "HTTP 429: Rate limit reached for requests; such a request is sent up to 3 times more" in note


def test_the_provider_says_how_long_to_wait(serve, ask, request_of):
    _, spec = serve(in_turn(Answered.busy(retry_after=7), Answered.busy(retry_after=9999), "fine"))
    _, _, pauses = ask(spec, request_of())
    assert pauses == [7, LONGEST_OBEYED]


def test_pauses_grow_to_a_minute_and_differ_by_seed(serve, ask, request_of):
    _, spec = serve(in_turn(*[Answered.busy()] * 10, "fine"), retries=10)
    _, _, pauses = ask(spec, request_of(), seed=1)
    assert all(LONGEST_WAIT / 2 <= pause <= LONGEST_WAIT for pause in pauses[6:])
    for seed, same in ((1, True), (2, False)):
        _, spec = serve(in_turn(*[Answered.busy()] * 10, "fine"), retries=10)
        assert (ask(spec, request_of(), seed=seed)[2] == pauses) is same


def test_in_the_end_it_gives_up(serve, ask, request_of):
    server, spec = serve(lambda _: Answered.failure(503, "down for the day"), retries=2)
    with pytest.raises(ProviderError, match=r"HTTP 503: down for the day \(tried 3 times\)") as caught:
        ask(spec, request_of())
    assert type(caught.value) is ProviderError
    assert "no reply is paid for twice" in caught.value.hint
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_repeating_does_not_mend_is_sent_once(serve, ask, request_of, status):
    server, spec = serve(lambda _: Answered.failure(status, "no"))
    with pytest.raises(ProviderError, match=f"HTTP {status}: no"):
        ask(spec, request_of())
    assert len(server.requests) == 1


def test_a_prompt_that_is_refused_is_a_reply_without_texts(serve, ask, request_of):
    server, spec = serve(in_turn(Answered.too_long(), Answered.filtered()))
    for reason in ("prompt_too_long", "content_filter"):
        [answer], _, _ = ask(spec, request_of())
        assert (answer.reply.refusal, answer.reply.texts, answer.tries) == (reason, (), 1)
    assert len(server.requests) == 2


# Settings that the model refuses


def test_a_refused_setting_is_left_out_from_then_on_with_one_note(serve, ask, request_of):
    server, spec = serve(picky("temperature"), concurrency=1)
    request = request_of(temperature=0.5, top_p=0.9)
    digest = request.digest
    answers, notes, pauses = ask(spec, request, request)
    assert [answer.reply.texts[0] for answer in answers] == ["messages model seed top_p"] * 2
    assert [(answer.tries, answer.dropped) for answer in answers] == [(2, ("temperature",)), (1, ("temperature",))]
    assert notes == ["model openai:small does not take 'temperature'; it is left out"]
    assert (len(server.requests), pauses, request.digest) == (3, [], digest)


def test_requests_that_learn_the_same_at_the_same_time_note_it_once(serve, ask, request_of):
    def script(asked):
        said = picky("top_p")(asked)
        return Answered.refused("top_p").after(0.05) if isinstance(said, Answered) else said

    _, spec = serve(script, concurrency=3)
    answers, notes, _ = ask(spec, *(request_of(sample=sample, top_p=0.9) for sample in range(3)))
    assert [answer.tries for answer in answers] == [2, 2, 2]
    assert notes == ["model openai:small does not take 'top_p'; it is left out"]


def test_a_request_that_had_no_such_setting_has_lost_none(serve, ask, request_of):
    _, spec = serve(picky("temperature"), concurrency=1)
    answers, _, _ = ask(spec, request_of(temperature=0.5), request_of())
    assert [answer.dropped for answer in answers] == [("temperature",), ()]


def test_several_settings_go_one_by_one(serve, ask, request_of):
    schema = {"type": "json_schema", "json_schema": {"name": "grade", "schema": {"type": "object"}}}
    _, spec = serve(picky("seed", "n", "response_format"))
    [answer], notes, _ = ask(spec, request_of(n=2, response_format=schema))
    assert answer.reply.texts == ("messages model",)
    assert (answer.tries, answer.dropped, len(notes)) == (4, ("seed", "n", "response_format"), 3)


def test_the_limit_of_tokens_goes_by_its_newer_name_first(serve, ask, request_of):
    _, spec = serve(picky("max_tokens"))
    [answer], notes, _ = ask(spec, request_of(max_tokens=9))
    assert answer.reply.texts == ("max_completion_tokens messages model seed",)
    assert answer.dropped == ()
    assert notes == ["model openai:small does not take 'max_tokens'; it is sent as 'max_completion_tokens'"]


def test_the_limit_of_tokens_is_left_out_if_it_is_refused_by_both_names(serve, ask, request_of):
    _, spec = serve(picky("max_tokens", "max_completion_tokens"))
    [answer], _, _ = ask(spec, request_of(max_tokens=9))
    assert (answer.reply.texts, answer.dropped, answer.tries) == (("messages model seed",), ("max_tokens",), 3)


def test_a_model_that_takes_no_seed_is_connected_again_without_it(serve, ask, request_of):
    _, spec = serve(picky("seed"))
    told = []

    def connect(spec):
        told.append(spec.send_seed)
        return OpenAIModel(spec)

    [answer], _, _ = ask(spec, request_of(sample=3), connect=connect)
    assert (answer.dropped, told) == (("seed",), [True, False])


def test_a_setting_that_was_not_sent_cannot_be_refused_for_ever(serve, ask, request_of):
    class Grumpy(OpenAIModel):
        async def complete(self, request):
            raise SettingRefusedError("top_p", "I do not take 'top_p'")

    _, spec = serve("never asked")
    for request in (request_of(), request_of(top_p=0.5)):
        with pytest.raises(ProviderError, match="I do not take 'top_p'") as caught:
            ask(spec, request, connect=Grumpy)
        assert type(caught.value) is ProviderError


# Several at once


def test_no_more_requests_are_under_way_than_allowed(serve, ask, request_of):
    server, spec = serve(lambda asked: Answered(str(asked.seed), latency=0.02), concurrency=3)
    answers, _, _ = ask(spec, *(request_of(sample=sample) for sample in range(12)))
    assert [answer.reply.texts for answer in answers] == [(str(sample),) for sample in range(12)]
    assert server.opened <= 3


def test_a_request_that_pauses_leaves_its_place_to_others(serve, request_of):
    server, spec = serve(lambda asked: Answered.busy() if asked.ordinal == 0 else str(asked.seed), concurrency=1)

    async def asking():
        pausing, others_are_done = asyncio.Event(), asyncio.Event()

        async def pause(_):
            pausing.set()
            await others_are_done.wait()

        client = Client(spec, OpenAIModel, seed=0, notify=print, pause=pause)
        first = asyncio.create_task(client.complete(request_of(sample=1)))
        await pausing.wait()
        await client.complete(request_of(sample=2))
        others_are_done.set()
        await first
        await client.aclose()

    asyncio.run(asyncio.wait_for(asking(), 30))
    assert [asked.seed for asked in server.requests] == [1, 2, 1]


def test_nothing_is_connected_before_it_is_asked(ask, serve):
    _, spec = serve("never asked")
    ask(spec, connect=lambda _: pytest.fail("connected"))
