"""What an archive file is of, and the refusal to continue another search's."""

import json
import sqlite3
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from evosearch.errors import ArchiveForeignError
from evosearch.store.columns import from_json, from_text, to_json, to_text
from evosearch.store.files import prepare_writer, row_errors
from evosearch.store.migrations import examine, latest, migrate
from evosearch.store.records import Identity

#: What the command line can be told; the others are the task itself.
_SETTINGS = ("seed", "window", "archive", "archive_options")


def claim(connection: sqlite3.Connection, path: Path, identity: Identity) -> None:
    """Make a blank file an archive of this search, or see that it is one and bring it up to date.

    Raises:
        ArchiveForeignError: The file is something else, or of another search; it is left as it is.
        ArchiveFromFutureError: A newer version of evosearch wrote it; it is left as it is.
    """
    database = Database(connection, execute_plugins=False)
    if examine(database, path):
        _check(path, _as_of_today(connection, path), identity)
        prepare_writer(connection)
        migrate(database, path)
        return
    prepare_writer(connection)
    with database.atomic():
        migrate(database, path)
        _write(connection, identity)


def read(connection: sqlite3.Connection, path: Path) -> Identity:
    """The identity of an archive.

    Raises:
        ArchiveForeignError: The file is damaged.
    """
    with row_errors(path):
        row = connection.execute(
            'SELECT task, domain, fingerprint, seed, "window", archive, archive_options FROM identity'
        ).fetchone()
        task, domain, fingerprint, seed, window, archive, archive_options = row
        return Identity(
            to_text(task),
            to_text(domain),
            to_text(fingerprint),
            seed,
            window,
            to_text(archive),
            to_json(archive_options),
        )


def _as_of_today(connection: sqlite3.Connection, path: Path) -> Identity:
    """The identity of an archive that may be older, which is not changed."""
    current = latest(connection, path)
    try:
        return read(current, path)
    finally:
        if current is not connection:
            current.close()


def _write(connection: sqlite3.Connection, identity: Identity) -> None:
    connection.execute(
        'INSERT INTO identity (id, task, domain, fingerprint, seed, "window", archive, archive_options) '
        "VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        [*map(_column, astuple(replace(identity, archive_options=dict(identity.archive_options))))],
    )


def _column(value: Any) -> Any:
    if isinstance(value, dict):
        return from_json(value)
    return from_text(value) if isinstance(value, str) else value


def _check(path: Path, held: Identity, wanted: Identity) -> None:
    differing = [field.name for field in fields(held) if getattr(held, field.name) != getattr(wanted, field.name)]
    if not differing:
        return
    if "archive" in differing and "archive_options" in differing:
        differing.remove("archive_options")  # each kind has options of its own
    comparison = ", ".join(
        f"{name} {getattr(held, name)!r} in the file and {getattr(wanted, name)!r} now" for name in differing
    )
    if set(differing) <= set(_SETTINGS):
        remedy = "continue with " + " and ".join(_setting(held, name) for name in differing)
    elif differing == ["fingerprint"]:
        remedy = "undo what changed in the task's files and options"
    else:
        remedy = f"run task {held.task!r}, whose archive this is"
    raise ArchiveForeignError(
        f"{path} is of another search: {comparison}", hint=f"choose another file with --archive, or {remedy}"
    )


def _setting(held: Identity, name: str) -> str:
    """A setting as the user says it."""
    if name != "archive_options":
        return f"{name} {getattr(held, name)}"
    said = ", ".join(f"{key} = {json.dumps(value)}" for key, value in held.archive_options.items())
    return f"[{held.archive}] {said}"
