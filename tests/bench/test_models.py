"""What asking a language model costs beside the model: `pytest -m bench -s tests/bench/test_models.py`.

The model is a server in another process; every reply holds another program. Nothing here is a gate.
"""

import json
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median

import pytest

pytestmark = pytest.mark.bench

CALLS = 200
SERVER = """
import sys, time
from evosearch.testing import Answered, ModelServer
def line(asked):
    text = f"Steeper:\\n\\n```python\\ndef fit(x):\\n    return {1 + asked.seed / 2**31} * x - 0.5\\n```\\n"
    return Answered(text, latency=float(sys.argv[1]))
with ModelServer(line) as server:
    print(server.base_url, flush=True)
    sys.stdin.read()
"""
#: Runs the command line, and says at the end what this process alone has used and done.
MEASURED = """
import json, os, sys, time
opened = []
sys.addaudithook(lambda event, args: opened.append(event) if event == "socket.connect" else None)
from evosearch.cli import main
try:
    main()
finally:
    print(json.dumps({"cpu": time.process_time(), "sockets": len(opened), "openai": "openai" in sys.modules}),
          file=sys.stderr)
"""


@contextmanager
def server(latency):
    """The URL of a model that answers after a latency, in seconds."""
    command = [sys.executable, "-c", SERVER, str(latency)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate("")


def run(folder, *words):
    """One command; its result, what its process used, its seconds on the wall, and the CPU seconds of its children."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-c", MEASURED, "run", "task", "--quiet", "--json", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    own = json.loads(done.stderr.splitlines()[-1])
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), own, wall, spent


@pytest.fixture
def task(tmp_path):
    subprocess.run([sys.executable, "-m", "evosearch", "init", "custom", "task"], cwd=tmp_path, check=True)
    return tmp_path


def asking(url, calls, archive, *more):
    words = ["--model", "small", "--base-url", url, "--proposer", "model", "--budget", f"{calls}calls"]
    return [*words, "--archive", archive, "--operators", "rewrite,crossover,inspired", *more]


def test_cpu_time_of_a_proposal(task):
    figures = []
    with server(0.0) as url:
        for repeat in range(3):
            few = run(task, *asking(url, 20, f"few{repeat}.db"))
            many = run(task, *asking(url, 20 + CALLS, f"many{repeat}.db"))
            own, spent = many[1]["cpu"] - few[1]["cpu"], many[3] - few[3]
            figures.append((1_000 * own / CALLS, 1_000 * spent / CALLS))
            print(
                f"\ncontroller {figures[-1][0]:.2f} ms a proposal; with its programs and judges {figures[-1][1]:.2f} ms"
            )
    print(
        f"median: controller {median(own for own, _ in figures):.2f} ms, in all {median(a for _, a in figures):.2f} ms"
    )


def test_wall_time_against_the_ideal(task):
    latency, at_once = 0.3, 8
    with server(latency) as url:
        for repeat in range(3):
            few = run(task, *asking(url, 8, f"few{repeat}.db"))
            many = run(task, *asking(url, 8 + CALLS, f"many{repeat}.db"))
            took, ideal = many[2] - few[2], CALLS * latency / at_once
            print(f"\n{CALLS} proposals: {took:.2f} s, ideal {ideal:.2f} s, {took / ideal:.2f} times")


def test_a_replay_opens_no_socket(task):
    with server(0.0) as url:
        found = run(task, *asking(url, CALLS, "run.db"))
    again = run(task, "--replay", "run.db", "--archive", "again.db")
    print(f"\n{found[0]['spent']['calls']} calls; digests {found[0]['digest']} and {again[0]['digest']}; {again[1]}")
    assert again[0]["digest"] == found[0]["digest"]
    assert not again[1]["openai"]
    assert again[1]["sockets"] == 0
