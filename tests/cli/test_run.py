"""`evosearch run`: real searches, stopped and continued."""

import json
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from evosearch.errors import ExitCode
from evosearch.store import Store

#: Every program but the seed keeps its judge waiting.
SLOW = """
import time

def evaluate(candidate):
    if candidate.call("fit", 1.0) != 1.0 or candidate.call("fit", 2.0) != 2.0:
        time.sleep({seconds})
    return {{"score": 1.0, "features": {{"steepness": 1.0}}}}
"""


@pytest.fixture
def slow(task):
    """Makes the task's judge wait."""

    def slow(seconds):
        (task / "evaluate.py").write_text(SLOW.format(seconds=seconds))
        return task

    return slow


def runs(path):
    with Store.read(path) as store:
        return [(run.record.budget, run.ended) for run in store.runs()]


def said(process, words):
    """Wait until the process has said something; a machine may have something to say of its sandbox before."""
    return any(words in line for line in process.stderr)


def test_it_searches_and_prints_the_summary(evosearch, task):
    done = evosearch("run", task, "--budget", "8evals")
    assert done.code == 0
    assert "8 evaluations" in done.out
    assert "8 of 8 evaluations" in done.err
    assert f"to go on: evosearch run {task} --budget +8evals" in done.err


def test_json_is_what_show_prints(evosearch, task):
    ran = evosearch("run", task, "--budget", "8evals", "--json")
    described = json.loads(ran.out)
    assert described["spent"]["evaluations"] == 8
    assert described == json.loads(evosearch("show", "task", "--json").out)


def test_quiet_leaves_stderr_empty(evosearch, task):
    assert evosearch("run", task, "--budget", "4evals", "--quiet").err == ""


def test_verbose_prints_a_line_for_every_program(evosearch, task):
    done = evosearch("run", task, "--budget", "4evals", "--verbose")
    assert len([line for line in done.err.splitlines() if line.startswith("step ")]) >= 4


def test_running_again_continues_with_what_the_archive_has(evosearch, task, fresh_archive):
    first = evosearch("run", task, "--seed", "0", "--budget", "20evals", "--json")
    assert json.loads(first.out)["spent"]["evaluations"] == 20
    again = evosearch("run", task)
    assert again.code == 0
    assert "the budget was spent already (20 of 20 evaluations); to go on:" in again.err
    more = evosearch("run", task, "--budget", "+5evals", "--json")
    assert json.loads(more.out)["spent"]["evaluations"] == 25
    assert runs(fresh_archive) == [
        ("12evals", "budget"),
        ("20evals", "budget"),
        ("20evals", "budget"),
        ("25evals", "budget"),
    ]


def test_stopping_between_makes_no_difference(evosearch, start, slow):
    words = ("run", slow(0.02), "--seed", "4", "--budget", "90evals", "--archive")
    process = start(*words, "parts.db", "--workers", "2")
    assert said(process, "1/90 evaluations")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    evosearch(*words, "parts.db", "--workers", "2")
    evosearch(*words, "whole.db", "--workers", "1")
    digests = {json.loads(evosearch("show", path, "--json").out)["digest"] for path in ("parts.db", "whole.db")}
    assert len(digests) == 1


def test_a_domain_runs_without_a_file(evosearch, folder):
    done = evosearch("run", "puzzles", "--budget", "100evals", "--json")
    assert done.code == 0
    assert json.loads(done.out)["domain_summary"]["problems"] > 0
    assert [path.name for path in folder.iterdir()] == ["archives"]


def test_dry_run_tells_everything_and_writes_nothing(evosearch, task, folder):
    done = evosearch("run", task, "--dry-run", "--seed", "5")
    assert done.code == 0
    for part in ("--seed", "evosearch.toml:2", "Write fit(x)", "1,000", "asks no model", "archives/task.db (new)"):
        assert part in done.out
    assert not (folder / "archives").exists()
    described = json.loads(evosearch("run", task, "--dry-run", "--json").out)
    found = {key: described["estimate"][key] for key in ("evaluations", "calls", "tokens", "usd")}
    assert found == {"evaluations": 1000, "calls": 0, "tokens": 0, "usd": 0}
    assert described["prompt"] is None


def test_ctrl_c_once_finishes_what_is_under_way(start, slow):
    process = start("run", slow(0.2), "--budget", "10000evals", "--workers", "2")
    assert said(process, "1/10,000 evaluations")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "stopping: what is under way is being finished and saved" in err
    assert f"hint: continue with: evosearch run {slow(0.2)}" in err
    assert out == ""
    assert runs("archives/task.db") == [("10000evals", "stopped")]
    with Store.read("archives/task.db") as store:
        assert store.steps_recorded() > 1
        assert store.faults() == ()


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_twice_stops_now_and_all_is_consistent(start, slow, evosearch, second):
    task = slow(30)
    process = start("run", task, "--budget", "10000evals")
    assert said(process, "1/10,000 evaluations")
    process.send_signal(signal.SIGINT)
    assert said(process, "stopping: what is under way")
    process.send_signal(second)
    _, err = process.communicate(timeout=25)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in err
    assert runs("archives/task.db") == [("10000evals", "interrupted")]
    assert json.loads(evosearch("show", "--json").out)["evaluations"]["ok"] >= 1


def test_an_early_sigterm_is_a_polite_end(start, task):
    process = start("run", task, "--budget", "10000evals")
    # The archive is locked just before the search begins.
    while not Path("archives/task.db.lock").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "interrupted" in err
    assert "Traceback" not in err


def test_a_seed_that_fails_leaves_no_archive_behind(evosearch, task, folder):
    (task / "seed.py").write_text("def fit(x: return")
    done = evosearch("run", task, "--budget", "8evals")
    assert done.code == ExitCode.NOTHING_FOUND
    assert "SyntaxError" in done.err
    assert list((folder / "archives").iterdir()) == []
    (task / "seed.py").write_text("def fit(x):\n    return x\n")
    assert evosearch("run", task, "--budget", "8evals").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--budget", "0evals"], "'0evals' leaves nothing to spend (--budget)"),
        (["--budget", "-1evals"], "'-1evals' is no number with a unit (--budget)"),
        (["--budget", "5 bananas"], "'5bananas' is no number with a unit (--budget)"),
        (["--seed", "-1"], "run.seed: expected a number greater than or equal to 0, got -1 (--seed)"),
        (["--workers", "0"], "run.workers: expected a number greater than or equal to 1, got 0 (--workers)"),
        (["--proposer", "symbolc"], "no proposer is called 'symbolc' (--proposer)"),
        (["--archive", "."], "it is no file"),
    ],
)
def test_a_bad_flag_is_one_message(evosearch, task, words, said):
    done = evosearch("run", task, *words)
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("error: ")
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[run]", "[run", "is no TOML"),
        ("# seed = 0", "sede = 0", "unknown key 'run.sede'"),
        ("# seed = 0", 'seed = "0"', "run.seed: expected a whole number, got '0'"),
        ('domain = "custom"', 'domain = "custm"', "no domain is called 'custm'"),
        ('# budget = "1000evals"', 'budget = "5 bananas"', "(evosearch.toml:"),
        ('# budget = "1000evals"', 'budget = "+5evals"', "would add again on every run"),
    ],
)
def test_a_bad_file_is_one_message(evosearch, task, before, after, said):
    file = task / "evosearch.toml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))
    done = evosearch("run", task)
    assert done.code == ExitCode.USAGE
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_table_of_an_archive_that_is_not_used_is_told(evosearch, task):
    with (task / "evosearch.toml").open("a") as file:
        file.write("\n[islands]\nislands = 3\n")
    unused = evosearch("run", task, "--budget", "2evals", "--archive", "grid.db")
    assert "[islands] is not used: the archive is grid; archive = " in unused.err
    used = evosearch("run", task, "--budget", "2evals", "--archive", "islands.db", "--archive-kind", "islands")
    assert "is not used" not in used.err


def test_a_bad_variable_is_one_message(evosearch, task, monkeypatch):
    monkeypatch.setenv("EVOSEARCH_SED", "1")
    done = evosearch("run", task)
    assert done.code == ExitCode.USAGE
    assert done.err.endswith("hint: did you mean 'EVOSEARCH_SEED'?\n")


def test_a_file_that_is_no_archive_is_left_as_it_is(evosearch, task, folder):
    (folder / "notes.db").write_text("my notes, none of them SQLite")
    done = evosearch("run", task, "--archive", "notes.db")
    assert done.code == ExitCode.USAGE
    assert "it is no SQLite file" in done.err
    assert (folder / "notes.db").read_text() == "my notes, none of them SQLite"


def test_the_archive_of_another_task_is_refused(evosearch, archive):
    done = evosearch("run", "puzzles", "--archive", archive)
    assert done.code == ExitCode.USAGE
    assert "is of another search" in done.err


def test_another_seed_is_refused(evosearch, archive):
    done = evosearch("run", "task", "--seed", "1")
    assert done.code == ExitCode.USAGE
    assert "continue with seed 0" in done.err


def test_an_archive_that_is_being_written_is_refused(evosearch, start, slow):
    process = start("run", slow(0.2), "--budget", "10000evals")
    assert said(process, "1/10,000 evaluations")
    done = evosearch("run", "task", "--budget", "5evals")
    assert done.code == ExitCode.FAILED
    assert f"is being written by another run, process {process.pid}" in done.err
    assert evosearch("show").code == 0


def test_an_archive_from_the_future_is_refused(evosearch, archive):
    with sqlite3.connect(archive) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('evosearch', 'm999_later', '')"
        )
    connection.close()
    for words in (["run", "task"], ["show"]):
        done = evosearch(*words)
        assert done.code == ExitCode.USAGE
        assert "m999_later" in done.err
