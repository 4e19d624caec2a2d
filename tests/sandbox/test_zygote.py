import os
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from evosearch.errors import WorkerLostError
from evosearch.sandbox import frames
from evosearch.sandbox.candidate import Conversation
from evosearch.sandbox.namespaces import Namespaces
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.spawn import ENVIRONMENT, Lines
from evosearch.types import Limits

ALL = Sandbox.of_this_machine(unsafe=True).layers


@pytest.fixture
def own_zygote(start_zygote):
    """A zygote that a test may kill."""
    return start_zygote()


def is_gone(pid):
    """Whether no such process runs any more; waits for it for a while."""
    for _ in range(500):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def test_a_program_sees_nothing_of_the_environment(monkeypatch, start_zygote, stop):
    monkeypatch.setenv("EVOSEARCH_TEST_KEY", "sk-secret")
    process = start_zygote().fork({}, Limits(), Lines(log=True), stop=stop)
    process.send(frames.encode({"source": "import os\ndef solve():\n return [dict(os.environ), os.getcwd()]"}))
    process.send(frames.encode({"id": 1, "call": "solve", "arguments": [], "grants": []}))
    environment, directory = process.receive()["answer"]
    process.close()
    assert environment.items() <= {**ENVIRONMENT, "LC_CTYPE": "C.UTF-8"}.items()
    assert directory == "/"


def test_a_program_holds_its_streams_and_its_channel_and_nothing_else(load_bounded):
    source = """
import os
def solve():
    open_ones = {}
    for number in range(1_000):
        try:
            open_ones[str(number)] = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            pass
    return open_ones
"""
    links = load_bounded(source).call("solve")
    assert links["0"] == "/dev/null"
    assert links["1"] == links["2"]
    assert links["1"].startswith("pipe:")
    assert links["3"].startswith("socket:")
    assert len(links) == 4


def test_hashes_are_the_same_in_every_process(load):
    source = "def solve(): return hash('evosearch')"
    assert load(source).call("solve") == load(source).call("solve")


def test_a_program_is_in_a_session_that_no_terminal_reaches(load_bounded):
    session, group, own = load_bounded("import os\ndef solve(): return [os.getsid(0), os.getpgrp(), os.getpid()]").call(
        "solve"
    )
    assert session != os.getsid(0)
    assert group == own


def test_a_program_sees_no_arguments_and_is_not_main(load):
    assert load("import sys\ndef solve(): return [sys.argv, __name__]").call("solve") == [[""], "program"]


def test_classes_of_a_program_know_their_module(load):
    source = """
from dataclasses import dataclass
@dataclass
class Point:
    x: "int" = 1
def solve():
    import sys
    return [Point().x, sys.modules[Point.__module__].__name__]
"""
    assert load(source).call("solve") == [1, "program"]


def test_what_a_program_started_ends_with_it(load_bounded):
    source = """
import os, time
def solve(daemon):
    reader, writer = os.pipe()
    if os.fork() == 0:
        if daemon:
            os.setsid()
            if os.fork(): os._exit(0)
        os.write(writer, str(os.getpid()).encode())
        while True: time.sleep(1)
    return int(os.read(reader, 20))
"""
    if os.getuid() != 0:
        source = "def solve(daemon): return 2**22 + 1"  # where processes are bounded, it can start none
    for daemon in (False, True):
        candidate = load_bounded(source)
        pid = candidate.call("solve", daemon)
        candidate.finish()
        assert is_gone(pid)


def test_children_end_with_their_zygote(own_zygote, stop, request):
    process = own_zygote.fork({}, Limits(), Lines(log=True), stop=stop)
    request.addfinalizer(process.close)
    os.kill(own_zygote._process.pid, signal.SIGKILL)
    with pytest.raises(WorkerLostError):
        process.receive()
    assert is_gone(process.handles.pid)
    with pytest.raises(WorkerLostError), Lines(log=True) as lines:
        own_zygote.fork({}, Limits(), lines, stop=stop)


def test_a_zygote_ends_when_its_control_socket_closes(own_zygote):
    own_zygote._control.close()
    assert own_zygote._process.wait(timeout=30) == 0


def test_a_wall_that_cannot_be_raised_is_a_lost_process(own_zygote, stop):
    process = own_zygote.fork({}, Limits(memory_bytes=2**80), Lines(log=True), stop=stop)
    with pytest.raises(WorkerLostError, match="resource limits"):
        process.receive()
    process.close()


@pytest.fixture(params=["all layers", "no landlock"])
def scratch(request, start_zygote, stop):
    """Runs programs one after the other in a jail with a scratch folder: `scratch(source)` gives the answer."""
    zygote = start_zygote([name for name in ALL if name != "landlock" or request.param == "all layers"])

    def run(source, *, cancelled=False):
        with Lines(log=True) as lines, closing(zygote.fork({}, Limits(), lines, stop=stop)) as process:
            process.send(frames.encode({"source": source}))
            answer = Conversation(process).call("solve")
            if not cancelled:
                process.end()
            return answer

    return run


WRITES = """
import os, tempfile
def solve():
    found = os.listdir(tempfile.gettempdir())
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("mine")
    return found + [os.stat(file.name).st_ino]
"""


@pytest.mark.skipif(Namespaces().available() is not None, reason="there is a scratch folder in namespaces only")
def test_every_program_has_a_scratch_folder_that_nobody_had_before(scratch):
    assert scratch(WRITES) == scratch(WRITES) == scratch(WRITES)


@pytest.mark.skipif(Namespaces().available() is not None, reason="there is a scratch folder in namespaces only")
def test_what_was_removed_again_shows_neither(scratch):
    source = """
import os, tempfile, time
def solve():
    time.sleep(0.02)  # longer than the tick of the file system's clock
    with tempfile.NamedTemporaryFile() as file:
        return os.stat(file.name).st_ino
"""
    assert scratch(source) == scratch(source)


@pytest.mark.skipif(Namespaces().available() is not None, reason="there is a scratch folder in namespaces only")
def test_so_has_the_one_after_a_program_that_was_called_off(scratch):
    first = scratch(WRITES, cancelled=True)
    assert scratch(WRITES, cancelled=True) == first
    assert scratch(WRITES) == first


def test_what_a_program_does_to_its_streams_ends_with_it(load_bounded):
    source = """
import fcntl, os
def solve():
    before = [fcntl.fcntl(0, fcntl.F_GETFL), os.lseek(0, 0, os.SEEK_CUR)]
    fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    return before
"""
    assert load_bounded(source).call("solve") == load_bounded(source).call("solve")
