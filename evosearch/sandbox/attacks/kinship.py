"""Who descends from whom, by the kernel's account."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_TURN_SECONDS: Final = 0.01

#: Where proc(5) has the size of a process's memory, counted from behind its parent.
_MEMORY: Final = 18


def parents() -> dict[int, int]:
    """The parent of every process that lives.

    One that waits for its burial does not, and neither does one that has given up its memory: the first process of a
    namespace of processes is there until all in it have been buried, however long their parent takes.
    """
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The command's name stands in parentheses and may hold anything.
                state, parent, *others = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                if state not in (b"Z", b"X") and others[_MEMORY] != b"0":
                    found[int(entry.name)] = int(parent)
    return found


def children(pid: int) -> set[int]:
    """The living children of a process."""
    return {child for child, parent in parents().items() if parent == pid}


def descendants(roots: Iterable[int]) -> set[int]:
    """All that descends from some processes and lives, they themselves included if they do."""
    table = parents()
    found: set[int] = set()
    fresh = set(roots) & table.keys()
    while fresh:
        found |= fresh
        fresh = {child for child, parent in table.items() if parent in fresh} - found
    return found


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether something comes true within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_TURN_SECONDS)
    return True
