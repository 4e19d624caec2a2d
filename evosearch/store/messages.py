"""Messages of conversations: each is stored once, under its content address, however often it is said."""

import sqlite3
from collections.abc import Mapping

from evosearch.store.columns import from_message


def write_message(connection: sqlite3.Connection, message: Mapping[str, str]) -> str:
    """Insert a message unless it is there; its address. The caller holds the transaction."""
    row = from_message(message)
    connection.execute(
        "INSERT INTO messages (digest, role, content, extra) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING", row
    )
    return row.digest


def write_reply(connection: sqlite3.Connection, text: str) -> str:
    """Insert what a model said unless it is there; its address. The caller holds the transaction."""
    return write_message(connection, {"role": "assistant", "content": text})
