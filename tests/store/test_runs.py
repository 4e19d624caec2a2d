"""What is known of a run, and what happened in it."""

from datetime import datetime, timedelta

from evosearch import __version__
from evosearch.store import Counts, RunRecord, Store
from evosearch.types import Outcome

RECORD = RunRecord(
    "model",
    models=("gpt-oss", "größer"),
    budget="500evals,2usd",
    settings={"seed": {"value": 1, "origin": "--seed"}, "paths": ["caf\udce9"]},
    sandbox={"layers": ["seccomp", "landlock"], "unsafe": False},
)


def test_a_run_is_kept_with_its_settings_and_versions(path, identity):
    with Store.open(path, identity=identity) as store:
        assert store.last_run() is None
        assert store.begin_run(RECORD) == 1
        store.end_run(1, "budget")
    with Store.open(path, identity=identity) as store:
        assert store.begin_run(RunRecord("symbolic")) == 2
        ended, running = store.runs()
        assert store.last_run() == running
    assert (ended.id, ended.record, ended.ended) == (1, RECORD, "budget")
    assert ended.versions["evosearch"] == __version__
    assert set(ended.versions) == {"evosearch", "python", "numpy", "sqlite"}
    started, stopped = map(datetime.fromisoformat, (ended.started_at, ended.ended_at))
    assert started <= stopped
    assert started.utcoffset() == timedelta(0)
    assert (running.ended_at, running.ended) == (None, None)


def test_events_come_back_in_order(store):
    store.log("sandbox", {"attacks": 12, "held": [True]}, run=1)
    store.log("hint", {})
    first, second = store.events()
    assert (first.run, first.kind, first.data) == (1, "sandbox", {"attacks": 12, "held": [True]})
    assert (second.run, second.kind, second.data) == (None, "hint", {})
    assert first.at <= second.at


def test_trials_are_counted_by_how_they_ended(store, step, trial):
    store.record(
        step(
            0,
            trial("a", 1.0, outcome=Outcome.NEW),
            trial("b", status="memory"),
            trial("c", status="memory"),
            trial("d", status="timeout_cpu"),
            trial("A", duplicate_of="a"),
        ),
        1,
    )
    counts = store.counts()
    assert counts == Counts({"memory": 2, "ok": 1, "timeout_cpu": 1}, duplicate=1)
    assert (counts.ok, counts.failed) == (1, 3)
