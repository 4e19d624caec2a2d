"""Finding a program by the first digits of its id, and what it descends from."""

import sqlite3

from evosearch.errors import UnknownNameError
from evosearch.store.columns import from_text
from evosearch.store.records import Ancestor, StoredTrial
from evosearch.store.rows import read_trials

#: How many ids an error names.
_NAMED = 5


def find_program(connection: sqlite3.Connection, prefix: str) -> str:
    """The id that starts with some digits.

    Raises:
        UnknownNameError: None does, or more than one.
    """
    matches = _starting_with(connection, prefix) if prefix else []
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UnknownNameError(
            f"several programs start with {prefix!r}: {', '.join(matches[:_NAMED])}"
            + (", …" if len(matches) > _NAMED else ""),
            hint="give more digits",
        )
    near = next(
        (found for end in range(len(prefix), -1, -1) if (found := _starting_with(connection, prefix[:end]))), []
    )
    raise UnknownNameError(
        f"no program has an id that starts with {prefix!r}",
        hint=f"near it are {', '.join(near[:_NAMED])}" if near else "the archive holds no program yet",
    )


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


def _starting_with(connection: sqlite3.Connection, prefix: str) -> list[str]:
    if not prefix.isascii() or not prefix.isprintable():
        return []
    # '~' follows every hexadecimal digit, so the index finds the range.
    rows = connection.execute(
        "SELECT id FROM programs WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (prefix.lower(), prefix.lower() + "~", _NAMED + 1),
    )
    return [row[0] for row in rows]
