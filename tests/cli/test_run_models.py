"""Runs that ask a language model: a real server on loopback, a real archive, real kills."""

import json
import re
import shutil
import signal
import time
from contextlib import suppress

import pytest

from evosearch import registry
from evosearch.errors import ArchiveForeignError, ExitCode
from evosearch.store import Store
from evosearch.testing import Answered, ModelServer
from evosearch.types import Recipe

KEY = "sk-a-key-that-must-stay-secret"


def line(asked):
    """A reply with a straight line, another one for every request."""
    slope = 1 + asked.seed % 1_000 / 1_000
    return f"Steeper:\n\n```python\ndef fit(x):\n    return {slope} * x - 0.5\n```\n"


@pytest.fixture
def server():
    with ModelServer(line) as server:
        yield server


def result(done):
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.fixture
def run(evosearch, task, server):
    """Runs the task with the model; returns what `--json` printed."""

    def run(*words, budget="12calls", model="small"):
        where = ("--base-url", server.base_url) if model else ()
        named = ("--model", model) if model else ()
        return evosearch("run", task, *named, *where, "--budget", budget, "--quiet", "--json", *words)

    return run


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Where an archive stands that several tests begin with."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def recorded(run, folder, shelf):
    """An archive of twelve calls in `archives/task.db`, made once; returns what `--json` printed then."""
    said = shelf / "said.json"
    if not said.exists():
        said.write_text(run("--proposer", "model").out)
        shutil.copytree(folder / "archives", shelf / "archives")
    shutil.copytree(shelf / "archives", folder / "archives", dirs_exist_ok=True)
    return json.loads(said.read_text())


def bodies(server):
    return [asked.canonical for asked in server.requests]


def test_a_model_proposes_and_every_reply_is_kept(run, server, folder):
    found = result(run("--proposer", "model"))
    assert found["spent"]["calls"] == len(server.requests) == 12
    assert found["spent"]["usd"] is None
    assert found["run"]["models"] == ["small"]
    assert found["evaluations"]["ok"] > 2
    with Store.read(folder / "archives" / "task.db") as store:
        calls = list(store.recorded_calls())
    assert len(calls) == 12
    assert calls[0].reply.texts[0].startswith("Steeper:")
    assert calls[0].usd is None


def test_it_runs_again_from_the_archive_or_from_a_cassette_without_a_server(run, evosearch, server, task, folder):
    found = result(run("--proposer", "model"))
    asked, opened = len(server.requests), server.opened
    assert evosearch("export", "task", "--format", "cassette", "--output", "run.jsonl").code == 0
    for source in ("archives/task.db", "run.jsonl"):
        (folder / "archives" / "task-replay.db").unlink(missing_ok=True)
        again = result(evosearch("run", task, "--replay", source, "--quiet", "--json"))
        assert again["digest"] == found["digest"]
        assert again["spent"]["calls"] == 12
    assert (len(server.requests), server.opened) == (asked, opened)


def test_a_replay_finds_the_task_that_was_recorded(run, evosearch, folder, monkeypatch):
    found = result(run("--proposer", "model"))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    again = result(evosearch("run", "--replay", folder / "archives" / "task.db", "--quiet", "--json"))
    assert again["digest"] == found["digest"]


@pytest.mark.usefixtures("recorded")
def test_a_replay_that_needs_another_call_names_it(evosearch, task):
    done = evosearch("run", task, "--replay", "archives/task.db", "--seed", "9", "--quiet")
    assert done.code == ExitCode.PROVIDER
    assert re.search(r"call [0-9a-f]{12}", done.err)
    assert "archives/task.db" in done.err


@pytest.mark.usefixtures("recorded")
def test_a_record_of_another_task_is_refused(evosearch, task):
    (task / "evaluate.py").write_text((task / "evaluate.py").read_text() + "\n")
    done = evosearch("run", task, "--replay", "archives/task.db", "--quiet")
    assert (done.code, "have changed since" in done.err) == (ExitCode.USAGE, True)


def test_mixed_is_the_default_and_starts_with_what_is_free(run, server):
    found = result(run(budget="105evals,200calls"))
    assert found["run"]["proposer"] == "mixed"
    assert found["spent"]["evaluations"] == 105
    assert 4 <= len(server.requests) <= 60


@pytest.mark.usefixtures("recorded")
def test_a_second_run_asks_the_same_model_and_nothing_twice(evosearch, task, server, folder):
    with Store.read(folder / "archives" / "task.db") as store:
        before = {call.request.digest for call in store.recorded_calls()}
    at = ("--base-url", server.base_url)  # the server of the recorded run is gone
    asked = len(server.requests)
    found = result(evosearch("run", task, *at, "--budget", "+8calls", "--quiet", "--json"))
    assert (found["spent"]["calls"], found["run"]["proposer"]) == (20, "model")
    assert len(server.requests) - asked == 8
    with Store.read(folder / "archives" / "task.db") as store:
        assert len({call.request.digest for call in store.recorded_calls()} - before) == 8
        assert store.last_run().record.settings["run"]["budget"] == "20calls"


def test_a_run_killed_between_a_reply_and_its_evaluation_does_not_ask_again(task, folder, start, evosearch):
    slow = "```python\nfor _ in range(2 * 10 ** 6):\n    pass\n\n\ndef fit(x):\n    return {slope} * x - 0.5\n```"
    with ModelServer(lambda asked: slow.format(slope=1 + asked.seed % 1_000 / 1_000)) as server:
        words = ["run", task, "--model", "small", "--base-url", server.base_url, "--proposer", "model"]
        words += ["--budget", "16calls", "--quiet", "--window", "4", "--json"]
        whole = json.loads(start(*words, "--archive", "whole.db").communicate(timeout=100)[0])
        asked = len(server.requests)
        for _ in range(2):
            process = start(*words, "--archive", "killed.db")
            wait_for_unsettled_replies(folder / "killed.db", process)
            process.send_signal(signal.SIGKILL)
            process.wait()
        finished = json.loads(start(*words, "--archive", "killed.db").communicate(timeout=100)[0])
        assert finished["digest"] == whole["digest"]
        assert finished["spent"]["calls"] == whole["spent"]["calls"] == 16
        again = bodies(server)[asked:]
    # A kill may hit a request whose reply is still on its way: at most those under way at the time, four a kill.
    assert 16 <= len(again) <= 16 + 2 * 4
    assert set(again) == set(bodies(server)[:asked])


def wait_for_unsettled_replies(path, process):
    """Wait until the archive holds replies that no settled step has used."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and (path.with_name(path.name + "-wal")).exists():
            # Until its tables are made the file is no archive yet.
            with suppress(ArchiveForeignError), Store.read(path) as store:
                if store.unsettled().calls:
                    return
        time.sleep(0.02)


def test_without_a_key_nothing_begins(evosearch, task, folder):
    done = evosearch("run", task, "--model", "small", "--api-key-env", "MISSING", "--budget", "9calls")
    assert done.code == ExitCode.PROVIDER
    assert "MISSING" in done.err
    assert not (folder / "archives").exists()


def test_without_a_key_a_complete_record_is_enough(recorded, evosearch, task):
    path = "archives/task.db"
    again = result(evosearch("run", task, "--archive", path, "--api-key-env", "MISSING", "--quiet", "--json"))
    assert again["digest"] == recorded["digest"]
    more = evosearch("run", task, "--api-key-env", "MISSING", "--budget", "+1calls", "--quiet")
    assert (more.code, "MISSING" in more.err) == (ExitCode.PROVIDER, True)


def test_a_key_is_used_and_found_nowhere(run, server, folder, monkeypatch):
    monkeypatch.setenv("MINE", KEY)
    done = run("--proposer", "model", "--api-key-env", "MINE")
    assert result(done)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert KEY not in done.out + done.err


def test_a_key_that_is_refused_ends_the_run_and_loses_nothing(evosearch, task, folder):
    refused = Answered.failure(401, f"wrong key {KEY}")
    with ModelServer(lambda asked: line(asked) if asked.ordinal < 20 else refused) as server:
        words = ["--model", "small", "--base-url", server.base_url, "--proposer", "model", "--quiet"]
        done = evosearch("run", task, *words, "--budget", "99calls")
    assert done.code == ExitCode.PROVIDER
    with Store.read(folder / "archives" / "task.db") as store:
        assert len(list(store.recorded_calls())) == 20
        assert store.steps_recorded() > 1
    with ModelServer(line) as server:
        words = ["--model", "small", "--base-url", server.base_url, "--quiet", "--json"]
        found = result(evosearch("run", task, *words, "--budget", "40calls"))
    assert found["spent"]["calls"] == 40
    assert len(server.requests) == 20


def test_money_that_cannot_be_counted_cannot_be_capped(run, server):
    done = run(budget="2usd")
    assert done.code == ExitCode.USAGE
    assert f"the price of the model 'small' at {server.base_url} is not known" in done.err


def test_money_is_never_overspent(run, task, server):
    text = (task / "evosearch.toml").read_text()
    prices = '[models.only."small"]\nprice = { input = 100.0, output = 400.0 }\n'
    (task / "evosearch.toml").write_text(f"{text}\n[models]\nmax_tokens = 100\n{prices}")
    found = result(run("--proposer", "model", budget="1usd"))
    assert 0.5 < found["spent"]["usd"] <= 1
    assert found["spent"]["calls"] == len(server.requests)


def test_a_dry_run_shows_the_first_prompt_and_asks_nothing(server, evosearch, task):
    done = evosearch("run", task, "--model", "small", "--base-url", server.base_url, "--budget", "9calls", "--dry-run")
    assert "the first prompt for small" in done.out
    assert "def fit(x):" in done.out
    assert "price unknown" in done.out
    assert "genai-prices" in done.out
    assert "usd          unknown" in done.out
    assert server.requests == []


@pytest.mark.usefixtures("recorded")
def test_a_dry_run_knows_what_calls_have_cost(evosearch, task):
    done = evosearch("run", task, "--dry-run", "--json", "--budget", "+30calls")
    estimate = json.loads(done.out)["estimate"]
    assert (estimate["calls"], estimate["recorded_calls"]) == (30, 12)
    assert estimate["recorded_tokens"] > 10


def test_who_does_not_cap_calls_is_told_and_that_models_come_second(evosearch, task, server):
    done = evosearch("run", task, "--model", "small", "--base-url", server.base_url, "--budget", "3evals")
    assert "nothing caps the calls of models" in done.err
    assert "the embedded proposer goes first" in done.err
    assert "done: the budget is spent (3 of 3 evaluations); to go on:" in done.err


def test_a_model_that_is_asked_for_and_not_configured(evosearch, task):
    done = evosearch("run", task, "--proposer", "model")
    assert (done.code, "--model NAME" in done.err) == (ExitCode.USAGE, True)


def test_replies_that_are_no_programs_cost_no_evaluation(run, evosearch, task):
    with ModelServer("I am sorry, I cannot do that.") as server:
        words = ["--model", "small", "--base-url", server.base_url, "--proposer", "model", "--quiet", "--json"]
        found = result(evosearch("run", task, *words, "--budget", "10calls"))
    assert found["evaluations"] == {"ok": 1, "failed": 0, "duplicate": 0, "by_status": {"ok": 1}}
    assert found["replies"]["by_outcome"] == {"no_code": 10}


def test_ctrl_c_keeps_what_is_under_way(task, folder, start):
    with ModelServer(lambda asked: Answered(line(asked), latency=0.5)) as server:
        words = ["--model", "small", "--base-url", server.base_url, "--proposer", "model", "--budget", "500calls"]
        process = start("run", task, *words)
        while len(server.requests) < 10 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "continue with: evosearch run" in said
    with Store.read(folder / "archives" / "task.db") as store:
        assert store.unsettled().calls == 0
        assert store.spent().calls == len(server.requests)


def test_a_run_whose_budget_was_raised_replays_to_the_same_digest(run, evosearch, task, folder):
    result(run("--proposer", "model", budget="10calls"))
    found = result(evosearch("run", task, "--budget", "+13calls", "--quiet", "--json"))
    assert evosearch("export", "task", "--format", "cassette", "--output", "run.jsonl").code == 0
    assert str(task) not in (folder / "run.jsonl").read_text()
    for source in ("archives/task.db", "run.jsonl"):
        again = result(evosearch("run", task, "--replay", source, "--archive", f"{source}.again", "--quiet", "--json"))
        assert (again["digest"], again["spent"]["calls"]) == (found["digest"], 23)


def test_runs_that_asked_differently_are_no_record_of_one_search(run, evosearch, task):
    result(run("--proposer", "model", budget="4calls"))
    result(run("--proposer", "model", budget="+4calls", model="other"))
    done = evosearch("run", task, "--replay", "archives/task.db", "--quiet")
    assert (done.code, "different models" in done.err) == (ExitCode.USAGE, True)
    assert evosearch("export", "task", "--format", "cassette", "--output", "run.jsonl").code == 0
    assert evosearch("run", task, "--replay", "run.jsonl", "--quiet").code == ExitCode.USAGE


def test_a_replay_takes_over_what_a_clock_said(run, evosearch, task, folder):
    text = (task / "evosearch.toml").read_text()
    (task / "evosearch.toml").write_text(text.replace("cpu_seconds = 2.0", "cpu_seconds = 0.3"))
    endless = "```python\ndef fit(x):\n    while True:\n        x += {step}\n```"
    with ModelServer(lambda asked: endless.format(step=asked.seed)) as server:
        words = ["--model", "small", "--base-url", server.base_url, "--proposer", "model", "--quiet", "--json"]
        found = result(evosearch("run", task, *words, "--budget", "3calls"))
    assert found["evaluations"]["by_status"]["timeout_cpu"] >= 1
    assert evosearch("export", "task", "--format", "cassette", "--output", "run.jsonl").code == 0
    result(evosearch("run", task, "--replay", "run.jsonl", "--quiet", "--json"))
    with (
        Store.read(folder / "archives" / "task.db") as first,
        Store.read(folder / "archives" / "task-replay.db") as again,
    ):
        assert again.timeouts() == first.timeouts()


def test_replies_that_were_paid_for_outlive_a_failure_before_the_first_program(evosearch, folder):
    first = registry.make_task(Recipe("puzzles", "puzzles")).problems[0].name
    wrong, solution = Answered.failure(400, "no"), "```python\ndef sol(*inputs):\n    return 1\n```"
    with ModelServer(lambda asked: wrong if f"`{first}`" in asked.text else solution) as server:
        words = ["--model", "small", "--base-url", server.base_url, "--proposer", "model", "--quiet"]
        done = evosearch("run", "puzzles", *words, "--budget", "50calls", "--window", "8")
    assert done.code == ExitCode.PROVIDER
    with Store.read(folder / "archives" / "puzzles.db") as store:
        assert store.steps_recorded() == 1
        assert store.unsettled().calls >= 7
