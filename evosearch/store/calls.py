"""Calls of models: what was asked and what came back, as rows and back; found again by the request's digest."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from evosearch.errors import ArchiveNotWritableError
from evosearch.store.attempts import ATTEMPT, to_attempt
from evosearch.store.clock import now
from evosearch.store.columns import from_json, from_optional, from_text, to_json, to_message, to_text
from evosearch.store.files import row_errors
from evosearch.store.messages import write_message, write_reply
from evosearch.store.prefixes import CALLS
from evosearch.store.records import StoredCall, StoredTrial, Use
from evosearch.types import Call, Reply, Request, Usage

_COLUMNS = (
    "id, digest, run, at, model, settings, sample, refusal, answered_by, prompt_tokens, completion_tokens, "
    "cached_tokens, counted, usd, price, seconds, tries, dropped"
)
#: How many calls are held at a time while all are read.
_STRETCH = 64


@dataclass(frozen=True, slots=True)
class CallBook:
    """The calls of an archive file: looked up before a model is asked, and added to when it answered.

    Attributes:
        name: Where the calls are kept, for people.
    """

    name: str
    _connection: sqlite3.Connection
    _transaction: Callable[[], AbstractContextManager[None]]
    _run: int | None

    def find(self, digest: str) -> Call | None:
        """The call with a request of this digest; None if the file holds none.

        Raises:
            ArchiveForeignError: The file is damaged.
        """
        with row_errors(Path(self.name)):
            row = _row(self._connection, digest)
            return None if row is None else _call(self._connection, row)

    def keep(self, call: Call) -> None:
        """Record a call, now: it is in the file when this returns. One that is there already stays as it is.

        Raises:
            ArchiveNotWritableError: The file was opened for reading alone, or its disk is full.
        """
        if self._run is None:
            raise ArchiveNotWritableError(
                f"{self.name} is open for reading alone", hint="calls are recorded in the archive of the run"
            )
        with self._transaction():
            write_call(self._connection, call, self._run)


def write_call(connection: sqlite3.Connection, call: Call, run: int) -> None:
    """Insert a call unless it is there; the caller holds the transaction."""
    request, reply = call.request, call.reply
    cursor = connection.execute(
        "INSERT INTO calls (digest, run, at, model, settings, sample, refusal, answered_by, prompt_tokens, "
        "completion_tokens, cached_tokens, counted, usd, price, seconds, tries, dropped) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
        (
            request.digest,
            run,
            now(),
            from_text(request.model),
            from_json(dict(request.settings)),
            request.sample,
            from_text(reply.refusal),
            from_text(reply.model),
            reply.prompt_tokens,
            reply.completion_tokens,
            reply.cached_tokens,
            reply.counted,
            call.usd,
            from_text(call.price),
            call.seconds,
            call.tries,
            from_json(call.dropped),
        ),
    )
    if not cursor.rowcount:
        return
    key = cursor.lastrowid
    connection.executemany(
        "INSERT INTO call_messages (call, ordinal, message) VALUES (?, ?, ?)",
        [(key, ordinal, write_message(connection, said)) for ordinal, said in enumerate(request.messages)],
    )
    connection.executemany(
        "INSERT INTO call_choices (call, ordinal, message, finish) VALUES (?, ?, ?, ?)",
        [
            (key, ordinal, None if text is None else write_reply(connection, text), from_optional(finish))
            for ordinal, (text, finish) in enumerate(zip_longest(reply.texts, reply.finishes))
        ],
    )


def read_calls(connection: sqlite3.Connection) -> Iterator[tuple[str, Call]]:
    """Every call with the digest it is kept under, in the order of arrival."""
    last = 0
    while rows := connection.execute(
        f"SELECT {_COLUMNS} FROM calls WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608 - a constant
        (last, _STRETCH),
    ).fetchall():
        for row in rows:
            yield row[1], _call(connection, row)
        last = rows[-1][0]


def read_latest(connection: sqlite3.Connection, number: int, model: str | None) -> tuple[StoredCall, ...]:
    """The calls that arrived last, of a model or of any, the latest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM calls WHERE ? IS NULL OR model = ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - a constant
        (from_optional(model), from_optional(model), number),
    ).fetchall()
    return tuple(_stored(connection, row) for row in rows)


def read_call(connection: sqlite3.Connection, prefix: str) -> StoredCall:
    """The call whose digest starts with some digits.

    Raises:
        UnknownNameError: None does, or more than one.
    """
    return _stored(connection, _row(connection, CALLS.find(connection, prefix)))


def read_calls_behind(connection: sqlite3.Connection, stored: StoredTrial) -> tuple[StoredCall, ...]:
    """The calls of a trial's step up to the one whose reply it was, in order; those that are missing are left out."""
    digests = connection.execute(
        "SELECT said.call FROM attempts own JOIN attempts said ON said.step = own.step AND said.ordinal <= own.ordinal "
        "WHERE own.step = ? AND own.position = ? GROUP BY said.call ORDER BY min(said.ordinal)",
        (stored.step, stored.position),
    ).fetchall()
    rows = (_row(connection, to_text(digest)) for (digest,) in digests)
    return tuple(_stored(connection, row) for row in rows if row is not None)


def unsettled(connection: sqlite3.Connection) -> Usage:
    """What the calls cost that no recorded step has used."""
    calls, tokens, usd, unpriced = connection.execute(
        "SELECT count(*), coalesce(sum(prompt_tokens + completion_tokens), 0), total(usd), count(*) - count(usd) "
        "FROM calls c WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.digest)"
    ).fetchone()
    return Usage(calls=calls, tokens=tokens, usd=usd, unpriced=unpriced)


def _row(connection: sqlite3.Connection, digest: str) -> Any:
    return connection.execute(f"SELECT {_COLUMNS} FROM calls WHERE digest = ?", (from_text(digest),)).fetchone()  # noqa: S608 - a constant


def _call(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Call:
    key, _, _, _, model, settings, sample, *rest = row
    refusal, answered_by, prompt, completion, cached, counted, usd, price, seconds, tries, dropped = rest
    messages = connection.execute(
        "SELECT m.role, m.content, m.extra FROM call_messages s JOIN messages m ON m.digest = s.message "
        "WHERE s.call = ? ORDER BY s.ordinal",
        (key,),
    ).fetchall()
    choices = connection.execute(
        "SELECT m.content, s.finish FROM call_choices s LEFT JOIN messages m ON m.digest = s.message "
        "WHERE s.call = ? ORDER BY s.ordinal",
        (key,),
    ).fetchall()
    said = tuple(to_message(*message) for message in messages)
    texts = tuple(to_text(text) for text, _ in choices if text is not None)
    finishes = tuple(to_text(finish) for _, finish in choices if finish is not None)
    return Call(
        Request(to_text(model), said, to_json(settings), sample),
        Reply(texts, finishes, prompt, completion, cached, bool(counted), to_text(answered_by), to_text(refusal)),
        usd,
        to_text(price),
        seconds,
        tries,
        tuple(to_json(dropped)),
    )


def _stored(connection: sqlite3.Connection, row: tuple[Any, ...]) -> StoredCall:
    _, digest, run, at, *_ = row
    uses = connection.execute(
        f"SELECT a.step, t.program, {ATTEMPT} FROM attempts a "  # noqa: S608 - a constant
        "LEFT JOIN trials t ON t.step = a.step AND t.position = a.position WHERE a.call = ? ORDER BY a.step, a.ordinal",
        (digest,),
    ).fetchall()
    found = tuple(Use(step, to_attempt(attempt), program) for step, program, *attempt in uses)
    return StoredCall(digest, run, at, _call(connection, row), found)
