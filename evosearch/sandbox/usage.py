"""What another process has used so far, by the kernel's account of it.

What is for macOS here is untested: it was written after its manual pages and headers, and has never run.
"""

import ctypes
import os
import resource
import sys
import time
from functools import cache
from pathlib import Path
from typing import Final

from evosearch.sandbox.kernel import LIBC

_RUSAGE_INFO_V2: Final = 2
# Room for what later versions of the system may add to the structure.
_WORDS: Final = 64
# Its first 16 bytes are the program's UUID; all else is 64 bits wide: <sys/resource.h>.
_USER_TIME: Final = 2
_SYSTEM_TIME: Final = 3
_FOOTPRINT: Final = 9


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, dead ones included.

    Raises:
        OSError: There is no such process.
    """
    if sys.platform == "darwin":
        words = _rusage_info(pid)
        return (words[_USER_TIME] + words[_SYSTEM_TIME]) * _seconds_per_tick()
    # The kernel's name for the CPU clock of another process: clock_getcpuclockid(3).
    return time.clock_gettime(~pid << 3 | 2)


def memory_bytes(pid: int) -> int:
    """Memory that a process occupies.

    Raises:
        OSError: There is no such process.
    """
    if sys.platform == "darwin":
        return _rusage_info(pid)[_FOOTPRINT]
    return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * resource.getpagesize()


def peak_bytes(usage: resource.struct_rusage) -> int:
    """Resident memory at its highest, of a process that was waited for."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _rusage_info(pid: int) -> list[int]:
    """proc_pid_rusage(2) of macOS, as 64-bit words. Untested."""
    buffer = (ctypes.c_uint64 * _WORDS)()
    if LIBC.proc_pid_rusage(pid, _RUSAGE_INFO_V2, ctypes.byref(buffer)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"proc_pid_rusage: {os.strerror(number)}")
    return list(buffer)


@cache
def _seconds_per_tick() -> float:
    """mach_timebase_info(2) of macOS: CPU times come in ticks of the machine's own. Untested."""
    ratio = (ctypes.c_uint32 * 2)()
    LIBC.mach_timebase_info(ctypes.byref(ratio))
    nanoseconds, ticks = ratio
    return nanoseconds / ticks / 1e9
