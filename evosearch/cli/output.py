"""Where output goes: data on stdout, talk on stderr, both without colour where nobody wants any.

Rich honours NO_COLOR and TERM=dumb by itself; `--no-color` sets NO_COLOR.
"""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from __future__ import annotations  # the signatures name rich, which `--version` and completion do without

import os
import sys
from typing import TYPE_CHECKING, Any

from evosearch.errors import EvosearchError, Interrupted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


_WIDTH_OF_A_FILE = 140


def data_console() -> Console:
    """The console of what was asked for: stdout."""
    from rich.console import Console

    # A file has no edge to wrap at; COLUMNS still has the last word.
    wide = None if stdout_is_terminal() or "COLUMNS" in os.environ else _WIDTH_OF_A_FILE
    return Console(highlight=False, width=wide)


def talk_console() -> Console:
    """The console of everything else: stderr."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def show(*renderables: RenderableType) -> None:
    """Print data for people."""
    console = data_console()
    for renderable in renderables:
        console.print(renderable)


def show_json(value: Any) -> None:
    """Print data for programs: one JSON document."""
    from evosearch.report.printable import to_json

    print(to_json(value, indent=2))  # noqa: T201 - rich would wrap and colour what a program reads


def say(message: str) -> None:
    """Print a line of talk; whatever is quoted in it cannot steer the terminal."""
    from rich.text import Text

    from evosearch.report.printable import printable

    talk_console().print(Text(printable(message)), soft_wrap=True)


def report_error(error: EvosearchError) -> None:
    """Print what went wrong and what to do; being interrupted is no error."""
    from rich.text import Text

    from evosearch.report.printable import printable

    console = talk_console()
    label = ("", "") if isinstance(error, Interrupted) else ("error: ", "bold red")
    console.print(Text.assemble(label, printable(str(error))), soft_wrap=True)
    if error.hint:
        console.print(Text.assemble(("hint: ", "bold"), printable(error.hint)), soft_wrap=True)


def report_traceback(error: BaseException) -> None:
    """Print where an error arose: its text may quote a program, so it cannot steer the terminal either."""
    import traceback

    from evosearch.report.printable import printable

    sys.stderr.write(printable("".join(traceback.format_exception(error))))


def stdout_is_terminal() -> bool:
    """Whether a person reads stdout on a screen."""
    return sys.stdout.isatty()
