"""What operators and models have achieved, as the views of the file tell."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from evosearch.store.columns import to_text
from evosearch.store.records import Achievement
from evosearch.types import Usage

#: Whose achievements.
Kind = Literal["operators", "models"]


def read_achievements(connection: sqlite3.Connection, kind: Kind) -> tuple[Achievement, ...]:
    """What each operator, or each model, has achieved, by name."""
    column = kind.removesuffix("s")
    rows = connection.execute(
        f"SELECT {column}, replies, programs, ran, changed, kept, improved, "  # noqa: S608 - one of two words
        f"calls, tokens, usd_known, seconds, unpriced FROM {kind} ORDER BY {column}"
    ).fetchall()
    outcomes: dict[str, dict[str, int]] = defaultdict(dict)
    for name, outcome, count in connection.execute(
        f"SELECT {column}, outcome, sum(count) FROM replies GROUP BY {column}, outcome "  # noqa: S608 - one of two words
        "ORDER BY sum(count) DESC, outcome"
    ):
        outcomes[to_text(name)][outcome] = count
    return tuple(_achievement(row, outcomes[to_text(row[0])]) for row in rows)


def _achievement(row: Sequence[Any], outcomes: Mapping[str, int]) -> Achievement:
    name, replies, programs, ran, changed, kept, improved, *spent = row
    usage = Usage(0, *spent)
    return Achievement(to_text(name), replies, programs, ran, changed, kept, improved, usage, outcomes)
