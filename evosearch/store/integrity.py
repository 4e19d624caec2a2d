"""Does a file hold what it claims? Every content address is derived again."""

import sqlite3
from collections.abc import Iterator

from evosearch.store.columns import message_digest, to_message, to_optional, to_text
from evosearch.types import Program


def faults(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with a file, one line a fault; nothing if it is sound."""
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield line
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} points to a row of {parent} that is missing"
    yield from _gaps(connection)
    yield from _wrong_addresses(connection)


def _gaps(connection: sqlite3.Connection) -> Iterator[str]:
    steps, following = connection.execute("SELECT count(*), coalesce(max(k) + 1, 0) FROM steps").fetchone()
    if steps != following:
        yield f"{following - steps} of the steps 0 to {following - 1} are missing"


def _wrong_addresses(connection: sqlite3.Connection) -> Iterator[str]:
    for digest, *columns in connection.execute("SELECT digest, role, content, extra FROM messages ORDER BY digest"):
        if message_digest(to_message(*columns)) != digest:
            yield f"message {digest} is not what its address says"
    for identity, source, problem in connection.execute("SELECT id, source, problem FROM programs ORDER BY id"):
        if Program(to_text(source), to_optional(problem)).id != identity:
            yield f"program {identity} is not what its address says"
