"""`evosearch init`: make a task."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from evosearch.cli.output import say
from evosearch.cli.places import complete_domain
from evosearch.errors import UsageError


def init(
    domain: Annotated[str, typer.Argument(help="puzzles, custom, …", autocompletion=complete_domain)],
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to make it; by default a folder named DOMAIN.")
    ] = None,
    puzzles: Annotated[
        Path | None, typer.Option(help="Your own puzzles: a file in P3's format, or a folder of Python files.")
    ] = None,
) -> None:
    """Make a task that runs as it is: a folder with evosearch.toml and what belongs to it.

    Nothing is ever overwritten.
    """
    import tomllib

    from evosearch import registry
    from evosearch.config_file import FILE_NAME
    from evosearch.types import Recipe

    if puzzles is not None and not puzzles.exists():
        raise UsageError(f"--puzzles: there is no file or folder {puzzles}")
    maker = registry.domain(domain)
    folder = directory or Path(domain)
    files = maker.scaffold(puzzles.absolute() if puzzles else None, folder.absolute().name)
    if puzzles is not None:
        # What the file refuses is said before anything is written.
        options = tomllib.loads(files[FILE_NAME]).get(domain, {})
        for warning in maker(Recipe(domain, folder.name, str(folder.absolute()), options)).warnings:
            say(f"warning: {warning}")
    _write(folder, files)
    say(f"made {', '.join(str(folder / name) for name in sorted(files))}")
    say(f"next: evosearch run {folder}")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder that holds none of them.

    Raises:
        UsageError: One is there already, or they cannot be written.
    """
    if in_the_way := sorted(name for name in files if (folder / name).exists()):
        raise UsageError(
            f"{folder} already holds {', '.join(in_the_way)}; nothing was written",
            hint="name another folder, or move them away",
        )
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(content)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename}: {error.strerror}") from error
