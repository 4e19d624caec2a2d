"""Every trial of a program, and what it descends from."""

import sqlite3

from evosearch.store.columns import from_text
from evosearch.store.records import Ancestor, StoredTrial
from evosearch.store.rows import read_trials


def trials_of(connection: sqlite3.Connection, program: str) -> tuple[StoredTrial, ...]:
    """Every trial of a program, in order."""
    keys = connection.execute("SELECT id FROM trials WHERE program = ? ORDER BY id", (program,)).fetchall()
    return tuple(trial for (key,) in keys for trial in read_trials(connection, key, key))


def ancestors(connection: sqlite3.Connection, program: str) -> tuple[Ancestor, ...]:
    """The family tree of a program, from it upwards: each before its parents, most important parent first.

    A text may be proposed again by its own descendants. The parents of its first trial count, and only those that
    were there before it, so the climb always ends; and each program's own ancestors are followed once.
    """
    tree: list[Ancestor] = []
    climbed: set[str] = set()
    waiting = [(0, program, _origin(connection, program))]
    while waiting:
        depth, name, trial = waiting.pop()
        tree.append(Ancestor(depth, name, trial, repeated=name in climbed))
        if name in climbed or trial is None:
            continue
        climbed.add(name)
        parents = [(depth + 1, parent, _origin(connection, parent)) for parent in trial.trial.proposal.parents]
        waiting += [one for one in reversed(parents) if one[2] is None or one[2].id < trial.id]
    return tuple(tree)


def _origin(connection: sqlite3.Connection, program: str) -> StoredTrial | None:
    (first,) = connection.execute("SELECT min(id) FROM trials WHERE program = ?", (from_text(program),)).fetchone()
    return None if first is None else read_trials(connection, first, first)[0]
