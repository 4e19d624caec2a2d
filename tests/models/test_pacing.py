"""Limits of requests and tokens a minute, on a clock that jumps from one event to the next."""

import asyncio
import selectors

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.models.pacing import Pace


class Jumps(selectors.SelectSelector):
    """Waits for nothing: the time that it was to wait has passed at once."""

    now = 0.0

    def select(self, timeout=None):
        assert timeout is not None, "everything waits, and nothing will happen"
        self.now += timeout
        return super().select(0)


@pytest.fixture
def run():
    return on_a_jumping_clock


def on_a_jumping_clock(coroutine):
    selector = Jumps()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(coroutine)


async def admitted(pace, sizes):
    """When each of several requests is let through, in order."""
    places = await asyncio.gather(*(pace.admit(tokens) for tokens in sizes))
    return [place.admitted for place in places]


def test_without_limits_nothing_waits(run):
    assert run(admitted(Pace(None, None), [10**9] * 50)) == [0.0] * 50


def test_requests_of_a_minute(run):
    assert run(admitted(Pace(2, None), [1] * 5)) == pytest.approx([0, 0, 60, 60, 120])


def test_tokens_of_a_minute(run):
    assert run(admitted(Pace(None, 100), [60, 40, 10, 95, 5])) == pytest.approx([0, 0, 60, 120, 120])


def test_a_request_that_is_larger_than_a_minute_has_one_of_its_own(run):
    assert run(admitted(Pace(None, 100), [10, 500, 10])) == pytest.approx([0, 60, 120])


def test_what_a_request_did_not_need_is_given_to_others_at_once(run):
    async def scene():
        pace = Pace(None, 100)
        first = await pace.admit(100)
        waiting = asyncio.create_task(pace.admit(50))
        await asyncio.sleep(5)
        pace.settle(first, 70)
        await asyncio.sleep(5)
        pace.settle(first, 20)
        return (await waiting).admitted

    assert run(scene()) == pytest.approx(10)


def test_first_come_first_served(run):
    async def scene():
        pace = Pace(None, 100)
        await pace.admit(60)
        return [place.admitted for place in await asyncio.gather(pace.admit(90), pace.admit(10))]

    assert run(scene()) == pytest.approx([60, 60])


@given(
    requests=st.none() | st.integers(1, 5),
    limit=st.none() | st.integers(1, 100),
    sizes=st.lists(st.integers(0, 60), max_size=20),
)
def test_no_minute_holds_more_than_allowed(requests, limit, sizes):
    times = on_a_jumping_clock(admitted(Pace(requests, limit), sizes))
    assert times == sorted(times)
    for start in times:
        minute = [size for time, size in zip(times, sizes, strict=True) if start <= time < start + 59.999]
        assert requests is None or len(minute) <= requests
        assert limit is None or len(minute) == 1 or sum(minute) <= limit
