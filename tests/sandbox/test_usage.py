import os
import resource
import subprocess
import sys
import time

import pytest

from evosearch.sandbox import usage


def test_cpu_time_is_that_of_the_kernel():
    before = time.process_time()
    assert before <= usage.cpu_seconds(os.getpid()) <= time.process_time()


def test_memory_grows_with_what_is_filled():
    before = usage.memory_bytes(os.getpid())
    filled = b"x" * 2**26
    assert usage.memory_bytes(os.getpid()) - before > 2**25
    del filled


def test_nobody_has_used_anything():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    for ask in (usage.cpu_seconds, usage.memory_bytes):
        with pytest.raises(OSError):  # noqa: PT011 - the system's own words
            ask(process.pid)


def test_the_peak_is_in_bytes():
    assert usage.peak_bytes(resource.getrusage(resource.RUSAGE_SELF)) >= usage.memory_bytes(os.getpid()) // 2
