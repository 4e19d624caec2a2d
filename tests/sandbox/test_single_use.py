"""Processes that serve one request each, as on macOS, with the walls of Linux around them."""

import contextlib
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from evosearch.errors import CandidateError, Status, TaskError, WorkerLostError
from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames, grounds
from evosearch.sandbox.candidate import JailedCandidate
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.process import Stopped
from evosearch.sandbox.single_use import SingleUse
from evosearch.sandbox.spawn import Lines
from evosearch.sandbox.worker import Blueprint, Job, Worker
from evosearch.types import Limits, Reading, Recipe

ALL = Sandbox.of_this_machine(unsafe=True).layers
#: Those that bound a process and hide nothing from it; not far from what macOS has.
BOUNDS = ("process group", "resource limits")
LIMITS = Limits(cpu_seconds=0.3, wall_seconds=30, memory_bytes=2**28, reply_bytes=2**20, log_bytes=10_000)
FACTS = CandidateFacts("0123456789abcdef", "p", Reading("0123456789abcdef"))

EVALUATE = """
import os, signal, time

def evaluate(candidate, split, seed):
    candidate.grant("double", lambda number: 2 * number)
    answer = candidate.call("solve")
    if answer == "hang":
        while True: pass
    if answer == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if answer == "bug":
        raise RuntimeError("a bug in the judge")
    return answer
"""


@contextlib.contextmanager
def serving(stop, layers, packages=()):
    server = SingleUse("evosearch.sandbox.zygote", layers, grounds.for_programs(packages), {"preload": list(packages)})
    try:
        server.wait_until_ready(stop)
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module", params=[BOUNDS, ALL], ids=["as on macOS", "all layers"])
def server(request, stop):
    with serving(stop, request.param) as server:
        yield server


@pytest.fixture
def bounds_server(stop):
    """One for a test of its own."""
    with serving(stop, BOUNDS) as server:
        yield server


@pytest.fixture
def started(stop):
    """Starts a program: `started(server, source, cpu_seconds=1)` gives its process."""
    with contextlib.ExitStack() as processes:

        def start(server, source, **limits):
            process = server.fork({}, replace(LIMITS, **limits), Lines(log=True), stop=stop)
            processes.callback(process.close)
            process.send(frames.encode({"source": source}))
            return process

        yield start


def call(process):
    return JailedCandidate(process, FACTS).call("solve")


def is_gone(pid):
    """Whether no such process runs any more; waits for it for a while."""
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.02)
    return False


def test_every_program_has_a_process_of_its_own(server, started):
    processes = [started(server, f"def solve(): return {number}") for number in range(3)]
    assert [call(process) for process in processes] == [0, 1, 2]
    assert len({process.handles.pid for process in processes}) == 3


@pytest.mark.parametrize(
    ("source", "status", "message"),
    [
        ("def solve():\n while True: pass", Status.TIMEOUT_CPU, "used more than 0.3 CPU seconds"),
        ("def solve():\n return [0] * 10**9", Status.MEMORY, "out of memory"),
        ("def solve():\n return 'x' * 10**7", Status.OUTPUT_TOO_BIG, "1,048,576"),
        ("def solve():\n while True: print('x' * 1000)", Status.LOG_FLOOD, "10,000 bytes"),
        ("import sys\ndef solve():\n sys.exit(3)", Status.NO_RESULT, "exit code 3"),
        ("import ctypes\ndef solve():\n ctypes.string_at(0)", Status.CRASHED, "SIGSEGV"),
        ("import os\ndef solve():\n os.kill(os.getpid(), 9)", Status.MEMORY, "killed by the system"),
    ],
)
def test_a_program_that_fails(server, started, source, status, message):
    process = started(server, source)
    with pytest.raises(CandidateError) as caught:
        call(process)
    assert (caught.value.status, message in str(caught.value)) == (status, True), str(caught.value)
    assert is_gone(process.handles.pid)


def test_a_program_that_sleeps_runs_into_the_wall(server, started):
    process = started(server, "import time\ndef solve():\n time.sleep(1000)", wall_seconds=0.3)
    with pytest.raises(CandidateError) as caught:
        call(process)
    assert caught.value.status is Status.TIMEOUT_WALL
    assert is_gone(process.handles.pid)


def test_its_output_is_collected(server, started):
    process = started(server, "print('hello')\ndef solve():\n print('ä')\n return 1")
    assert call(process) == 1
    process.end()
    assert process.log == "hello\nä\n"


def test_it_is_charged_for_what_it_did_and_not_for_what_was_loaded_before(started, stop):
    with serving(stop, BOUNDS, ("numpy",)) as server:
        process = started(server, "import numpy\ndef solve(): return int(numpy.ones(3).sum())")
        assert call(process) == 3
        end = process.end()
    assert 0 < end.cpu_seconds <= end.wall_seconds
    assert end.cpu_seconds < process.handles.cpu_before
    assert end.peak_bytes > 2**20
    assert os.WTERMSIG(end.wait_status) == signal.SIGKILL


def test_walls_stand_around_it(started, stop):
    source = """
import os, socket
def tried(deed):
    try:
        return str(deed())
    except OSError as error:
        return type(error).__name__
def solve():
    return [tried(deed) for deed in (os.fork, socket.socket, lambda: os.listdir("/home"), lambda: open("/x", "w"))]
"""
    with serving(stop, tuple(name for name in ALL if name != "namespaces")) as server:
        assert call(started(server, source)) == ["PermissionError"] * 4


def test_it_holds_its_streams_and_its_channel_and_nothing_else(bounds_server, started):
    source = """
import os
def solve():
    return {name: os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")[:-1]}
"""
    links = call(started(bounds_server, source))
    assert links.pop("0") == "/dev/null"
    assert links.pop("1") == links.pop("2")
    assert list(links) == ["3"]


def test_memory_is_watched_where_it_is_not_bounded(started, stop):
    with serving(stop, ("process group",)) as server:
        process = started(server, "def solve():\n kept = []\n while True: kept.append(b'x' * 2**16)", cpu_seconds=20)
        with pytest.raises(CandidateError) as caught:
            call(process)
    assert caught.value.status is Status.MEMORY


def test_it_ends_when_nobody_supervises_it_any_more(bounds_server, started):
    process = started(bounds_server, "import time\ntime.sleep(1000)")
    process.handles.obituary.close()
    assert is_gone(process.handles.pid)


def test_closing_leaves_nothing(stop):
    before = set(Path("/proc/self/fd").iterdir()), threading.active_count()
    with serving(stop, BOUNDS) as server:
        running = server.fork({}, LIMITS, Lines(log=True), stop=stop)
        spare = server._spare.pid
    assert not Path(f"/proc/{running.handles.pid}").exists()
    assert not Path(f"/proc/{spare}").exists()
    running.close()
    assert (set(Path("/proc/self/fd").iterdir()), threading.active_count()) == before


def test_one_that_was_lost_before_it_was_used_is_no_verdict(stop):
    with serving(stop, BOUNDS) as server:
        os.kill(server._spare.pid, signal.SIGKILL)
        with pytest.raises(WorkerLostError), Lines(log=False) as lines:
            server.fork({}, LIMITS, lines, stop=stop)


def test_a_wall_that_cannot_be_raised_is_a_lost_process(bounds_server, started):
    with pytest.raises(WorkerLostError, match="resource limits"):
        started(bounds_server, "", memory_bytes=2**80).receive()


def test_a_package_that_is_not_installed_is_named(stop):
    server = SingleUse("evosearch.sandbox.zygote", BOUNDS, grounds.for_programs([]), {"preload": ["no_such_package"]})
    with pytest.raises(TaskError, match="no_such_package"):
        server.wait_until_ready(stop)
    server.close()


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    """A worker with a task of two files, none of whose processes forks."""
    directory = tmp_path_factory.mktemp("task")
    (directory / "seed.py").write_text("def solve(): return 0")
    (directory / "evaluate.py").write_text(EVALUATE)
    sandbox = replace(Sandbox.of_this_machine(unsafe=True), layers=tuple(name for name in ALL if name != "namespaces"))
    worker = Worker(Blueprint(Recipe("custom", "test", str(directory)), sandbox=sandbox, forks=False))
    yield worker
    worker.close()


@pytest.fixture
def judge(worker, stop):
    """What becomes of a program."""

    def judge(source, **limits):
        return worker.evaluate(Job(source, FACTS, "validation", 5, replace(LIMITS, **limits)), stop)

    return judge


def test_a_program_is_judged(judge):
    evaluation = judge("print('hi')\ndef solve(): return double(21)")
    assert (evaluation.status, evaluation.score, evaluation.log) == (Status.OK, 42, "hi\n")
    assert 0 < evaluation.cpu_seconds <= evaluation.wall_seconds


@pytest.mark.parametrize(
    ("source", "status", "feedback"),
    [
        ("def solve():\n while True: pass", Status.TIMEOUT_CPU, "used more than 0.3 CPU seconds"),
        ("import os\ndef solve(): os._exit(4)", Status.NO_RESULT, "ended with exit code 4"),
        ("def solve(): return 'hang'", Status.TIMEOUT_CPU, "the judge did not finish"),
        ("def solve(): return 'bug'", Status.INFRA, "RuntimeError: a bug in the judge"),
        ("def solve(): return 'segfault'", Status.INFRA, "its process killed by SIGSEGV"),
    ],
)
def test_an_evaluation_that_fails(judge, source, status, feedback):
    evaluation = judge(source)
    assert (evaluation.status, feedback in evaluation.feedback) == (status, True), evaluation.feedback


def test_a_process_that_was_lost_is_replaced(worker, judge):
    judge("def solve(): return 1")
    for name in tuple(worker._zygotes):
        os.kill(worker._zygotes[name]._spare.pid, signal.SIGKILL)
        assert judge("def solve(): return 7").score == 7


def test_work_that_is_called_off_ends_at_once_and_the_worker_stays(worker, judge):
    judge("def solve(): return 1")
    stop, writer = os.pipe()
    timer = threading.Timer(0.1, os.write, (writer, b"."))
    timer.start()
    job = Job("import time\ndef solve(): time.sleep(1000)", FACTS, "train", 0, replace(LIMITS, wall_seconds=1_000))
    with pytest.raises(Stopped):
        worker.evaluate(job, stop)
    timer.join()
    os.close(stop)
    os.close(writer)
    assert judge("def solve(): return 1").score == 1


def test_a_library_function_runs(worker, stop):
    assert worker.run("math:sqrt", 9, LIMITS, stop) == 3.0
