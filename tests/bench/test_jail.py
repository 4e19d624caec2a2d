"""What the jail costs: `pytest -m bench -s tests/bench/test_jail.py`. Figures that are reported, never asserted.

Rounds of all variants are interleaved, so that whatever else the machine does meets them alike; ratios are taken
between medians of the same rounds.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames
from evosearch.sandbox.candidate import Conversation
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.worker import Blueprint, Job, Worker
from evosearch.types import Limits, Reading, Recipe

pytestmark = pytest.mark.bench

ROUNDS, REPEATS = 15, 20
ALL = Sandbox.of_this_machine(unsafe=True)
LAYERS = {
    "nothing": (),
    "base": tuple(name for name in ALL.layers if name != "namespaces"),
    "everything": ALL.layers,
}
TRIVIAL = "def solve(): return 1"
#: A process with numpy that forks and waits; told how often, it answers with seconds.
FLOOR = """
import os, sys, time
import numpy
for line in sys.stdin:
    seconds = []
    for _ in range(int(line)):
        begin = time.perf_counter()
        if not (child := os.fork()):
            os._exit(0)
        os.waitpid(child, 0)
        seconds.append(time.perf_counter() - begin)
    print(*seconds, flush=True)
"""
WORKLOAD = """
import numpy as np
def solve():
    matrix = np.random.default_rng(0).normal(size=(300, 300))
    total = float(np.linalg.svd(matrix, compute_uv=False)[0])
    for k in range(200_000):
        total += k % 7
    return total
"""


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "seed.py").write_text(TRIVIAL)
    (tmp_path / "evaluate.py").write_text("def evaluate(candidate):\n    return candidate.call('solve')\n")
    return Recipe("custom", "trivial", str(tmp_path), {})


@pytest.fixture
def workers(recipe):
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                closing(Worker(Blueprint(recipe, ("numpy",), sandbox=replace(ALL, layers=layers))))
            )
            for name, layers in LAYERS.items()
        }


@pytest.fixture
def stop():
    descriptor = os.eventfd(0)
    yield descriptor
    os.close(descriptor)


def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def evaluate(worker, stop, source=TRIVIAL):
    facts = CandidateFacts("0123456789abcdef", None, Reading("0123456789abcdef"))
    evaluation = worker.evaluate(Job(source, facts, "train", 0, Limits()), stop)
    assert evaluation.status == "ok", evaluation


def run_program(worker, stop):
    """A program without its judge: what the prototype of the design measured."""
    with closing(worker.fork(Limits(), stop)) as process:
        process.send(frames.encode({"source": TRIVIAL}))
        assert Conversation(process).call("solve") == 1
        process.end()


def cold_subprocess():
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)


def fork_and_wait(floor):
    floor.stdin.write(f"{REPEATS}\n")
    floor.stdin.flush()
    return map(float, floor.stdout.readline().split())


def memory_of(pid):
    return Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]


def report(title, seconds, reference):
    print(f"\n{title}")
    for name, values in seconds.items():
        values.sort()
        p50, p99 = median(values), values[int(0.99 * len(values))]
        ratio = p50 / median(seconds[reference])
        speed = f"{1 / p50:7.0f} /s   p50 {1e3 * p50:6.2f} ms   p99 {1e3 * p99:6.2f} ms"
        print(f"  {name:28} {speed}   {ratio:5.2f} x {reference}")


def test_evaluations(workers, stop):
    """Programs alone and whole evaluations behind no walls, the base and everything, beside a fork and a cold start."""
    alone = {name: [] for name in (*LAYERS, "fork and wait", "cold python with numpy")}
    judged = {name: [] for name in LAYERS}
    with subprocess.Popen([sys.executable, "-c", FLOOR], stdin=-1, stdout=-1, text=True) as floor:
        for _ in range(ROUNDS):
            for name, worker in workers.items():
                alone[name] += [timed(lambda worker=worker: run_program(worker, stop)) for _ in range(REPEATS)]
                judged[name] += [timed(lambda worker=worker: evaluate(worker, stop)) for _ in range(REPEATS)]
            alone["fork and wait"] += fork_and_wait(floor)
            alone["cold python with numpy"].append(timed(cold_subprocess))
        floor.stdin.close()
    cold = median(alone["cold python with numpy"])
    report("a trivial program alone", alone, "nothing")
    print(f"  everything is {cold / median(alone['everything']):.1f} times faster than cold")
    print(f"  everything is {median(alone['everything']) / median(alone['fork and wait']):.2f} times a fork and wait")
    report("a trivial program with its judge", judged, "nothing")
    print(f"  everything is {cold / median(judged['everything']):.1f} times faster than cold")


def test_numpy_inside_and_outside(workers, stop):
    """A workload of numpy and a loop: seconds inside each jail, over the seconds outside in the same round."""
    inside = {name: [] for name in LAYERS}
    outside = "import time; begin = time.perf_counter(); solve(); print(time.perf_counter() - begin)"
    timed_inside = WORKLOAD.replace("def solve", "def work") + (
        "import time\ndef solve():\n    begin = time.perf_counter(); work(); return time.perf_counter() - begin\n"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", f"{WORKLOAD}\n{outside}"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        for name, worker in workers.items():
            with closing(worker.fork(Limits(), stop)) as process:
                process.send(frames.encode({"source": timed_inside}))
                inside[name].append(Conversation(process).call("solve") / float(done.stdout))
                process.end()
    print()
    for name, ratios in inside.items():
        print(f"  {name:12} {median(ratios):.3f} times the time outside ({min(ratios):.3f} to {max(ratios):.3f})")


def test_calls_memory_and_start(recipe, stop):
    """One call to a living program; what a worker of two zygotes holds; how long it takes to start."""
    starts = []
    for _ in range(5):
        with closing(Worker(Blueprint(recipe, ("numpy",), sandbox=ALL))) as worker:
            starts.append(timed(lambda worker=worker: evaluate(worker, stop)))
    print(f"\n  a worker's start and first evaluation: {median(starts):.2f} s ({min(starts):.2f} to {max(starts):.2f})")
    with (
        closing(Worker(Blueprint(recipe, ("numpy",), sandbox=ALL))) as worker,
        closing(worker.fork(Limits(), stop)) as process,
    ):
        for name, zygote in worker._zygotes.items():
            rollup = dict(line.split(":") for line in memory_of(zygote._process.pid))
            figures = ", ".join(
                f"{key} {int(rollup[key].split()[0]) / 1024:.1f} MB" for key in ("Rss", "Pss", "Private_Dirty")
            )
            print(f"  {name}: {figures}")
        process.send(frames.encode({"source": TRIVIAL}))
        conversation = Conversation(process)
        calls = sorted(timed(lambda: conversation.call("solve")) for _ in range(5_000))
        print(f"  one call: p50 {1e6 * median(calls):.0f} us, p99 {1e6 * calls[4_950]:.0f} us")
