"""`evosearch export`."""

import csv
import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from evosearch.errors import ExitCode
from evosearch.models.cassette import Cassette
from evosearch.report.export import COLUMNS
from evosearch.report.provenance import unwrap
from evosearch.store import Store
from evosearch.types import Call, Reply, Request


def test_the_best_goes_to_stdout(evosearch, archive):
    best = json.loads(evosearch("show", "--json").out)["best"]
    source, facts = unwrap(evosearch("export").out)
    assert facts["program"] == best["id"]
    assert "def fit(x):" in source


def test_what_is_exported_scores_the_same_again(evosearch, archive):
    assert evosearch("export", "task", "--best", "--output", "best.py").code == 0
    best = json.loads(evosearch("show", "--json").out)["best"]
    again = json.loads(evosearch("evaluate", "best.py", "--task", "task", "--json").out)
    assert (again["score"], again["features"]) == (best["score"], best["features"])


def test_what_is_exported_runs_by_itself(evosearch, archive, folder):
    evosearch("export", "--output", "best.py")
    done = subprocess.run([sys.executable, "best.py"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "call fit(x) with arguments of your own\n"


def test_several_programs_fill_a_folder(evosearch, archive, folder):
    done = evosearch("export", "--all", "--output", "programs")
    rows = [json.loads(line) for line in evosearch("export", "--all", "--format", "jsonl").out.splitlines()]
    assert len(rows) > 1
    assert done.err == f"wrote {len(rows)} programs to programs\n"
    found = {unwrap(path.read_text())[1]["program"] for path in (folder / "programs").iterdir()}
    assert found == {row["id"] for row in rows}


def test_several_programs_do_not_fit_on_stdout(evosearch, archive):
    done = evosearch("export", "--top", "2")
    assert done.code == ExitCode.USAGE
    assert done.err == ("error: 2 programs need a folder\nhint: name one with --output, or choose --format jsonl\n")


def test_jsonl_rows_have_the_promised_keys(evosearch, archive):
    rows = [json.loads(line) for line in evosearch("export", "--top", "2", "--format", "jsonl").out.splitlines()]
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]


def test_csv_goes_to_a_file(evosearch, archive, folder):
    assert evosearch("export", "--all", "--format", "csv", "--output", "programs.csv").code == 0
    with (folder / "programs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"id", "niche.steepness", "score", "source"} <= set(rows[0])


def test_any_program_is_exported_by_its_id(evosearch, archive):
    rows = json.loads(evosearch("show", "tree", "best", "--json").out)
    row = json.loads(evosearch("export", "--id", rows[-1]["id"][:10], "--format", "jsonl").out)
    assert row["origin"] == "seed"


@pytest.fixture
def asked(archive):
    """The calls of a model that the archive holds, one of them with a text that is no Unicode."""
    with Store.read(archive) as store:
        identity, last = store.identity, store.last_run()
    calls = [
        Call(Request("small", ({"role": "user", "content": text},), {}, 0), Reply((text,)), usd=0.5)
        for text in ("Write fit.", "caf\udce9")
    ]
    with Store.open(archive, identity=identity) as store:
        run = store.begin_run(last.record)
        for call in calls:
            store.calls(run).keep(call)
    return calls


def test_a_cassette_holds_every_call_and_what_a_replay_must_know(evosearch, archive, asked):
    done = evosearch("export", "--format", "cassette", "--output", "calls.jsonl")
    assert (done.code, done.err) == (0, "wrote 2 calls to calls.jsonl\n")
    found = Cassette.read("calls.jsonl")
    assert [found.find(call.request.digest) for call in asked] == asked
    with Store.read(archive) as store:
        identity, turns, recorded = store.identity, store.turns(), store.last_run().record.settings
    assert found.run.items() >= (asdict(identity) | {"one_search": True}).items()
    assert found.turns == turns
    assert found.run["settings"].items() <= recorded.items()
    assert recorded.keys() - found.run["settings"].keys() == {"task", "directory"}


def test_a_cassette_goes_to_stdout_too(evosearch, asked, folder):
    evosearch("export", "--format", "cassette", "--output", "calls.jsonl")
    assert evosearch("export", "task", "--format", "cassette").out == (folder / "calls.jsonl").read_text()


def test_a_cassette_of_no_call_is_not_written(evosearch, archive, folder):
    done = evosearch("export", "--format", "cassette", "--output", "calls.jsonl")
    assert done.code == ExitCode.NOTHING_FOUND
    assert "holds no call of a model" in done.err
    assert not (folder / "calls.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--best", "--all"], "exclude each other"),
        (["--format", "cassette", "--top", "2"], "a cassette holds all calls"),
        (["--format", "cassette", "--problem", "p"], "a cassette holds all calls"),
        (["--top", "1", "--id", "ab"], "exclude each other"),
        (["--id", "zzz"], "no program has an id that starts with 'zzz'"),
        (["--problem", "x"], "has no problem 'x'"),
        (["--output", "no/such/folder/best.py"], "cannot write no/such/folder/best.py"),
        (["--all", "--output", "task/seed.py"], "cannot make the folder task/seed.py"),
    ],
)
def test_a_bad_request_is_one_message(evosearch, archive, words, said):
    done = evosearch("export", *words)
    assert done.code == ExitCode.USAGE
    assert said in done.err
    assert "Traceback" not in done.err
