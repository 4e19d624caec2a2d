"""The command line: one file a command; here are the app, and the way from an error to an exit code.

Commands import what is heavy when they run, so that `evosearch --help` is quick.
"""

import os
import sys
import traceback
from types import TracebackType
from typing import Annotated

import typer
from typer.main import get_command

from evosearch import __version__
from evosearch.cli.doctor import doctor
from evosearch.cli.evaluate import evaluate
from evosearch.cli.export import export
from evosearch.cli.init import init
from evosearch.cli.output import report_error, report_traceback
from evosearch.cli.run import run
from evosearch.cli.show import app as show_app
from evosearch.errors import EvosearchError, ExitCode

_EPILOG = (
    "[bold]Exit codes[/bold]  0 done, 1 failed, 2 usage or configuration, 3 nothing valid was found, "
    "4 no sandbox, 5 the model provider, 130 interrupted and saved."
)
#: May stand anywhere on the command line.
_GLOBAL_FLAGS = ("--debug", "--no-color")

app = typer.Typer(
    name="evosearch",
    help="Search for programs: an archive of the best of every kind, and a jail that scores cannot be forged in.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init)
app.command()(run)
app.add_typer(show_app, name="show")
app.command()(export)
app.command()(evaluate)
app.command()(doctor)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - the signature of an option's callback
    if asked:
        print(f"evosearch {__version__}")  # noqa: T201 - one plain line for programs
        raise typer.Exit


def _without_colour(asked: bool) -> None:  # noqa: FBT001 - the signature of an option's callback
    if asked:
        # What typer and rich print by themselves obeys it too.
        os.environ["NO_COLOR"] = "1"


@app.callback()
def evosearch(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours, like NO_COLOR.", callback=_without_colour, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of all commands."""


def main() -> None:
    """Run the command line and exit with its code."""
    arguments = _global_flags_first(sys.argv[1:])
    debug = "--debug" in arguments
    sys.excepthook = _report_traceback if debug else _report_defect
    try:
        get_command(app)(args=arguments, prog_name="evosearch")
    except EvosearchError as error:
        if debug:
            report_traceback(error)
        report_error(error)
        sys.exit(error.exit_code)
    except OSError as error:
        if debug:
            report_traceback(error)
        report_error(EvosearchError(f"{error.filename or 'the system'}: {error.strerror or error}"))
        sys.exit(ExitCode.FAILED)


def _global_flags_first(arguments: list[str]) -> list[str]:
    """The arguments with `--debug` and `--no-color` moved to the front, where typer expects them."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    flags = [word for word in arguments[:end] if word in _GLOBAL_FLAGS]
    return flags + [word for word in arguments[:end] if word not in _GLOBAL_FLAGS] + arguments[end:]


def _report_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:  # noqa: ARG001 - the signature of a hook
    report_traceback(error)


def _report_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What a person reads when the fault is ours; Python's exit code for it is 1."""
    place = traceback.extract_tb(trace)[-1]
    report_error(
        EvosearchError(
            f"evosearch has a defect: {kind.__name__}: {error} ({place.filename}:{place.lineno})",
            hint="nothing that was recorded is lost; run again with --debug and report the traceback",
        )
    )
