"""The file answers questions by itself: everything here asks with plain SQL."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from evosearch.errors import Status
from evosearch.store import Achievement, RunRecord, Store
from evosearch.store.views import CHANGED_VIEWS, VIEWS
from evosearch.types import Outcome, ReplyOutcome, Usage


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
    columns = "run, budget, ended, steps, evaluations, calls, tokens, usd, usd_known, unpriced, seconds"
    assert ask(f"SELECT {columns} FROM spending") == [
        (1, "3evals", "budget", 1, 2, 0, 0, 0.0, 0.0, 0, 0.5),
        (2, "9evals", None, 2, 7, 2, 150, 0.75, 0.75, 0, 2.0),
        (3, "9evals", None, 0, 0, 0, 0, 0.0, 0.0, 0, 0.0),
    ]


def test_money_is_null_where_a_price_is_not_known(store, path, step):
    store.record(step(0, usage=Usage(calls=1, usd=0.5)), 1)
    store.record(step(1, usage=Usage(calls=3, unpriced=2)), 1)
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT calls, usd, usd_known, unpriced FROM spending").fetchall() == [(4, None, 0.5, 2)]


def test_failures_say_what_failed_and_why(ask):
    assert ask("SELECT step, status, problem, source, feedback, operator FROM failures") == [
        (1, "timeout_cpu", "p", "p: loop", "never ends", "mutate")
    ]


@pytest.fixture
def ask_of_replies(store, call, attempt, trial, step):
    """Two operators: `rewrite` gets better, worse, and a duplicate; `mend` turns a failure into a program."""
    seed = trial("seed", 1.0, outcome=Outcome.NEW, niche=(0,))
    parent = seed.proposal.program.id
    broken = trial("broken", parents=(parent,))
    better = trial("better", 2.0, outcome=Outcome.IMPROVED, niche=(0,), parents=(parent, "elsewhere"))
    worse = trial("worse", 0.5, parents=(parent,))
    again = trial("seed", duplicate_of=parent, parents=(parent,))
    mended = trial("mended", 0.1, outcome=Outcome.NEW, niche=(1,), parents=(broken.proposal.program.id,))
    equal = trial("equal", 1.0, parents=(parent,))
    two, one, local, dear = (
        call("two", "worse", "again"),
        call("one"),
        call("local", model="l", usd=0.0),
        call("dear", model="l", usd=None),
    )
    for made in (two, one, local, dear, call("waiting", usd=0.5)):
        store.calls(1).keep(made)
    store.record(step(0, seed), 1)
    first = (
        attempt(one, position=0, usage=one.usage),
        attempt(two, position=1, usage=two.usage),
        attempt(two, choice=1, position=2),
    )
    second = (
        attempt(local, ReplyOutcome.SYNTAX_ERROR, operator="mend", usage=local.usage, detail="line 3"),
        attempt(dear, operator="mend", position=1, usage=dear.usage),
    )
    store.record(replace(step(1, better, worse, again), attempts=first), 1)
    store.record(replace(step(2, broken, mended, equal), attempts=second), 1)
    with closing(sqlite3.connect(store.path)) as plain:
        yield lambda query: plain.execute(query).fetchall()


def test_achievements_tell_what_became_of_every_reply(ask_of_replies):
    columns = "step, operator, outcome, choice, score, ran, changed, kept, improved, tokens, seconds"
    assert ask_of_replies(f"SELECT {columns} FROM achievements") == [
        (1, "rewrite", "program", 0, 2.0, 1, 1, 1, 1, 15, 2.0),
        (1, "rewrite", "program", 0, 0.5, 1, 1, 0, 0, 15, 2.0),
        (1, "rewrite", "program", 1, None, 0, 0, 0, 0, 0, 0.0),
        (2, "mend", "syntax_error", 0, None, 0, 0, 0, 0, 15, 2.0),
        (2, "mend", "program", 0, 0.1, 1, 1, 1, 1, 15, 2.0),
    ]


def test_a_program_as_good_as_its_parent_is_no_improvement(store, call, attempt, trial, step):
    seed = trial("seed", 1.0)
    other = trial("other problem", 9.0, problem="p")
    equal = trial("equal", 1.0, parents=(seed.proposal.program.id,))
    first = trial("the first with a score", -5.0, parents=(other.proposal.program.id,))
    tried = (attempt(call("a"), position=0), attempt(call("b"), position=1))
    store.record(step(0, seed, other), 1)
    store.record(replace(step(1, equal, first), attempts=tried), 1)
    with closing(sqlite3.connect(store.path)) as plain:
        assert plain.execute("SELECT improved FROM achievements").fetchall() == [(0,), (1,)]


def test_replies_are_counted_by_operator_model_and_outcome(ask_of_replies):
    columns = "operator, model, outcome, count, calls, tokens, usd, usd_known, seconds"
    assert ask_of_replies(f"SELECT {columns} FROM replies") == [
        ("mend", "l", "program", 1, 1, 15, None, 0.0, 2.0),
        ("mend", "l", "syntax_error", 1, 1, 15, 0.0, 0.0, 2.0),
        ("rewrite", "m", "program", 3, 2, 30, 0.25, 0.25, 4.0),
    ]


ACHIEVED = "replies, programs, ran, changed, kept, improved, calls, tokens, usd, usd_known, unpriced, seconds"
AN_IMPROVEMENT = "tokens_an_improvement, usd_an_improvement, seconds_an_improvement"


@pytest.mark.parametrize(("view", "names"), [("operators", ("mend", "rewrite")), ("models", ("l", "m"))])
def test_operators_and_models_are_credited_and_charged(ask_of_replies, view, names):
    assert ask_of_replies(f"SELECT {view.removesuffix('s')}, {ACHIEVED}, {AN_IMPROVEMENT} FROM {view}") == [
        (names[0], 2, 1, 1, 1, 1, 1, 2, 30, None, 0.0, 1, 4.0, 30.0, None, 4.0),
        (names[1], 3, 3, 2, 2, 1, 1, 2, 30, 0.25, 0.25, 0, 4.0, 30.0, 0.25, 4.0),
    ]


def test_the_store_tells_the_same(ask_of_replies, store):
    mend, rewrite = store.achievements("operators")
    usage = Usage(calls=2, tokens=30, usd=0.0, seconds=4.0, unpriced=1)
    assert mend == Achievement("mend", 2, 1, 1, 1, 1, 1, usage, {"program": 1, "syntax_error": 1})
    assert (rewrite.name, rewrite.improved, rewrite.outcomes) == ("rewrite", 1, {"program": 3})
    assert [one.name for one in store.achievements("models")] == ["l", "m"]


def test_every_call_is_charged_to_its_model_whether_it_was_used_or_not(ask_of_replies):
    columns = (
        "model, calls, refused, unused, prompt_tokens, completion_tokens, usd, usd_known, unpriced, seconds, tries"
    )
    assert ask_of_replies(f"SELECT {columns} FROM calls_by_model") == [
        ("l", 2, 0, 0, 20, 10, None, 0.0, 1, 4.0, 2),
        ("m", 3, 0, 1, 30, 15, 0.75, 0.75, 0, 6.0, 3),
    ]


@pytest.mark.parametrize("view", [view.split()[2] for view in (*VIEWS, *CHANGED_VIEWS) if view.split()[0] == "CREATE"])
def test_every_view_answers_in_a_blank_archive_too(path, identity, view):
    Store.open(path, identity=identity).close()
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute(f"SELECT * FROM {view}").fetchall() == []
