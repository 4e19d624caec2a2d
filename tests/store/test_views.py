"""The file answers questions by itself: everything here asks with plain SQL."""

import sqlite3
from contextlib import closing

import pytest

from evosearch.errors import Status
from evosearch.store import RunRecord, Store
from evosearch.types import Outcome, Usage


@pytest.fixture
def ask(path, identity, step, trial):
    """Two problems, p and q; p is solved better and better, q once; one niche of p was filled twice."""
    made = {
        "seed": trial("p: seed", 1.0, problem="p", outcome=Outcome.NEW, niche=("p", 0)),
    }
    seed = made["seed"].proposal.program.id
    made["child"] = trial(
        "p: child", 2.0, problem="p", outcome=Outcome.IMPROVED, niche=("p", 0), parents=(seed, "elsewhere")
    )
    child = made["child"].proposal.program.id
    made["wide"] = trial("p: wide", 2.0, problem="p", outcome=Outcome.NEW, niche=("p", 1), parents=(child, seed))
    made["worse"] = trial("p: worse", 0.5, problem="p", niche=("p", 0), parents=(child,))
    made["loop"] = trial("p: loop", problem="p", status=Status.TIMEOUT_CPU, feedback="never ends", parents=(child,))
    made["q"] = trial("q: seed", -3.0, problem="q", outcome=Outcome.NEW, niche=("q", 0))
    made["again"] = trial("p: seed", problem="p", duplicate_of=seed, parents=(child,))
    with Store.open(path, identity=identity) as store:
        first = store.begin_run(RunRecord("symbolic", budget="3evals"))
        store.record(step(0, made["seed"], made["q"], usage=Usage(evaluations=2, seconds=0.5)), first)
        store.end_run(first, "budget")
        second = store.begin_run(RunRecord("symbolic", budget="9evals"))
        store.record(step(1, made["child"], made["loop"], usage=Usage(2, 1, 100, 0.25, 1.0)), second)
        store.record(step(2, made["wide"], made["worse"], made["again"], usage=Usage(5, 1, 50, 0.5, 1.0)), second)
        store.begin_run(RunRecord("symbolic", budget="9evals"))
    with closing(sqlite3.connect(path)) as plain:
        yield lambda query: plain.execute(query).fetchall()


def test_top_lists_every_program_with_a_score_best_first(ask):
    assert ask("SELECT source, score, niche, outcome, operator, step, description_length FROM top") == [
        ("p: child", 2.0, '["p",0]', "improved", "mutate", 1, 8.0),
        ("p: wide", 2.0, '["p",1]', "new", "mutate", 2, 7.0),
        ("p: seed", 1.0, '["p",0]', "new", "seed", 0, 7.0),
        ("p: worse", 0.5, '["p",0]', "kept_out", "mutate", 2, 8.0),
        ("q: seed", -3.0, '["q",0]', "new", "seed", 0, 7.0),
    ]


def test_best_is_the_first_of_the_highest_score_of_each_problem(ask):
    assert ask("SELECT problem, source, score FROM best") == [("p", "p: child", 2.0), ("q", "q: seed", -3.0)]


def test_best_is_one_row_if_the_task_is_one_problem(store, path, step, trial):
    store.record(step(0, trial("a", 1.0), trial("b", 3.0), trial("c", 2.0)), 1)
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT problem, source FROM best").fetchall() == [(None, "b")]


def test_coverage_tells_who_holds_each_niche_and_how_often_it_was_contested(ask):
    assert ask(
        "SELECT niche, source, c.score, placed, offered, changed_at_step FROM coverage c "
        "JOIN programs p ON p.id = c.program"
    ) == [
        ('["p",0]', "p: child", 2.0, 2, 3, 1),
        ('["p",1]', "p: wide", 2.0, 1, 1, 2),
        ('["q",0]', "q: seed", -3.0, 1, 1, 0),
    ]


def test_lineage_climbs_from_the_best_programs_and_ends(ask):
    assert ask(
        "SELECT d.source, depth, l.source, l.step, l.score FROM lineage l "
        "JOIN programs d ON d.id = l.descendant ORDER BY d.source, depth"
    ) == [
        ("p: child", 0, "p: child", 1, 2.0),
        ("p: child", 1, "p: seed", 0, 1.0),
        ("q: seed", 0, "q: seed", 0, -3.0),
    ]


def test_an_ancestor_on_two_ways_up_stands_in_the_lineage_once(store, path, step, trial):
    a = trial("a", 1.0)
    b = trial("b", 2.0, parents=(a.proposal.program.id,))
    c = trial("c", 3.0, parents=(b.proposal.program.id, a.proposal.program.id))
    store.record(step(0, a, b, c), 1)
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT depth, source FROM lineage").fetchall()
    assert rows == [(0, "c"), (1, "a"), (1, "b")]


def test_spending_sums_each_run(ask):
    assert ask("SELECT run, budget, ended, steps, evaluations, calls, tokens, usd, seconds FROM spending") == [
        (1, "3evals", "budget", 1, 2, 0, 0, 0.0, 0.5),
        (2, "9evals", None, 2, 7, 2, 150, 0.75, 2.0),
        (3, "9evals", None, 0, 0, 0, 0, 0.0, 0.0),
    ]


def test_failures_say_what_failed_and_why(ask):
    assert ask("SELECT step, status, problem, source, feedback, operator FROM failures") == [
        (1, "timeout_cpu", "p", "p: loop", "never ends", "mutate")
    ]


@pytest.mark.parametrize("view", ["top", "best", "coverage", "lineage", "spending", "failures"])
def test_every_view_answers_in_a_blank_archive_too(path, identity, view):
    Store.open(path, identity=identity).close()
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute(f"SELECT * FROM {view}").fetchall() == []
