"""What a dead child may have left behind in a session of its own, where no filter keeps it from starting processes.

All of it is the zygote's by then, which inherits the orphans of its descendants.
"""

import os
import signal
from contextlib import suppress


def end_orphans(known: set[int]) -> None:
    """Kill and reap every child of this process but the known ones."""
    while _has_children(beside=len(known)):
        orphans = _children_of(os.getpid()) - known
        if not orphans:
            return
        for pid in sorted(orphans):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _has_children(*, beside: int) -> bool:
    """Whether there are children at all, cheaply in the common case that there are none."""
    if beside:
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children_of(parent: int) -> set[int]:
    found: set[int] = set()
    if not os.path.isdir("/proc"):  # noqa: PTH112 - as below
        # A judge's jail shows none; what it might start ends with the zygote.
        return found
    for name in os.listdir("/proc"):  # noqa: PTH208 - as below
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123 - pathlib costs more than the read
                # The command's name stands in parentheses and may hold anything; the parent is the second after it.
                if int(stat.read().rpartition(b")")[2].split()[1]) == parent:
                    found.add(int(name))
    return found
