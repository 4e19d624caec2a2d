"""Starting: to run other programs, or more of itself.

other programs      a shell, by every way that Python and the kernel have. A subprocess may start what it likes, and
                    what it started lives on when it is killed.
more processes      fork and its kin. A limit on one process's time says nothing of its children's.
"""

from dataclasses import replace
from typing import Final

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import LIMITS, REFUSED, Attack, Expectation
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS

_REPLACED: Final = Expectation.of("refused", Status.CRASHED, Status.POLICY)
_SHELL: Final = '["/bin/sh", "-c", "echo breach: a shell runs"]'

STARTING: Final = (
    Attack(
        "other programs",
        "runs a shell by subprocess",
        REFUSED,
        f"import subprocess\ndef attack(stage):\n    return subprocess.check_output({_SHELL}, text=True)",
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "other programs",
        "runs a shell by os.system",
        REFUSED,
        """
        import os
        def attack(stage):
            if os.system("exit 3") == 3 << 8:
                return "breach: a shell ran"
        """,
        works_unwalled=True,
    ),
    Attack(
        "other programs",
        "runs a shell by posix_spawn",
        REFUSED,
        f"""
        import os
        def attack(stage):
            os.waitpid(os.posix_spawn("/bin/sh", {_SHELL}, {{}}), 0)
        """,
        works_unwalled=True,
    ),
    Attack(
        "other programs",
        "becomes a shell",
        _REPLACED,
        f"import os\ndef attack(stage):\n    os.execv('/bin/sh', {_SHELL})",
        works_unwalled=True,
    ),
    Attack(
        "other programs",
        "becomes a program that is in memory alone",
        _REPLACED,
        f"""
        def attack(stage):
            image = os.memfd_create("program", 0)
            with open("/bin/sh", "rb") as shell:
                while data := shell.read(2**20):
                    os.write(image, data)
            words = [word.encode() for word in {_SHELL}]
            arguments = (ctypes.c_char_p * 4)(*words, None)
            syscall("execveat", image, b"", ctypes.byref(arguments), None, 0x1000)
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "other programs",
        "has the dynamic linker run a program",
        _REPLACED,
        f"""
        import os
        def attack(stage):
            linkers = {{"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}}
            linker = linkers[os.uname().machine]
            os.execv(linker, [linker, *{_SHELL}])
        """,
        works_unwalled=True,
    ),
    Attack(
        "more processes",
        "forks",
        REFUSED,
        """
        import os
        def attack(stage):
            child = os.fork()
            if child == 0:
                os._exit(7)
            if os.waitpid(child, 0)[1] == 7 << 8:
                return "breach: a child ran"
        """,
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "more processes",
        "forks where it was granted threads",
        REFUSED,
        """
        import os
        def attack(stage):
            child = os.fork()
            if child == 0:
                os._exit(7)
            if os.waitpid(child, 0)[1] == 7 << 8:
                return "breach: a child ran"
        """,
        limits=replace(LIMITS, threads=4),
        works_unwalled=True,
    ),
    Attack(
        "more processes",
        "forks by the old system call",
        REFUSED,
        """
        def attack(stage):
            child = syscall("fork")
            if child == 0:
                os._exit(7)
            return "breach: a child ran" if os.waitpid(child, 0)[1] == 7 << 8 else None
        """,
        prelude=SYSTEM_CALLS,
        machines=("x86_64",),
        works_unwalled=True,
    ),
    Attack(
        "more processes",
        "clones itself with the parent's memory",
        REFUSED,
        """
        def attack(stage):
            child = syscall("clone", 17, 0, 0, 0, 0)
            if child == 0:
                os._exit(7)
            return "breach: a child ran" if os.waitpid(child, 0)[1] == 7 << 8 else None
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "more processes",
        "clones itself into a user namespace of its own",
        REFUSED,
        """
        def attack(stage):
            arguments = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0)
            child = syscall("clone3", ctypes.byref(arguments), 64)
            if child == 0:
                os._exit(7)
            return "breach: a child is root" if os.waitpid(child, 0)[1] == 7 << 8 else None
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "more processes",
        "clones itself into a user namespace by the old system call",
        REFUSED,
        """
        def attack(stage):
            child = syscall("clone", 0x10000000 | 17, 0, 0, 0, 0)
            if child == 0:
                os._exit(7)
            return "breach: a child is root" if os.waitpid(child, 0)[1] == 7 << 8 else None
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "more processes",
        "opens a terminal of its own for a child",
        REFUSED,
        """
        import os, pty
        def attack(stage):
            child, _ = pty.fork()
            if child == 0:
                os._exit(0)
            return "breach: a child has a terminal"
        """,
        works_unwalled=True,
    ),
)
