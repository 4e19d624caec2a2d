"""The plain tables that all views are made of."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from evosearch.report.printable import one_line, printable


def pairs(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Names on the left, values on the right."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(one_line(name)), Text(printable(value)) if isinstance(value, str) else value)
    return table


def columns(names: Iterable[str], *, left: int = 1) -> Table:
    """A table with a header: texts in the first columns, numbers in the others."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for position, name in enumerate(names):
        is_text = position < left
        # Where it is narrow, a text goes on in the next line; a number does not.
        table.add_column(name, justify="left" if is_text else "right", overflow="fold", no_wrap=not is_text)
    return table


def heading(text: str) -> Text:
    """A line above a part."""
    return Text(one_line(text), style="bold underline")


def number(value: float) -> str:
    """A number in six digits at most."""
    return f"{value:,.6g}"
