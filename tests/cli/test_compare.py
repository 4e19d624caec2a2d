"""`evosearch run --compare`: real runs, looked at, resumed, never run twice."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from evosearch.errors import ExitCode
from evosearch.proposers.symbolic.proposer import SymbolicProposer
from evosearch.store import Store

COMPARE = ("--compare", "--seeds", "3", "--budget", "4evals", "--workers", "1")
ARMS = ("grid", "seeds", "best")
FILES = [f"{arm}-seed{seed}.db" for seed in (0, 1, 2) for arm in ARMS]
FOLDER = Path("archives/task-compare")
#: Every program but the seed keeps its judge waiting.
SLOW = """
import time

def evaluate(candidate):
    if candidate.call("fit", 1.0) != 1.0:
        time.sleep(0.05)
    return {"score": 1.0, "features": {"steepness": 1.0}}
"""


@pytest.fixture(scope="session")
def compared_once(tmp_path_factory):
    """A folder with a task and a comparison of it; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("compared")
    for words in (["init", "custom", "task"], ["run", "task", *COMPARE, "--quiet"]):
        subprocess.run([sys.executable, "-m", "evosearch", *words], cwd=folder, capture_output=True, check=True)
    return folder


@pytest.fixture
def compared(compared_once, folder):
    """The comparison, and `task`, all to spoil."""
    shutil.copytree(compared_once, folder, dirs_exist_ok=True)
    return folder / FOLDER


def runs(path):
    """How many runs began in an archive, its kind, and its seed."""
    with Store.read(path) as store:
        return len(store.runs()), store.identity.archive, store.identity.seed


def test_each_run_is_an_archive_that_differs_in_its_kind_alone(evosearch, compared):
    assert sorted(path.name for path in compared.glob("*.db")) == sorted(FILES)
    assert [runs(compared / f"{arm}-seed{seed}.db") for seed in (0, 1, 2) for arm in ARMS] == [
        (1, arm, seed) for seed in (0, 1, 2) for arm in ARMS
    ]
    described = json.loads(evosearch("show", compared / "seeds-seed1.db", "--json").out)
    assert (described["spent"]["evaluations"], described["task"]) == (4, "task")


def test_the_same_command_runs_nothing_twice_and_tells_the_same(evosearch, compared):
    first = evosearch("run", "task", *COMPARE)
    assert first.code == 0
    assert "9 runs (3 arms, seeds 0 to 2), each with 4evals: 36evals in all" in first.err
    assert "3 of 9: hill-climber, seed 0 (done already)" in first.err
    assert "was the archive (grid) worth it?" in first.out
    assert evosearch("run", "task", *COMPARE).out == first.out
    assert [runs(compared / name)[0] for name in FILES] == [1] * 9


def test_a_smaller_budget_is_not_compared_with_runs_that_spent_more(evosearch, compared):
    (compared / "best-seed1.db").unlink()
    smaller = ["3evals" if word == "4evals" else word for word in COMPARE]
    done = evosearch("run", "task", *smaller)
    assert done.code == ExitCode.USAGE
    assert "grid-seed0.db has been run with the budget 4evals, and has spent more than 3evals" in done.err
    assert "hint: compare with --budget 4evals, or remove the folder archives/task-compare" in done.err
    assert not (compared / "best-seed1.db").exists()


def test_what_is_missing_is_run(evosearch, compared):
    before = json.loads(evosearch("run", "task", *COMPARE, "--json").out)
    (compared / "best-seed1.db").unlink()
    done = evosearch("run", "task", *COMPARE, "--json")
    assert "5 of 9: best of N from the seeds, seed 1 (done already)" in done.err
    assert "6 of 9: hill-climber, seed 1\n" in done.err
    again = json.loads(done.out)
    assert again["figures"] == before["figures"]
    assert [run["archive"] for run in again["runs"]] == [str(FOLDER / name) for name in FILES]


def test_the_configured_kind_is_the_one_that_is_judged(evosearch, compared):
    dry = json.loads(evosearch("run", "task", *COMPARE, "--archive-kind", "islands", "--dry-run", "--json").out)
    first, second = dry["runs"][:2]
    assert (first["archive"], first["done"]) == (str(FOLDER / "islands-seed0.db"), False)
    assert (second["archive"], second["done"]) == (str(FOLDER / "seeds-seed0.db"), True)


def test_a_dry_run_says_what_all_of_it_may_cost_and_writes_nothing(evosearch, task, folder):
    words = ("run", task, "--compare", "--seeds", "4", "--seed", "7", "--budget", "50evals,2usd", "--dry-run")
    done = evosearch(*words)
    assert done.code == 0
    for part in ("12 runs (3 arms, seeds 7 to 10)", "600evals,24usd in all", "best-seed10.db", "asks no model"):
        assert part in done.out
    described = json.loads(evosearch(*words, "--json").out)
    assert (described["budget"], described["budget_in_all"]) == ("50evals,2usd", "600evals,24usd")
    assert described["estimate"]["evaluations"] == 50
    assert not (folder / "archives").exists()


#: Evaluations whose proposals were opened when only the seeds had been placed.
BLIND = SymbolicProposer.regimen.line * (SymbolicProposer.regimen.lines or 16)


@pytest.mark.parametrize(("budget", "warned"), [(f"{BLIND}evals", True), (f"{BLIND + 1}evals", False), ("5m", False)])
def test_a_budget_that_is_gone_before_the_archive_matters_is_warned_of(evosearch, task, budget, warned):
    said = f"the first {BLIND} evaluations of a run have no parents but the seeds"
    shown = evosearch("run", task, "--compare", "--budget", budget, "--dry-run").out
    assert (said in " ".join(shown.split())) is warned


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--archive", "x.db"], "--compare makes its own archives, so --archive does not go with it"),
        (["--replay", "x.db"], "--compare makes its own archives, so --replay does not go with it"),
        (["--budget", "+5evals"], "--compare takes the budget of each run in all, not one that adds, got '+5evals'"),
        (["--archive-kind", "best"], "the archive 'best' is what --compare compares others with"),
        (["--seeds", "2"], "--seeds"),
    ],
)
def test_what_does_not_go_with_it_is_one_message(evosearch, task, folder, words, said):
    done = evosearch("run", task, "--compare", *words)
    assert done.code == ExitCode.USAGE
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (folder / "archives").exists()


def test_runs_with_different_budgets_are_not_compared(evosearch, compared):
    (compared / "best-seed2.db").unlink()
    done = evosearch("run", "task", "--compare", "--seeds", "3")
    assert done.code == ExitCode.USAGE
    assert "were begun with different budgets or windows" in done.err
    assert "say --budget" in done.err


def test_nor_are_runs_of_another_proposer(evosearch, compared):
    path = compared / "seeds-seed0.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE runs SET proposer = 'mixed'")
    connection.close()
    done = evosearch("run", "task", *COMPARE, "--proposer", "symbolic")
    assert done.code == ExitCode.USAGE
    assert f"{FOLDER / 'seeds-seed0.db'} was searched with another proposer or other models" in done.err
    assert [runs(compared / name)[0] for name in FILES] == [1] * 9


def test_runs_of_a_task_that_has_changed_are_not_taken_for_done(evosearch, compared):
    seed = Path("task/seed.py")
    seed.write_text(seed.read_text() + "\n# changed\n")
    done = evosearch("run", "task", *COMPARE)
    assert done.code == ExitCode.USAGE
    assert "is of another search" in done.err


def test_a_greater_budget_would_continue_the_runs(evosearch, compared):
    words = ["run", "task", "--compare", "--seeds", "3", "--budget", "5evals", "--dry-run", "--json"]
    described = json.loads(evosearch(*words).out)
    assert [run["done"] for run in described["runs"]] == [False] * 9
    assert described["estimate"]["evaluations"] == 1


def test_ctrl_c_once_saves_and_says_how_to_go_on(start, task):
    (task / "evaluate.py").write_text(SLOW)
    words = ["run", task, "--compare", "--budget", "10000evals", "--workers", "2"]
    process = start(*words)
    assert any("1/10,000 evaluations" in line for line in process.stderr)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert f"interrupted in run 1 of 15; everything that was finished is saved in {FOLDER}" in err
    assert f"hint: continue with: evosearch {' '.join(map(str, words))}" in err
    with Store.read(FOLDER / "grid-seed0.db") as store:
        assert store.steps_recorded() > 1
        assert store.faults() == ()
