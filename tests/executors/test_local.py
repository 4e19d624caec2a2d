import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from evosearch.executors.local import LocalExecutor
from evosearch.sandbox.policy import Sandbox
from evosearch.types import Limits, Program, Reading

#: Each zygote for programs and libraries has one more process where there are namespaces: the keeper of its own.
KEEPER = int("namespaces" in Sandbox.of_this_machine(unsafe=True).layers)
READING = Reading("0123456789abcdef")

#: A controller of its own: says when its two programs run, and waits for them.
CONTROLLER = """
import asyncio, sys
from evosearch import registry
from evosearch.types import Program, Reading, Recipe

async def main():
    recipe = Recipe("custom", "test", sys.argv[1], {"wall_seconds": 1000})
    executor = registry.make_executor("local", registry.make_task(recipe), recipe, workers=2)
    source = "import time\\ndef solve(seed): time.sleep(1000)"
    try:
        await asyncio.gather(*(executor.evaluate(Program(source), Reading("x"), "train", k) for k in range(2)))
    finally:
        await executor.aclose()

asyncio.run(main())
"""


def descendants(pid):
    """All processes below one, whatever their session."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents[int(path.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def wait_until(condition):
    for _ in range(3_000):
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def controller(recipe):
    """A controller whose two programs run, and all the processes below it."""
    with subprocess.Popen([sys.executable, "-c", CONTROLLER, recipe.directory], stderr=subprocess.DEVNULL) as process:
        try:
            # Two zygotes, a program and a judge for each of two workers.
            assert wait_until(lambda: len(descendants(process.pid)) == 2 * (4 + KEEPER))
            yield process, descendants(process.pid)
        finally:
            process.kill()


def are_gone(pids):
    running = {int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if _runs(path)}
    return not pids & running


def _runs(path):
    try:
        return path.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_nothing_survives_the_controllers_sigkill(controller):
    process, below = controller
    process.kill()
    process.wait()
    assert wait_until(lambda: are_gone(below))


def test_ctrl_c_reaches_the_controller_alone(controller):
    process, below = controller
    assert all(os.getpgid(pid) != os.getpgid(process.pid) for pid in below)
    assert all(os.getsid(pid) != os.getsid(process.pid) for pid in below)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) != 0
    assert wait_until(lambda: are_gone(below))


def test_workers_are_started_when_they_are_needed(task, recipe):
    def count():
        return len(descendants(os.getpid()) - before)

    async def main():
        async with aclosing(LocalExecutor(task, recipe, workers=3)) as executor:
            assert count() == 0
            for seed in range(3):
                await executor.evaluate(Program("def solve(seed): return seed"), READING, "train", seed)
            assert await asyncio.to_thread(wait_until, lambda: count() == 2 + KEEPER)
            await executor.run("math:sqrt", 4, Limits())
            assert await asyncio.to_thread(wait_until, lambda: count() == 3 + 2 * KEEPER)

    before = descendants(os.getpid())
    asyncio.run(main())
    assert count() == 0


def test_a_degraded_jail_is_not_put_to_the_test(task, recipe):
    degraded = Sandbox(("process group", "resource limits"), {"seccomp": "not in this kernel"})
    before = descendants(os.getpid())

    async def main():
        async with aclosing(LocalExecutor(task, recipe, workers=1, sandbox=degraded)) as executor:
            await executor.check()
            assert descendants(os.getpid()) == before

    asyncio.run(main())


def test_cancelling_kills_the_program(task, recipe):
    def count():
        return len(descendants(os.getpid()) - before)

    async def main():
        async with aclosing(LocalExecutor(task, recipe, workers=1)) as executor:
            running = asyncio.create_task(
                executor.evaluate(Program("import time\ndef solve(seed): time.sleep(1000)"), READING, "train", 1)
            )
            assert await asyncio.to_thread(wait_until, lambda: count() == 4 + KEEPER)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert await asyncio.to_thread(wait_until, lambda: count() == 2 + KEEPER)

    before = descendants(os.getpid())
    asyncio.run(main())
