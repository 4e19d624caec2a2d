"""Namespaces and the root in them, entered for real in a child that then looks around."""

import os
import socket
import sys
from pathlib import Path

import pytest

from evosearch.sandbox import mounts
from evosearch.sandbox.namespaces import Namespaces, everyone_may_read, probe
from evosearch.types import Jail, Limits

pytestmark = pytest.mark.skipif(probe() is not None, reason=f"namespaces: {probe()}")


@pytest.fixture
def inside(in_a_child, place):
    """What a piece of work comes to in a root that shows `link` without `open/hidden`, but for what is in it."""

    def run(work, *, supervises=False):
        def walled():
            layer = Namespaces()
            readable = ("/lib", "/usr/lib", sys.base_prefix, str(place / "link"), str(place / "missing"))
            shown = str(place / "open" / "hidden" / "shown")
            layer.prepare(Jail((*readable, shown), (str(place / "open" / "hidden"),), supervises=supervises))
            return work(layer)

        return in_a_child(walled)

    return run


def in_its_child(layer, work, limits=None):
    """What a piece of work comes to in a child that is born in the namespaces."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        layer.apply(limits or Limits())
        os.write(writer, repr(work()).encode())
        os._exit(0)
    os.wait()
    return os.read(reader, 2**12).decode()


def test_the_root_holds_what_is_readable_and_nothing_else(inside, place, names_in):
    assert inside(lambda _: (place / "open" / "file").read_text()) == "open"
    assert inside(lambda _: (place / "link" / "file").read_text()) == "open"
    assert inside(lambda _: (place / "open" / "hidden" / "shown" / "file").read_text()) == "open/hidden/shown"
    assert inside(lambda _: names_in(place / "open" / "hidden")) == ["shown"]
    assert inside(lambda _: names_in(place)) == ["link", "open"]
    for path in ("/proc", "/sys", "/etc/passwd", "/home", str(place / "closed")):
        assert inside(lambda _, path=path: os.path.lexists(path)) is False


@pytest.mark.parametrize("name", ["open/file", "open/new", "new"])
def test_nothing_is_written(inside, place, name):
    assert inside(lambda _: (place / name).write_text("changed")) in ("OSError", "PermissionError")
    assert (place / "open" / "file").read_text() == "open"


def test_the_scratch_folder_is_small_and_emptied(inside, names_in):
    scratch = Path(mounts.SCRATCH)

    def work(layer):
        (scratch / "left").write_text("behind")
        before = names_in(scratch)
        layer.clean()
        return [before, names_in(scratch), os.statvfs(scratch).f_blocks * os.statvfs(scratch).f_frsize]

    assert inside(work) == [["left"], [], 16 * 2**20]


def test_nobody_is_all_that_a_process_is(inside):
    assert inside(lambda _: [*os.getresuid(), *os.getresgid()]) == [65534] * 6


def test_the_network_is_empty(inside):
    assert inside(lambda _: [name for _, name in socket.if_nameindex()]) == ["lo"]


def test_children_are_alone_with_the_keeper(inside):
    """They can name neither their zygote nor the controller."""
    found = inside(lambda layer: in_its_child(layer, lambda: [os.getpid(), os.getppid()]))
    assert found == "[2, 0]"


def test_a_supervisor_keeps_its_view_of_processes(inside):
    own = inside(lambda layer: [os.getpid(), in_its_child(layer, os.getppid)], supervises=True)
    assert str(own[0]) == own[1]


def test_everything_left_behind_is_killed(inside):
    def work(layer):
        reader, writer = os.pipe()
        if os.fork() == 0:
            if os.fork() == 0:
                os.close(reader)
                os.read(os.pipe()[0], 1)
            os._exit(0)
        os.wait()
        os.close(writer)
        layer.kill_all()
        # The pipe ends when the orphan that held it does.
        return os.read(reader, 1).decode()

    assert inside(work) == ""


def test_threads_are_counted_where_they_are_allowed(inside):
    source = "__import__('resource').getrlimit(__import__('resource').RLIMIT_NPROC)"
    assert inside(lambda layer: in_its_child(layer, lambda: eval(source), Limits(threads=3))) == "(7, 7)"


def test_root_stays_root_where_root_alone_may_read(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "file").chmod(0o644)
    assert everyone_may_read((str(tmp_path / "file"), str(tmp_path / "missing")))
    (tmp_path / "file").chmod(0o600)
    assert not everyone_may_read((str(tmp_path / "file"),))
