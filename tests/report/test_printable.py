"""Nothing that a candidate wrote can steer a terminal."""

import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from evosearch.errors import Status
from evosearch.report import export, heatmap, terminal
from evosearch.report.printable import one_line, printable, to_json
from evosearch.report.progress import PlainProgress
from evosearch.report.provenance import wrap
from evosearch.report.snapshot import kept, take
from evosearch.search.budget import Budget
from evosearch.search.events import Progress, Refused, Settled
from evosearch.store import Store
from evosearch.store.records import Ancestor
from evosearch.types import Elite, Evaluation, Program, Proposal, Step, Usage

#: What the bidirectional algorithm obeys (Unicode standard annex 9, table 4).
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_escape_sequences_become_visible():
    assert printable("\x1b[2J\x9b31m\x7f\r") == r"\x1b[2J\x9b31m\x7f\r"


def test_marks_that_turn_the_direction_of_writing_become_visible():
    assert printable("a\u202eb\u2066c") == r"a\u202eb\u2066c"


@pytest.mark.parametrize("mark", ["\u061c", "\u200b", "\u2060", "\ufeff", "\U000e0041"])
def test_marks_that_cannot_be_seen_become_visible(mark):
    assert printable(f"a{mark}b").isascii()


def test_a_source_keeps_its_lines_and_tabs():
    assert printable("def f():\n\treturn 'é漢'\n") == "def f():\n\treturn 'é漢'\n"


def test_one_line_is_one_line_of_a_width():
    assert one_line("a\n\tb") == r"a\n\tb"
    assert one_line("abcdef", 4) == "abc…"


def test_json_is_ascii_and_has_null_for_what_is_not_finite():
    assert to_json({"a": [float("nan"), 1.5, ("\x9b", float("inf"))]}) == r'{"a": [null, 1.5, ["\u009b", null]]}'


@given(st.text(st.characters()))
def test_no_control_character_is_left_of_any_text(text):
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\t\n"]
    assert not [c for c in shown if unicodedata.bidirectional(c) in _TURNING]
    assert len(one_line(text).splitlines()) <= 1
    shown.encode("utf-8")


# --- the same, wherever text is shown ---

hostile = st.text(st.characters() | st.sampled_from("\x1b\x9b\x07\r\n\u202e\u061c[]\\:="), max_size=30)


def obeyed(text):
    """The characters of a text that a terminal does not just show."""
    return {
        c
        for c in text
        if c != "\n"
        and (unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(c) in _TURNING)
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory, drill):
    """A snapshot, and a stored program whose texts can be replaced."""
    with Store.read(drill(tmp_path_factory.mktemp("neutral") / "drill.db")) as store:
        snapshot = take(store)
        return snapshot, kept(store, snapshot.archive.best.program.id)


def spoiled(stored, text):
    """The same trial, with the text wherever a trial holds any."""
    evaluation = Evaluation(Status.OK, 0.5, {text: 1.0}, {"style": text, text: 1.0}, text, log=text)
    proposal = Proposal(Program(text, "sums"), text, (text,), text, ({"role": text, "content": text},), text)
    reading = replace(stored.trial.reading, style=text, inputs_used=text)
    trial = replace(stored.trial, proposal=proposal, reading=reading, evaluation=evaluation, duplicate_of=text)
    return replace(stored, trial=trial)


def views(snapshot, stored, text):
    """Everything that is drawn of it."""
    identity = replace(snapshot.identity, task=text, domain=text)
    record = replace(snapshot.run.record, proposer=text, models=(text,), budget=text, sandbox={"layers": [text]})
    axes = tuple(replace(axis, name=text, unit=text) for axis in snapshot.facts.axes)
    facts = replace(snapshot.facts, axes=axes)
    spoiled_snapshot = replace(
        snapshot, identity=identity, facts=facts, runs=(replace(snapshot.run, record=record, ended=text),)
    )
    yield terminal.summary(spoiled_snapshot, {text: text})
    yield terminal.top(spoiled_snapshot, [stored])
    yield terminal.program(stored, spoiled_snapshot, 80)
    yield terminal.pairs(terminal.evaluation_rows(stored.trial.evaluation))
    yield terminal.lineage([Ancestor(0, text, stored), Ancestor(1, text, None)], {})
    yield terminal.settings([(text, text, text)])
    yield terminal.pairs([(text, text)])
    yield terminal.alarm(text)
    yield heatmap.draw(heatmap.heatmap(axes, []))


@settings(max_examples=60, deadline=None)
@given(text=hostile)
def test_every_view_is_harmless(made, text):
    snapshot, stored = made
    console = Console(file=io.StringIO(), width=80, highlight=False)
    for view in views(snapshot, spoiled(stored, text), text):
        console.print(view)
    assert not obeyed(console.file.getvalue())


@settings(max_examples=60, deadline=None)
@given(text=hostile)
def test_progress_is_harmless(made, text):
    _, stored = made
    console = Console(file=io.StringIO(), width=80, highlight=False)
    trial = spoiled(stored, text).trial
    best = Elite(Program(text, "sums" + text.replace("\0", "")), trial.evaluation, ())
    progress = Progress(1, Usage(), 1, 0, 0, 3, best, 1, 4, 0.5, 2, 1)
    view = PlainProgress(console, Budget(evaluations=10), verbose=True)
    failed = replace(trial, evaluation=replace(trial.evaluation, status=Status.CRASHED, score=None))
    view(Settled(Step(1, text, 1, (trial, failed), Usage(), text), progress))
    view(Refused({text: text}))
    view.say(text)
    assert not obeyed(console.file.getvalue())


@settings(max_examples=60, deadline=None)
@given(text=hostile)
def test_rows_and_headers_are_harmless(made, text):
    snapshot, stored = made
    assert not obeyed(export.jsonl([spoiled(stored, text)], snapshot))
    header = wrap("", {"problem": text, "parents": [text]}, packages=[text], warning=text)
    assert not obeyed(header)
    assert all(line.startswith("#") for line in header.splitlines() if line)
