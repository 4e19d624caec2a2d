"""What people read."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from evosearch import registry
from evosearch.report import heatmap, tables, terminal
from evosearch.report.containment import Containment
from evosearch.report.printable import one_line
from evosearch.report.snapshot import kept, take
from evosearch.search.ledger import Ledger


@pytest.fixture
def printed():
    def printed(renderable, width=100):
        console = Console(width=width, file=io.StringIO(), highlight=False)
        console.print(renderable)
        return console.file.getvalue()

    return printed


def test_the_summary_tells_the_archive(printed, snapshot):
    text = printed(terminal.summary(snapshot, {"solved": 1, "by_theme": {"a": 1}}))
    for part in ("drill (puzzles)", "seed 3", "21 evaluations", "3 of 12 cells (25.0%)", "crashed 1", "0.95 by"):
        assert part in text
    assert "by theme" not in text


def test_without_figures_of_the_domain_it_counts_what_is_solved(printed, snapshot):
    assert "1 of 2 problems" in printed(terminal.summary(snapshot, None))


def ranked(store, snapshot):
    return [kept(store, elite.program.id) for elite in snapshot.ranked()]


def test_top_lists_what_it_is_given(printed, store, snapshot):
    lines = printed(terminal.top(snapshot, ranked(store, snapshot))).splitlines()
    assert [line.split()[0] for line in lines] == ["score", "0.95", "0.5", "0.25"]
    assert "return n + 1" in lines[1]


def test_a_program_is_shown_with_its_origin_and_its_evaluation(printed, store, snapshot, hand_made):
    stored = kept(store, hand_made["second"].proposal.program.id)
    text = printed(terminal.program(stored, snapshot, 100))
    for part in ("crossover", hand_made["first"].proposal.program.id, "0.95", "size 8..16", "def sol(n=3):", "0.250 s"):
        assert part in text


def test_a_hostile_program_cannot_steer_the_terminal(printed, store, snapshot, hand_made):
    stored = kept(store, hand_made["hostile"].proposal.program.id)
    text = printed(terminal.program(stored, snapshot, 100))
    text += printed(terminal.top(snapshot, ranked(store, snapshot)))
    text += printed(terminal.lineage(store.lineage(stored.trial.proposal.program.id), snapshot.containment))
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
    assert "[bold red]x[/bold red]" in text
    assert r"said \x1b[31m[red]no[/red]" in text


def test_a_long_source_is_shown_whole_and_plain(printed, store, hand_made):
    program = hand_made["first"].proposal.program
    long = type(program)("x = 1\n" * 5_000)
    assert printed(terminal.source(long, 100)).count("x = 1") == 5_000


def test_a_family_tree_hangs_parents_below_their_child(printed, store, hand_made):
    ancestors = store.lineage(hand_made["second"].proposal.program.id)
    lines = printed(terminal.lineage(ancestors, {1: Containment.CONTAINED})).splitlines()
    assert lines[0].startswith(hand_made["second"].proposal.program.id)
    assert lines[1].startswith("└── " + hand_made["first"].proposal.program.id)


def test_the_summary_tells_of_an_unsafe_run_whatever_ran_later(printed, mixed):
    text = printed(terminal.summary(take(mixed), None))
    assert "UNSAFE: run 2 ran without demanding a sandbox (--unsafe-no-sandbox)" in text
    assert "sandbox       resource limits, landlock, seccomp" in text


def test_a_safe_archive_has_no_stamp_at_all(printed, store, snapshot):
    shown = printed(terminal.summary(snapshot, None)) + printed(terminal.top(snapshot, ranked(store, snapshot)))
    assert "unsafe" not in shown.lower()


def test_programs_of_an_unsafe_run_are_stamped_wherever_they_are_shown(printed, mixed, hand_made):
    snapshot = take(mixed)
    lines = printed(terminal.top(snapshot, ranked(mixed, snapshot))).splitlines()
    assert [line.split()[2] for line in lines] == ["sandbox", "contained", "contained", "UNSAFE"]
    hostile = hand_made["hostile"].proposal.program.id
    assert "UNSAFE: the run demanded no sandbox" in printed(terminal.program(kept(mixed, hostile), snapshot, 100))
    assert f"{hostile}  UNSAFE" in printed(terminal.lineage(mixed.lineage(hostile), snapshot.containment))


@pytest.mark.parametrize("text", ["[red]x[/red]", "[link=x]x[/link]", ":skull:", "x\x1b[2J"])
def test_names_of_the_task_are_shown_as_they_are(printed, store, snapshot, text):
    axes = (replace(snapshot.facts.axes[0], categories=(text, "words")), replace(snapshot.facts.axes[1], name=text))
    facts = replace(snapshot.facts, axes=(*axes, snapshot.facts.axes[2]))
    archive = registry.make_archive("grid", facts.axes, score_floor=0.0)
    hostile = replace(
        snapshot,
        identity=replace(snapshot.identity, task=text),
        facts=facts,
        ledger=Ledger(archive, facts.problems, facts.solved_score),
    )
    shown = one_line(text)
    assert shown in printed(terminal.summary(hostile, {text: 1.0}))
    lines = printed(terminal.top(hostile, ranked(store, snapshot)), width=160).splitlines()
    assert shown in lines[0]
    assert shown in lines[1]
    assert shown in printed(tables.pairs([(text, "x")]))
    assert shown in printed(terminal.settings([(text, 1, text)]))
    assert shown[:13] in printed(heatmap.draw(heatmap.heatmap(axes, [])))
