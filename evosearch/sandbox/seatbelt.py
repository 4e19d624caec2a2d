"""Seatbelt: macOS' own sandbox, told by a profile what a process may do. UNTESTED: it has never run on a Mac.

A profile is a text in the language of sandbox-exec(1), which Apple does not document and Chromium, Bazel and others
rely on all the same. Everything is refused (`deny default`): writing files, the network, other processes, starting
any, looking up services. Only what is named below is allowed, so it does not matter in which order rules are tried.

That a file is there, its size and its times stay visible, as the interpreter asks that of every folder on a path.
"""

import ctypes
import errno
import os
import sys
from typing import Final

from evosearch.sandbox.kernel import LIBC
from evosearch.sandbox.landlock import expand
from evosearch.sandbox.mounts import DEVICES
from evosearch.types import Jail, Limits

#: Where the system keeps the libraries and data that every process needs; `grounds` names those of the interpreter.
_SYSTEM: Final = (
    "/System/Library",
    "/System/Volumes/Preboot/Cryptexes",
    "/private/var/db/dyld",
    "/private/var/db/timezone",
    "/usr/share/zoneinfo.default",
)

# Of the kernel's figures only those that tell of the machine: `kern.procargs2` would tell the environment, with all
# keys in it, of every process of the user.
_ALWAYS: Final = """\
(version 1)
(deny default)
(allow file-read-metadata)
(allow sysctl-read (sysctl-name-prefix "hw."))
(allow sysctl-read (sysctl-name "kern.osrelease" "kern.ostype" "kern.osversion" "kern.version"))
(allow signal (target self))
(allow process-info* (target self))
"""
#: A judge asks how much CPU time its program has used.
_SUPERVISING: Final = "(allow process-info-rusage)\n"


class Seatbelt:
    """sandbox_init(3) with a profile made for the jail. Untested."""

    name = "seatbelt"
    covers = "reading and writing files, connecting, starting processes, signalling others"

    def __init__(self) -> None:
        self._profile = b""

    def available(self) -> str | None:
        if sys.platform == "darwin":
            return None if hasattr(LIBC, "sandbox_init") else "the system has no sandbox_init"
        return f"needs macOS, this is {sys.platform}"

    def prepare(self, jail: Jail) -> None:
        self._profile = os.fsencode(profile(jail))

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        problem = ctypes.c_char_p()
        if LIBC.sandbox_init(self._profile, ctypes.c_uint64(0), ctypes.byref(problem)) != 0:
            raise OSError(errno.EPERM, f"sandbox_init: {(problem.value or b'').decode(errors='replace')}")


def profile(jail: Jail) -> str:
    """What the processes of a jail may do, in the language of the system's sandbox."""
    readable = [*_SYSTEM, *expand(jail.readable, jail.hidden), *DEVICES]
    # The system compares real paths, and the interpreter may be asked for others.
    paths = dict.fromkeys(path for given in readable for path in (given, os.path.realpath(given)))
    rules = [f"(allow file-read* file-map-executable (subpath {quoted(path)}))\n" for path in paths]
    rules += [f"(allow file-write-data (literal {quoted(path)}))\n" for path in DEVICES]
    return _ALWAYS + (_SUPERVISING if jail.supervises else "") + "".join(rules)


def quoted(text: str) -> str:
    """A string of the language: nothing in it but these two characters has a meaning there."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
