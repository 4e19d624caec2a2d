"""`evosearch show`."""

import json
import shutil
from dataclasses import replace

import pytest

from evosearch.errors import ExitCode
from evosearch.store import Store
from evosearch.types import Attempt, Call, Program, Proposal, Reply, ReplyOutcome, Request, Step, Usage


def test_the_word_after_show_is_an_archive_or_a_view(evosearch, archive):
    summary = evosearch("show")
    assert summary.code == 0
    assert "task (custom)" in summary.out
    for words in (["task"], [archive], ["task"], ["summary"], ["summary", "task"]):
        assert evosearch("show", *words).out == summary.out


def test_json_has_one_object(evosearch, archive):
    described = json.loads(evosearch("show", "--json").out)
    assert described["schema"] == 1
    assert described["task"] == "task"
    assert described["domain_summary"] is not None


def test_top_is_sorted_and_cut(evosearch, archive):
    rows = json.loads(evosearch("show", "top", "-n", "2", "--json").out)
    assert len(rows) == 2
    assert rows[0]["score"] >= rows[1]["score"]
    assert rows[0]["id"] in evosearch("show", "top", "task").out


def test_map_shows_the_scores(evosearch, archive):
    assert "steepness" in evosearch("show", "map").out
    picture = json.loads(evosearch("show", "map", "task", "--json").out)
    assert picture["columns"]["axis"] == "steepness"
    assert any(value is not None for value in picture["cells"][0])


def test_curve_shows_how_it_went_and_what_more_would_bring(evosearch, archive):
    shown = evosearch("show", "curve")
    assert "best score" in shown.out
    assert "12 evaluations" in shown.out
    assert "no forecast" in shown.out
    described = json.loads(evosearch("show", "curve", "task", "--over", "seconds", "--json").out)
    assert described["over"] == "seconds"
    points = described["points"]
    assert [point["evaluations"] for point in points] == sorted(point["evaluations"] for point in points)
    assert points[-1]["best"] == json.loads(evosearch("show", "--json").out)["best"]["score"]
    assert set(described["forecast"]) == {"best", "cells_filled", "qd_score"}


def test_a_curve_over_what_was_not_spent_is_refused(evosearch, archive):
    done = evosearch("show", "curve", "--over", "usd")
    assert done.code == ExitCode.USAGE
    assert "the archive has cost no usd so far" in done.err
    assert evosearch("show", "curve", "--over", "bananas").code == ExitCode.USAGE


def test_program_is_found_by_its_first_digits_or_as_the_best(evosearch, archive):
    best = json.loads(evosearch("show", "program", "best", "--json").out)
    assert best["status"] == "ok"
    assert best["source"].strip().startswith('"""')
    shown = evosearch("show", "program", best["id"][:8])
    assert best["id"] in shown.out
    assert "def fit(x):" in shown.out


def test_tree_climbs_to_the_seed(evosearch, archive):
    rows = json.loads(evosearch("show", "tree", "best", "--json").out)
    assert rows[0]["depth"] == 0
    assert rows[-1]["origin"] == "seed"
    assert rows[-1]["id"] in evosearch("show", "tree", rows[0]["id"]).out


def test_an_id_that_is_not_there_offers_some_that_are(evosearch, archive):
    for view in ("program", "tree"):
        done = evosearch("show", view, "zzz")
        assert done.code == ExitCode.USAGE
        assert "hint: near it are" in done.err


def test_a_problem_that_is_not_there_is_refused(evosearch, archive):
    for view in ("top", "map"):
        done = evosearch("show", view, "--problem", "x")
        assert done.code == ExitCode.USAGE
        assert "the task 'task' has no problem 'x'" in done.err


def test_it_works_when_the_files_of_the_task_are_gone(evosearch, fresh_archive, task):
    before = json.loads(evosearch("show", "--json").out)
    shutil.rmtree(task)
    done = evosearch("show", "--json")
    assert done.code == 0
    assert json.loads(done.out) == before | {"domain_summary": None}
    assert "no figures of the domain" in done.err


def test_it_says_when_the_files_of_the_task_have_changed(evosearch, fresh_archive, task):
    (task / "seed.py").write_text("def fit(x):\n    return 2 * x\n")
    assert "the task's files have changed since the run" in evosearch("show").err


def test_it_changes_nothing(evosearch, archive):
    before = archive.read_bytes()
    for words in ([], ["top"], ["map"], ["curve"], ["program", "best"], ["tree", "best"], ["operators"], ["calls"]):
        assert evosearch("show", *words).code == 0
    assert archive.read_bytes() == before


def test_without_an_archive_it_says_how_to_make_one(evosearch):
    done = evosearch("show")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: there is no archive in archives/\nhint: `evosearch run TASK` makes one; or name the file\n"
    )


def test_a_file_that_is_no_archive_is_refused(evosearch, folder):
    (folder / "notes.db").write_text("my notes")
    done = evosearch("show", "notes.db")
    assert done.code == ExitCode.USAGE
    assert "it is no SQLite file" in done.err


def test_completion_offers_views_and_archives(evosearch, archive, monkeypatch):
    monkeypatch.setenv("_EVOSEARCH_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "evosearch show ")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert evosearch().out.split() == [
        *("summary", "top", "map", "curve", "program", "tree", "operators", "calls", "call"),
        "task",
    ]


@pytest.fixture
def asked(archive):
    """The archive after a model was asked for a program, which was kept, and for another, which waits."""
    with Store.read(archive) as store:
        identity, last, steps = store.identity, store.last_run(), list(store.steps())
    trial = replace(steps[0].trials[0], proposal=Proposal(Program("x = 1"), "rewrite", model="small", reply="x = 1"))
    made, waiting = (
        Call(Request("small", ({"role": "user", "content": text},), {}, 0), Reply((text,)), usd, "settings" * bool(usd))
        for text, usd in (("x = 1", 0.25), ("y = 2", None))
    )
    attempt = Attempt("rewrite", "small", ReplyOutcome.PROGRAM, made.request.digest, position=0, usage=made.usage)
    step = Step(len(steps), None, 1, (trial,), Usage(1) + made.usage, paid=True, attempts=(attempt,))
    with Store.open(archive, identity=identity) as store:
        run = store.begin_run(replace(last.record, proposer="mixed", models=("small",)))
        for call in (made, waiting):
            store.calls(run).keep(call)
        store.record(step, run)
        store.end_run(run, "budget")
    return made


def test_operators_tell_what_they_achieved(evosearch, asked):
    described = json.loads(evosearch("show", "operators", "--json").out)
    assert [(one["name"], one["replies"], one["usd"]) for one in described["operators"]] == [("rewrite", 1, 0.25)]
    assert [one["name"] for one in described["models"]] == ["small"]
    assert "rewrite" in evosearch("show", "operators", "task").out
    assert json.loads(evosearch("show", "--json").out)["operators"] == described["operators"]


def test_calls_are_listed_the_latest_first(evosearch, asked):
    waiting, made = json.loads(evosearch("show", "calls", "--json").out)
    assert (made["digest"], made["outcomes"], made["usd"]) == (asked.request.digest, ["program"], 0.25)
    assert (waiting["outcomes"], waiting["usd"]) == ([], None)
    assert [row["digest"] for row in json.loads(evosearch("show", "calls", "-n", "1", "--json").out)] == [
        waiting["digest"]
    ]
    assert json.loads(evosearch("show", "calls", "--model", "large", "--json").out) == []
    assert "no call of 'large'" in evosearch("show", "calls", "--model", "large").err
    assert made["digest"][:12] in evosearch("show", "calls", "task").out


def test_a_call_is_found_by_the_first_digits_of_its_digest(evosearch, asked):
    described = json.loads(evosearch("show", "call", asked.request.digest[:8], "--json").out)
    assert described["replies"] == [{"text": "x = 1", "finish": ""}]
    assert asked.request.digest in evosearch("show", "call", asked.request.digest[:8], "task").out
    done = evosearch("show", "call", "zzz")
    assert done.code == ExitCode.USAGE
    assert "hint: near it are" in done.err


def test_a_program_says_which_calls_led_to_it(evosearch, asked):
    identity = Program("x = 1").id
    described = json.loads(evosearch("show", "program", identity, "--json").out)
    assert (described["reply"], described["calls"]) == ("x = 1", [asked.request.digest])
    assert (described["model"], described["usd"]) == ("small", 0.25)
    assert "the calls that led to it" in evosearch("show", "program", identity).out


def test_an_archive_without_models_says_so(evosearch, archive):
    shown = evosearch("show", "operators").out
    assert shown.endswith("no model was asked yet\n")
    assert "what edits achieved without a model" in shown
    edits = json.loads(evosearch("show", "operators", "--json").out)["edits"]
    assert edits["seed"] == {"evaluated": 1, "scored": 1, "kept": 1}
    assert all(name in shown for name in edits if name != "seed")
    assert evosearch("show", "calls").err == "the archive holds no call of a model\n"


#: A program that clears the screen of whoever reads it, prints it, or hears why it failed.
LOUD = """# \x1b[2J\x1b]0;owned\x07 \u202e [red]x[/red]
print("\x1b[31m")

def fit(x):
    if x != 1.0:
        return x
    raise ValueError("\x9b2J \x1b]8;;http://x\x07")
"""


def test_nothing_that_a_program_holds_steers_the_terminal(evosearch, task, folder):
    (task / "evaluate.py").write_text(
        "def evaluate(candidate):\n"
        "    return {'score': candidate.call('fit', 0.5), 'features': {'steepness': 1.0}, 'feedback': '\\x1b[2J'}\n"
    )
    (task / "seed.py").write_text(LOUD)
    shown = [evosearch("run", task, "--budget", "6evals", "--verbose")]
    views = ([], ["top"], ["map"], ["program", Program(LOUD).id], ["tree", "best"])
    shown += [evosearch("show", *words) for words in views]
    shown.append(evosearch("evaluate", task / "seed.py", "--task", task))
    assert all(done.code == 0 for done in shown)
    for done in shown:
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(done.out + done.err)
    assert r"# \x1b[2J\x1b]0;owned\x07 \u202e [red]x[/red]" in shown[4].out


def test_nor_does_what_the_files_of_a_task_hold(evosearch, task):
    file = task / "evosearch.toml"
    text = file.read_text().replace('name = "task"', 'name = "ta\\u001b[2Jsk"', 1)
    file.write_text(text.replace("Write fit(x)", "\\u001b[2J\\u202eWrite fit(x)"))
    for words in (["run", task, "--dry-run"], ["run", task, "--budget", "4evals", "--verbose"], ["show"]):
        done = evosearch(*words)
        assert not {"\x1b", "\u202e"} & set(done.out + done.err)
