"""Every call is paid for once."""

import asyncio
import gc

import pytest

from evosearch.errors import ArchiveNotWritableError, CallMissingError, ExitCode, ProviderBusyError, ProviderError
from evosearch.models.recording import Record, Recorder
from evosearch.types import Call, Reply, Request


class Shelf:
    """A record in memory."""

    def __init__(self, name="run.db", *calls):
        self.name = name
        self.calls = {call.request.digest: call for call in calls}

    def find(self, digest):
        return self.calls.get(digest)

    def keep(self, call):
        self.calls.setdefault(call.request.digest, call)


class Shop:
    """Sells calls once its door is open, and counts how often it was asked."""

    def __init__(self, *, failure=None):
        self.asked = []
        self.failure = failure
        self.door = asyncio.Event()

    async def __call__(self, request):
        self.asked.append(request.sample)
        await self.door.wait()
        if self.failure:
            raise self.failure
        return call_of(request)


def request_of(sample=0, text="sort a list"):
    return Request("small", ({"role": "system", "content": "be brief"}, {"role": "user", "content": text}), {}, sample)


def call_of(request, text="done"):
    return Call(request, Reply((text,)), usd=0.5)


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_shelf_is_a_record():
    assert isinstance(Shelf(), Record)


def test_what_is_recorded_is_not_bought_again():
    request = request_of()
    known = call_of(request, "from the record")

    async def run():
        shop = Shop()
        assert await Recorder(Shelf("run.db", known), Shelf("other"), shop).ask(request) == known
        assert shop.asked == []

    asyncio.run(run())


def test_what_a_replay_finds_goes_into_the_record():
    request, record = request_of(), Shelf()
    known = call_of(request, "from the source")
    assert asyncio.run(Recorder(record, Shelf("tape.jsonl", known)).ask(request)) == known
    assert record.find(request.digest) == known


def test_a_reply_is_kept_before_anyone_sees_it():
    async def run():
        record, shop = Shelf(), Shop()
        shop.door.set()
        call = await Recorder(record, None, shop).ask(request_of())
        assert record.calls == {request_of().digest: call}

    asyncio.run(run())


def test_equal_requests_under_way_are_sent_once():
    async def run():
        shop = Shop()
        recorder = Recorder(Shelf(), None, shop)
        waiting = [asyncio.create_task(recorder.ask(request_of(sample))) for sample in (1, 1, 2, 1)]
        await settle()
        shop.door.set()
        calls = await asyncio.gather(*waiting)
        assert shop.asked == [1, 2]
        assert [call.request.sample for call in calls] == [1, 1, 2, 1]
        assert calls[0] is calls[1] is calls[3]

    asyncio.run(run())


def test_one_who_gives_up_does_not_take_the_reply_from_another():
    async def run():
        shop = Shop()
        recorder = Recorder(Shelf(), None, shop)
        first, second = (asyncio.create_task(recorder.ask(request_of())) for _ in range(2))
        await settle()
        first.cancel()
        await settle()
        assert first.cancelled()
        shop.door.set()
        assert await second == call_of(request_of())
        assert shop.asked == [0]

    asyncio.run(run())


def test_a_reply_that_nobody_waits_for_any_more_is_kept():
    async def run():
        record, shop = Shelf(), Shop()
        waiting = asyncio.create_task(Recorder(record, None, shop).ask(request_of()))
        await settle()
        waiting.cancel()
        await settle()
        shop.door.set()
        await settle()
        assert record.find(request_of().digest) == call_of(request_of())

    asyncio.run(run())


def test_a_failure_reaches_all_who_wait_and_is_tried_again_by_the_next():
    async def run():
        shop = Shop(failure=ProviderBusyError("busy"))
        recorder = Recorder(Shelf(), None, shop)
        shop.door.set()
        failures = await asyncio.gather(*(recorder.ask(request_of()) for _ in range(2)), return_exceptions=True)
        assert [str(failure) for failure in failures] == ["busy", "busy"]
        shop.failure = None
        assert await recorder.ask(request_of()) == call_of(request_of())
        assert shop.asked == [0, 0]

    asyncio.run(run())


def test_a_failure_that_nobody_waits_for_any_more_is_not_complained_of():
    async def run():
        complaints = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        shop = Shop(failure=ProviderError("refused"))
        waiting = asyncio.create_task(Recorder(Shelf(), None, shop).ask(request_of()))
        await settle()
        waiting.cancel()
        shop.door.set()
        await settle()
        del waiting
        gc.collect()  # asyncio complains when the call is forgotten
        assert shop.asked == [0]
        assert complaints == []

    asyncio.run(run())


def test_where_a_reply_cannot_be_kept_no_further_one_is_bought():
    class Full(Shelf):
        def keep(self, call):
            raise ArchiveNotWritableError("the disk is full")

    async def asking():
        shop = Shop()
        shop.door.set()
        recorder = Recorder(Full(), buy=shop)
        for sample in range(3):
            with pytest.raises(ArchiveNotWritableError, match="the disk is full"):
                await recorder.ask(request_of(sample))
        return shop.asked

    assert asyncio.run(asking()) == [0]


def test_closing_gives_up_what_is_under_way():
    async def run():
        record, shop = Shelf(), Shop()
        recorder = Recorder(record, None, shop)
        waiting = asyncio.create_task(recorder.ask(request_of()))
        await settle()
        await recorder.aclose()
        await recorder.aclose()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert record.calls == {}

    asyncio.run(run())


def missing(recorder, request):
    with pytest.raises(CallMissingError) as error:
        asyncio.run(recorder.ask(request))
    assert error.value.exit_code == ExitCode.PROVIDER
    return error.value


def test_a_replay_that_lacks_a_call_names_it():
    request = request_of(3, "\nWrite \x1b[31m`solve`\u202e.\nIt was hard.")
    error = missing(Recorder(Shelf(), Shelf("tape.jsonl")), request)
    assert str(error) == (
        f'tape.jsonl holds no reply to call {request.digest[:12]} (small, sample 3): "Write `solve`\\u202e."'
    )
    assert "leave --replay out" in error.hint


def test_a_long_prompt_is_quoted_in_part():
    told = str(missing(Recorder(Shelf(), Shelf("tape.jsonl")), request_of(0, "x" * 10_000)))
    assert "x" * 80 in told
    assert "x" * 81 not in told
    assert len(told) < 250


def test_a_prompt_without_a_user_can_be_named_too():
    assert "call" in str(missing(Recorder(Shelf()), Request("small", (), {}, 0)))


def test_without_a_key_the_reason_is_told():
    error = missing(Recorder(Shelf(), why_not_live="no key is set in OPENAI_API_KEY"), request_of())
    assert str(error).endswith(", and no key is set in OPENAI_API_KEY")
    assert "--replay" in error.hint


@pytest.mark.parametrize("place", ["record", "source"])
def test_a_record_whose_request_was_changed_is_refused(place):
    shelf, empty = Shelf("edited.db"), Shelf()
    shelf.calls[request_of(1).digest] = call_of(request_of(2))
    recorder = Recorder(shelf, empty) if place == "record" else Recorder(empty, shelf)
    with pytest.raises(ProviderError, match=r"edited\.db has another request") as error:
        asyncio.run(recorder.ask(request_of(1)))
    assert not isinstance(error.value, CallMissingError)
    assert empty.calls == {}
