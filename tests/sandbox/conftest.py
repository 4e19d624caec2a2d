"""Real zygotes and real processes; one zygote for the tests of a module."""

import contextlib
import os
from dataclasses import replace

import pytest

from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames
from evosearch.sandbox.candidate import JailedCandidate
from evosearch.sandbox.spawn import Zygote
from evosearch.types import Limits, Reading

FACTS = CandidateFacts("0123456789abcdef", None, Reading("0123456789abcdef"))

#: Enough for any honest little program, and soon over for the others.
LIMITS = Limits(cpu_seconds=0.3, wall_seconds=20, memory_bytes=256 * 2**20, reply_bytes=2**20, log_bytes=10_000)


@pytest.fixture(scope="module")
def stop():
    """A descriptor that nobody makes readable."""
    descriptor = os.eventfd(0)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(scope="module")
def zygote(stop):
    """A zygote for programs, with numpy."""
    zygote = Zygote("evosearch.sandbox.zygote", {"preload": ["numpy"]})
    zygote.wait_until_ready(stop)
    yield zygote
    zygote.close()


@pytest.fixture
def start(zygote, stop):
    """Starts a program: `start(source, cpu_seconds=1)` gives its process."""
    with contextlib.ExitStack() as processes:

        def start(source, **limits):
            process = zygote.fork({}, replace(LIMITS, **limits), stop=stop, log=True)
            processes.callback(process.close)
            process.send(frames.encode({"source": source}))
            return process

        yield start


@pytest.fixture
def load(start):
    """Starts a program: `load(source, cpu_seconds=1)` gives its trusted end."""

    def load(source, **limits):
        return JailedCandidate(start(source, **limits), FACTS)

    return load
