"""The walls around one process, in the order in which they go up.

What is covered:
- it dies with the zygote that forked it, gets no Ctrl-C meant for the terminal, and shows its memory to no debugger;
- it can gain no privilege by starting another program;
- memory, CPU time (the backstop; the judge's clock is the supervisor's), descriptors, file sizes, locked memory,
  message queues and queued signals are bounded; so is the number of processes, unless the user is root.

What is NOT covered, and belongs behind the last layer here, in this order: capabilities, Landlock, seccomp. Until
they stand, a program can read every file its user can read, write where its user can write, open sockets, start
processes, and send signals to its user's other processes, evosearch among them. It cannot forge a score even so by
answering; but run nobody's hostile programs behind these layers alone.

Descriptors are closed and standard streams replaced by the zygote (`zygote.py`), before the first layer.
"""

import ctypes
import errno
import os
import resource
import signal
import sys
from math import ceil
from typing import Final

from evosearch.protocols import Layer
from evosearch.types import Limits

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_CHILD_SUBREAPER: Final = 36
_PR_SET_NO_NEW_PRIVS: Final = 38

_OPEN_FILES: Final = 64
_FILE_BYTES: Final = 16 * 2**20
_QUEUED_SIGNALS: Final = 64

_LIBC: Final = ctypes.CDLL(None, use_errno=True)


class OwnGroup:
    """A process group of its own, which ends with its parent and cannot be debugged."""

    name = "process group"
    covers = "outliving the run, signals of the terminal, being traced"

    def available(self) -> str | None:
        return _linux_only()

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        os.setpgid(0, 0)
        end_with_parent()
        _prctl(_PR_SET_DUMPABLE, 0)


class NoNewPrivileges:
    """PR_SET_NO_NEW_PRIVS: set-user-id programs and file capabilities give nothing."""

    name = "no new privileges"
    covers = "gaining rights by starting another program"

    def available(self) -> str | None:
        return _linux_only()

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)


class ResourceLimits:
    """setrlimit(2), the hard limits included, so that none can be raised again."""

    name = "resource limits"
    covers = "exhausting memory, CPU time, descriptors, files, locks, signals"

    def available(self) -> str | None:
        return _linux_only()

    def apply(self, limits: Limits) -> None:
        seconds = ceil(limits.cpu_seconds) + 1
        memory = address_space() + limits.memory_bytes
        for kind, soft, hard in (
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
            (resource.RLIMIT_FSIZE, _FILE_BYTES, _FILE_BYTES),
            (resource.RLIMIT_MEMLOCK, 0, 0),
            (resource.RLIMIT_MSGQUEUE, 0, 0),
            (resource.RLIMIT_SIGPENDING, _QUEUED_SIGNALS, _QUEUED_SIGNALS),
            (resource.RLIMIT_NPROC, 0, 0),
            (resource.RLIMIT_CPU, seconds, seconds + 1),
            (resource.RLIMIT_AS, memory, memory),
        ):
            _lower(kind, soft, hard)


#: From the outermost to the innermost; each is applied after the one before it.
LAYERS: tuple[Layer, ...] = (OwnGroup(), NoNewPrivileges(), ResourceLimits())


def end_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def inherit_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none can hide."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def address_space() -> int:
    """Bytes of address space this process has now."""
    with open("/proc/self/statm", "rb", buffering=0) as statm:  # noqa: PTH123 - pathlib costs more than the read
        pages = int(statm.read().split()[0])
    return pages * resource.getpagesize()


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, or keep the hard one there is if it is lower still."""
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(kind, (soft, hard))
    except ValueError as error:
        raise OSError(errno.EPERM, f"setrlimit({kind}, {soft}, {hard}): {error}") from error


def _prctl(option: int, argument: int) -> None:
    if _LIBC.prctl(option, argument, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")


def _linux_only() -> str | None:
    return None if sys.platform == "linux" else f"needs Linux, this is {sys.platform}"
