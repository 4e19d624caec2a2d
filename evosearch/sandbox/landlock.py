"""Landlock: the kernel refuses what no rule allows, file by file, for any user (Linux 5.13; landlock(7)).

A version of the interface (ABI) adds rights that can be refused; all that the kernel knows are handled, and rules
allow reading alone, but for the scratch folder. What Landlock does not govern, whatever its version: stat, chmod,
chown, times and extended attributes of files whose path is known. The filter of system calls refuses the writing ones
of these; that a file is there, its size and its times stay visible unless a mount namespace hides it.
"""

import ctypes
import errno
import os
import stat
import struct
from contextlib import suppress
from typing import Final

from evosearch.sandbox.kernel import linux_only, reserve, syscall
from evosearch.sandbox.mounts import DEVICES, SCRATCH
from evosearch.types import Jail, Limits

# Equal on all architectures.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1
_PATH_BENEATH: Final = 1

_EXECUTE: Final = 1 << 0
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_TRUNCATE: Final = 1 << 14

#: Rights over files, ports and scopes that each version of the interface brought.
_FILES: Final = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: 1 << 15, 9: 1 << 16}
_NETWORK: Final = {4: 0b0011, 10: 0b1100}
_SCOPES: Final = {6: 0b11}

_ATTRIBUTES: Final = struct.Struct("=QQQ")
_RULE: Final = struct.Struct("=Qi")


class Landlock:
    """A ruleset made once in the zygote, and enforced in each child."""

    name = "landlock"
    covers = "reading and writing files, connecting, signalling others"

    def __init__(self) -> None:
        self._ruleset = -1

    def available(self) -> str | None:
        if problem := linux_only():
            return problem
        try:
            version()
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:
                return "the kernel has it, but it was not switched on at boot (lsm=landlock,…)"
            return f"the kernel (or what filters its calls) does not offer it: {os.strerror(error.errno or 0)}"
        return None

    def prepare(self, jail: Jail) -> None:
        abi = version()
        handled = rights(_FILES, abi)
        attributes = _ATTRIBUTES.pack(handled, rights(_NETWORK, abi), rights(_SCOPES, abi))
        ruleset = syscall(_CREATE_RULESET, attributes, len(attributes), 0, name="landlock_create_ruleset")
        self._ruleset = reserve(ruleset)
        for path in expand(tuple(map(os.path.realpath, jail.readable)), tuple(map(os.path.realpath, jail.hidden))):
            self._allow(path, _READ_FILE | _READ_DIR)
        for path in DEVICES:
            self._allow(path, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & handled)
        if jail.scratch:
            # A rule holds for a folder, not for its name, and the scratch folder is a new one for each child. This one
            # stays, holds nothing else, and is read-only itself.
            self._allow(os.path.dirname(SCRATCH), handled & ~_EXECUTE)  # noqa: PTH120 - pathlib would be a detour

    def apply(self, limits: Limits) -> None:  # noqa: ARG002 - every layer is applied alike
        syscall(_RESTRICT_SELF, self._ruleset, 0, name="landlock_restrict_self")

    def _allow(self, path: str, access: int) -> None:
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                    access &= _READ_FILE | _WRITE_FILE | _TRUNCATE
                rule = _RULE.pack(access, descriptor)
                syscall(_ADD_RULE, self._ruleset, _PATH_BENEATH, rule, 0, name="landlock_add_rule")
            finally:
                os.close(descriptor)


def version() -> int:
    """The version of the kernel's interface (its ABI).

    Raises:
        OSError: There is none, or it is switched off.
    """
    return syscall(_CREATE_RULESET, ctypes.c_void_p(None), 0, _VERSION, name="landlock_create_ruleset")


def rights(table: dict[int, int], abi: int) -> int:
    """All rights of a table that a version of the interface knows."""
    return sum(bits for since, bits in table.items() if since <= abi)


def expand(readable: tuple[str, ...], hidden: tuple[str, ...]) -> list[str]:
    """The readable paths, with every folder that has hidden ones beneath it replaced by the others of its entries.

    A rule holds for all that lies beneath a folder, and no other rule can take that back.
    """
    found: list[str] = []
    for path in dict.fromkeys(readable):
        if path == "/":
            # A jail that shows everything is none.
            continue
        if path in hidden or not any(one.startswith(f"{path}/") for one in hidden):
            found.append(path)
        else:
            with suppress(OSError):
                entries = tuple(sorted(entry.path for entry in os.scandir(path)))
                found += expand(tuple(entry for entry in entries if entry not in hidden), hidden)
    return found
