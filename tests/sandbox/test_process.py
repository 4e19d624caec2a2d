"""Every way in which a program can end, reached by a small hostile program in a real process."""

import os
import time

import pytest

from evosearch.errors import CandidateError, Status
from evosearch.sandbox.process import Stopped
from evosearch.sandbox.spawn import Lines
from evosearch.types import Limits

#: A program's own view of its channel: the one socket it holds.
CHANNEL = "import os, socket\nchannel = socket.socket(fileno=os.dup(3))\n"
#: A frame around a head, as a hostile program would write it.
FRAME = "import struct\ndef frame(head): return struct.pack('>4sII', b'evo1', len(head), 0) + head\n"


def answer_to(load, source, **limits):
    """How the call of `solve` fails: the status, the message, and the program's trusted end."""
    candidate = load(source, **limits)
    with pytest.raises(CandidateError) as caught:
        candidate.call("solve")
    return caught.value.status, str(caught.value), candidate


@pytest.mark.parametrize(
    ("source", "status", "message"),
    [
        ("def solve():\n while True: pass", Status.TIMEOUT_CPU, "0.3 CPU seconds"),
        ("while True: pass", Status.TIMEOUT_CPU, "0.3 CPU seconds"),
        ("def solve():\n return sum(x * x for x in range(10**12))", Status.TIMEOUT_CPU, ""),
        ("import re\ndef solve():\n return re.match('(a+)+$', 'a' * 64 + 'b')", Status.TIMEOUT_CPU, ""),
        ("x = [0] * 10**10\ndef solve(): pass", Status.MEMORY, "out of memory"),
        ("def solve():\n return [0] * 10**9", Status.MEMORY, "out of memory"),
        ("def solve():\n return 'x' * 10**7", Status.OUTPUT_TOO_BIG, "1,048,576"),
        ("def solve():\n while True: print('x' * 1000)", Status.LOG_FLOOD, "10,000 bytes"),
        ("import os\ndef solve():\n while True: os.write(2, b'x' * 1000)", Status.LOG_FLOOD, ""),
        ("import sys\ndef solve():\n sys.exit('enough')", Status.NO_RESULT, "exit code 1"),
        ("import sys\nsys.exit(3)", Status.NO_RESULT, "exit code 3"),
        ("import os\ndef solve():\n os._exit(0)", Status.NO_RESULT, "exit code 0"),
        ("import ctypes\ndef solve():\n ctypes.string_at(0)", Status.CRASHED, "SIGSEGV"),
        ("import os\ndef solve():\n os.abort()", Status.CRASHED, "SIGABRT"),
        ("import os, signal\ndef solve():\n os.kill(os.getpid(), signal.SIGSYS)", Status.POLICY, "system call"),
        ("def solve():\n return solve()", Status.CRASHED, "RecursionError"),
        ("def solve():\n return 1 / 0", Status.CRASHED, "ZeroDivisionError: division by zero (line 2, in solve"),
        ("def solve():\n raise KeyboardInterrupt", Status.CRASHED, "KeyboardInterrupt"),
        ("1 / 0", Status.CRASHED, "ZeroDivisionError"),
        ("def solve(:", Status.CRASHED, "SyntaxError"),
        ("solve = 3", Status.CRASHED, "no function 'solve'"),
        ("def solve():\n return {1}", Status.INVALID_OUTPUT, "'set'"),
        ("def solve():\n return 1, 2", Status.INVALID_OUTPUT, "'tuple'"),
        ("class Bad(Exception):\n def __str__(self): return 1 / 0\ndef solve(): raise Bad", Status.CRASHED, "Bad"),
        ("class Bad(Exception):\n def __str__(self):\n  while 1: pass\ndef solve(): raise Bad", Status.TIMEOUT_CPU, ""),
        ("def solve():\n raise ValueError('x' * 10**7)", Status.CRASHED, "ValueError: xxx"),
        ("def solve():\n raise ValueError('\\ud800')", Status.CRASHED, "ud800"),
        ("def solve():\n raise ValueError(object())", Status.CRASHED, "object at 0x...>"),
    ],
)
def test_a_program_that_fails(load, source, status, message):
    found, text, _ = answer_to(load, source)
    assert (found, message in text) == (status, True), text


@pytest.mark.parametrize(
    "source",
    [
        "import time\ndef solve():\n time.sleep(1000)",
        "from signal import *\nfor n in set(Signals) - {9, 19}: signal(n, SIG_IGN)\ndef solve():\n while True: pause()",
        "import os, signal\ndef solve():\n os.kill(os.getpid(), signal.SIGSTOP)",
        "import os\ndef solve():\n try: os.fork()\n except OSError: pass\n while True: os.read(os.pipe()[0], 1)",
        CHANNEL + "def solve():\n channel.send(b'evo1\\0\\0\\0')\n while True: os.read(os.pipe()[0], 1)",
    ],
)
def test_a_program_that_does_nothing_runs_into_the_wall(load, source):
    status, text, _ = answer_to(load, source, wall_seconds=0.4)
    assert status is Status.TIMEOUT_WALL, text


@pytest.mark.parametrize(
    "act",
    [
        "channel.send(b'garbage' * 100)",
        "channel.send(frame(b'1'))",
        "channel.send(frame(b'[]'))",
        "channel.send(frame(b'{}'))",
        'channel.send(frame(b\'{"id":2,"answer":1}\'))',
        'channel.send(frame(b\'{"id":true,"answer":1}\'))',
        'channel.send(frame(b\'{"id":1.0,"answer":1}\'))',
        'channel.send(frame(b\'{"id":1,"answer":1,"score":9}\'))',
        'channel.send(frame(b\'{"id":1,"error":"infra","message":""}\'))',
        'channel.send(frame(b\'{"id":1,"error":"crashed","message":3}\'))',
        'channel.send(frame(b\'{"id":1,"ask":"bank","arguments":[]}\'))',
        'channel.send(frame(b\'{"id":1,"answer":\' + b"[" * 10**5 + b"}"))',
        'channel.send(frame(b\'{"id":1,"answer":1}\')[:-1]); os._exit(0)',
        "os.close(3); channel.close(); signal.pause()",
    ],
)
def test_what_is_no_answer_is_a_breach_of_protocol(load, act):
    status, text, _ = answer_to(load, f"import signal\n{CHANNEL}{FRAME}def solve():\n {act}\n signal.pause()")
    assert status is Status.PROTOCOL, text


def test_a_prefix_of_four_gigabytes_is_not_waited_for(load):
    status, _, _ = answer_to(load, CHANNEL + "def solve():\n channel.send(b'evo1' + b'\\xff' * 8)\n while True: pass")
    assert status is Status.OUTPUT_TOO_BIG


def test_a_second_answer_is_a_breach_of_protocol(load):
    candidate = load(CHANNEL + FRAME + 'def solve():\n channel.send(frame(b\'{"id":1,"answer":1}\') * 2)\n')
    assert candidate.call("solve") == 1
    with pytest.raises(CandidateError) as caught:
        candidate.call("solve")
    assert caught.value.status is Status.PROTOCOL


def test_a_late_message_is_no_answer_to_the_next_call(load):
    late = """
import signal
def forge(*_):
    channel.send(frame(b'{"id":2,"answer":"forged"}'))
signal.signal(signal.SIGALRM, forge)
def solve():
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    return "first"
def honest(): return "second"
"""
    candidate = load(CHANNEL + FRAME + late)
    assert candidate.call("solve") == "first"
    while candidate._process.handles.channel.fileno() not in [fd for fd, _ in candidate._process._poller.poll(10)]:
        pass
    with pytest.raises(CandidateError) as caught:
        candidate.call("honest")
    assert caught.value.status is Status.PROTOCOL


def test_a_message_after_the_last_call_is_found_when_the_program_is_ended(load):
    candidate = load(CHANNEL + FRAME + "def solve():\n channel.send(frame(b'{\"id\":1,\"answer\":1}') + b'x')")
    assert candidate.call("solve") == 1
    with pytest.raises(CandidateError) as caught:
        candidate.finish()
    assert caught.value.status is Status.PROTOCOL


def test_a_program_that_does_not_listen_is_not_waited_for(load):
    candidate = load("def solve(x): pass\nwhile True: pass", reply_bytes=2**30)
    with pytest.raises(CandidateError) as caught:
        candidate.call("solve", "x" * 10**7)
    assert caught.value.status is Status.TIMEOUT_CPU


def test_the_log_is_collected_while_the_program_works(load):
    candidate = load(
        "import sys\ndef solve():\n for _ in range(5_000): print('out')\n print('err', file=sys.stderr)\n return 1",
        cpu_seconds=5,
        log_bytes=10**6,
    )
    assert candidate.call("solve") == 1
    candidate.finish()
    assert candidate._process.log == "out\n" * 5_000 + "err\n"


def test_what_was_printed_before_a_crash_is_in_the_log(load):
    _, _, candidate = answer_to(load, "import os\ndef solve():\n print('so far')\n os.abort()")
    assert candidate._process.log == "so far\n"


def test_a_dead_program_answers_everything_with_how_it_died(load):
    status, message, candidate = answer_to(load, "import os\ndef solve():\n os._exit(7)")
    with pytest.raises(CandidateError) as caught:
        candidate.call("another")
    assert (caught.value.status, str(caught.value)) == (status, message)
    candidate.finish()


def test_the_end_is_told_by_the_kernel(start):
    process = start("import time\ntime.sleep = time.process_time = lambda *_: 0")
    end = process.end()
    assert os.WTERMSIG(end.wait_status) == 9
    assert 0 < end.cpu_seconds <= end.wall_seconds
    assert end.peak_bytes > 2**20


def test_a_process_that_is_called_off_is_left_at_once(zygote):
    stop = os.eventfd(1)
    process = zygote.fork({}, Limits(), Lines(log=True), stop=stop)
    with pytest.raises(Stopped):
        process.receive()
    process.close()
    os.close(stop)


def test_time_on_the_wall_counts_only_while_it_is_waited_for(load):
    candidate = load("def solve(): return 1", wall_seconds=0.5)
    for _ in range(4):
        assert candidate.call("solve") == 1
        time.sleep(0.2)
