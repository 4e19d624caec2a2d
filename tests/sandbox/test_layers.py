"""Each wall, raised for real in a child that then tells what it finds."""

import json
import os
import resource
import signal
from pathlib import Path

import pytest

from evosearch.protocols import Layer
from evosearch.sandbox.layers import LAYERS, NoNewPrivileges, OwnGroup, ResourceLimits, address_space
from evosearch.types import Limits


def in_a_child(work):
    """What `work` returns, as JSON, in a forked child."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            os.write(writer, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        text = answers.read()
    assert os.waitpid(pid, 0)[1] == 0
    return json.loads(text)


def status_after(layer):
    def work():
        layer.apply(Limits())
        return dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())

    return in_a_child(work)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_every_layer_keeps_the_contract(layer):
    assert isinstance(layer, Layer)
    assert layer.name
    assert layer.covers
    assert layer.available() is None
    assert in_a_child(lambda: layer.apply(Limits())) is None


def test_no_new_privileges():
    assert status_after(NoNewPrivileges())["NoNewPrivs"] == "1"


def test_own_group():
    def work():
        OwnGroup().apply(Limits())
        return [os.getpgrp() == os.getpid(), Path("/proc/self/mem").stat().st_uid]

    assert in_a_child(work) == [True, 0]


def test_own_group_ends_with_its_parent():
    def parent():
        reader, writer = os.pipe()
        if os.fork() == 0:
            OwnGroup().apply(Limits())
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


def test_resource_limits():
    def work():
        before = address_space()
        ResourceLimits().apply(Limits(cpu_seconds=1.5, memory_bytes=2**28))
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


def test_a_limit_that_is_lower_already_stays():
    def work():
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
        ResourceLimits().apply(Limits())
        return resource.getrlimit(resource.RLIMIT_NOFILE)

    assert in_a_child(work) == [32, 32]
