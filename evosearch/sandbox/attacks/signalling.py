"""Signalling: to kill, stop or slow down other processes.

controller          a subprocess of the same user may kill what started it. Seen with a plain subprocess: the
                    search itself died, exit 137.
everybody           kill(-1) and process groups: all processes of the user at once.
other processes     by number, by handle, by thread, by the owner of a pipe, or by its priority, limits and score.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import ALONE, REFUSED, Attack
from evosearch.sandbox.attacks.preludes import CHANNEL, SYSTEM_CALLS

SIGNALLING: Final = (
    Attack(
        "controller",
        "kills its parent",
        ALONE,
        """
        import os, signal
        def attack(stage):
            # Where the parent is outside of the namespace, process 1 is not the machine's.
            os.kill(os.getppid() or 1, signal.SIGKILL)
            os._exit(0)
        """,
        works_unwalled=True,
    ),
    Attack(
        "controller",
        "kills the process group of its parent",
        ALONE,
        """
        import os, signal
        def attack(stage):
            os.kill(-os.getpgid(os.getppid() or 1), signal.SIGKILL)
            os._exit(0)
        """,
        works_unwalled=True,
    ),
    Attack(
        "controller",
        "signals the controller",
        REFUSED,
        """
        import os, signal
        def attack(stage):
            os.kill(stage["controller"], signal.SIGURG)  # what is ignored, is delivered all the same
            return "breach: could have killed it"
        """,
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "controller",
        "signals the controller by a handle that its channel gives",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(fileno=os.dup(channel)) as stream:
                handle = stream.getsockopt(socket.SOL_SOCKET, 77)  # SO_PEERPIDFD
            syscall("pidfd_send_signal", handle, 23, None, 0)
            return "breach: could have killed it"
        """,
        prelude=SYSTEM_CALLS + CHANNEL,
    ),
    Attack(
        "everybody",
        "signals all processes of the user",
        REFUSED,
        """
        import os
        def attack(stage):
            os.kill(-1, 0)  # asks for the right and does nothing
            return "breach: could have killed them all"
        """,
        works_unwalled=True,
    ),
    Attack(
        "everybody",
        "kills its own process group",
        ALONE,
        "import os, signal\ndef attack(stage):\n    os.kill(0, signal.SIGKILL)",
    ),
    Attack(
        "other processes",
        "kills one",
        REFUSED,
        "import os, signal\ndef attack(stage):\n    os.kill(stage['victim'], signal.SIGKILL)",
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "other processes",
        "stops one",
        REFUSED,
        "import os, signal\ndef attack(stage):\n    os.kill(stage['victim'], signal.SIGSTOP)",
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "kills one by a handle",
        REFUSED,
        """
        def attack(stage):
            return syscall("pidfd_send_signal", syscall("pidfd_open", stage["victim"], 0), 9, None, 0)
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "kills one by its thread",
        REFUSED,
        "def attack(stage):\n    return syscall('tgkill', stage['victim'], stage['victim'], 9)",
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "kills one by the oldest call for threads",
        REFUSED,
        "def attack(stage):\n    return syscall('tkill', stage['victim'], 9)",
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "kills the process group of one",
        REFUSED,
        "import os, signal\ndef attack(stage):\n    os.kill(-stage['victim'], signal.SIGKILL)",
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "queues a signal for one",
        REFUSED,
        """
        def attack(stage):
            about = (ctypes.c_int * 32)(15, 0, -1)
            return syscall("rt_sigqueueinfo", stage["victim"], 15, ctypes.byref(about))
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "has a pipe kill one",
        REFUSED,
        """
        import fcntl, os, signal
        def attack(stage):
            end, other = os.pipe()
            fcntl.fcntl(end, fcntl.F_SETOWN, stage["victim"])
            fcntl.fcntl(end, 10, signal.SIGKILL)  # F_SETSIG
            fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            os.write(other, b"x")
        """,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "slows one down",
        REFUSED,
        "import os\ndef attack(stage):\n    os.setpriority(os.PRIO_PROCESS, stage['victim'], 19)",
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "asks whether one is there",
        REFUSED,
        """
        import os
        def attack(stage):
            return f"breach: it is in the group {os.getpgid(stage['victim'])}"
        """,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "binds one to a processor",
        REFUSED,
        """
        import os
        def attack(stage):
            os.sched_setaffinity(stage["victim"], {min(os.sched_getaffinity(0))})
            return "breach: bound it"
        """,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "takes one's right to open files",
        REFUSED,
        """
        import resource
        def attack(stage):
            resource.prlimit(stage["victim"], resource.RLIMIT_NOFILE, (3, 3))
        """,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "takes it by a pointer of which a filter of 32 bits sees nought",
        REFUSED,
        """
        def attack(stage):
            _libc.mmap.restype = ctypes.c_void_p
            address = _libc.mmap(ctypes.c_void_p(1 << 33), ctypes.c_size_t(4096), 3, 0x32, -1, 0)
            (ctypes.c_uint64 * 2).from_address(address)[:] = 3, 3
            return f"breach: got {syscall('prlimit64', stage['victim'], 7, address, 0)}"
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "other processes",
        "has the kernel kill one first when memory runs out",
        REFUSED,
        """
        def attack(stage):
            open(f"/proc/{stage['victim']}/oom_score_adj", "w").write("1000")
        """,
        works_unwalled=True,
    ),
)
