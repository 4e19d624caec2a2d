"""The map of an archive as coloured cells that can be read without the colour too.

The last two axes that are no problem span the picture, whatever niches the archive itself has. What remains is summed
up in each cell: with many problems the cell says how many of them have an elite there, else it shows the best score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from evosearch.report.printable import one_line
from evosearch.types import Axis, Elite

#: Dark blue to yellow, even in lightness: readable by people who do not tell red from green (viridis, 6 of 256).
_COLOURS = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
_DARK_TEXT_FROM = 3
_EMPTY = "·"


@dataclass(frozen=True, slots=True)
class Heatmap:
    """What the picture shows.

    Attributes:
        rows: The axis downwards; None if the map has one row.
        columns: The axis to the right; None if the map has one cell.
        values: The value of each filled cell, by row and column.
        counting: Whether a value is a number of problems; else it is the best score.
    """

    rows: Axis | None
    columns: Axis | None
    values: dict[tuple[int, int], float]
    counting: bool


def heatmap(axes: tuple[Axis, ...], elites: Iterable[Elite], *, problem: str | None = None) -> Heatmap:
    """Sum the elites up in a picture.

    Args:
        axes: The axes of the map.
        elites: What it holds.
        problem: Show the map of this problem alone.
    """
    many = bool(axes) and axes[0].name == "problem"
    free = range(1 if many else 0, len(axes))
    row, column = (axes[free[-2]] if len(free) > 1 else None), (axes[free[-1]] if free else None)
    counting = many and problem is None
    found: dict[tuple[int, int], dict[str | None, float]] = {}
    for elite in elites:
        if problem is not None and elite.program.problem != problem:
            continue
        place = (_index(row, elite), _index(column, elite))
        scores = found.setdefault(place, {})
        scores[elite.program.problem] = max(elite.score, scores.get(elite.program.problem, elite.score))
    values = {place: float(len(by)) if counting else max(by.values()) for place, by in found.items()}
    return Heatmap(row, column, values, counting)


def _index(axis: Axis | None, elite: Elite) -> int:
    return 0 if axis is None else axis.index(elite.evaluation.features[axis.name])


def describe(picture: Heatmap) -> dict[str, Any]:
    """The picture as a JSON object: labels of rows and columns, and a value or null for each cell."""
    rows, columns = _labels(picture.rows), _labels(picture.columns)
    cells = [[picture.values.get((row, column)) for column in range(len(columns))] for row in range(len(rows))]
    return {
        "rows": {"axis": picture.rows.name if picture.rows else None, "labels": rows},
        "columns": {"axis": picture.columns.name if picture.columns else None, "labels": columns},
        "value": "problems" if picture.counting else "best score",
        "cells": cells,
    }


def draw(picture: Heatmap) -> Group:
    """The picture as a table for a terminal."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(
        Text(one_line(picture.rows.name) if picture.rows else ""), justify="right", style="bold", no_wrap=True
    )
    columns = picture.columns.cells if picture.columns else 1
    for index in range(columns):
        table.add_column(Text(_label(picture.columns, index)), justify="center", min_width=8, no_wrap=True)
    for index in range(picture.rows.cells if picture.rows else 1):
        cells = (_cell(picture, picture.values.get((index, column))) for column in range(columns))
        table.add_row(Text(_label(picture.rows, index)), *cells)
    return Group(Text(_title(picture)), Text(), table)


def _title(picture: Heatmap) -> str:
    shown = "problems with a program in the cell" if picture.counting else "best score in the cell"
    downwards = f"{_axis_name(picture.rows)} downwards, " if picture.rows else ""
    return f"{downwards}{_axis_name(picture.columns)} to the right; {shown}" if picture.columns else shown


def _axis_name(axis: Axis | None) -> str:
    return "" if axis is None else one_line(axis.name + (f" ({axis.unit})" if axis.unit else ""))


def _labels(axis: Axis | None) -> list[str]:
    return [axis.label(index) for index in range(axis.cells)] if axis else [""]


def _label(axis: Axis | None, index: int) -> str:
    return "" if axis is None else one_line(axis.label(index), 14)


def _cell(picture: Heatmap, value: float | None) -> Text:
    if value is None:
        return Text(_EMPTY, style="dim")
    low, high = min(picture.values.values()), max(picture.values.values())
    if picture.counting:
        low = 0
    share = 1.0 if high == low else (value - low) / (high - low)
    shade = round(share * (len(_COLOURS) - 1))
    text = f"{value:.0f}" if picture.counting else f"{value:.4g}"
    ink = "#000000" if shade >= _DARK_TEXT_FROM else "#ffffff"
    return Text(f"{text:^8}", style=Style(color=ink, bgcolor=_COLOURS[shade]))
