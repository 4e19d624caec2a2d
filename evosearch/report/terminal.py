"""Tables, trees and sources for people at a terminal. What came from a candidate is made harmless first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from evosearch.report import amounts, calls
from evosearch.report.containment import Containment, walls, warning
from evosearch.report.export import niche_labels
from evosearch.report.printable import one_line, printable
from evosearch.report.snapshot import Snapshot
from evosearch.report.tables import number, pairs
from evosearch.store.records import Ancestor, StoredCall, StoredTrial
from evosearch.types import Evaluation, Program

#: A longer source is shown without colours: a lexer is no match for a text that was made to be slow.
_LONGEST_HIGHLIGHTED = 20_000
_WIDE = 60
_WIDEST_LABEL = 24
#: Figures of a domain that have a name among people.
_FIGURES = {"solved": "answer (first instance)", "solved_all_instances": "program (all instances)"}
_ALARM = "bold red"
#: What a reader is told of programs that were not wholly contained.
_CONTAINMENT = {
    Containment.PARTIAL: "partial: not every wall that a run demands stood",
    Containment.UNSAFE: "UNSAFE: the run demanded no sandbox (--unsafe-no-sandbox); the score may be forged",
    Containment.UNKNOWN: "unknown",
}


def alarm(text: str) -> Text:
    """A line that must not be missed."""
    return Text(printable(text), style=_ALARM)


def summary(snapshot: Snapshot, figures: Mapping[str, Any] | None) -> Table:
    """The archive in a dozen lines."""
    identity, record, ledger, counts = snapshot.identity, snapshot.run.record, snapshot.ledger, snapshot.counts
    failures = ", ".join(f"{status} {number:,}" for status, number in _failures(counts.by_status))
    rows: list[tuple[str, RenderableType]] = [
        ("task", f"{identity.task} ({identity.domain})"),
        ("run", f"seed {identity.seed}, {record.proposer}, {_ending(snapshot)}"),
        *([("models", ", ".join(map(one_line, record.models)))] if record.models else []),
        ("spent", amounts.spending(ledger.spent)),
        ("budget", record.budget or "none"),
        *calls.summary_rows(snapshot),
        ("programs", f"{counts.ok:,} with a score, {counts.failed:,} failed, {counts.duplicate:,} seen before"),
        *([("failures", failures)] if failures else []),
        ("archive", coverage(len(snapshot.archive), snapshot.archive.cells_total)),
        ("QD score", number(snapshot.archive.qd_score)),
        ("best", _best(snapshot)),
        *_figures(snapshot, figures),
        *([("pass@k", calls.pass_at_k(snapshot.pass_at_k))] if snapshot.pass_at_k else []),
        ("sandbox", _sandbox(Containment.of(record.sandbox), walls(record.sandbox))),
        *([("", alarm(text))] if (text := warning(snapshot.containment)) else []),
        ("digest", snapshot.archive.digest()),
    ]
    return pairs(rows)


def top(snapshot: Snapshot, programs: Sequence[StoredTrial]) -> Table:
    """Programs with a score as rows, in the order given; a column tells those that were not contained, if there are."""
    states = [snapshot.contained(stored) for stored in programs]
    stamped = any(state is not Containment.CONTAINED for state in states)
    niches = [niche_labels(stored, snapshot) or {} for stored in programs]
    parts = next(filter(None, niches), {})
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("score", justify="right", no_wrap=True, min_width=9)
    table.add_column("id", no_wrap=True, min_width=16)
    if stamped:
        table.add_column("sandbox", no_wrap=True, min_width=9)
    table.add_column(Text(" · ".join(map(one_line, parts))), no_wrap=True, overflow="ellipsis")
    table.add_column("program", no_wrap=True, overflow="ellipsis", min_width=8)
    for stored, state, labels in zip(programs, states, niches, strict=True):
        program, evaluation = stored.trial.proposal.program, stored.trial.evaluation
        score = "none" if evaluation is None or evaluation.score is None else number(evaluation.score)
        niche = Text(" · ".join(one_line(label, _WIDEST_LABEL) for label in labels.values()))
        table.add_row(score, program.id, *([_stamp(state)] if stamped else []), niche, Text(gist(program.source)))
    return table


def program(stored: StoredTrial, snapshot: Snapshot, width: int, behind: Sequence[StoredCall] = ()) -> Group:
    """One program: where it came from, its evaluation, its source, and what the model that wrote it was asked.

    Args:
        stored: The program.
        snapshot: The archive.
        width: Of the terminal, in columns.
        behind: The calls that led to it.
    """
    proposal, run = stored.trial.proposal, snapshot.run_of(stored)
    rows: list[tuple[str, RenderableType]] = [
        ("program", proposal.program.id),
        *([("problem", one_line(proposal.program.problem))] if proposal.program.problem else []),
        ("made by", one_line(proposal.operator) + (f" with {one_line(proposal.model)}" if proposal.model else "")),
        *([("cost", calls.cost(stored.cost))] if proposal.model else []),
        ("step", f"{stored.step} in run {stored.run}"),
        ("sandbox", _sandbox(snapshot.contained(stored), walls(run.record.sandbox if run else {}))),
        ("parents", ", ".join(map(one_line, proposal.parents)) or "none"),
    ]
    if stored.trial.duplicate_of:
        rows.append(("duplicate of", one_line(stored.trial.duplicate_of)))
    if stored.trial.evaluation is not None:
        rows += evaluation_rows(stored.trial.evaluation)
    if niche := niche_labels(stored, snapshot):
        rows.append(("niche", ", ".join(f"{one_line(name)} {one_line(label)}" for name, label in niche.items())))
    reading = stored.trial.reading
    rows.append(
        ("reads as", f"{reading.style}, {reading.nodes} nodes, description length {reading.description_length:g}")
    )
    return Group(pairs(rows), Text(), source(proposal.program, width), *calls.conversation(proposal, behind))


def evaluation_rows(evaluation: Evaluation) -> list[tuple[str, RenderableType]]:
    """An evaluation as names and values."""
    score = "none" if evaluation.score is None else repr(evaluation.score)
    rows: list[tuple[str, RenderableType]] = [("status", str(evaluation.status)), ("score", score)]
    rows += [(one_line(name), number(value)) for name, value in evaluation.metrics.items()]
    if evaluation.features:
        features = (f"{one_line(name)} {one_line(_value(value))}" for name, value in evaluation.features.items())
        rows.append(("features", ", ".join(features)))
    if evaluation.feedback:
        rows.append(("feedback", printable(evaluation.feedback)))
    rows.append(("time", f"{evaluation.cpu_seconds:.3f} s of CPU, {evaluation.wall_seconds:.3f} s on the wall"))
    if evaluation.log:
        rows.append(("printed", printable(evaluation.log)))
    return rows


def source(found: Program, width: int) -> RenderableType:
    """A program's text, highlighted."""
    text = printable(found.source)
    if len(text) > _LONGEST_HIGHLIGHTED:
        return Text(text)
    return Syntax(text, "python", theme="ansi_dark", background_color="default", word_wrap=True, code_width=width)


def lineage(ancestors: Sequence[Ancestor], containment: Mapping[int, Containment]) -> Tree:
    """A program's family tree, from it upwards.

    Args:
        ancestors: As `Store.lineage` gives them.
        containment: How well the programs of each run were contained.
    """
    root, *rest = ancestors
    tree = Tree(_relative(root, containment), guide_style="dim")
    branches = [tree]
    for ancestor in rest:
        del branches[ancestor.depth :]
        branches.append(branches[-1].add(_relative(ancestor, containment)))
    return tree


def settings(rows: Iterable[tuple[str, Any, str]]) -> Table:
    """Settings with their origins."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("origin", no_wrap=True)
    for key, value, origin in rows:
        style = "dim" if origin == "default" else ""
        table.add_row(Text(one_line(key)), Text(one_line(_value(value), _WIDE)), Text(one_line(origin), style=style))
    return table


def gist(text: str) -> str:
    """The line of a program that tells most: its last one that is not empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return one_line(lines[-1], _WIDE) if lines else ""


def coverage(filled: int, total: int | None) -> str:
    """How much of the map is filled."""
    if total is None:
        return amounts.count(filled, "elite")
    return f"{filled:,} of {total:,} cells ({filled / total:.1%})"


def solved(snapshot: Snapshot) -> str:
    """How many problems are solved."""
    progress = snapshot.ledger.progress(in_flight=0)
    return f"{progress.solved:,} of {progress.problems:,} problems"


def _figures(snapshot: Snapshot, figures: Mapping[str, Any] | None) -> list[tuple[str, RenderableType]]:
    """The domain's own figures, without its tables; if the domain cannot tell, how many problems are solved."""
    if figures is not None:
        plain = ((name, value) for name, value in figures.items() if not isinstance(value, Mapping | list))
        return [
            (_FIGURES.get(name, one_line(name.replace("_", " "))), one_line(_value(value), _WIDE))
            for name, value in plain
        ]
    if snapshot.facts.problems and snapshot.facts.solved_score is not None:
        return [("fully solved", solved(snapshot))]
    return []


def _ending(snapshot: Snapshot) -> str:
    run = snapshot.run
    return f"run {run.id} " + (f"ended: {run.ended}" if run.ended else "is under way, or was killed")


def _best(snapshot: Snapshot) -> str:
    elite = snapshot.archive.best
    if elite is None:
        return "nothing valid yet"
    problem = f" for {one_line(elite.program.problem, 40)}" if elite.program.problem else ""
    return f"{number(elite.score)} by {elite.program.id}{problem}"


def _failures(by_status: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(((status, count) for status, count in by_status.items() if status != "ok"), key=lambda pair: -pair[1])


def _sandbox(state: Containment, standing: str) -> RenderableType:
    if state is Containment.CONTAINED:
        return standing
    return Text.assemble((_CONTAINMENT[state], _ALARM), f"; walls that stood: {printable(standing)}")


def _stamp(state: Containment) -> Text:
    return Text("UNSAFE", style=_ALARM) if state is Containment.UNSAFE else Text(state)


def _relative(ancestor: Ancestor, containment: Mapping[int, Containment]) -> Text:
    line = Text(one_line(ancestor.program), style="bold")
    if ancestor.origin is None:
        return line.append("  not recorded", style="dim")
    trial = ancestor.origin.trial
    if containment.get(ancestor.origin.run) is Containment.UNSAFE:
        line.append("  UNSAFE", style=_ALARM)
    score = trial.evaluation.score if trial.evaluation else None
    line.append(f"  {one_line(trial.proposal.operator)}", style="not bold cyan")
    line.append(f"  {'no score' if score is None else number(score)}", style="not bold")
    line.append(f"  {gist(trial.proposal.program.source)}", style="not bold dim")
    return line.append("  (see above)", style="dim") if ancestor.repeated else line


def _value(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    if value is None:
        return "none"
    return str(value)
