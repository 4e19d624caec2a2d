"""A comparison for people: each figure of each run, what it cost, and what can be told."""

from collections.abc import Iterator
from statistics import median

from rich.console import Group, RenderableType
from rich.text import Text

from evosearch.report.amounts import count, duration, money_in_short, thousands
from evosearch.report.comparison import Comparison, Contrast, Score, Verdict
from evosearch.report.containment import warning
from evosearch.report.tables import columns, heading, number
from evosearch.report.terminal import alarm

_ANSWERS = {
    Verdict.HELPED: "it helped",
    Verdict.HURT: "it did not: without it the same budget came further",
    Verdict.EQUAL: "it made no difference: all went alike, seed by seed; a greater --budget may tell them apart",
    Verdict.UNKNOWN: "that cannot be told; more --seeds may tell",
}
_STYLES = {Verdict.HELPED: "bold green", Verdict.HURT: "bold red"}


def draw(comparison: Comparison) -> Group:
    """The tables and the verdicts; the last line is the answer."""
    parts: list[RenderableType] = []
    for score in comparison.scores:
        parts += [heading(score.name), _figure(comparison, score), *_verdicts(comparison, score), Text()]
    parts += [heading("what it cost, all seeds together"), _costs(comparison), Text(), *_unsafe(comparison)]
    return Group(*parts, _answer(comparison))


def _figure(comparison: Comparison, score: Score) -> RenderableType:
    """A row for each seed, a column for each arm."""
    table = columns(["seed", *comparison.arms])
    for position, seed in enumerate(comparison.seeds):
        table.add_row(str(seed), *(number(score.by_arm[arm][position]) for arm in comparison.arms))
    values = [score.by_arm[arm] for arm in comparison.arms]
    table.add_row("median", *(number(median(those)) for those in values), style="bold")
    for name, end in (("least", min), ("most", max)):
        table.add_row(name, *(number(end(those)) for those in values))
    return table


def _verdicts(comparison: Comparison, score: Score) -> Iterator[Text]:
    for contrast in score.contrasts:
        label = f"{comparison.arms[contrast.arm]} against {comparison.arms[contrast.baseline]}: "
        yield Text.assemble(label, (contrast.verdict, _STYLES.get(contrast.verdict, "bold")), f"; {_reason(contrast)}")


def _reason(contrast: Contrast) -> str:
    """`+0.12 on average (95% interval 0.05 to 0.19)`; of what cannot be told, what could have been seen too."""
    seeds = count(len(contrast.differences), "seed")
    if contrast.verdict is Verdict.EQUAL:
        return f"equal for all {seeds}"
    found = f"{contrast.mean:+,.4g} on average (95% interval {contrast.low:,.4g} to {contrast.high:,.4g})"
    if contrast.verdict is not Verdict.UNKNOWN:
        return found
    if contrast.smallest == 0:
        return f"{contrast.mean:+,.4g} for each of {seeds}, which are too few to be sure"
    return f"{found}; smallest difference that {seeds} could have shown: {contrast.smallest:,.4g}"


def _costs(comparison: Comparison) -> RenderableType:
    table = columns(["", "evaluations", "calls", "tokens", "usd", "CPU of judging", "wall"])
    for arm, title in comparison.arms.items():
        spent = comparison.spent(arm)
        cpu = sum(trial.curve.cpu_seconds for trial in comparison.of(arm))
        counts = (f"{spent.evaluations:,}", f"{spent.calls:,}", thousands(spent.tokens), money_in_short(spent))
        table.add_row(title, *counts, f"{cpu:,.1f} s", duration(spent.seconds))
    return table


def _unsafe(comparison: Comparison) -> Iterator[Text]:
    """A line for each archive whose scores may be forged."""
    for trial in comparison.trials:
        if unsafe := warning(trial.curve.containment):
            yield alarm(f"{trial.path}: {unsafe}")


def _answer(comparison: Comparison) -> Text:
    judged = next(iter(comparison.arms.values()))
    found = comparison.verdict
    return Text.assemble(f"was {judged} worth it? ", (_ANSWERS[found], _STYLES.get(found, "bold")))
