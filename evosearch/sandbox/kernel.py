"""The few kernel calls that Python does not wrap, each raising OSError as Python's own do."""

import ctypes
import fcntl
import os
import platform
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38

#: Descriptors that layers keep open in the zygote for use in its children, which close them before a program comes.
RESERVED: Final = range(100, 116)

LIBC: Final = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """The architecture as the kernel names it, `x86_64` or `aarch64` for example."""
    name = platform.machine().lower()
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(name, name)


def checked(result: int, call: str) -> int:
    """The result of a C call, or the error it set.

    Raises:
        OSError: It is -1.
    """
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object, name: str) -> int:
    """Make a system call by number.

    Args:
        number: Its number on this architecture.
        arguments: Integers, bytes, or ctypes objects and references to them.
        name: What an error calls it.

    Raises:
        OSError: The kernel refused.
    """
    return checked(LIBC.syscall(ctypes.c_long(number), *map(_word, arguments)), name)


def prctl(option: int, argument: int) -> None:
    """Set an attribute of this process.

    Raises:
        OSError: The kernel refused.
    """
    zero = ctypes.c_ulong(0)
    checked(LIBC.prctl(option, ctypes.c_ulong(argument), zero, zero, zero), f"prctl({option})")


def reserve(descriptor: int) -> int:
    """Move a descriptor into the reserved range; its new number.

    Raises:
        OSError: There is no room.
    """
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, RESERVED.start)
    except OSError as error:
        raise OSError(error.errno, f"no descriptor above {RESERVED.start} is to be had; raise `ulimit -n`") from error
    finally:
        os.close(descriptor)


def linux_only() -> str | None:
    """Why a wall of Linux cannot stand here; None if it can."""
    return None if sys.platform == "linux" else f"needs Linux, this is {sys.platform}"


def _word(argument: object) -> object:
    # A plain int would be passed as 32 bits, and leave rubbish above them.
    return ctypes.c_long(argument) if isinstance(argument, int) else argument
