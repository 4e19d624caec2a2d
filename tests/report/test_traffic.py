"""Calls under way, and replies that wait, with a clock that the test moves."""

import pytest

from evosearch.report.traffic import Traffic
from evosearch.types import Call, Reply, Request, Usage


def call(usd=0.01):
    return Call(Request("small", (), {}, 1), Reply(("x",), prompt_tokens=300, completion_tokens=100), usd)


def test_without_calls_there_is_nothing_to_say():
    assert Traffic().words() == []


def test_calls_under_way_are_counted_until_they_end_or_fail():
    now = [0.0]
    traffic = Traffic(lambda: now[0])
    with traffic.call():
        now[0] = 70.0
        with pytest.raises(ConnectionError), traffic.call():
            raise ConnectionError(*traffic.words())
        assert traffic.words() == ["1 call under way, the oldest for 1 min 10 s"]
    assert traffic.words() == []


def test_the_oldest_call_under_way_is_told():
    now = [0.0]
    traffic = Traffic(lambda: now[0])
    with traffic.call():
        now[0] = 60.0
        with traffic.call():
            assert traffic.words() == ["2 calls under way, the oldest for 1 min 0 s"]


def test_replies_wait_until_their_step_is_settled():
    traffic = Traffic()
    for _ in range(3):
        traffic.arrived(call())
    assert traffic.words() == ["3 replies wait for their turn (1.2k tokens, $0.030)"]
    traffic.settle(call().usage + call(usd=None).usage)
    assert traffic.words() == ["1 reply waits for its turn (400 tokens, $0.020)"]
    traffic.settle(Usage(evaluations=7, calls=9, tokens=9_000, usd=1.0))
    assert traffic.words() == []


def test_it_tells_when_something_changes():
    changes = []
    traffic = Traffic(changed=lambda: changes.append(traffic.words()))
    with traffic.call():
        pass
    traffic.arrived(call())
    assert len(changes) == 2
