"""Programs as rows and files."""

import csv
import io
import json
from dataclasses import replace

import pytest

from evosearch.report import export
from evosearch.report.containment import Containment
from evosearch.report.provenance import unwrap
from evosearch.report.snapshot import kept, take
from evosearch.types import Program


@pytest.fixture
def programs(store, snapshot):
    return [kept(store, elite.program.id) for elite in snapshot.ranked()]


def test_a_row_has_the_promised_keys(programs, snapshot, hand_made):
    row = export.row(programs[0], snapshot)
    assert tuple(row) == export.COLUMNS
    assert row["niche"] == {"problem": "sums", "style": "rich", "size": "8..16"}
    assert row["parents"] == [hand_made["first"].proposal.program.id]
    assert (row["seed"], row["model"], row["verified"]) == (3, None, False)
    assert (row["tokens"], row["usd"]) == (0, 0.0)


def test_a_row_says_what_its_model_cost_if_that_is_known(asked, hand_made):
    snapshot = take(asked)
    rows = [export.row(kept(asked, one.proposal.program.id), snapshot) for one in hand_made["made"]]
    assert [(row["model"], row["tokens"], row["usd"]) for row in rows] == [
        ("small", 1_200, 0.25),
        ("small", 1_200, None),
    ]


def test_what_a_model_was_asked_and_said_is_told(asked, hand_made):
    used = hand_made["used"]
    stored = kept(asked, hand_made["made"][0].proposal.program.id)
    assert export.provenance_json(stored, asked.calls_behind(stored)) == {
        "prompt": list(used.request.messages),
        "reply": used.reply.texts[0],
        "calls": [used.request.digest],
    }


def test_a_program_without_a_score_is_a_row_too(store, snapshot, hand_made):
    row = export.row(kept(store, hand_made["crashed"].proposal.program.id), snapshot)
    assert (row["score"], row["niche"], row["features"]) == (None, None, {})


def test_jsonl_is_one_object_a_line(programs, snapshot):
    lines = export.jsonl(programs, snapshot).splitlines()
    assert [json.loads(line)["score"] for line in lines] == [0.95, 0.5, 0.25]


def test_jsonl_carries_nothing_that_a_terminal_obeys(programs, snapshot):
    assert export.jsonl(programs, snapshot).isascii()
    assert "\x1b" not in export.jsonl(programs, snapshot)


def test_csv_spreads_what_is_nested_over_columns(programs, snapshot):
    rows = list(csv.DictReader(io.StringIO(export.flat_csv(programs, snapshot), newline="")))
    assert [row["niche.style"] for row in rows] == ["rich", "plain", "plain"]
    assert [row["metrics.distance"] for row in rows] == ["0.5"] * 3
    assert [row["source"] for row in rows] == [stored.trial.proposal.program.source for stored in programs]


def test_a_python_file_tells_where_it_came_from(programs, snapshot):
    source, facts = unwrap(export.python_file(programs[0], snapshot))
    assert source == programs[0].trial.proposal.program.source
    assert facts["program"] == programs[0].trial.proposal.program.id
    assert (facts["task"], facts["problem"], facts["score"], facts["run"]) == ("drill", "sums", 0.95, 1)
    assert (facts["sandbox"], facts["walls"]) == ("contained", "resource limits, landlock, seccomp")


def test_file_names_are_harmless_and_differ(programs):
    names = [export.file_name(stored) for stored in programs]
    assert len(set(names)) == 3
    assert all(name.endswith(".py") and "/" not in name for name in names)


def test_a_family_tree_is_rows(store, hand_made):
    ancestors = store.lineage(hand_made["second"].proposal.program.id)
    rows = [export.ancestor_row(one, {1: Containment.CONTAINED}) for one in ancestors]
    assert {row["sandbox"] for row in rows} == {"contained"}
    assert [(row["depth"], row["origin"], row["score"]) for row in rows] == [(0, "crossover", 0.95), (1, "value", 0.5)]


@pytest.fixture
def of_an_unsafe_run(mixed, hand_made):
    """A program that was found in a run which demanded no sandbox, in an archive whose last run did."""
    return kept(mixed, hand_made["hostile"].proposal.program.id), take(mixed)


def test_a_program_of_an_unsafe_run_is_stamped_in_every_format(of_an_unsafe_run):
    stored, snapshot = of_an_unsafe_run
    assert export.row(stored, snapshot)["sandbox"] == "unsafe"
    assert json.loads(export.jsonl([stored], snapshot))["sandbox"] == "unsafe"
    (row,) = csv.DictReader(io.StringIO(export.flat_csv([stored], snapshot), newline=""))
    assert row["sandbox"] == "unsafe"
    text = export.python_file(stored, snapshot)
    assert text.splitlines()[1] == (
        "# UNSAFE: run 2 demanded no sandbox (--unsafe-no-sandbox), so the score may be forged."
    )
    source, facts = unwrap(text)
    assert source == stored.trial.proposal.program.source
    assert (facts["run"], facts["sandbox"], facts["walls"]) == (2, "unsafe", "resource limits")


def test_its_neighbours_of_other_runs_are_not(mixed, hand_made):
    snapshot = take(mixed)
    for name, run in (("first", 1), ("second", 3)):
        stored = kept(mixed, hand_made[name].proposal.program.id)
        assert (stored.run, export.row(stored, snapshot)["sandbox"]) == (run, "contained")
        assert "UNSAFE" not in export.python_file(stored, snapshot)


def test_a_program_of_a_run_that_began_meanwhile_is_not_called_contained(store, snapshot, hand_made):
    stored = replace(kept(store, hand_made["first"].proposal.program.id), run=99)
    assert export.row(stored, snapshot)["sandbox"] == "unknown"
    assert unwrap(export.python_file(stored, snapshot))[1]["sandbox"] == "unknown"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@f\ndef sol(): pass", "\t=1", "\r=1"])
def test_csv_holds_no_text_that_a_spreadsheet_would_calculate(store, snapshot, hand_made, text):
    stored = kept(store, hand_made["first"].proposal.program.id)
    proposal = replace(stored.trial.proposal, program=Program(text, "sums"), operator=text)
    hostile = replace(stored, trial=replace(stored.trial, proposal=proposal))
    (row,) = csv.DictReader(io.StringIO(export.flat_csv([hostile], snapshot), newline=""))
    assert (row["source"], row["origin"]) == (f"'{text}", f"'{text}")


def test_csv_leaves_numbers_numbers(store, snapshot, hand_made):
    stored = kept(store, hand_made["first"].proposal.program.id)
    evaluation = replace(stored.trial.evaluation, score=-1.5)
    (row,) = csv.DictReader(
        io.StringIO(export.flat_csv([replace(stored, trial=replace(stored.trial, evaluation=evaluation))], snapshot))
    )
    assert row["score"] == "-1.5"


HTML = "# <script>alert(1)</script><!-- --> & \"'\ndef sol():\n    return '</script><img src=x onerror=alert(1)>'\n"


def test_html_in_a_program_stays_text_in_every_format(store, snapshot, hand_made):
    """There is no report in HTML; whoever makes one of these files gets the program as data, in one place of each."""
    stored = kept(store, hand_made["first"].proposal.program.id)
    proposal = replace(stored.trial.proposal, program=Program(HTML, "sums"))
    evaluation = replace(stored.trial.evaluation, feedback="</script><script>alert(2)</script>")
    hostile = replace(stored, trial=replace(stored.trial, proposal=proposal, evaluation=evaluation))
    assert json.loads(export.jsonl([hostile], snapshot))["source"] == HTML
    (row,) = csv.DictReader(io.StringIO(export.flat_csv([hostile], snapshot), newline=""))
    assert row["source"] == HTML
    text = export.python_file(hostile, snapshot)
    assert unwrap(text)[0] == HTML
    assert "<" not in text.partition("# --- the program as it was found ---")[0]
