"""A `Step` as rows and back: what is read equals what was written."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final, TypeVar

from evosearch.errors import Status
from evosearch.store.attempts import read_attempts, read_findings, write_attempts
from evosearch.store.columns import (
    from_features,
    from_json,
    from_optional,
    from_text,
    to_features,
    to_json,
    to_message,
    to_optional,
    to_text,
)
from evosearch.store.messages import write_message, write_reply
from evosearch.store.records import StoredTrial
from evosearch.types import (
    Evaluation,
    Outcome,
    Placement,
    Program,
    Proposal,
    Reading,
    Split,
    Step,
    Trial,
    Turn,
    Usage,
)

_Item = TypeVar("_Item")
#: The columns of `_evaluation`.
_EVALUATION: Final = (
    "e.status, e.score, e.metrics, e.features, e.feedback, e.cpu_seconds, e.wall_seconds, e.log, e.cases"
)


def write_step(connection: sqlite3.Connection, step: Step, run: int) -> None:
    """Insert everything of a step; the caller holds the transaction."""
    usage = step.usage
    connection.execute(
        "INSERT INTO steps (k, run, problem, allowance, evaluations, calls, tokens, usd, seconds, unpriced, note, "
        "paid, funds, opened) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            step.index,
            run,
            from_optional(step.problem),
            step.allowance,
            usage.evaluations,
            usage.calls,
            usage.tokens,
            usage.usd,
            usage.seconds,
            usage.unpriced,
            from_text(step.note),
            step.paid,
            from_json({name: amount for name, amount in asdict(step.funds).items() if amount}),
            step.opened,
        ),
    )
    for position, trial in enumerate(step.trials):
        key = _write_trial(connection, step.index, position, trial)
        _write_provenance(connection, key, trial.proposal)
        if trial.evaluation is not None:
            _write_evaluation(connection, key, trial.evaluation)
        if trial.placement is not None:
            _write_placement(connection, key, trial.placement)
    write_attempts(connection, step)


def _write_trial(connection: sqlite3.Connection, step: int, position: int, trial: Trial) -> int:
    proposal, reading = trial.proposal, trial.reading
    program = proposal.program
    identity = program.id
    connection.execute(
        "INSERT INTO programs (id, problem, source) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (identity, from_optional(program.problem), from_text(program.source)),
    )
    cursor = connection.execute(
        "INSERT INTO trials (step, position, program, operator, model, reply, duplicate_of, "
        "normal_form, parsed, nodes, literal_bytes, style, inputs_used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            step,
            position,
            identity,
            from_text(proposal.operator),
            from_optional(proposal.model),
            None if proposal.reply is None else write_reply(connection, proposal.reply),
            from_optional(trial.duplicate_of),
            from_text(reading.normal_form),
            reading.parsed,
            reading.nodes,
            reading.literal_bytes,
            from_text(reading.style),
            from_text(reading.inputs_used),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _write_provenance(connection: sqlite3.Connection, trial: int, proposal: Proposal) -> None:
    if proposal.parents:
        connection.executemany(
            "INSERT INTO parents (trial, ordinal, parent) VALUES (?, ?, ?)",
            [(trial, ordinal, from_text(parent)) for ordinal, parent in enumerate(proposal.parents)],
        )
    if proposal.prompt:
        connection.executemany(
            "INSERT INTO prompts (trial, ordinal, message) VALUES (?, ?, ?)",
            [(trial, ordinal, write_message(connection, said)) for ordinal, said in enumerate(proposal.prompt)],
        )


def _write_evaluation(connection: sqlite3.Connection, trial: int, evaluation: Evaluation) -> None:
    connection.execute(
        "INSERT INTO evaluations (trial, split, status, score, metrics, features, feedback, log, cpu_seconds, "
        "wall_seconds, cases) VALUES (?, 'train', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            trial,
            evaluation.status,
            evaluation.score,
            from_features(evaluation.metrics),
            from_features(evaluation.features),
            from_text(evaluation.feedback),
            from_text(evaluation.log),
            evaluation.cpu_seconds,
            evaluation.wall_seconds,
            from_json(list(evaluation.cases)) if evaluation.cases else "[]",
        ),
    )


def _write_placement(connection: sqlite3.Connection, trial: int, placement: Placement) -> None:
    connection.execute(
        "INSERT INTO placements (trial, outcome, niche, displaced) VALUES (?, ?, ?, ?)",
        (
            trial,
            placement.outcome.name.lower(),
            None if placement.niche is None else from_json(placement.niche),
            from_optional(placement.displaced),
        ),
    )


def read_steps(connection: sqlite3.Connection, start: int, stop: int) -> list[Step]:
    """The steps start ≤ k < stop, in order."""
    first, last = connection.execute(
        "SELECT min(id), max(id) FROM trials WHERE step >= ? AND step < ?", (start, stop)
    ).fetchone()
    stored = [] if first is None else read_trials(connection, first, last)
    trials = {k: tuple(one.trial for one in group) for k, group in groupby(stored, key=lambda one: one.step)}
    attempts, findings = read_attempts(connection, start, stop), read_findings(connection, start, stop)
    rows = connection.execute(
        "SELECT k, problem, allowance, note, paid, funds, opened, evaluations, calls, tokens, usd, seconds, unpriced "
        "FROM steps WHERE k >= ? AND k < ? ORDER BY k",
        (start, stop),
    ).fetchall()
    return [
        Step(
            k,
            to_optional(problem),
            allowance,
            trials.get(k, ()),
            Usage(*usage),
            to_text(note),
            paid=bool(paid),
            funds=Usage(**to_json(funds)),
            opened=opened,
            attempts=attempts.get(k, ()),
            findings=findings.get(k, ()),
        )
        for k, problem, allowance, note, paid, funds, opened, *usage in rows
    ]


def read_turns(connection: sqlite3.Connection) -> tuple[Turn, ...]:
    """How every step was dealt out, in order."""
    rows = connection.execute("SELECT allowance, funds, opened FROM steps ORDER BY k")
    return tuple(Turn(allowance, Usage(**to_json(funds)), opened) for allowance, funds, opened in rows)


def read_trials(connection: sqlite3.Connection, first: int, last: int) -> list[StoredTrial]:
    """The trials with first ≤ id ≤ last, in order."""
    parents = _grouped(
        (trial, to_text(parent))
        for trial, parent in connection.execute(
            "SELECT trial, parent FROM parents WHERE trial BETWEEN ? AND ? ORDER BY trial, ordinal", (first, last)
        )
    )
    prompts = _grouped(
        (trial, to_message(*message))
        for trial, *message in connection.execute(
            "SELECT p.trial, m.role, m.content, m.extra FROM prompts p JOIN messages m ON m.digest = p.message "
            "WHERE p.trial BETWEEN ? AND ? ORDER BY p.trial, p.ordinal",
            (first, last),
        )
    )
    rows = connection.execute(
        "SELECT t.id, s.run, t.step, t.position, "  # noqa: S608 - made of constants
        "p.source, p.problem, t.operator, t.model, m.content, t.duplicate_of, "
        "t.normal_form, t.parsed, t.nodes, t.literal_bytes, t.style, t.inputs_used, "
        "l.outcome, l.niche, l.displaced, "
        f"{_EVALUATION} "
        "FROM trials t LEFT JOIN steps s ON s.k = t.step JOIN programs p ON p.id = t.program "
        "LEFT JOIN messages m ON m.digest = t.reply "
        "LEFT JOIN evaluations e ON e.trial = t.id AND e.split = 'train' LEFT JOIN placements l ON l.trial = t.id "
        "WHERE t.id BETWEEN ? AND ? ORDER BY t.id",
        (first, last),
    ).fetchall()
    costs = _read_costs(connection, first, last)
    stored: list[StoredTrial] = []
    for key, run, step, position, *row in rows:
        trial = _trial(row, parents.get(key, ()), prompts.get(key, ()))
        unknown = Usage() if trial.proposal.model is None else None
        stored.append(StoredTrial(key, int(run), step, position, trial, costs.get(key, unknown)))
    return stored


def _read_costs(connection: sqlite3.Connection, first: int, last: int) -> dict[int, Usage | None]:
    """What the calls cost that led to each trial of a model's program; None if one of them is missing."""
    rows = _grouped(
        (trial, (tokens, usd))
        for trial, _, tokens, usd in connection.execute(
            "SELECT DISTINCT t.id, said.call, c.prompt_tokens + c.completion_tokens, c.usd FROM trials t "
            "JOIN attempts own ON own.step = t.step AND own.position = t.position "
            "JOIN attempts said ON said.step = own.step AND said.ordinal <= own.ordinal "
            "LEFT JOIN calls c ON c.digest = said.call WHERE t.id BETWEEN ? AND ? ORDER BY t.id, said.call",
            (first, last),
        )
    )
    return {trial: _cost(calls) for trial, calls in rows.items()}


def _cost(calls: Sequence[tuple[int | None, float | None]]) -> Usage | None:
    if any(tokens is None for tokens, _ in calls):
        return None
    return sum(
        (Usage(calls=1, tokens=tokens or 0, usd=usd or 0.0, unpriced=int(usd is None)) for tokens, usd in calls),
        Usage(),
    )


def read_evaluations(connection: sqlite3.Connection, program: str) -> tuple[tuple[Split, Evaluation], ...]:
    """Every evaluation of a program with its split, in the order of the trials."""
    rows = connection.execute(
        f"SELECT e.split, {_EVALUATION} "  # noqa: S608 - made of constants
        "FROM evaluations e JOIN trials t ON t.id = e.trial WHERE t.program = ? ORDER BY e.trial, e.split",
        (program,),
    ).fetchall()
    return tuple((split, _evaluation(row)) for split, *row in rows)


def read_timeouts(connection: sqlite3.Connection) -> dict[str, Evaluation]:
    """The evaluations on the train split that ended in a timeout, by program."""
    rows = connection.execute(
        f"SELECT t.program, {_EVALUATION} "  # noqa: S608 - made of constants
        "FROM evaluations e JOIN trials t ON t.id = e.trial "
        "WHERE e.split = 'train' AND e.status IN ('timeout_cpu', 'timeout_wall') ORDER BY t.id"
    )
    return {program: _evaluation(row) for program, *row in rows}


def _evaluation(row: Sequence[Any]) -> Evaluation:
    status, score, metrics, features, feedback, cpu_seconds, wall_seconds, log, cases = row
    return Evaluation(
        Status(status),
        score,
        to_features(metrics),
        to_features(features),
        to_text(feedback),
        cpu_seconds,
        wall_seconds,
        to_text(log),
        () if cases == "[]" else tuple(to_json(cases)),
    )


def _trial(row: Sequence[Any], parents: tuple[str, ...], prompt: tuple[Mapping[str, str], ...]) -> Trial:
    source, problem, operator, model, reply, duplicate_of = row[:6]
    proposal = Proposal(
        Program(to_text(source), to_optional(problem)),
        to_text(operator),
        parents,
        to_optional(model),
        prompt,
        to_optional(reply),
    )
    return Trial(
        proposal,
        _reading(row[6:12]),
        None if row[15] is None else _evaluation(row[15:]),
        _placement(row[12:15]),
        to_optional(duplicate_of),
    )


def _reading(row: Sequence[Any]) -> Reading:
    normal_form, parsed, nodes, literal_bytes, style, inputs_used = row
    return Reading(to_text(normal_form), bool(parsed), nodes, literal_bytes, to_text(style), to_text(inputs_used))


def _placement(row: Sequence[Any]) -> Placement | None:
    outcome, niche, displaced = row
    if outcome is None:
        return None
    return Placement(Outcome[outcome.upper()], None if niche is None else tuple(to_json(niche)), to_optional(displaced))


def _grouped(pairs: Iterable[tuple[int, _Item]]) -> dict[int, tuple[_Item, ...]]:
    groups: dict[int, list[_Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}
