"""Opening archive files, and saying what is wrong with one in words.

A writer opens in WAL mode with `synchronous=NORMAL`: what was committed survives `kill -9` and any other end of the
process. Only a power failure or a crash of the kernel may take the last few steps, and never half of one.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evosearch.errors import (
    ArchiveFileError,
    ArchiveForeignError,
    ArchiveLockedError,
    ArchiveMissingError,
    ArchiveNotWritableError,
)

#: How long a statement waits for another program's lock, in seconds.
PATIENCE = 30.0

#: STRICT tables came with it.
OLDEST_SQLITE = (3, 37, 0)

#: In bytes; no SQLite file is smaller, unless it is empty.
SMALLEST_PAGE = 512

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_READ}
_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

#: Faults of the caller, not of the file: they must be seen as what they are.
_OURS = (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.IntegrityError, sqlite3.NotSupportedError)


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file into the tree of `evosearch.errors`."""
    try:
        yield
    except _OURS:
        raise
    except sqlite3.Error as error:
        raise explain(path, error) from error


@contextmanager
def row_errors(path: Path) -> Iterator[None]:
    """`sqlite_errors`, and a row that cannot be understood is a damaged file."""
    with sqlite_errors(path):
        try:
            yield
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(path, f"a row cannot be understood ({error})") from error


def explain(path: Path, error: sqlite3.Error) -> ArchiveFileError:
    """The error of the tree that says what SQLite's error means for an archive and what to do about it."""
    # Without a code it comes from Python's side: a text that is no UTF-8.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    primary = code & 0xFF
    if code in _DAMAGED or primary == sqlite3.SQLITE_CORRUPT:
        return damaged(path, str(error))
    if primary == sqlite3.SQLITE_NOTADB:
        return foreign(path, "it is no SQLite file")
    if primary in _DISK:
        return ArchiveNotWritableError(
            f"{path} cannot be written: {error}",
            hint="free some space on the disk and run again; everything recorded before is intact",
        )
    if primary in _CLOSED:
        return ArchiveNotWritableError(
            f"{path} cannot be written: {error}",
            hint="allow writing to the file and its folder, or choose another file with --archive",
        )
    if primary in _BUSY:
        return ArchiveLockedError(
            f"{path} is in use by another program: {error}", hint="close the program that has it open and run again"
        )
    return ArchiveFileError(f"{path}: SQLite says: {error}", hint="the file may have been changed by another program")


def damaged(path: Path, reason: str) -> ArchiveForeignError:
    """The error for a file that was an archive once."""
    return ArchiveForeignError(
        f"{path} is damaged: {reason}",
        hint=f"put a copy back, or save what can be read with `sqlite3 {path} .recover`",
    )


def foreign(path: Path, reason: str) -> ArchiveForeignError:
    """The error for a file that never was an archive."""
    return ArchiveForeignError(
        f"{path} is no archive of evosearch: {reason}", hint="choose another file with --archive"
    )


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open a file for writing; it is made if there is none. Its contents stay as they are.

    Raises:
        ArchiveNotWritableError: It cannot be made, or may only be read.
        ArchiveForeignError: Something else than an SQLite file is there.
        ArchiveFileError: This machine's SQLite is too old.
    """
    _check_version()
    # SQLite would open it for reading, and complain no sooner than at the first write.
    if _is_present(path) and not os.access(path, os.W_OK):
        raise ArchiveNotWritableError(
            f"{path} is read-only", hint="allow writing to it, or choose another file with --archive"
        )
    with sqlite_errors(path):
        return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)


def make_folder(path: Path) -> None:
    """Make the folder of an archive.

    Raises:
        ArchiveNotWritableError: It cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveNotWritableError(
            f"the folder {path.parent} cannot be used: {error.strerror}", hint="choose another file with --archive"
        ) from error


def prepare_writer(connection: sqlite3.Connection) -> None:
    """Set a writer's connection up; the file must be known to be an archive, for its journal mode is changed."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a file for reading alone: while a run writes it, and where nothing can be written at all.

    Raises:
        ArchiveMissingError: There is none.
        ArchiveForeignError: It is no SQLite file.
        ArchiveFileError: It cannot be read.
    """
    _check_version()
    if not _is_present(path):
        raise ArchiveMissingError(
            f"there is no archive at {path}", hint="`evosearch run TASK` makes one under archives/"
        )
    if not os.access(path, os.R_OK):
        raise ArchiveFileError(f"{path} may not be read", hint="allow reading it, or choose another file")
    try:
        return _open_and_look(path, "mode=ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _CLOSED:
            raise explain(path, error) from error
    except sqlite3.Error as error:
        raise explain(path, error) from error
    return _connect_immutable(path)


def _check_version() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise ArchiveFileError(
            f"an archive needs SQLite {needed} or newer (strict tables); this Python brings {sqlite3.sqlite_version}",
            hint="use a Python that brings a newer one",
        )


def _is_present(path: Path) -> bool:
    """Whether there is a file that may be an archive.

    It is looked at but never opened: closing it would end the locks that SQLite holds on it in this process
    (https://sqlite.org/howtocorrupt.html, section 2.2).

    Raises:
        ArchiveForeignError: Something else is there.
        ArchiveFileError: It cannot be told, because a folder on the way is closed.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ArchiveFileError(f"{path} cannot be reached: {error.strerror}", hint="allow using its folder") from error
    if not stat.S_ISREG(status.st_mode):
        raise foreign(path, "it is no file")
    # SQLite would take what is less than a page for a file that is still empty, and write over it.
    if 0 < status.st_size < SMALLEST_PAGE:
        raise foreign(path, "it is no SQLite file")
    return True


def _connect_immutable(path: Path) -> sqlite3.Connection:
    """Open a file in a folder where SQLite cannot put the index of the WAL.

    Taking the file for unchangeable is right only if no WAL holds the newest part of it.
    """
    wal = Path(os.path.realpath(path) + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise ArchiveFileError(
            f"the last steps of {path} are still in {wal.name}, and joining them needs a writable folder",
            hint="copy both files into one and show the copy",
        )
    with sqlite_errors(path):
        return _open_and_look(path, "immutable=1")


def _open_and_look(path: Path, parameters: str) -> sqlite3.Connection:
    # SQLite opens lazily: only a first look tells whether the file can be read.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{parameters}", uri=True, timeout=PATIENCE, isolation_level=None
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
