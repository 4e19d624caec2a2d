"""What a word on the command line stands for: TASK is a folder or a domain, ARCHIVE a file or a task's name."""
# ruff: noqa: PLC0415 - heavy packages are imported by the command that needs them

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from evosearch.errors import ArchiveMissingError, UnknownNameError, UsageError

ARCHIVES = Path("archives")
_CONFIG = "evosearch.toml"


def find_task(word: str | None) -> Path | str:
    """The folder of the task's evosearch.toml, or the name of a domain.

    Args:
        word: A folder, an evosearch.toml, or a domain's name; None for the folder we are in.

    Raises:
        UsageError: There is no task here.
        UnknownNameError: The word is neither a folder with a task nor a domain.
    """
    from evosearch import registry

    if word is None:
        if Path(_CONFIG).is_file():
            return Path()
        raise UsageError(
            "there is no evosearch.toml here",
            hint="name a task, `evosearch run puzzles`, or make one, `evosearch init puzzles`",
        )
    path = Path(word)
    if path.name == _CONFIG and path.is_file():
        return path.parent
    if (path / _CONFIG).is_file():
        return path
    domains = registry.names("tasks")
    if word in domains:
        return word
    if path.is_dir():
        raise UsageError(f"the folder {word} holds no evosearch.toml", hint="`evosearch init DOMAIN DIR` makes one")
    near = get_close_matches(word, domains, n=1)
    raise UnknownNameError(
        f"{word!r} is neither a folder with an evosearch.toml nor one of the domains {', '.join(domains)}",
        hint=f"did you mean {near[0]!r}?" if near else "`evosearch init DOMAIN DIR` makes a task",
    )


def default_archive(task: str) -> Path:
    """Where a task's archive lies unless `--archive` says otherwise."""
    return ARCHIVES / f"{task}.db"


def find_archive(word: str | None) -> Path:
    """The file of an archive.

    Args:
        word: A path, the name of a task that has an archive here, or a task's folder; None for the newest here.

    Raises:
        ArchiveMissingError: There is none.
        ConfigError: The folder's evosearch.toml cannot be read.
    """
    if word is None:
        return _newest()
    path = Path(word)
    if path.is_file():
        return path
    if not default_archive(word).is_file() and (path / _CONFIG).is_file():
        from evosearch.config_file import ConfigFile

        word = str(ConfigFile.read(path).table.get("name", path.resolve().name))
    if default_archive(word).is_file():
        return default_archive(word)
    known = archive_names()
    near = get_close_matches(word, known, n=1)
    raise ArchiveMissingError(
        f"there is no archive {word!r}, neither as a file nor as {default_archive(word)}",
        hint=f"did you mean {near[0]!r}?" if near else _which(known),
    )


def archive_names() -> list[str]:
    """The tasks that have an archive here, sorted."""
    return sorted(path.stem for path in ARCHIVES.glob("*.db"))


def complete_archive(incomplete: str) -> list[str]:
    """Completion of ARCHIVE."""
    return _starting_with(incomplete, archive_names()) or _paths(incomplete, lambda path: path.suffix == ".db")


def complete_task(incomplete: str) -> list[str]:
    """Completion of TASK."""
    return complete_domain(incomplete) + _paths(incomplete, lambda path: (path / _CONFIG).is_file())


def complete_domain(incomplete: str) -> list[str]:
    """Completion of DOMAIN."""
    from evosearch import registry

    return _starting_with(incomplete, list(registry.names("tasks")))


def _newest() -> Path:
    found = sorted(ARCHIVES.glob("*.db"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not found:
        raise ArchiveMissingError(
            f"there is no archive in {ARCHIVES}/", hint="`evosearch run TASK` makes one; or name the file"
        )
    return found[-1]


def _which(known: list[str]) -> str:
    return f"there are {', '.join(known)}" if known else "`evosearch run TASK` makes one"


def _starting_with(incomplete: str, words: list[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def _paths(incomplete: str, wanted: Callable[[Path], bool]) -> list[str]:
    folder = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
    try:
        found = sorted(path for path in folder.iterdir() if path.is_dir() or wanted(path))
    except OSError:
        return []
    names = (f"{path}/" if path.is_dir() and not wanted(path) else str(path) for path in found)
    return [name for name in names if name.startswith(incomplete)]
