"""Who descends from whom."""

import os
import subprocess
import sys

import pytest

from evosearch.sandbox.attacks.kinship import children, descendants, parents, wait_until

SLEEP = "import time; time.sleep(1000)"
PARENT = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True); {SLEEP}"


@pytest.fixture
def family():
    """A child of this process and a child of that."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True) as child:
        grandchild = int(child.stdout.readline())
        yield child, grandchild
        os.killpg(child.pid, 9)


def test_descendants(family):
    child, grandchild = family
    assert child.pid in children(os.getpid())
    assert grandchild not in children(os.getpid())
    assert descendants([child.pid]) == {child.pid, grandchild}
    assert descendants([os.getpid()]) >= {os.getpid(), child.pid, grandchild}


def test_the_dead_have_no_family(family):
    child, _ = family
    os.kill(child.pid, 9)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert child.pid not in parents()
    assert descendants([child.pid]) == set()


def test_waiting():
    turns = iter([False, False, True])
    assert wait_until(lambda: next(turns), 10)
    assert not wait_until(lambda: False, 0)
