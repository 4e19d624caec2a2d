"""Real zygotes and real processes; one zygote for the tests of a module, behind every wall there is here."""

import contextlib
import json
import os
from dataclasses import replace

import pytest

from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames, grounds
from evosearch.sandbox.candidate import JailedCandidate
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.spawn import Lines, Zygote
from evosearch.types import Limits, Reading

#: All walls of this machine, and what is left of them where the system offers less.
ALL = Sandbox.of_this_machine(unsafe=True).layers
MODES = {
    "all layers": ALL,
    "no namespaces": tuple(name for name in ALL if name != "namespaces"),
    "no landlock": tuple(name for name in ALL if name != "landlock"),
}
#: Those that bound and end a process, and hide nothing from it: for what is to be seen from inside.
BOUNDS = ("process group", "no new privileges", "resource limits")

FACTS = CandidateFacts("0123456789abcdef", None, Reading("0123456789abcdef"))

#: Enough for any honest little program, and soon over for the others.
LIMITS = Limits(cpu_seconds=0.3, wall_seconds=20, memory_bytes=256 * 2**20, reply_bytes=2**20, log_bytes=10_000)


@pytest.fixture(scope="module")
def stop():
    """A descriptor that nobody makes readable."""
    descriptor = os.eventfd(0)
    yield descriptor
    os.close(descriptor)


@contextlib.contextmanager
def running_zygote(stop, layers=ALL, packages=("numpy",)):
    """A zygote for programs."""
    zygote = Zygote("evosearch.sandbox.zygote", layers, grounds.for_programs(packages), {"preload": list(packages)})
    try:
        zygote.wait_until_ready(stop)
        yield zygote
    finally:
        zygote.close()


@pytest.fixture(scope="module")
def zygote(stop):
    """A zygote for programs, with numpy."""
    with running_zygote(stop) as zygote:
        yield zygote


@pytest.fixture(scope="module", params=MODES.values(), ids=MODES.keys())
def layers_of_every_mode(request):
    """Each set of walls that contains a program."""
    return request.param


@pytest.fixture(scope="module")
def zygote_of_every_mode(stop, layers_of_every_mode):
    """A zygote for programs, with numpy, behind each of them."""
    with running_zygote(stop, layers_of_every_mode) as zygote:
        yield zygote


@pytest.fixture(scope="module")
def bounds_zygote(stop):
    """A zygote whose programs are bounded and watched, and not walled in."""
    with running_zygote(stop, BOUNDS) as zygote:
        yield zygote


@contextlib.contextmanager
def starter(zygote, stop):
    """Starts a program: `start(source, cpu_seconds=1)` gives its process."""
    with contextlib.ExitStack() as processes:

        def start(source, **limits):
            process = zygote.fork({}, replace(LIMITS, **limits), Lines(log=True), stop=stop)
            processes.callback(process.close)
            process.send(frames.encode({"source": source}))
            return process

        yield start


@pytest.fixture
def place(tmp_path):
    """A folder with an open, a hidden and a closed part, and a link to the open one."""
    for name in ("open", "open/hidden", "open/hidden/shown", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    (tmp_path / "link").symlink_to("open")
    return tmp_path


@pytest.fixture
def names_in():
    """What is in a folder: `names_in(path)`."""
    return lambda folder: sorted(path.name for path in folder.iterdir())


@pytest.fixture
def in_a_child():
    """Runs a function in a forked child: `in_a_child(work)` gives what it returned, which must be JSON."""

    def run(work):
        reader, writer = os.pipe()
        if (pid := os.fork()) == 0:
            try:
                try:
                    told = {"returned": work()}
                except OSError as error:
                    told = {"raised": type(error).__name__}
                os.write(writer, json.dumps(told).encode())
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as answers:
            text = answers.read()
        assert os.waitpid(pid, 0)[1] == 0
        told = json.loads(text)
        return told["returned"] if "returned" in told else told["raised"]

    return run


@pytest.fixture
def start_zygote(stop):
    """Starts zygotes: `start_zygote(layers, packages)`, all walls and no package by default."""
    with contextlib.ExitStack() as zygotes:
        yield lambda layers=ALL, packages=(): zygotes.enter_context(running_zygote(stop, layers, packages))


@pytest.fixture
def start(zygote, stop):
    """Starts a program behind all walls."""
    with starter(zygote, stop) as start:
        yield start


@pytest.fixture
def load_bounded(bounds_zygote, stop):
    """Starts a program that is not walled in: `load_bounded(source)` gives its trusted end."""
    with starter(bounds_zygote, stop) as start:
        yield lambda source, **limits: JailedCandidate(start(source, **limits), FACTS)


@pytest.fixture
def load(start):
    """Starts a program: `load(source, cpu_seconds=1)` gives its trusted end."""

    def load(source, **limits):
        return JailedCandidate(start(source, **limits), FACTS)

    return load
