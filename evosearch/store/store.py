"""The archive file as the rest of the house sees it: one writer, any number of readers."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from evosearch.store import identity as identities
from evosearch.store import runs
from evosearch.store.achievements import Kind, read_achievements
from evosearch.store.calls import CallBook, read_call, read_calls, read_calls_behind, read_latest, unsettled
from evosearch.store.files import connect_reader, connect_writer, damaged, make_folder, row_errors, sqlite_errors
from evosearch.store.integrity import faults
from evosearch.store.lineage import ancestors, trials_of
from evosearch.store.lock import Lock
from evosearch.store.migrations import latest
from evosearch.store.prefixes import PROGRAMS
from evosearch.store.records import (
    Achievement,
    Ancestor,
    Counts,
    Event,
    Identity,
    Run,
    RunRecord,
    StoredCall,
    StoredTrial,
)
from evosearch.store.rows import read_evaluations, read_steps, read_timeouts, read_turns, write_step
from evosearch.types import Call, Evaluation, Split, Step, Turn, Usage

#: How many steps are held at a time while they are read.
_STRETCH = 256


class Store:
    """An archive file: what was tried, paid and found.

    Use it in a `with` statement, from the thread that opened it. Every method may raise an `ArchiveFileError`
    that says what is wrong with the file and what to do; what was recorded before stays recorded.

    Attributes:
        path: Where the file is.
        identity: What it is of.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: Lock | None = None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self.identity = identities.read(connection, path)

    @classmethod
    def open(cls, path: str | Path, *, identity: Identity) -> Self:
        """Open an archive for writing; it is made, with its folder, if there is none.

        An older file is migrated, after a backup copy `<name>.v<N>.bak` beside it.

        Raises:
            ArchiveForeignError: The file is something else, or of another search.
            ArchiveFromFutureError: A newer version of evosearch wrote it.
            ArchiveLockedError: Another run is writing it.
            ArchiveNotWritableError: It is read-only, or the disk is full.
        """
        path = Path(path)
        make_folder(path)
        with ExitStack() as stack:
            lock = Lock.acquire(path)
            stack.callback(lock.release)
            connection = connect_writer(path)
            stack.callback(connection.close)
            with sqlite_errors(path):
                identities.claim(connection, path, identity)
            store = cls(path, connection, lock)
            stack.pop_all()
            return store

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Open an archive for reading alone; a run may be writing it, and nothing need be writable.

        An older file is read through a migrated copy in memory and stays as it is.

        Raises:
            ArchiveMissingError: There is none.
            ArchiveForeignError: The file is something else.
            ArchiveFromFutureError: A newer version of evosearch wrote it.
        """
        path = Path(path)
        with ExitStack() as stack:
            connection = connect_reader(path)
            stack.callback(connection.close)
            with sqlite_errors(path):
                current = latest(connection, path)
            if current is not connection:
                stack.close()
                stack.callback(current.close)
            store = cls(path, current)
            stack.pop_all()
            return store

    def close(self) -> None:
        """Close the file and let another run have it. Calling it twice is allowed."""
        self._connection.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin_run(self, record: RunRecord) -> int:
        """Record that a run begins, now, and with which versions; the number of the run."""
        with self._transaction():
            return runs.begin(self._connection, record)

    def end_run(self, run: int, reason: str) -> None:
        """Record that a run ends, now, and why."""
        with self._transaction():
            runs.end(self._connection, run, reason)

    def runs(self) -> tuple[Run, ...]:
        """All runs, the first one first."""
        with row_errors(self.path):
            return runs.read(self._connection)

    def last_run(self) -> Run | None:
        """The latest run; None if there was none."""
        return next(reversed(self.runs()), None)

    def record(self, step: Step, run: int) -> None:
        """Record everything of a step in one transaction: all of it is in the file afterwards, or nothing.

        Raises:
            ValueError: It is not the step that comes next; a step is recorded once, and none is left out.
            ArchiveNotWritableError: The disk is full, or writing failed. The file holds all steps before.
        """
        with self._transaction():
            if step.index != (following := self._following_step()):
                raise ValueError(f"{self.path} takes step {following} next, got step {step.index}")
            write_step(self._connection, step, run)

    def steps_recorded(self) -> int:
        """How many steps the file holds: 0 to this number, less one."""
        with row_errors(self.path):
            return self._following_step()

    def steps(self) -> Iterator[Step]:
        """The steps as they were recorded, in order; those that are recorded meanwhile are left out.

        Raises:
            ArchiveForeignError: The file is damaged: a step is missing or cannot be understood.
        """
        stop = self.steps_recorded()
        for start in range(0, stop, _STRETCH):
            with row_errors(self.path):
                stretch = read_steps(self._connection, start, min(start + _STRETCH, stop))
            for k, step in enumerate(stretch, start):
                if step.index != k:
                    raise damaged(self.path, f"step {k} is missing")
                yield step

    def turns(self) -> tuple[Turn, ...]:
        """How the recorded steps were dealt out, in order; see `Search` for what it is good for."""
        with row_errors(self.path):
            return read_turns(self._connection)

    def timeouts(self) -> dict[str, Evaluation]:
        """The evaluations on the train split that a clock ended, by the id of the program."""
        with row_errors(self.path):
            return read_timeouts(self._connection)

    def calls(self, run: int | None = None) -> CallBook:
        """The calls of models that the file holds: looked up in any file, and added to in one open for writing.

        Args:
            run: The run that makes the calls which are added; none is needed to look them up.
        """
        is_reader = self._lock is None
        return CallBook(str(self.path), self._connection, self._transaction, None if is_reader else run)

    def recorded_calls(self) -> Iterator[Call]:
        """Every call, in the order in which the replies came.

        Raises:
            ArchiveForeignError: The file is damaged.
        """
        with row_errors(self.path):
            for _, call in read_calls(self._connection):
                yield call

    def latest_calls(self, number: int, model: str | None = None) -> tuple[StoredCall, ...]:
        """The calls that came last, of a model or of any, the latest first."""
        with row_errors(self.path):
            return read_latest(self._connection, number, model)

    def call(self, prefix: str) -> StoredCall:
        """The call whose digest starts with some digits.

        Raises:
            UnknownNameError: None does, or several; the message and its hint name those that are near.
        """
        with row_errors(self.path):
            return read_call(self._connection, prefix)

    def calls_behind(self, stored: StoredTrial) -> tuple[StoredCall, ...]:
        """The calls of a trial's step up to the one whose reply it was, in order; none if no model wrote it."""
        with row_errors(self.path):
            return read_calls_behind(self._connection, stored)

    def unsettled(self) -> Usage:
        """What the calls cost that no recorded step has used: paid for, and waiting for the run to go on."""
        with row_errors(self.path):
            return unsettled(self._connection)

    def achievements(self, kind: Kind) -> tuple[Achievement, ...]:
        """What each operator, or each model, has achieved, by name."""
        with row_errors(self.path):
            return read_achievements(self._connection, kind)

    def log(self, kind: str, data: Mapping[str, Any], run: int | None = None) -> None:
        """Record, now, that something happened beside the steps; the data is JSON."""
        with self._transaction():
            runs.log(self._connection, kind, data, run)

    def events(self) -> tuple[Event, ...]:
        """All events, the first one first."""
        with row_errors(self.path):
            return runs.read_events(self._connection)

    def program(self, prefix: str) -> StoredTrial:
        """The trial that first proposed the program whose id starts with some digits.

        Raises:
            UnknownNameError: No id does, or several; the message and its hint name those that are near.
        """
        return self.trials(prefix)[0]

    def trials(self, prefix: str) -> tuple[StoredTrial, ...]:
        """Every trial of the program whose id starts with some digits, in order: a text may be proposed again.

        Raises:
            UnknownNameError: No id does, or several; the message and its hint name those that are near.
        """
        with row_errors(self.path):
            return trials_of(self._connection, PROGRAMS.find(self._connection, prefix))

    def lineage(self, prefix: str) -> tuple[Ancestor, ...]:
        """The family tree of a program, from it upwards: each before its parents, most important parent first.

        Raises:
            UnknownNameError: No id starts with the digits, or several do.
        """
        with row_errors(self.path):
            return ancestors(self._connection, PROGRAMS.find(self._connection, prefix))

    def evaluations(self, prefix: str) -> tuple[tuple[Split, Evaluation], ...]:
        """Every evaluation of a program with the split it was made on, in order.

        Raises:
            UnknownNameError: No id starts with the digits, or several do.
        """
        with row_errors(self.path):
            return read_evaluations(self._connection, PROGRAMS.find(self._connection, prefix))

    def counts(self) -> Counts:
        """How the trials ended."""
        with row_errors(self.path):
            return runs.count_trials(self._connection)

    def spent(self) -> Usage:
        """What the recorded steps of all runs cost together; see `unsettled` for calls that are in none."""
        with row_errors(self.path):
            return runs.total_usage(self._connection)

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the file, one line a fault: every row and every content address is checked."""
        with row_errors(self.path):
            return tuple(faults(self._connection))

    def _following_step(self) -> int:
        (following,) = self._connection.execute("SELECT coalesce(max(k) + 1, 0) FROM steps").fetchone()
        return int(following)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with sqlite_errors(self.path):
            # IMMEDIATE: a lock that is refused is refused here, not in the middle.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
