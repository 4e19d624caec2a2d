"""The promises that hold everywhere, kept by the real program: real processes, a real file, a real SIGKILL."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

EVOSEARCH = [sys.executable, "-m", "evosearch"]
#: A run has some more steps: a line of the embedded proposer is one.
KILLS = 8

#: Far from every limit, so that no verdict hangs on a clock.
PUZZLES = """
from typing import List

def sat_sum(answer: int, a=17, b=25):
    return answer == a + b

def sat_order(answer: List[int], numbers=[3, 1, 2]):
    return answer == sorted(numbers)

def sat_shout(answer: str, word="hello"):
    return answer == word.upper() + "!"

def sat_count(answer: int, words=["a", "bb", "ccc"]):
    return answer == sum(len(word) for word in words)

INSTANCES = {
    "sum": [{"a": 3, "b": 4}, {"a": 100, "b": -1}],
    "order": [{"numbers": [9, 5]}, {"numbers": [4, 4, 1, 0]}],
    "shout": [{"word": "no"}, {"word": "Stop"}],
    "count": [{"words": []}, {"words": ["dddd", "e"]}],
}
"""


@pytest.fixture
def task(tmp_path):
    """A folder with the custom task that `evosearch init` writes."""
    subprocess.run([*EVOSEARCH, "init", "custom", "task"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def run_arguments(archive, *flags, what="task"):
    return [*EVOSEARCH, "run", what, "--archive", archive, "--quiet", "--json", *flags]


def run(folder, archive, *flags, what="task"):
    """Run to the end; returns what `--json` prints."""
    done = subprocess.run(
        run_arguments(archive, *flags, what=what), cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def steps_recorded(path):
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("select count(*) from steps").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


def kill_at_a_random_moment(folder, archive, flags, rng):
    """Start a run, wait for it to record something new, and kill it a moment later; returns steps it recorded."""
    before = steps_recorded(folder / archive)
    process = subprocess.Popen(
        run_arguments(archive, *flags), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while steps_recorded(folder / archive) <= before and process.poll() is None:
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 0.15))
    process.kill()
    process.wait()
    return steps_recorded(folder / archive) - before


def test_kill_9_at_random_moments_changes_nothing(task):
    flags = ["--budget", "760evals", "--seed", "3"]
    whole = run(task, "whole.db", *flags)
    rng = random.Random(11)
    recorded = [kill_at_a_random_moment(task, "killed.db", flags, rng) for _ in range(KILLS)]
    assert all(count > 0 for count in recorded), f"a kill found nothing under way: {recorded}"
    killed = run(task, "killed.db", *flags)
    assert killed["digest"] == whole["digest"]
    assert killed["spent"]["evaluations"] == whole["spent"]["evaluations"]
    assert killed["best"] == whole["best"] | {"id": killed["best"]["id"]}


def test_the_number_of_workers_changes_nothing(task):
    one, two = (run(task, f"{n}.db", "--budget", "60evals", "--workers", str(n)) for n in (1, 2))
    assert one["digest"] == two["digest"]


def test_the_number_of_workers_changes_nothing_for_puzzles(tmp_path):
    (tmp_path / "puzzles").mkdir()
    (tmp_path / "puzzles" / "small.py").write_text(PUZZLES)
    subprocess.run([*EVOSEARCH, "init", "puzzles", "p", "--puzzles", "puzzles"], cwd=tmp_path, check=True)
    one, two = (run(tmp_path, f"{n}.db", "--budget", "3000evals", "--workers", str(n), what="p") for n in (1, 2))
    assert one["digest"] == two["digest"]
    assert one["evaluations"] == two["evaluations"]
    assert one["domain_summary"]["solved"] > 0
    assert one["domain_summary"] == two["domain_summary"]


def test_a_killed_run_leaves_no_process_behind(task):
    process = subprocess.Popen(
        run_arguments("gone.db", "--budget", "100000evals"),
        cwd=task,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "EVOSEARCH_WINDOW": "4"},
    )
    while steps_recorded(task / "gone.db") < 3 and process.poll() is None:
        time.sleep(0.01)
    family = descendants(process.pid)
    assert len(family) >= 2, "the run has no jailed processes to leave behind"
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in family) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in family if alive(pid)] == []


def descendants(pid):
    """Process ids of all children, grandchildren and so on, by /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := stat_fields(entry.name)):
            parents[int(entry.name)] = int(fields[1])
    found, frontier = [], [pid]
    while frontier:
        frontier = [child for child, parent in parents.items() if parent in frontier]
        found += frontier
    return found


def alive(pid):
    fields = stat_fields(pid)
    return fields is not None and fields[0] not in "ZX"


def stat_fields(pid):
    """What /proc/PID/stat says after the command's name: state, parent, …; None if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
