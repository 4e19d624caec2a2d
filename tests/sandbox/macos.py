"""Takes from this process what Python does not have on macOS, and gives it what the system calls there answer.

Run at the start of a controller on Linux, and by that at the start of each process it starts. It shows that nothing
leans on what is missing there; that the real system answers as is imitated here, it cannot show.
"""

import asyncio
import ctypes
import importlib.metadata
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from pathlib import Path

MISSING = {
    os: "eventfd eventfd_read eventfd_write pidfd_open sched_getaffinity waitid setresuid setresgid O_PATH",
    socket: "SOCK_SEQPACKET SOCK_CLOEXEC SOCK_NONBLOCK MSG_CMSG_CLOEXEC",
    resource: "RLIMIT_MSGQUEUE RLIMIT_SIGPENDING RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME prlimit",
    signal: "pidfd_send_signal sigtimedwait sigwaitinfo SIGRTMIN SIGRTMAX",
    select: "epoll",
}
#: What the system of an Apple silicon machine counts CPU time in: 24 million a second.
TICKS = 24_000_000


class System:
    """libSystem, as far as it is called; a call of anything else is an AttributeError."""

    def __init__(self, *arguments, **options):
        pass

    @staticmethod
    def proc_pid_rusage(pid, flavor, reference):
        words = reference._obj
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            return -1
        words[2], words[3] = int(time.clock_gettime(~pid << 3 | 2) * TICKS), 0
        words[9] = pages * resource.getpagesize()
        return 0 if (flavor, state != "Z") == (2, True) else -1

    @staticmethod
    def mach_timebase_info(reference):
        reference._obj[0], reference._obj[1] = 1_000_000_000 // 8_000_000, TICKS // 8_000_000
        return 0

    @staticmethod
    def sandbox_init(profile, flags, problem):
        return 0 if profile.startswith(b"(version 1)\n(deny default)\n") and flags.value == 0 else -1


class Started(subprocess.Popen):
    """A process that begins as this one did."""

    def __init__(self, command, **options):
        *interpreter, flag, code, control, home = command
        assert flag == "-c"
        begin = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import macos; macos.become()\n"
        super().__init__([*interpreter, flag, begin + code, control, home], **options)


def no_fork():
    """What libraries of macOS do to a process that forks, said aloud."""
    raise SystemError("it forked")


def become():
    """Imitate it from now on."""
    # The standard library has read by now what it asks the true system.
    sysconfig.get_config_vars()
    assert asyncio
    assert importlib.metadata
    assert tempfile
    assert threading
    for module, names in MISSING.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    os.fork = no_fork
    ctypes.CDLL = System
    subprocess.Popen = Started
    sys.platform = "darwin"
