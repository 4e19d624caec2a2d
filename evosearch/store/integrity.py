"""Does a file hold what it claims? Every content address is derived again."""

import sqlite3
from collections.abc import Iterator

from evosearch.store.calls import read_calls
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
    yield from _strange_attempts(connection)


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
    for digest, call in read_calls(connection):
        if call.request.digest != digest:
            yield f"call {digest} is not what its address says"


def _strange_attempts(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT a.step, a.ordinal, a.call, a.choice, a.position, c.id IS NULL, "
        "a.choice >= max(1, (SELECT count(*) FROM call_choices x WHERE x.call = c.id)), "
        "a.position IS NOT NULL AND t.id IS NULL FROM attempts a LEFT JOIN calls c ON c.digest = a.call "
        "LEFT JOIN trials t ON t.step = a.step AND t.position = a.position ORDER BY a.step, a.ordinal"
    )
    for step, ordinal, call, choice, position, no_call, no_choice, no_trial in rows:
        if no_call:
            yield f"attempt {ordinal} of step {step} points to call {to_text(call)!r}, which is missing"
        elif no_choice:
            yield f"attempt {ordinal} of step {step} points to choice {choice} of call {call}, which is missing"
        if no_trial:
            yield f"attempt {ordinal} of step {step} points to trial {position} of the step, which is missing"
