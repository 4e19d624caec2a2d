"""Each wall, raised for real in a child that then tells what it finds."""

import os
import resource
import signal
import time
from pathlib import Path

import pytest

from evosearch.errors import SandboxError
from evosearch.protocols import Layer
from evosearch.sandbox.layers import (
    LAYERS,
    Capabilities,
    NoNewPrivileges,
    OwnGroup,
    ResourceLimits,
    Walls,
    watch_parent,
)
from evosearch.types import Jail, Limits


def raised(layer, limits=None):
    """Raise one wall around this process."""
    layer.prepare(Jail())
    layer.apply(limits or Limits())


def status_after(in_a_child, layer):
    def work():
        raised(layer)
        return dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())

    return in_a_child(work)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_every_layer_keeps_the_contract(layer):
    assert isinstance(layer, Layer)
    assert layer.name
    assert layer.covers
    assert layer.available() is None


def test_no_new_privileges(in_a_child):
    assert status_after(in_a_child, NoNewPrivileges())["NoNewPrivs"] == "1"


def test_capabilities(in_a_child):
    status = status_after(in_a_child, Capabilities())
    assert all(int(status[kind], 16) == 0 for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"))


def test_processes_are_not_bounded_where_threads_are_allowed(in_a_child):
    def work():
        raised(ResourceLimits(), Limits(threads=2))
        return resource.getrlimit(resource.RLIMIT_NPROC)

    assert tuple(in_a_child(work)) == resource.getrlimit(resource.RLIMIT_NPROC)


def test_a_wall_that_cannot_be_raised_is_named(in_a_child):
    def work():
        walls = Walls(["resource limits"])
        walls.prepare(Jail())
        try:
            walls.apply(Limits(memory_bytes=2**80))
        except SandboxError as error:
            return str(error)

    assert "the wall 'resource limits' could not be raised" in in_a_child(work)


def test_own_group(in_a_child):
    def work():
        raised(OwnGroup())
        return [os.getpgrp() == os.getpid(), Path("/proc/self/mem").stat().st_uid]

    assert in_a_child(work) == [True, 0]


def test_own_group_ends_with_its_parent(in_a_child):
    def parent():
        reader, writer = os.pipe()
        if os.fork() == 0:
            raised(OwnGroup())
            os.write(writer, str(os.getpid()).encode())
            signal.pause()
        return int(os.read(reader, 20))

    orphan = in_a_child(parent)
    for _ in range(10_000):
        try:
            os.kill(orphan, 0)
        except ProcessLookupError:
            return
        os.sched_yield()
    assert Path(f"/proc/{orphan}/stat").read_text().split()[2] == "Z"


def test_a_leader_of_a_session_keeps_its_group(in_a_child):
    def work():
        os.setsid()
        raised(OwnGroup())
        return os.getpgrp() == os.getpid()

    assert in_a_child(work)


def test_without_help_of_the_kernel_a_process_looks_whether_its_parent_lives(in_a_child):
    def parent():
        reader, writer = os.pipe()
        if os.fork() == 0:
            watch_parent()
            os.write(writer, str(os.getpid()).encode())
            signal.pause()
        return int(os.read(reader, 20))

    stat = Path(f"/proc/{in_a_child(parent)}/stat")
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.05)


def test_limits_that_the_system_does_not_know_are_passed_over(in_a_child):
    def work():
        del resource.RLIMIT_MSGQUEUE, resource.RLIMIT_SIGPENDING
        raised(ResourceLimits())
        return resource.getrlimit(resource.RLIMIT_MEMLOCK)

    assert in_a_child(work) == [0, 0]


def test_resource_limits(in_a_child):
    def work():
        before = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        raised(ResourceLimits(), Limits(cpu_seconds=1.5, memory_bytes=2**28))
        names = ("CORE", "NOFILE", "FSIZE", "MEMLOCK", "MSGQUEUE", "SIGPENDING", "NPROC", "CPU", "AS")
        limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}
        return {**limits, "room": limits["AS"][0] - before}

    found = in_a_child(work)
    assert found["room"] == pytest.approx(2**28, abs=2**24)
    assert found["CPU"] == [3, 4]
    assert found["NOFILE"] == [64, 64]
    assert found["FSIZE"] == [2**24, 2**24]
    assert found["SIGPENDING"] == [64, 64]
    assert [found[name] for name in ("CORE", "MEMLOCK", "MSGQUEUE", "NPROC")] == [[0, 0]] * 4


def test_a_limit_that_is_lower_already_stays(in_a_child):
    def work():
        layer = ResourceLimits()
        layer.prepare(Jail())
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
        layer.apply(Limits())
        return resource.getrlimit(resource.RLIMIT_NOFILE)

    assert in_a_child(work) == [32, 32]
