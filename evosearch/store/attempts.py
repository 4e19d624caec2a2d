"""What became of the replies of a step, and what its operator wants to know later, as rows and back."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from itertools import groupby
from typing import Any

from evosearch.store.columns import from_json, from_text, to_json, to_text
from evosearch.types import Attempt, Finding, ReplyOutcome, Step, Usage

#: The columns that `to_attempt` takes; the table is `attempts a`.
ATTEMPT = (
    "a.operator, a.model, a.outcome, a.call, a.choice, a.position, a.detail, "
    "a.evaluations, a.calls, a.tokens, a.usd, a.seconds, a.unpriced"
)


def write_attempts(connection: sqlite3.Connection, step: Step) -> None:
    """Insert the attempts and findings of a step; the caller holds the transaction."""
    if step.attempts:
        connection.executemany(
            "INSERT INTO attempts (step, ordinal, operator, model, outcome, call, choice, position, detail, "
            "evaluations, calls, tokens, usd, seconds, unpriced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(step.index, ordinal, *_columns(attempt)) for ordinal, attempt in enumerate(step.attempts)],
        )
    if step.findings:
        connection.executemany(
            "INSERT INTO findings (step, ordinal, operator, data) VALUES (?, ?, ?, ?)",
            [
                (step.index, ordinal, from_text(finding.operator), from_json(finding.data))
                for ordinal, finding in enumerate(step.findings)
            ],
        )


def read_attempts(connection: sqlite3.Connection, start: int, stop: int) -> Mapping[int, tuple[Attempt, ...]]:
    """The attempts of the steps start ≤ k < stop, in order, by step."""
    rows = connection.execute(
        f"SELECT a.step, {ATTEMPT} FROM attempts a WHERE a.step >= ? AND a.step < ? ORDER BY a.step, a.ordinal",  # noqa: S608 - a constant
        (start, stop),
    ).fetchall()
    return {k: tuple(to_attempt(row[1:]) for row in group) for k, group in groupby(rows, key=lambda row: row[0])}


def read_findings(connection: sqlite3.Connection, start: int, stop: int) -> Mapping[int, tuple[Finding, ...]]:
    """The findings of the steps start ≤ k < stop, in order, by step."""
    rows = connection.execute(
        "SELECT step, operator, data FROM findings WHERE step >= ? AND step < ? ORDER BY step, ordinal", (start, stop)
    ).fetchall()
    return {
        k: tuple(Finding(to_text(operator), to_json(data)) for _, operator, data in group)
        for k, group in groupby(rows, key=lambda row: row[0])
    }


def to_attempt(row: Sequence[Any]) -> Attempt:
    """The attempt of a row with the columns `ATTEMPT`."""
    operator, model, outcome, call, choice, position, detail, *usage = row
    return Attempt(
        to_text(operator),
        to_text(model),
        ReplyOutcome(outcome),
        to_text(call),
        choice,
        position,
        Usage(*usage),
        to_text(detail),
    )


def _columns(attempt: Attempt) -> tuple[Any, ...]:
    return (
        from_text(attempt.operator),
        from_text(attempt.model),
        attempt.outcome,
        from_text(attempt.call),
        attempt.choice,
        attempt.position,
        from_text(attempt.detail),
        *astuple(attempt.usage),
    )
