"""A path -> a suite of puzzles, whatever the format."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from evosearch.errors import TaskError
from evosearch.tasks.puzzles import folder, official
from evosearch.tasks.puzzles.puzzle import Suite

COLLECTION: Final = Path(__file__).parent / "collection"
"""The puzzles that come with the package."""

_FORMATS: Final = "give a JSON file in P3's format, a Python file, or a folder of Python files"


def load(path: Path | None = None) -> Suite:
    """Read puzzles.

    Args:
        path: A JSON file, a Python file or a folder of them; None for the puzzles that come with the package.

    Raises:
        TaskError: There is nothing to read.
        PuzzleError: A puzzle is refused.
    """
    if path is None:
        return folder.load(COLLECTION)
    if not path.exists():
        raise TaskError(f"expected puzzles at {path}, but there is nothing", hint=_FORMATS)
    try:
        return folder.load(path) if path.is_dir() or path.suffix == ".py" else official.load(path)
    except OSError as error:
        raise TaskError(f"the puzzles at {path} cannot be read: {error.strerror}", hint=_FORMATS) from None


def restrict(suite: Suite, names: Sequence[str] | None, skip: Sequence[str]) -> Suite:
    """The puzzles of a suite that are wanted, in the suite's order.

    Args:
        suite: All puzzles.
        names: Those that are wanted; None for all.
        skip: Those to be left out.

    Raises:
        TaskError: A name is unknown, or nothing is left.
    """
    known = [puzzle.name for puzzle in suite.puzzles]
    for name in (*(names or ()), *skip):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "see `names` and `skip` in evosearch.toml"
            raise TaskError(f"there is no puzzle {name!r} among the {len(known)}", hint=hint)
    wanted = set(known if names is None else names) - set(skip)
    puzzles = tuple(puzzle for puzzle in suite.puzzles if puzzle.name in wanted)
    if not puzzles:
        raise TaskError("no puzzle is left", hint="see `names` and `skip` in evosearch.toml")
    return replace(suite, puzzles=puzzles)
