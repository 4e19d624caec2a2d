"""A step is in the file wholly or not at all, whatever happens to the process that records it."""

import random
import runpy
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from evosearch.errors import ArchiveForeignError, ArchiveNotWritableError
from evosearch.store import Counts, RunRecord, Store
from evosearch.types import Usage

write_forever_step = runpy.run_path(str(Path(__file__).with_name("write_forever.py")))["step"]


def test_a_new_archive_holds_no_step(store):
    assert store.steps_recorded() == 0
    assert list(store.steps()) == []
    assert store.spent() == Usage()


def test_steps_are_read_in_stretches_without_losing_one(store, step, trial):
    recorded = [step(k, trial(f"{k}", k / 7)) for k in range(600)]
    for one in recorded:
        store.record(one, 1)
    assert list(store.steps()) == recorded


def test_reading_may_be_left_off_and_steps_recorded_meanwhile(store, step):
    store.record(step(0), 1)
    store.record(step(1), 1)
    reading = store.steps()
    assert next(reading) == step(0)
    store.record(step(2), 1)
    assert list(reading) == [step(1)]


@pytest.mark.parametrize("index", [0, 1, 3])
def test_a_step_is_recorded_once_and_none_is_left_out(store, step, trial, index):
    recorded = [step(0, trial("a")), step(1, trial("b"))]
    for one in recorded:
        store.record(one, 1)
    with pytest.raises(ValueError, match=f"takes step 2 next, got step {index}"):
        store.record(step(index, trial("c")), 1)
    assert list(store.steps()) == recorded


def test_a_step_that_fails_in_the_middle_leaves_nothing(store, step, trial):
    store.record(step(0, trial("a")), 1)
    good = trial("b", 1.0)
    unwritable = replace(good, reading=replace(good.reading, nodes=2**63))
    with pytest.raises(OverflowError):
        store.record(step(1, good, unwritable), 1)
    assert list(store.steps()) == [step(0, trial("a"))]
    assert store.counts() == Counts({"crashed": 1}, duplicate=0)
    store.record(step(1, good), 1)
    assert store.faults() == ()


def test_a_step_needs_a_run(store, step):
    with pytest.raises(sqlite3.IntegrityError):
        store.record(step(0), 7)


def test_a_missing_step_is_noticed(store, path, identity, step):
    for k in range(3):
        store.record(step(k), 1)
    store.close()
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("DELETE FROM steps WHERE k = 1")
    with Store.read(path) as damaged, pytest.raises(ArchiveForeignError, match="step 1 is missing"):
        list(damaged.steps())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE evaluations SET metrics = '{'",
        "UPDATE evaluations SET status = 'won'",
        "UPDATE programs SET source = CAST(x'FF' AS TEXT)",
    ],
)
def test_a_row_that_cannot_be_understood_is_a_damaged_file(store, path, step, trial, damage):
    store.record(step(0, trial("a")), 1)
    store.close()
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute(damage)
    with Store.read(path) as damaged, pytest.raises(ArchiveForeignError, match="is damaged"):
        list(damaged.steps())


def test_kill_9_loses_nothing_that_was_recorded(path, identity, forever):
    rng = random.Random(5)
    acknowledged = -1
    for _ in range(4):
        process = forever()
        for _ in range(rng.randrange(1, 60)):
            acknowledged = int(process.stdout.readline())
        process.kill()
        rest, _ = process.communicate()
        # The last line may have been cut short.
        acknowledged = max([acknowledged, *map(int, rest.split("\n")[:-1])])
        with Store.read(path) as store:
            recorded = list(store.steps())
            assert len(recorded) > acknowledged
            assert recorded == [write_forever_step(k) for k in range(len(recorded))]
            assert store.faults() == ()
    with Store.open(path, identity=identity) as store:
        run = store.begin_run(RunRecord("symbolic"))
        store.record(write_forever_step(len(recorded)), run)
        assert store.steps_recorded() == len(recorded) + 1


def test_an_archive_is_read_while_another_process_writes_it(path, forever):
    process = forever()
    for _ in range(5):
        known = int(process.stdout.readline())
        with Store.read(path) as store:
            recorded = list(store.steps())
            assert len(recorded) > known
            assert recorded == [write_forever_step(k) for k in range(len(recorded))]
            assert store.counts().ok >= 2 * len(recorded)
    assert process.poll() is None


def test_a_full_disk_is_said_and_nothing_before_is_lost(path, store, step, trial):
    store.record(step(0, trial("a")), 1)
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ArchiveNotWritableError, match="full") as caught:
        store.record(step(1, trial("b" * 100_000)), 1)
    assert "free some space" in caught.value.hint
    assert str(path) in str(caught.value)
    assert list(store.steps()) == [step(0, trial("a"))]
    store._connection.execute(f"PRAGMA max_page_count = {2**30}")
    store.record(step(1, trial("b" * 100_000)), 1)
    assert store.steps_recorded() == 2


def test_a_file_that_may_not_grow_is_said_and_nothing_before_is_lost(path, python):
    script = """
import resource, runpy, sys
step = runpy.run_path(sys.argv[2])["step"]
with Store.open(sys.argv[1], identity=Identity("sorting", "custom", "f00d", 1, 16, "grid")) as store:
    run = store.begin_run(RunRecord("symbolic"))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        for k in range(10_000):
            store.record(step(k), run)
    except ArchiveNotWritableError as error:
        print(k, error.hint)
        assert store.steps_recorded() == k
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    store.record(step(k), run)
"""
    failed, _, hint = python(script, path, Path(__file__).with_name("write_forever.py")).stdout.partition(" ")
    assert "free some space" in hint
    assert int(failed) > 0
    with Store.read(path) as store:
        assert list(store.steps()) == [write_forever_step(k) for k in range(int(failed) + 1)]


def test_what_was_spent_is_summed_over_all_steps(store, step):
    store.record(step(0, usage=Usage(1, 2, 300, 0.25, 1.5)), 1)
    store.record(step(1, usage=Usage(4, 0, 0, 0.5, 0.25)), 1)
    assert store.spent() == Usage(5, 2, 300, 0.75, 1.75)


def test_a_trial_knows_the_run_that_tried_it(store, step, trial):
    store.record(step(0, trial("a")), 1)
    store.record(step(1, trial("b")), store.begin_run(RunRecord("symbolic")))
    assert [store.program(trial(source).proposal.program.id).run for source in ("a", "b")] == [1, 2]


def test_a_trial_without_its_step_is_noticed(store, path, step, trial):
    store.record(step(0, trial("a")), 1)
    store.close()
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("DELETE FROM steps")
    with Store.read(path) as damaged, pytest.raises(ArchiveForeignError, match="a row cannot be understood"):
        damaged.program(trial("a").proposal.program.id)


def test_closing_twice_is_allowed(store):
    store.close()
    store.close()
