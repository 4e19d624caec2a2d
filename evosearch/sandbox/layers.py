"""The walls around one process, in the order in which they go up.

What is NOT covered, by any of them: the kernel is shared, side channels stay open, and there is no boundary for a
determined exploit of the kernel. `NOT_COVERED` has it all. The jail holds hostile programs; it is no virtual machine.

Each layer is a small class with a contract in `protocols/`. Descriptors are closed and standard streams replaced by
the zygote (`zygote.py`), before the first layer.
"""

import ctypes
import errno
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Final, NoReturn

from evosearch.errors import SandboxError
from evosearch.protocols import Layer
from evosearch.sandbox.kernel import (
    LIBC,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    checked,
    linux_only,
    prctl,
    reserve,
)
from evosearch.sandbox.landlock import Landlock
from evosearch.sandbox.namespaces import Namespaces
from evosearch.sandbox.seatbelt import Seatbelt
from evosearch.sandbox.seccomp import Seccomp
from evosearch.types import Jail, Limits

NOT_COVERED: Final[Mapping[str, str]] = {
    "the kernel": "it is shared, so a program that knows an unpatched hole in it gets out; "
    "run programs of authors who are hostile, not merely careless, in a virtual machine",
    "side channels": "caches, timing and load tell a program something of what else runs on the machine",
    "the task's own code": "evaluate.py is loaded with your rights; it and predicates are trusted to score, and what "
    "they say a proposer reads",
    "names": "without namespaces a program can ask whether a path exists, its size and its times, where a link leads, "
    "and how much CPU time a process has used",
    "shared cores": "limits bound one program; many at a time still load the machine",
}
"""What no wall here keeps a program from, and what to do about it."""

_OPEN_FILES: Final = 64
_FILE_BYTES: Final = 16 * 2**20
_QUEUED_SIGNALS: Final = 64
_CAPABILITIES_VERSION: Final = 0x20080522
_WATCH_SECONDS: Final = 0.5


class OwnGroup:
    """A process group of its own, which ends with its parent and cannot be debugged."""

    name = "process group"
    covers = "outliving the run, signals of the terminal, being traced"

    def available(self) -> str | None:
        return None if sys.platform == "darwin" else linux_only()

    def prepare(self, jail: Jail) -> None:
        """Nothing of it can be done in advance."""

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        # The leader of a session leads its group already, and may not change it.
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)
        if sys.platform == "linux":
            end_with_parent()
            prctl(PR_SET_DUMPABLE, 0)


class NoNewPrivileges:
    """PR_SET_NO_NEW_PRIVS: set-user-id programs and file capabilities give nothing."""

    name = "no new privileges"
    covers = "gaining rights by starting another program"

    def available(self) -> str | None:
        return linux_only()

    def prepare(self, jail: Jail) -> None:
        """Nothing of it can be done in advance."""

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        prctl(PR_SET_NO_NEW_PRIVS, 1)


class ResourceLimits:
    """setrlimit(2), the hard limits included, so that none can be raised again.

    On macOS, where the address space is not bounded, memory is watched instead (`single_use.py`). Untested there.
    """

    name = "resource limits"
    covers = "exhausting memory, CPU time, descriptors, files, locks, signals"

    def __init__(self) -> None:
        self._statm = -1

    def available(self) -> str | None:
        if sys.platform == "linux" and not os.access("/proc/self/statm", os.R_OK):
            return "there is no /proc, which tells how much memory a process has"
        return None if sys.platform == "darwin" else linux_only()

    def prepare(self, jail: Jail) -> None:  # noqa: ARG002 - every layer is prepared alike
        if sys.platform == "linux":
            # Opened here, because a jail has no /proc. It tells of the zygote, of which a child is a copy.
            self._statm = reserve(os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC))

    def apply(self, limits: Limits) -> None:
        # What a process that was not forked for the program has used until now does not count.
        seconds = int(time.process_time()) + ceil(limits.cpu_seconds) + 1
        for name, soft, hard in (
            ("CORE", 0, 0),
            ("NOFILE", _OPEN_FILES, _OPEN_FILES),
            ("FSIZE", _FILE_BYTES, _FILE_BYTES),
            ("MEMLOCK", 0, 0),
            ("MSGQUEUE", 0, 0),
            ("SIGPENDING", _QUEUED_SIGNALS, _QUEUED_SIGNALS),
            ("CPU", seconds, seconds + 1),
        ):
            # macOS does not have all of them.
            if (kind := getattr(resource, f"RLIMIT_{name}", None)) is not None:
                _lower(kind, soft, hard)
        if sys.platform == "linux":
            memory = self._address_space() + limits.memory_bytes
            _lower(resource.RLIMIT_AS, memory, memory)
        if not limits.threads:
            # It counts all of the user's processes, so it can say none, but not how many.
            _lower(resource.RLIMIT_NPROC, 0, 0)

    def _address_space(self) -> int:
        """Bytes of address space that the zygote has, and a new child with it."""
        return int(os.pread(self._statm, 64, 0).split()[0]) * resource.getpagesize()


class Capabilities:
    """capset(2) to none: root is a user like any other, and nobody rules a namespace."""

    name = "capabilities"
    covers = "using the rights of root"

    def available(self) -> str | None:
        return linux_only()

    def prepare(self, jail: Jail) -> None:
        """Nothing of it can be done in advance."""

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
        none = (ctypes.c_uint32 * 6)()
        checked(LIBC.capset(header, none), "capset")


def meant_for(platform: str) -> tuple[Layer, ...]:
    """The layers that are wished for on an operating system, by Python's name for it.

    From the outermost to the innermost; each is applied after the one before it. The filter of system calls is last,
    because it refuses the calls that raise the others. On macOS most are missed, and its own sandbox stands in.
    """
    return (
        OwnGroup(),
        NoNewPrivileges(),
        ResourceLimits(),
        Namespaces(),
        Capabilities(),
        Landlock(),
        Seccomp(),
        *((Seatbelt(),) if platform == "darwin" else ()),
    )


#: Of this system.
LAYERS: Final = meant_for(sys.platform)


class Walls:
    """The layers that one zygote raises around its children.

    Args:
        names: Of the layers that are to stand.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._layers = tuple(layer for layer in LAYERS if layer.name in names)
        self._namespaces = next((layer for layer in self._layers if isinstance(layer, Namespaces)), None)
        self.forks_refused = Seccomp.name in names

    def prepare(self, jail: Jail) -> None:
        """Do in the zygote what is done once.

        Raises:
            SandboxError: A layer cannot be had after all.
        """
        for layer in self._layers:
            try:
                layer.prepare(jail)
            except OSError as error:
                raise SandboxError(f"the wall {layer.name!r} cannot be raised: {error}") from error
            if layer is self._namespaces:
                # Nothing is left to hide in the new root, and each exception costs the layers after it time.
                jail = replace(jail, hidden=(), scratch=True)

    def apply(self, limits: Limits) -> None:
        """Raise them around this process.

        Raises:
            SandboxError: The kernel refused; the process must not go on.
        """
        if self._namespaces is None:
            # Only in a user namespace of its own can a program's threads be told from all others of the user's.
            limits = replace(limits, threads=0)
        for layer in self._layers:
            try:
                layer.apply(limits)
            except OSError as error:
                raise SandboxError(f"the wall {layer.name!r} could not be raised: {error}") from error

    def clean(self) -> None:
        """Remove, in the zygote, what dead children left behind. No child may live."""
        if self._namespaces is not None:
            if not self.forks_refused:
                self._namespaces.kill_all()
            self._namespaces.clean()


def end_with_parent() -> None:
    """Have this process killed when the thread that started it ends; on macOS, end with the process that did."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        watch_parent()


def watch_parent() -> None:
    """End this process within a second of its parent: what there is without PDEATHSIG.

    A thread of this process does it, so it does not hold a hostile program that knows of it. It is started before
    the walls stand, and of those of Linux most hold no thread that was there before: not for use on Linux.
    """
    import threading  # noqa: PLC0415 - which a zygote can do without

    # A program may change what modules hold, so everything is taken from them now.
    threading.Thread(
        target=_outlive_nobody, args=(os.getppid(), os.getppid, time.sleep, os._exit), name="watch", daemon=True
    ).start()


def _outlive_nobody(
    parent: int, getppid: Callable[[], int], sleep: Callable[[float], None], leave: Callable[[int], NoReturn]
) -> None:
    while getppid() == parent:
        sleep(_WATCH_SECONDS)
    leave(1)


def inherit_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none can hide; on macOS nobody can."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, or keep the hard one there is if it is lower still."""
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OverflowError, ValueError) as error:
        raise OSError(errno.EPERM, f"setrlimit({kind}, {soft}, {hard}): {error}") from error
