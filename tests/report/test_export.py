"""Programs as rows and files."""

import csv
import io
import json

import pytest

from evosearch.report import export
from evosearch.report.provenance import unwrap
from evosearch.report.snapshot import kept


@pytest.fixture
def programs(store, snapshot):
    return [kept(store, elite.program.id) for elite in snapshot.ranked()]


def test_a_row_has_the_promised_keys(programs, snapshot, hand_made):
    row = export.row(programs[0], snapshot)
    assert tuple(row) == export.COLUMNS
    assert row["niche"] == {"problem": "sums", "style": "rich", "size": "8..16"}
    assert row["parents"] == [hand_made["first"].proposal.program.id]
    assert (row["seed"], row["model"], row["verified"]) == (3, None, False)


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
    assert facts["sandbox"] == "wall"


def test_file_names_are_harmless_and_differ(programs):
    names = [export.file_name(stored) for stored in programs]
    assert len(set(names)) == 3
    assert all(name.endswith(".py") and "/" not in name for name in names)


def test_a_family_tree_is_rows(store, hand_made):
    rows = [export.ancestor_row(one) for one in store.lineage(hand_made["second"].proposal.program.id)]
    assert [(row["depth"], row["origin"], row["score"]) for row in rows] == [(0, "crossover", 0.95), (1, "value", 0.5)]
