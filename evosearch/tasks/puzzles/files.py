"""Reads a file that somebody else made: a regular one, of a size that a puzzle file can have."""

import os
import stat
from pathlib import Path

from evosearch.tasks.puzzles.puzzle import Place


def read_text(path: Path, limit: int, *, hint: str) -> str:
    """The text of a file.

    Args:
        path: The file; links are followed.
        limit: The most bytes it may have; of a longer file no more than that is read.
        hint: What the file should be, for a refusal.

    Raises:
        PuzzleError: E1, it is no regular file, cannot be read, is too long or is no UTF-8.
    """
    place = Place(str(path))
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise place.refuse("E1", f"expected a regular file, got {_kind(mode)}", hint=hint)
        data = _read(path, limit + 1)
    except OSError as error:
        message = f"expected a file that can be read, got: {error.strerror}"
        raise place.refuse("E1", message, hint="make it readable, or remove it") from None
    if len(data) > limit:
        message = f"expected at most {limit:,} bytes, got a longer file"
        raise place.refuse("E1", message, hint="divide it into several, or shorten it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise place.refuse("E1", f"expected UTF-8, got {error.reason} at byte {error.start}", hint=hint) from None


def _read(path: Path, length: int) -> bytes:
    # Without O_NONBLOCK, a FIFO that has taken the file's place since it was looked at would wait for a writer.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        return file.read(length)


def _kind(mode: int) -> str:
    kinds = {
        stat.S_ISDIR: "a folder",
        stat.S_ISFIFO: "a named pipe",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
        stat.S_ISSOCK: "a socket",
    }
    return next((name for holds, name in kinds.items() if holds(mode)), "something else")
