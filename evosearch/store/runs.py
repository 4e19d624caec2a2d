"""Runs, the events in them, and sums over all of them."""

import platform
import sqlite3
from collections.abc import Mapping
from typing import Any

import numpy as np

from evosearch import __version__
from evosearch.store.clock import now
from evosearch.store.columns import from_json, from_text, to_json, to_optional, to_text
from evosearch.store.records import Counts, Event, Run, RunRecord
from evosearch.types import Usage


def begin(connection: sqlite3.Connection, record: RunRecord) -> int:
    """Insert a run that begins now; its number."""
    cursor = connection.execute(
        "INSERT INTO runs (started_at, proposer, models, budget, settings, sandbox, evosearch, python, numpy, sqlite) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now(),
            from_text(record.proposer),
            from_json(record.models),
            from_text(record.budget),
            from_json(dict(record.settings)),
            from_json(dict(record.sandbox)),
            __version__,
            platform.python_version(),
            np.__version__,
            sqlite3.sqlite_version,
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end(connection: sqlite3.Connection, run: int, reason: str) -> None:
    """Note that a run ends now."""
    connection.execute("UPDATE runs SET ended_at = ?, ended = ? WHERE id = ?", (now(), from_text(reason), run))


def read(connection: sqlite3.Connection) -> tuple[Run, ...]:
    """All runs in order."""
    rows = connection.execute(
        "SELECT id, started_at, ended_at, ended, proposer, models, budget, settings, sandbox, "
        "evosearch, python, numpy, sqlite FROM runs ORDER BY id"
    ).fetchall()
    return tuple(_run(row) for row in rows)


def log(connection: sqlite3.Connection, kind: str, data: Mapping[str, Any], run: int | None) -> None:
    """Insert an event that happens now."""
    connection.execute(
        "INSERT INTO events (run, kind, data, at) VALUES (?, ?, ?, ?)",
        (run, from_text(kind), from_json(dict(data)), now()),
    )


def read_events(connection: sqlite3.Connection) -> tuple[Event, ...]:
    """All events in order."""
    rows = connection.execute("SELECT id, run, kind, data, at FROM events ORDER BY id").fetchall()
    return tuple(Event(key, run, to_text(kind), to_json(data), at) for key, run, kind, data, at in rows)


def count_trials(connection: sqlite3.Connection) -> Counts:
    """How the trials ended."""
    by_status = connection.execute(
        "SELECT status, count(*) FROM evaluations WHERE split = 'train' GROUP BY status ORDER BY status"
    ).fetchall()
    (duplicate,) = connection.execute("SELECT count(duplicate_of) FROM trials").fetchone()
    return Counts(dict(by_status), duplicate)


def total_usage(connection: sqlite3.Connection) -> Usage:
    """What all steps cost together."""
    return Usage(
        *connection.execute(
            "SELECT coalesce(sum(evaluations), 0), coalesce(sum(calls), 0), coalesce(sum(tokens), 0), total(usd), "
            "total(seconds), coalesce(sum(unpriced), 0) FROM steps"
        ).fetchone()
    )


def _run(row: tuple[Any, ...]) -> Run:
    key, started_at, ended_at, ended, proposer, models, budget, settings, sandbox, *versions = row
    record = RunRecord(to_text(proposer), tuple(to_json(models)), to_text(budget), to_json(settings), to_json(sandbox))
    names = ("evosearch", "python", "numpy", "sqlite")
    return Run(key, record, dict(zip(names, versions, strict=True)), started_at, ended_at, to_optional(ended))
