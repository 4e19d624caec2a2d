"""What is no archive is refused and left as it is; what may only be read is read."""

import sqlite3
from contextlib import closing

import pytest

from evosearch.errors import (
    ArchiveFileError,
    ArchiveForeignError,
    ArchiveLockedError,
    ArchiveMissingError,
    ArchiveNotWritableError,
    ExitCode,
)
from evosearch.store import RunRecord, Store, files

COUNT = "import sys\nwith Store.read(sys.argv[1]) as store: print(len(list(store.steps())))"
OPEN = """
import sys
try:
    Store.open(sys.argv[1], identity=Identity("sorting", "custom", "f00d", 1, 16, "grid"))
except ArchiveNotWritableError as error:
    print(error, error.hint)
"""


@pytest.fixture
def recorded(store, step, trial):
    """An archive of three steps that was closed."""
    for k in range(3):
        store.record(step(k, trial(f"{k}", k)), 1)
    store.close()
    return store.path


@pytest.fixture
def closed_folder(recorded):
    """The archive's folder, in which nothing may be written."""
    recorded.chmod(0o444)
    recorded.parent.chmod(0o555)
    yield recorded.parent
    recorded.parent.chmod(0o755)


def test_there_is_none(path):
    with pytest.raises(ArchiveMissingError, match=f"no archive at {path}") as caught:
        Store.read(path)
    assert "evosearch run" in caught.value.hint
    assert caught.value.exit_code is ExitCode.USAGE
    assert not path.parent.exists()


@pytest.mark.parametrize("content", [b"import this\n" * 100, b"x", b"x" * 511, bytes(4096)])
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(path, identity, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ArchiveForeignError, match="no SQLite file"):
        Store.open(path, identity=identity)
    with pytest.raises(ArchiveForeignError, match="no SQLite file"):
        Store.read(path)
    assert path.read_bytes() == content


def test_an_sqlite_file_of_another_program_is_refused_and_left_as_it_is(path, identity):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE recipes (dish)")
    before = path.read_bytes()
    with pytest.raises(ArchiveForeignError, match=r"other tables \(recipes\)"):
        Store.open(path, identity=identity)
    with pytest.raises(ArchiveForeignError, match=r"other tables \(recipes\)"):
        Store.read(path)
    assert path.read_bytes() == before


def test_an_empty_file_can_become_an_archive_but_is_none_yet(path, identity):
    path.parent.mkdir()
    path.touch()
    with pytest.raises(ArchiveForeignError, match="it is empty"):
        Store.read(path)
    Store.open(path, identity=identity).close()
    Store.read(path).close()


def test_a_folder_is_no_archive(tmp_path, identity):
    with pytest.raises(ArchiveForeignError, match="it is no file"):
        Store.open(tmp_path, identity=identity)
    with pytest.raises(ArchiveForeignError, match="it is no file"):
        Store.read(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path, identity):
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveNotWritableError, match=f"folder {tmp_path}/file/archives cannot be used"):
        Store.open(tmp_path / "file" / "archives" / "a.db", identity=identity)


def test_a_torn_file_is_said_to_be_damaged(recorded):
    with recorded.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 8)
    with pytest.raises(ArchiveForeignError, match="damaged") as caught, Store.read(recorded) as store:
        list(store.steps())
    assert ".recover" in caught.value.hint


def test_a_file_that_may_only_be_read_in_a_closed_folder_is_read(closed_folder, recorded, python):
    assert python(COUNT, recorded, power=False).stdout == "3\n"
    assert [file.name for file in closed_folder.iterdir()] == ["sorting.db"]


def test_a_file_that_may_only_be_read_is_not_written(recorded, python):
    recorded.chmod(0o444)
    said = python(OPEN, recorded, power=False).stdout
    assert f"{recorded} is read-only" in said
    assert "allow writing" in said


def test_nothing_is_written_in_a_closed_folder(closed_folder, recorded, python):
    assert "choose another with --archive" in python(OPEN, recorded, power=False).stdout
    assert "choose another with --archive" in python(OPEN, closed_folder / "new.db", power=False).stdout


def test_a_file_that_may_not_be_read(recorded, python):
    recorded.chmod(0)
    script = "import sys\ntry: Store.read(sys.argv[1])\nexcept ArchiveFileError as error: print(error)"
    assert f"{recorded} may not be read" in python(script, recorded, power=False).stdout
    recorded.parent.chmod(0)
    assert f"{recorded} cannot be reached" in python(script, recorded, power=False).stdout
    recorded.parent.chmod(0o755)


@pytest.fixture
def killed(path, forever):
    """An archive whose writer was killed: its last steps are in the WAL."""
    process = forever()
    for _ in range(9):
        process.stdout.readline()
    process.kill()
    process.wait()
    assert path.with_name("sorting.db-wal").stat().st_size
    yield path
    path.parent.chmod(0o755)


def test_what_a_killed_run_left_is_read_in_a_closed_folder(killed, python):
    killed.parent.chmod(0o555)
    assert int(python(COUNT, killed, power=False).stdout) >= 9


def test_a_wal_that_cannot_be_joined_is_never_passed_over(killed, python):
    killed.with_name("sorting.db-shm").unlink()
    killed.parent.chmod(0o555)
    script = "import sys\ntry: Store.read(sys.argv[1])\nexcept ArchiveFileError as error: print(error, error.hint)"
    said = python(script, killed, power=False).stdout
    assert f"the last steps of {killed} are still in sorting.db-wal" in said
    assert "copy both files" in said


def test_a_reader_cannot_write(recorded, step):
    with Store.read(recorded) as store, pytest.raises(ArchiveNotWritableError):
        store.record(step(3), 1)


def test_a_program_that_holds_the_file_is_waited_for_and_then_said(recorded, identity, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.01)
    with closing(sqlite3.connect(recorded)) as plain:
        plain.execute("BEGIN IMMEDIATE")
        with Store.open(recorded, identity=identity) as store:
            with pytest.raises(ArchiveLockedError, match="in use by another program"):
                store.begin_run(RunRecord("symbolic"))
            plain.rollback()
            assert store.begin_run(RunRecord("symbolic")) == 2


def test_an_sqlite_without_strict_tables_is_said(path, identity, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(ArchiveFileError, match=r"needs SQLite 3\.37\.0 or newer"):
        Store.open(path, identity=identity)


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "a?mode=rw.db", "a#b.db", "größe.db", "caf\udce9.db"])
def test_any_file_name_is_taken(tmp_path, identity, name):
    Store.open(tmp_path / name, identity=identity).close()
    with Store.read(tmp_path / name) as store:
        assert store.identity == identity


def test_every_code_of_sqlite_finds_its_place(path):
    """Nothing but an error of the tree comes of a file, whatever SQLite says of it."""
    for name in sorted(name for name in dir(sqlite3) if name.startswith("SQLITE_")):
        error = sqlite3.OperationalError(name)
        error.sqlite_errorcode = getattr(sqlite3, name)
        assert isinstance(files.explain(path, error), ArchiveFileError)
