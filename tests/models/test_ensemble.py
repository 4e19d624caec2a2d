"""The models of a run behind one door."""

import asyncio
import threading
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.errors import CallMissingError, ProviderError, UnknownNameError
from evosearch.models.cassette import Cassette, write
from evosearch.models.ensemble import Ensemble
from evosearch.models.openai_api import OpenAIModel
from evosearch.models.spec import ModelSpec, Price
from evosearch.protocols import Models
from evosearch.randomness import generator
from evosearch.store import Identity, RunRecord, Store
from evosearch.testing import Answered, ModelServer
from evosearch.types import Call, Credit, Reply, Request, Usage

ASKED = ({"role": "user", "content": "sort a list"},)
SMALL = ModelSpec("small", target="small-1", settings={"temperature": 0.5, "max_tokens": 100}, weight=1)
LARGE = ModelSpec("large", target="large-1", weight=3, price=Price(input=2, output=8))
JUDGE = ModelSpec("judge", target="judge-1", roles=("judge",))


class Nothing:
    """A record that nothing is looked up in."""

    name = "nothing"

    def find(self, digest):
        return None

    def keep(self, call):
        pass


@pytest.fixture
def archive(tmp_path):
    """The archive file of a run."""
    identity = Identity(task="sorting", domain="custom", fingerprint="f00d", seed=1, window=16, archive="grid")
    with Store.open(tmp_path / "run.db", identity=identity) as store:
        yield store


@pytest.fixture
def record(archive):
    return archive.calls(archive.begin_run(RunRecord("model")))


def unreachable(spec):
    raise AssertionError(f"{spec.name} was connected to")


def ensemble(*specs, record=None, connect=unreachable, **said):
    return Ensemble(specs, record=record or Nothing(), connect=connect, **said)


def drawn(models, role, standings=None):
    return Counter(models.choose(role, generator(k), standings or {}) for k in range(400))


def test_it_is_the_models_of_the_contract():
    models = ensemble(SMALL, LARGE)
    assert isinstance(models, Models)
    assert models.names == ("small", "large")


def test_weights_are_shares_among_those_that_have_the_role():
    counts = drawn(ensemble(SMALL, LARGE, JUDGE), "propose")
    assert set(counts) == {"small", "large"}
    assert counts["large"] > 2 * counts["small"]


def test_a_role_that_none_has_is_played_by_all():
    assert set(drawn(ensemble(JUDGE, ModelSpec("other", roles=("judge",))), "propose")) == {"judge", "other"}


def test_the_users_choice_for_a_role_wins():
    models = ensemble(SMALL, LARGE, JUDGE, roles={"repair": "judge"})
    assert set(drawn(models, "repair")) == {"judge"}
    assert set(drawn(models, "propose")) == {"small", "large"}


def test_a_bandit_chooses_what_improves_most_for_the_money():
    standings = {
        "small": Credit(200, 150, 40, Usage(calls=200, usd=1)),
        "large": Credit(200, 150, 60, Usage(calls=200, usd=10)),
    }
    assert drawn(ensemble(SMALL, LARGE, choose="bandit"), "propose", standings)["small"] > 360


def test_a_role_of_no_model_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="no model of this run is called 'smal'") as error:
        ensemble(SMALL, roles={"repair": "smal"})
    assert error.value.hint == "did you mean 'small'?"


def test_a_request_has_the_models_settings_but_for_those_that_are_said():
    models = ensemble(SMALL)
    assert models.request("small", ASKED, 7) == Request("small", ASKED, {"temperature": 0.5, "max_tokens": 100}, 7)
    changed = models.request("small", ASKED, 7, temperature=None, n=2, top_p=None)
    assert changed.settings == {"max_tokens": 100, "n": 2}


def test_a_request_does_not_change_with_what_it_was_made_of():
    message = {"role": "user", "content": "sort"}
    request = ensemble(SMALL).request("small", [message], 7)
    digest = request.digest
    message["content"] = "reverse"
    assert request.digest == digest


def test_a_model_that_is_none_is_refused_wherever_it_is_named():
    models = ensemble(SMALL)
    stranger = Request("gpt", ASKED, {}, 0)
    for attempt in (
        lambda: models.request("gpt", ASKED, 0),
        lambda: models.worst_case(stranger),
        lambda: asyncio.run(models.ask(stranger)),
    ):
        with pytest.raises(UnknownNameError):
            attempt()


def test_the_worst_case_of_one_call_is_its_bytes_and_all_its_choices():
    models = ensemble(LARGE)
    request = models.request("large", ASKED, 0, max_tokens=500, n=3)
    usd = (2 * request.bytes + 8 * 1_500) / 1e6
    assert models.worst_case(request) == Usage(calls=1, tokens=request.bytes + 1_500, usd=pytest.approx(usd))


def test_each_further_call_carries_the_replies_before_it():
    models = ensemble(LARGE)
    request = models.request("large", ASKED, 0, max_tokens=500)
    worst = models.worst_case(request, calls=3)
    assert worst.calls == 3
    assert worst.tokens == 3 * request.bytes + (0 + 1 + 2) * (500 + 1_000) + 3 * 500


def test_a_reply_without_a_limit_is_assumed_to_have_one():
    models = ensemble(LARGE)
    request = models.request("large", ASKED, 0)
    assert models.worst_case(request).tokens == request.bytes + 8_192


def test_an_unknown_price_is_told_and_is_not_nothing():
    models = ensemble(ModelSpec("mine", base_url="http://127.0.0.1:1/v1", target="gpt-4o"))
    worst = models.worst_case(models.request("mine", ASKED, 0), calls=2)
    assert (worst.unpriced, worst.money) == (2, None)
    assert worst.tokens > 0


@settings(deadline=None)
@given(st.data())
def test_no_conversation_costs_more_than_its_worst_case(data):
    models = ensemble(LARGE)
    limit, choices, calls = (data.draw(st.integers(1, most)) for most in (4_000, 4, 5))
    first = models.request("large", ASKED, 0, max_tokens=limit, n=choices)
    spent, prompt = Usage(), first.bytes
    for _ in range(calls):
        written = [data.draw(st.integers(0, limit)) for _ in range(choices)]
        reply = Reply(("x",) * choices, (), prompt, sum(written))
        spent += Call(first, reply, usd=(2 * prompt + 8 * sum(written)) / 1e6).usage
        prompt += max(written) + data.draw(st.integers(0, 1_000))
    worst = models.worst_case(first, calls)
    assert spent.tokens <= worst.tokens
    assert spent.usd <= worst.usd * (1 + 1e-12)


def served(server, **said):
    return ModelSpec("large", target="large-1", base_url=server.base_url, price=Price(input=2, output=8), **said)


def test_a_call_is_priced_recorded_and_never_sent_again(archive, record):
    async def run(server):
        models = ensemble(served(server), record=record, connect=OpenAIModel)
        request = models.request("large", ASKED, 7, n=2)
        first, second = await models.ask(request), await models.ask(request)
        await models.aclose()
        await models.aclose()
        return first, second

    usage = {"prompt_tokens": 1_000, "completion_tokens": 500}
    with ModelServer(lambda asked: Answered(("one", "two"), usage=usage)) as server:
        first, second = asyncio.run(run(server))
        assert [(asked.model, asked.seed, asked.settings) for asked in server.requests] == [("large-1", 7, {"n": 2})]
    assert [first] == [second] == list(archive.recorded_calls())
    assert first.reply.texts == ("one", "two")
    assert (first.usd, first.price, first.tries) == (pytest.approx(0.006), "settings", 1)


def test_what_the_model_would_not_take_and_how_often_it_was_asked_is_recorded():
    notes = []

    def script(asked):
        if asked.ordinal == 0:
            return Answered.failure(429, "slow down", headers={"Retry-After": "0"})
        if "temperature" in asked.settings:
            return Answered.failure(400, "Unsupported parameter", code="unsupported_parameter", param="temperature")
        return "done"

    async def run(server):
        models = ensemble(served(server, settings={"temperature": 0.5}), connect=OpenAIModel, notify=notes.append)
        call = await models.ask(models.request("large", ASKED, 0))
        await models.aclose()
        return call

    with ModelServer(script) as server:
        call = asyncio.run(run(server))
    assert (call.tries, call.dropped) == (3, ("temperature",))
    assert call.request.settings == {"temperature": 0.5}
    assert [note for note in notes if "does not take" in note] == notes[1:]
    assert len(notes) == 2


def test_equal_requests_at_once_are_sent_once(record):
    async def run(server):
        models = ensemble(served(server), record=record, connect=OpenAIModel)
        request, other = (models.request("large", ASKED, sample) for sample in (1, 2))
        calls = await asyncio.gather(*(models.ask(one) for one in (request, other, request)))
        await models.aclose()
        return calls

    with ModelServer(lambda asked: f"seed {asked.seed}") as server:
        calls = asyncio.run(run(server))
        assert sorted(asked.seed for asked in server.requests) == [1, 2]
    assert [call.reply.texts for call in calls] == [("seed 1",), ("seed 2",), ("seed 1",)]


def test_a_run_is_replayed_from_a_cassette_without_a_connection(tmp_path, archive, record):
    path = tmp_path / "run.jsonl"

    async def run(server):
        models = ensemble(served(server), record=record, connect=OpenAIModel)
        calls = [await models.ask(models.request("large", ASKED, sample)) for sample in range(3)]
        await models.aclose()
        return calls

    async def replay(models):
        return [await models.ask(models.request("large", ASKED, sample)) for sample in range(3)]

    with ModelServer(lambda asked: f"seed {asked.seed}") as server:
        bought = asyncio.run(run(server))
    with path.open("w", encoding="ascii") as stream:
        write(stream, {}, archive.recorded_calls())
    again = ensemble(LARGE, source=Cassette.read(path), live=False)
    assert asyncio.run(replay(again)) == bought
    with pytest.raises(CallMissingError, match=r"run\.jsonl holds no reply to call .* \(large, sample 3\)"):
        asyncio.run(again.ask(again.request("large", ASKED, 3)))


def test_without_a_key_what_is_missing_is_told_with_the_reason():
    models = ensemble(SMALL, live=False, why_not_live="OPENAI_API_KEY holds no key")
    with pytest.raises(CallMissingError, match="OPENAI_API_KEY holds no key"):
        asyncio.run(models.ask(models.request("small", ASKED, 0)))


def test_closing_gives_up_a_call_that_is_under_way():
    arrived = threading.Event()

    def script(asked):
        arrived.set()
        return Answered("late", latency=60)

    async def run(server):
        models = ensemble(served(server), connect=OpenAIModel)
        asking = asyncio.create_task(models.ask(models.request("large", ASKED, 0)))
        await asyncio.to_thread(arrived.wait)
        await models.aclose()
        with pytest.raises(asyncio.CancelledError):
            await asking

    with ModelServer(script) as server:
        asyncio.run(run(server))


def test_a_failure_is_not_recorded(archive, record):
    async def run(server):
        models = ensemble(served(server), record=record, connect=OpenAIModel)
        with pytest.raises(ProviderError):
            await models.ask(models.request("large", ASKED, 0))
        await models.aclose()

    with ModelServer(lambda asked: Answered.failure(401, "who are you?")) as server:
        asyncio.run(run(server))
    assert list(archive.recorded_calls()) == []
