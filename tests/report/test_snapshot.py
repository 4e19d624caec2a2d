"""An archive folded from its file."""

import json

import pytest

from evosearch.errors import ArchiveForeignError, NothingFoundError, UnknownNameError
from evosearch.report.snapshot import TaskFacts, describe, domain_summary, kept, take
from evosearch.store import Store


def test_the_facts_of_a_task_survive_the_record(snapshot):
    facts = snapshot.facts
    assert TaskFacts.from_json(json.loads(json.dumps(facts.as_json()))) == facts


def test_the_object_of_show_json_has_its_promised_keys(snapshot, hand_made):
    described = describe(snapshot, None)
    assert list(described) == [
        "schema",
        "task",
        "domain",
        "run",
        "spent",
        "unsettled",
        "evaluations",
        "replies",
        "operators",
        "models",
        "archive",
        "best",
        "digest",
        "domain_summary",
        "pass_at_k",
        "pass_at_k_basis",
    ]
    assert described["schema"] == 1
    assert described["run"] == {"seed": 3, "proposer": "symbolic", "models": [], "sandbox": hand_made["contained"]}
    nothing = {"calls": 0, "tokens": 0, "usd": 0.0, "usd_known": 0.0, "unpriced": 0}
    assert described["spent"] == {"evaluations": 21, "seconds": 2.5} | nothing
    assert described["unsettled"] == {"evaluations": 0, "seconds": 0.0} | nothing
    assert (described["replies"], described["operators"], described["models"]) == ({"by_outcome": {}}, [], [])
    assert (described["pass_at_k"], described["pass_at_k_basis"]) == (None, None)
    by_status = {"crashed": 1, "ok": 3}
    assert described["evaluations"] == {"ok": 3, "failed": 1, "duplicate": 1, "by_status": by_status}
    assert described["archive"] == {
        "kind": "grid",
        "cells_filled": 3,
        "cells_total": 12,
        "qd_score": 1.7,
        "unsafe_runs": [],
    }
    assert described["digest"] == snapshot.archive.digest()


def test_what_models_achieved_and_cost_is_told(asked):
    described = describe(take(asked), None)
    assert described["run"]["models"] == ["small"]
    spent = {name: described["spent"][name] for name in ("calls", "tokens", "usd", "usd_known", "unpriced")}
    assert spent == {"calls": 2, "tokens": 2_400, "usd": None, "usd_known": 0.25, "unpriced": 1}
    assert (described["unsettled"]["calls"], described["unsettled"]["usd"]) == (1, 0.25)
    assert described["replies"] == {"by_outcome": {"program": 2, "no_code": 1}}
    mend, rewrite = described["operators"]
    assert rewrite == {
        "name": "rewrite",
        "replies": 2,
        "programs": 1,
        "ran": 1,
        "changed": 1,
        "kept": 1,
        "improved": 1,
        "calls": 1,
        "tokens": 1_200,
        "usd": 0.25,
        "usd_known": 0.25,
        "unpriced": 0,
        "seconds": 2.0,
        "tokens_an_improvement": 1_200.0,
        "usd_an_improvement": 0.25,
        "seconds_an_improvement": 2.0,
        "by_outcome": {"no_code": 1, "program": 1},
    }
    assert (mend["name"], mend["usd"], mend["usd_an_improvement"]) == ("mend", None, None)
    assert [model["name"] for model in described["models"]] == ["small"]


def test_pass_at_k_is_told_with_what_it_rests_on(asked):
    described = describe(take(asked), None)
    assert described["pass_at_k"] == {"1": 0.0, "2": 0.0, "5": 1.0}
    assert described["pass_at_k_basis"] == {
        "estimator": "first_success",
        "problems": 1,
        "tries": 3,
        "solved_free": 0,
        "untried": 1,
    }


def test_a_fixed_number_of_tries_is_estimated_by_chen(tmp_path, hand_made, snapshot):
    settings = {**snapshot.run.record.settings, "models": {"attempts": 3}}
    path = hand_made["write"](tmp_path / "a.db", hand_made["asked steps"], settings, calls=(hand_made["used"],))
    with Store.read(path) as store:
        described = describe(take(store), None)
    assert described["pass_at_k_basis"]["estimator"] == "chen"
    assert described["pass_at_k"] == {"1": pytest.approx(1 / 3), "2": pytest.approx(2 / 3)}


def test_the_best_says_where_it_came_from(snapshot, hand_made):
    best = describe(snapshot, None)["best"]
    assert best["id"] == hand_made["second"].proposal.program.id
    assert (best["score"], best["origin"], best["problem"], best["sandbox"]) == (0.95, "crossover", "sums", "contained")


def test_an_unsafe_run_is_told_whatever_ran_later(mixed):
    described = describe(take(mixed), None)
    assert described["archive"]["unsafe_runs"] == [2]
    assert described["run"]["sandbox"]["unsafe"] is False
    assert described["best"]["sandbox"] == "contained"


def test_without_the_files_of_the_task_there_are_no_figures_but_a_reason(snapshot):
    figures, reason = domain_summary(snapshot)
    assert figures is None
    assert reason


def test_elites_are_ranked_and_filtered(snapshot):
    assert [elite.score for elite in snapshot.ranked()] == [0.95, 0.5, 0.25]
    assert [elite.score for elite in snapshot.ranked("words")] == [0.25]
    with pytest.raises(UnknownNameError) as caught:
        snapshot.ranked("word")
    assert caught.value.hint == "did you mean 'words'?"


def test_best_is_a_name_of_the_best(snapshot, hand_made):
    assert snapshot.program_id("best") == hand_made["second"].proposal.program.id
    assert snapshot.program_id("abc") == "abc"


def test_a_program_is_found_by_the_trial_that_was_kept(store, hand_made):
    program = hand_made["hostile"].proposal.program
    assert kept(store, program.id[:6]).trial.proposal.program == program


def test_an_empty_archive_has_no_best(tmp_path, hand_made):
    with Store.read(hand_made["write"](tmp_path / "empty.db", steps=())) as store:
        found = take(store)
    assert describe(found, None)["best"] is None
    with pytest.raises(NothingFoundError):
        found.program_id("best")


def test_a_record_that_is_not_ours_is_refused(tmp_path, hand_made):
    path = hand_made["write"](tmp_path / "odd.db", settings={})
    with Store.read(path) as store, pytest.raises(ArchiveForeignError, match="record of run 1 is incomplete"):
        take(store)
