"""Programs as files: .py files that run by themselves, jsonl rows, csv."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evosearch.report.containment import Containment, walls
from evosearch.report.printable import to_json
from evosearch.report.provenance import wrap
from evosearch.report.snapshot import Snapshot
from evosearch.store.records import Ancestor, StoredCall, StoredTrial
from evosearch.types import Evaluation

#: The keys of a row, in order; a promise.
COLUMNS = (
    "id",
    "problem",
    "niche",
    "score",
    "metrics",
    "features",
    "source",
    "origin",
    "parents",
    "seed",
    "model",
    "verified",
    "sandbox",
    "tokens",
    "usd",
)
#: What a spreadsheet takes a text for a formula by (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def row(stored: StoredTrial, snapshot: Snapshot) -> dict[str, Any]:
    """One program as a JSON object with the keys of `COLUMNS`."""
    proposal, evaluation = stored.trial.proposal, stored.trial.evaluation
    return {
        "id": proposal.program.id,
        "problem": proposal.program.problem,
        "niche": niche_labels(stored, snapshot),
        "score": evaluation.score if evaluation else None,
        "metrics": dict(evaluation.metrics) if evaluation else {},
        "features": dict(evaluation.features) if evaluation else {},
        "source": proposal.program.source,
        "origin": proposal.operator,
        "parents": list(proposal.parents),
        "seed": snapshot.identity.seed,
        "model": proposal.model,
        "verified": False,  # becomes true when a program has been scored again in a fresh jail
        "sandbox": snapshot.contained(stored),
        "tokens": stored.cost.tokens if stored.cost else None,
        "usd": stored.cost.money if stored.cost else None,
    }


def provenance_json(stored: StoredTrial, behind: Iterable[StoredCall]) -> dict[str, Any]:
    """What the model that wrote a program was asked and said, and the calls that led to it."""
    proposal = stored.trial.proposal
    return {
        "prompt": [dict(message) for message in proposal.prompt],
        "reply": proposal.reply,
        "calls": [call.digest for call in behind],
    }


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation as a JSON object."""
    return {
        "status": str(evaluation.status),
        "score": evaluation.score,
        "metrics": dict(evaluation.metrics),
        "features": dict(evaluation.features),
        "feedback": evaluation.feedback,
        "cpu_seconds": evaluation.cpu_seconds,
        "wall_seconds": evaluation.wall_seconds,
    }


def ancestor_row(ancestor: Ancestor, containment: Mapping[int, Containment]) -> dict[str, Any]:
    """One row of a family tree as a JSON object."""
    trial = ancestor.origin.trial if ancestor.origin else None
    return {
        "depth": ancestor.depth,
        "id": ancestor.program,
        "step": ancestor.origin.step if ancestor.origin else None,
        "origin": trial.proposal.operator if trial else None,
        "score": trial.evaluation.score if trial and trial.evaluation else None,
        "parents": list(trial.proposal.parents) if trial else [],
        "repeated": ancestor.repeated,
        "sandbox": containment.get(ancestor.origin.run, Containment.UNKNOWN) if ancestor.origin else None,
    }


def niche_labels(stored: StoredTrial, snapshot: Snapshot) -> dict[str, str] | None:
    """The program's niche as the archive calls it, part by part; None if it has none."""
    placement = stored.trial.placement
    if placement is None or placement.niche is None:
        return None
    return dict(snapshot.archive.label(placement.niche))


def jsonl(programs: Iterable[StoredTrial], snapshot: Snapshot) -> str:
    """One JSON object a line."""
    return "".join(to_json(row(stored, snapshot)) + "\n" for stored in programs)


def flat_csv(programs: Sequence[StoredTrial], snapshot: Snapshot) -> str:
    """A table with a header; niche, metrics and features become columns such as `features.size`.

    A text that a spreadsheet would calculate gets an apostrophe in front; `jsonl` has every text as it is.
    """
    rows = [{key: _inert(value) for key, value in _flat(row(stored, snapshot)).items()} for stored in programs]
    columns = [column for key in COLUMNS for column in _columns_of(key, rows)]
    text = io.StringIO(newline="")
    # Every text in quotes: a lone carriage return in it would else begin a new row for some readers.
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def python_file(stored: StoredTrial, snapshot: Snapshot) -> str:
    """A .py file that says where it came from and runs by itself."""
    identity, run = snapshot.identity, snapshot.run_of(stored)
    proposal, evaluation = stored.trial.proposal, stored.trial.evaluation
    facts = {
        "evosearch": run.versions["evosearch"] if run else None,
        "task": identity.task,
        "domain": identity.domain,
        "problem": proposal.program.problem,
        "program": proposal.program.id,
        "score": evaluation.score if evaluation else None,
        "status": str(evaluation.status) if evaluation else "duplicate",
        "origin": proposal.operator,
        "parents": list(proposal.parents),
        "model": proposal.model,
        "run": stored.run,
        "seed": identity.seed,
        "sandbox": snapshot.contained(stored),
        "walls": walls(run.record.sandbox) if run else None,
    }
    return wrap(proposal.program.source, facts, packages=snapshot.facts.packages, warning=_warning(stored, snapshot))


def file_name(stored: StoredTrial) -> str:
    """A name for the program's file that no other program of the archive has."""
    program = stored.trial.proposal.program
    problem = _NOT_IN_A_FILE_NAME.sub("_", program.problem or "").strip("._")[:80]
    return f"{problem or 'program'}-{program.id}.py"


def _warning(stored: StoredTrial, snapshot: Snapshot) -> str:
    if snapshot.contained(stored) is not Containment.UNSAFE:
        return ""
    return f"UNSAFE: run {stored.run} demanded no sandbox (--unsafe-no-sandbox), so the score may be forged."


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": item for name, item in value.items()}
        elif isinstance(value, list):
            flat[key] = " ".join(map(str, value))
        else:
            flat[key] = value
    return flat


def _columns_of(key: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns that a key became, in the order in which they first occur."""
    nested = {column: None for row in rows for column in row if column.startswith(f"{key}.")}
    return list(nested) if key in ("niche", "metrics", "features") else [key]
