"""Who may run programs without a sandbox, and what is told of it afterwards."""

import json

import pytest

from evosearch.errors import ExitCode, SandboxError
from evosearch.executors.local import LocalExecutor
from evosearch.report.provenance import unwrap
from evosearch.sandbox import policy
from evosearch.sandbox.layers import LAYERS, Capabilities, meant_for
from evosearch.sandbox.seatbelt import Seatbelt
from evosearch.store import Store


def recorded(path):
    with Store.read(path) as store:
        return [run.record.sandbox for run in store.runs()]


@pytest.mark.parametrize("layers", [["seccomp"], ["landlock", "namespaces"]])
def test_a_run_without_walls_is_refused_before_anything_is_written(evosearch, task, folder, wall_is_missing, layers):
    for layer in LAYERS:
        if layer.name in layers:
            wall_is_missing(layer)
    done = evosearch("run", task, "--budget", "4evals")
    assert done.code == ExitCode.NO_SANDBOX
    error, hint = done.err.splitlines()
    assert error.startswith("error: programs cannot be contained here: ")
    assert f"{layers[0]}: not in this kernel" in error
    assert "--unsafe-no-sandbox runs programs all the same" in hint
    assert not (folder / "archives").exists()


@pytest.mark.usefixtures("uncontained")
def test_evaluate_is_refused_too(evosearch, task):
    done = evosearch("evaluate", task / "seed.py", "--task", task, "--json")
    assert (done.code, done.out) == (ExitCode.NO_SANDBOX, "")
    done = evosearch("evaluate", task / "seed.py", "--task", task, "--json", "--unsafe-no-sandbox")
    assert done.code == 0
    assert (json.loads(done.out)["status"], json.loads(done.out)["sandbox"]) == ("ok", "unsafe")
    shown = evosearch("evaluate", task / "seed.py", "--task", task, "--unsafe-no-sandbox").out
    assert "UNSAFE: none was demanded (--unsafe-no-sandbox)" in shown


@pytest.mark.usefixtures("uncontained")
def test_a_dry_run_tells_of_the_refusal_and_is_not_refused(evosearch, task):
    done = evosearch("run", task, "--dry-run")
    assert done.code == 0
    assert "programs cannot be contained here: system calls cannot be filtered" in " ".join(done.out.split())
    described = json.loads(evosearch("run", task, "--dry-run", "--json").out)
    assert described["sandbox"]["refused"].startswith("programs cannot be contained here")
    described = json.loads(evosearch("run", task, "--dry-run", "--json", "--unsafe-no-sandbox").out)
    assert described["sandbox"]["unsafe"] is True


@pytest.mark.usefixtures("uncontained")
def test_a_waived_sandbox_is_told_and_recorded_with_the_walls_that_stood(evosearch, task, folder):
    done = evosearch("run", task, "--budget", "4evals", "--unsafe-no-sandbox")
    assert done.code == 0
    assert done.err.startswith("UNSAFE: this run demands no sandbox, and what it finds will say so: programs are NOT")
    assert f"to go on: evosearch run {task} --unsafe-no-sandbox --budget +4evals" in done.err
    assert "UNSAFE: run 1 ran without demanding a sandbox" in done.out
    (sandbox,) = recorded(folder / "archives" / "task.db")
    assert sandbox["unsafe"] is True
    assert "landlock" in sandbox["layers"]
    assert sandbox["missing"] == {"seccomp": "not in this kernel"}


def test_the_stamp_stays_with_a_program_when_later_runs_are_safe(evosearch, task):
    evosearch("run", task, "--budget", "6evals", "--unsafe-no-sandbox", "--quiet")
    before = {json.loads(line)["id"] for line in evosearch("export", "--all", "--format", "jsonl").out.splitlines()}
    assert evosearch("run", task, "--budget", "40evals").code == 0
    rows = [json.loads(line) for line in evosearch("export", "--all", "--format", "jsonl").out.splitlines()]
    assert {row["sandbox"] for row in rows if row["id"] in before} <= {"unsafe"}
    assert {row["sandbox"] for row in rows if row["id"] not in before} == {"contained"}
    shown = json.loads(evosearch("show", "--json").out)
    assert (shown["archive"]["unsafe_runs"], shown["run"]["sandbox"]["unsafe"]) == ([1], False)
    assert "UNSAFE: run 1 ran without demanding a sandbox" in evosearch("show").out
    assert "UNSAFE: run 1 ran without demanding a sandbox" in evosearch("show", "map").out


def test_every_view_and_export_of_an_unsafe_program_says_so(evosearch, task):
    evosearch("run", task, "--budget", "6evals", "--unsafe-no-sandbox", "--quiet")
    best = json.loads(evosearch("show", "--json").out)["best"]
    assert best["sandbox"] == "unsafe"
    for words in (["show", "top"], ["show", "program", "best"], ["show", "tree", "best"], ["export", "--best"]):
        assert "UNSAFE" in evosearch(*words).out, words
    for words in (["show", "top", "-n", "1"], ["show", "tree", "best"]):
        assert json.loads(evosearch(*words, "--json").out)[0]["sandbox"] == "unsafe", words
    assert json.loads(evosearch("show", "program", "best", "--json").out)["sandbox"] == "unsafe"
    assert unwrap(evosearch("export", "--best").out)[1]["sandbox"] == "unsafe"
    assert '"unsafe"' in evosearch("export", "--best", "--format", "csv").out


@pytest.fixture
def breached(monkeypatch):
    """A machine whose walls stand, and do not hold."""

    async def check(self):
        raise SandboxError("the sandbox does not hold on this machine")

    monkeypatch.setattr(LocalExecutor, "check", check)


@pytest.mark.usefixtures("breached")
def test_a_canary_that_gets_through_refuses_the_run_and_leaves_no_archive(evosearch, task, folder):
    done = evosearch("run", task, "--budget", "4evals")
    assert done.code == ExitCode.NO_SANDBOX
    assert done.err.startswith("error: the sandbox does not hold on this machine")
    assert list((folder / "archives").glob("task.db*")) == []


def test_it_leaves_an_archive_as_it_was_but_for_the_reason(evosearch, archive, breached):
    before = json.loads(evosearch("show", "--json").out)
    assert evosearch("run", "task", "--budget", "+4evals").code == ExitCode.NO_SANDBOX
    after = json.loads(evosearch("show", "--json").out)
    assert (after["digest"], after["spent"]) == (before["digest"], before["spent"])
    with Store.read(archive) as store:
        assert store.last_run().ended == "failed: the sandbox does not hold on this machine"


@pytest.mark.parametrize("key", ["unsafe", "unsafe_no_sandbox", "allow_degraded", "sandbox"])
def test_no_folder_and_no_variable_can_waive_the_sandbox(evosearch, task, monkeypatch, key):
    file = task / "evosearch.toml"
    text = file.read_text()
    file.write_text(text.replace("[run]", f"[run]\n{key} = true"))
    done = evosearch("run", task, "--budget", "4evals")
    assert (done.code, f"unknown key 'run.{key}'" in done.err) == (ExitCode.USAGE, True)
    file.write_text(text)
    monkeypatch.setenv(f"EVOSEARCH_{key.upper()}", "1")
    done = evosearch("run", task, "--budget", "4evals")
    assert (done.code, f"EVOSEARCH_{key.upper()}" in done.err) == (ExitCode.USAGE, True)


def test_a_degraded_host_gets_one_line_once(evosearch, task, wall_is_missing):
    wall_is_missing(Capabilities())
    first = evosearch("run", task, "--budget", "4evals")
    notice, *more = first.err.splitlines()
    assert notice.startswith("programs are contained, with less defence in depth: missing ")
    assert "capabilities (not in this kernel)" in notice
    assert not any("defence in depth" in line for line in more)
    assert "defence in depth" not in evosearch("run", task, "--budget", "8evals").err
    assert evosearch("run", task, "--budget", "4evals", "--archive", "other.db", "--quiet").err == ""


def test_it_gets_another_when_other_walls_are_missing(evosearch, task, wall_is_missing):
    evosearch("run", task, "--budget", "4evals")
    wall_is_missing(Capabilities())
    assert "capabilities (not in this kernel)" in evosearch("run", task, "--budget", "8evals").err


def test_macos_needs_a_flag_of_its_own(evosearch, task, monkeypatch, uncontained):
    monkeypatch.setattr(policy, "LAYERS", meant_for("darwin"))
    monkeypatch.setattr(Seatbelt, "available", lambda _: None)
    refused = json.loads(evosearch("run", task, "--dry-run", "--json").out)["sandbox"]
    assert "--allow-degraded" in refused["hint"]
    taken = json.loads(evosearch("run", task, "--dry-run", "--json", "--allow-degraded").out)["sandbox"]
    assert taken["unsafe"] is False
    assert "seccomp" in taken["missing"]
