import json
import signal
import socket

import pytest

from evosearch.errors import Status, WorkerLostError
from evosearch.sandbox.obituary import Obituary, read_obituary
from evosearch.types import Limits


@pytest.mark.parametrize(
    ("wait_status", "cpu_seconds", "status", "message"),
    [
        (0, 0.1, Status.NO_RESULT, "exit code 0"),
        (3 << 8, 0.1, Status.NO_RESULT, "exit code 3"),
        (signal.SIGXCPU, 11.0, Status.TIMEOUT_CPU, "10 CPU seconds"),
        (signal.SIGKILL, 11.0, Status.TIMEOUT_CPU, "10 CPU seconds"),
        (signal.SIGKILL, 0.1, Status.MEMORY, "memory"),
        (signal.SIGSYS, 0.1, Status.POLICY, "system call"),
        (signal.SIGSEGV, 0.1, Status.CRASHED, "SIGSEGV"),
        (signal.SIGRTMIN + 1, 0.1, Status.CRASHED, f"signal {signal.SIGRTMIN + 1}"),
    ],
)
def test_what_an_end_means(wait_status, cpu_seconds, status, message):
    found, text = Obituary(wait_status, cpu_seconds, 1.0, 0).verdict(Limits(cpu_seconds=10))
    assert found is status
    assert message in text


@pytest.fixture
def pair():
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    yield ends
    for end in ends:
        end.close()


def test_an_obituary_can_be_read_more_than_once(pair):
    here, there = pair
    there.send(json.dumps({"wait_status": 9, "cpu_seconds": 1.0, "wall_seconds": 2.0, "peak_bytes": 3}).encode())
    assert read_obituary(here, 1) == read_obituary(here, 1) == Obituary(9, 1.0, 2.0, 3)


def test_there_may_be_none_yet(pair):
    with pytest.raises(TimeoutError):
        read_obituary(pair[0], 0.01)


def test_there_may_be_none_ever(pair):
    pair[1].close()
    with pytest.raises(WorkerLostError, match="zygote ended"):
        read_obituary(pair[0], 1)


def test_a_process_may_never_have_come_to_be(pair):
    pair[1].send(b'{"refused": "fork: no memory"}')
    with pytest.raises(WorkerLostError, match="fork: no memory"):
        read_obituary(pair[0], 1)
