"""`evosearch doctor`: what this machine offers."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from typing import Annotated, Any

import typer

from evosearch.cli.output import show, show_json


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Tell which walls of the sandbox stand on this machine, which do not, and the versions of the parts."""
    from rich.text import Text

    from evosearch.cli.walls import not_covered, walls
    from evosearch.report.terminal import pairs

    versions, layers, open_doors = _versions(), walls(), not_covered()
    if json:
        described = [{"name": wall.name, "covers": wall.covers, "problem": wall.problem} for wall in layers]
        show_json({"versions": versions, "sandbox": {"layers": described, "not_covered": open_doors}})
        return
    show(Text("versions", style="bold underline"), pairs(versions.items()), "")
    show(Text("walls of the sandbox", style="bold underline"))
    show(pairs((wall.name, Text.assemble(_verdict(wall.problem), f" against {wall.covers}")) for wall in layers))
    if open_doors:
        show("", Text("not covered yet: a program under test can still", style="bold underline"))
        show(pairs((name, what) for name, what in open_doors.items()))


def _verdict(problem: str | None) -> tuple[str, str]:
    return ("stands", "green") if problem is None else (f"missing ({problem}),", "red")


def _versions() -> dict[str, Any]:
    import platform
    import sqlite3
    from importlib.metadata import version

    from evosearch import __version__
    from evosearch.report.snapshot import SCHEMA

    return {
        "evosearch": __version__,
        "schema": str(SCHEMA),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
