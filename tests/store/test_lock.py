"""Only one run writes an archive, and the lock goes with it."""

import pytest

from evosearch.errors import ArchiveLockedError
from evosearch.store import Store
from evosearch.store.lock import Lock


def test_a_second_writer_is_refused_and_told_by_whom(path, identity, forever):
    process = forever()
    process.stdout.readline()
    with pytest.raises(ArchiveLockedError, match=f"{path} is being written by another run, process {process.pid}"):
        Store.open(path, identity=identity)
    process.kill()
    process.wait()
    with Store.open(path, identity=identity) as store:
        assert store.steps_recorded() > 0


def test_a_second_store_of_the_same_process_is_refused_until_the_first_is_closed(store, path, identity):
    with pytest.raises(ArchiveLockedError):
        Store.open(path, identity=identity)
    store.close()
    Store.open(path, identity=identity).close()


def test_two_names_of_one_file_meet_at_one_lock(store, path, identity):
    other = path.with_name("other.db")
    other.symlink_to(path)
    with pytest.raises(ArchiveLockedError):
        Store.open(other, identity=identity)


def test_the_lock_file_is_taken_away(store, path):
    assert path.with_name("sorting.db.lock").exists()
    store.close()
    assert [file.name for file in path.parent.iterdir()] == ["sorting.db"]


def test_a_lock_file_that_nobody_holds_locks_nothing(tmp_path):
    (tmp_path / "a.db.lock").write_text("999999999\n")
    Lock.acquire(tmp_path / "a.db").release()


def test_a_lock_on_a_file_that_was_taken_away_meanwhile_does_not_count(tmp_path, monkeypatch):
    first = Lock.acquire(tmp_path / "a.db")
    flock = __import__("fcntl").flock

    def released_in_between(descriptor, operation):
        monkeypatch.undo()
        first.release()
        flock(descriptor, operation)

    monkeypatch.setattr("evosearch.store.lock.fcntl.flock", released_in_between)
    second = Lock.acquire(tmp_path / "a.db")
    with pytest.raises(ArchiveLockedError):
        Lock.acquire(tmp_path / "a.db")
    second.release()


def test_a_failure_to_open_gives_the_lock_back(path, identity):
    path.parent.mkdir()
    path.write_text("no archive" * 100)
    for _ in range(2):
        with pytest.raises(Exception, match="no SQLite file"):
            Store.open(path, identity=identity)
    assert [file.name for file in path.parent.iterdir()] == ["sorting.db"]
