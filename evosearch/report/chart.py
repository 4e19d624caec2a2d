"""Curves as charts for a terminal: braille dots, readable without colour."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.console import Group, RenderableType
from rich.text import Text

from evosearch.report.amounts import dollars, duration
from evosearch.report.containment import warning
from evosearch.report.curve import Curve, figures
from evosearch.report.forecast import CONFIDENCE
from evosearch.report.tables import columns, heading, number
from evosearch.report.terminal import alarm

#: A braille character holds 2 dots across and 4 down; these are their bits (Unicode, block U+2800).
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK = 0x2800
_HEIGHT = 6
_WIDEST = 100
#: A chart begins with what was reached after this part of the budget: a first score may be worse by powers of ten.
_BEGINNING = 0.02


def draw(curve: Curve, over: str, width: int) -> Group:
    """The figures of a curve as charts one above the other, and what more budget would bring.

    Args:
        curve: What is drawn.
        over: Which of `SUMS` runs to the right.
        width: Of the terminal, in columns.

    Raises:
        UsageError: Nothing was spent of it.
    """
    spent = curve.spent_on(over)
    width = min(width, _WIDEST)
    parts: list[RenderableType] = []
    for figure in figures(curve):
        parts += [heading(figure.name), *_chart(spent, figure.values, amount(over, spent[-1]), width), Text()]
    parts += _outlooks(curve, over, spent)
    unsafe = warning(curve.containment)
    return Group(*parts, *([Text(), alarm(unsafe)] if unsafe else []))


def amount(over: str, spent: float) -> str:
    """How much was spent: `1,200 evaluations`, `$0.12`, `3 min 5 s`."""
    if over == "usd":
        return dollars(spent)
    return duration(spent) if over == "seconds" else f"{spent:,.0f} {over}"


def plot(spent: Sequence[float], values: Sequence[float], low: float, high: float, columns: int) -> list[str]:
    """A step function as rows of braille characters, the upper one first.

    Args:
        spent: Where it steps, never falling, from 0 on; the last one is at the right edge.
        values: What it steps to.
        low: The value at the lower edge; what is below is drawn there.
        high: The value at the upper edge.
        columns: How many characters a row has.
    """
    across, down = 2 * columns, 4 * _HEIGHT
    cells = [[0] * columns for _ in range(_HEIGHT)]

    def level(value: float) -> int:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(min(1.0, max(0.0, share)) * (down - 1))

    def mark(x: int, y: int) -> None:
        cells[(down - 1 - y) // 4][x // 2] |= _DOTS[x % 2][(down - 1 - y) % 4]

    places = [round(min(1.0, at / spent[-1]) * (across - 1)) for at in spent]
    levels = [level(value) for value in values]
    for (begin, end), (left, right) in zip(pairwise(places), pairwise(levels), strict=True):
        for x in range(begin, end + 1):
            mark(x, left)
        for y in range(min(left, right), max(left, right) + 1):
            mark(end, y)
    mark(places[-1], levels[-1])
    return ["".join(chr(_BLANK + cell) for cell in row) for row in cells]


def _chart(spent: Sequence[float], values: Sequence[float | None], total: str, width: int) -> Iterator[Text]:
    known = [(at, value) for at, value in zip(spent, values, strict=True) if value is not None]
    if not known:
        yield Text("nothing yet", style="dim")
        return
    reached = [value for _, value in known]
    begin = max((value for at, value in known if at <= _BEGINNING * spent[-1]), default=reached[0])
    low, high = min([begin, *(value for at, value in known if at > _BEGINNING * spent[-1])]), max(reached)
    labels = [number(high), *[""] * (_HEIGHT - 2), f"≤ {number(low)}" if min(reached) < low else number(low)]
    if low == high:
        labels = ["", "", number(high), *[""] * (_HEIGHT - 3)]
    margin = max(map(len, labels))
    across = width - margin - 3
    at, drawn = zip(*known, strict=True)
    for label, row in zip(labels, plot(at, drawn, low, high, across), strict=True):
        yield Text.assemble(f"{label:>{margin}} {'┤' if label else '│'}", (row.rstrip(chr(_BLANK)), "cyan"))
    yield Text(f"{'':{margin}} └{'─' * across}")
    yield Text(f"{'':{margin}}  0{total:>{across - 1}}")


def _outlooks(curve: Curve, over: str, spent: Sequence[float]) -> Iterator[RenderableType]:
    yield heading("what more would bring")
    table = columns(["figure", "with", "expected", "from", "to"], left=2)
    untold = []
    for figure in figures(curve):
        found = figure.forecast(spent)
        if found.reason:
            untold.append(f"{figure.name}: no forecast, {found.reason}")
        for outlook in found.outlooks:
            ends = (outlook.expected, outlook.low, outlook.high)
            table.add_row(figure.name, amount(over, outlook.budget), *map(figure.words, ends))
    if table.row_count:
        yield table
        yield Text(
            f"from, to: where it lies in {CONFIDENCE:.0%} of cases, if the search goes on as it went", style="dim"
        )
    yield from (Text(line) for line in untold)
