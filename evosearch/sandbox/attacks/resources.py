"""Resources: to use more than its share.

time                loops and sleeps that ignore every polite signal, in Python and inside one C call. A time-out
                    that only sends SIGTERM, or only looks between two bytecodes, waits for ever.
processes           children and threads without end. A kill that reaches the direct child leaves the others running.
memory              of every kind, that which is accounted elsewhere included.
output              floods of answers and of text, for a reader that keeps them all.
storage             disks, inodes and descriptors.
crashes             the stack, a bad address, the compiler.
judge               a legal answer that the task's own check chokes on. In one process with the search, both end.
"""

from dataclasses import replace
from typing import Final

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import (
    ALONE,
    ANSWERED,
    FLOODED,
    LIMITS,
    LITTLE_CPU,
    LITTLE_TIME,
    OUT_OF_CPU,
    OUT_OF_MEMORY,
    OUT_OF_TIME,
    REFUSED,
    Attack,
    Expectation,
)
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS

_TOO_MUCH: Final = Expectation.of("stopped: size", Status.OUTPUT_TOO_BIG, Status.MEMORY)
_STOPPED: Final = Expectation.of("stopped: memory or CPU time", Status.MEMORY, Status.CRASHED, Status.TIMEOUT_CPU)
#: Where threads cannot be counted, none are to be had.
_COUNTED: Final = Expectation.of("killed: CPU time", Status.TIMEOUT_CPU, Status.CRASHED)
_JUDGE_OUT_OF_CPU: Final = Expectation.of("the judge is killed: CPU time", Status.TIMEOUT_CPU)
_JUDGE_OUT_OF_MEMORY: Final = Expectation.of("the judge is stopped: memory", Status.MEMORY)


def _busy(name: str, statement: str, imports: str = "") -> Attack:
    """A program that never ends by itself."""
    program = f"{imports}\ndef attack(stage):\n    {statement}"
    return Attack("time", name, OUT_OF_CPU, program, limits=LITTLE_CPU)


RESOURCES: Final = (
    _busy("loops", "while True: pass"),
    _busy("computes inside one C call that no signal interrupts", "return sum(range(10**12))"),
    _busy("multiplies huge numbers", "return 7 ** (10**9)"),
    _busy("reads a number of ten million digits", "return int('7' * 10**7)"),
    _busy("matches a regular expression that backtracks", "re.fullmatch('(a+)+b', 'a' * 64)", "import re"),
    Attack(
        "time",
        "ignores every signal and loops",
        OUT_OF_CPU,
        """
        import signal
        def attack(stage):
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            while True:
                pass
        """,
        limits=LITTLE_CPU,
    ),
    Attack("time", "loops while it is loaded", OUT_OF_CPU, "while True:\n    pass", limits=LITTLE_CPU),
    Attack(
        "time",
        "sleeps",
        OUT_OF_TIME,
        "import time\ndef attack(stage):\n    time.sleep(1_000)",
        limits=LITTLE_TIME,
    ),
    Attack(
        "time",
        "stops itself",
        OUT_OF_TIME,
        "import os, signal\ndef attack(stage):\n    os.kill(os.getpid(), signal.SIGSTOP)",
        limits=LITTLE_TIME,
    ),
    Attack(
        "time",
        "asks its judge without end",
        OUT_OF_CPU,
        "def attack(stage):\n    while True:\n        echo('x' * 10_000)",
        limits=LITTLE_CPU,
    ),
    Attack(
        "processes",
        "forks a crowd",
        REFUSED,
        """
        import os, time
        def attack(stage):
            for number in range(30):
                if os.fork() == 0:
                    time.sleep(0.2)
                    os._exit(0)
            return f"breach: {number + 1} children run"
        """,
        works_unwalled=True,
    ),
    Attack(
        "processes",
        "starts a daemon that outlives it",
        REFUSED,
        """
        import os, time
        def attack(stage):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.closerange(0, 64)
                    time.sleep(5)
                os._exit(0)
            return "breach: it runs"
        """,
        works_unwalled=True,
    ),
    Attack(
        "processes",
        "computes in a child, whose time is not counted",
        REFUSED,
        """
        import os, time
        def attack(stage):
            if os.fork() == 0:
                while time.process_time() < 1:
                    pass
                os._exit(0)
            return f"breach: used {os.times().user:.1f} seconds, and the child more"
        """,
        works_unwalled=True,
    ),
    Attack(
        "processes",
        "starts a crowd of threads",
        REFUSED,
        """
        import threading, time
        def attack(stage):
            for number in range(40):
                threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()
            return f"breach: {number + 1} threads run"
        """,
        works_unwalled=True,
    ),
    Attack(
        "processes",
        "starts many more threads than it was granted",
        REFUSED,
        """
        import threading, time
        threading.stack_size(32_768)
        def attack(stage):
            for number in range(40):
                threading.Thread(target=time.sleep, args=(0.2,), daemon=True).start()
            return f"breach: {number + 1} threads run"
        """,
        limits=replace(LIMITS, threads=2),
        works_unwalled=True,
    ),
    Attack(
        "processes",
        "computes in all the threads that it was granted",
        _COUNTED,
        """
        import threading
        def loop():
            while True:
                pass
        def attack(stage):
            for _ in range(2):
                threading.Thread(target=loop, daemon=True).start()
            loop()
        """,
        limits=replace(LITTLE_CPU, threads=2),
    ),
    Attack("memory", "makes an endless list", OUT_OF_MEMORY, "def attack(stage):\n    return len(list(range(10**9)))"),
    Attack(
        "memory",
        "unpacks a gigabyte",
        _STOPPED,
        """
        import zlib
        def attack(stage):
            packed = zlib.compress(bytes(2**24), 1)
            return len([zlib.decompress(packed) for _ in range(64)])
        """,
    ),
    Attack(
        "memory",
        "maps shared memory",
        OUT_OF_MEMORY,
        """
        import mmap
        def attack(stage):
            memory = mmap.mmap(-1, 2**30)
            for page in range(0, 300 * 2**20, 4096):
                memory[page] = 1
            return "breach: 300 MB are in use"
        """,
        works_unwalled=True,
    ),
    Attack(
        "memory",
        "fills files that are in memory alone",
        Expectation.of("refused", Status.CRASHED, Status.POLICY, Status.OK, Status.MEMORY),
        """
        def attack(stage):
            files = [syscall("memfd_create", b"fill", 0) for _ in range(20)]
            total = sum(os.write(file, bytes(2**20)) for file in files)
            return f"breach: {total:,} bytes in memory that is not counted"
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "memory",
        "locks memory",
        REFUSED,
        """
        import ctypes
        def attack(stage):
            buffer = ctypes.create_string_buffer(2**20)
            if ctypes.CDLL(None).mlock(buffer, 2**20) == 0:
                return "breach: locked a megabyte"
        """,
    ),
    Attack(
        "memory",
        "fills the queues of many pipes",
        REFUSED,
        """
        import fcntl, os
        def attack(stage):
            total = 0
            for _ in range(16):
                _, end = os.pipe()
                os.set_blocking(end, False)
                fcntl.fcntl(end, 1031, 2**20)  # F_SETPIPE_SZ
                total += os.write(end, bytes(2**20))
            return f"breach: {total:,} bytes in the kernel"
        """,
        works_unwalled=True,
    ),
    Attack("output", "prints without end", FLOODED, "def attack(stage):\n    while True:\n        print('x' * 1_000)"),
    Attack(
        "output",
        "complains without end",
        FLOODED,
        "import os\ndef attack(stage):\n    while True:\n        os.write(2, b'\\0' * 65_536)",
    ),
    Attack("output", "answers with 100 MB", _TOO_MUCH, "def attack(stage):\n    return 'x' * 100_000_000"),
    Attack("output", "answers with 2 MB", _TOO_MUCH, "def attack(stage):\n    return ['x' * 1_000] * 2_000"),
    Attack(
        "storage",
        "fills the disk",
        REFUSED,
        """
        import os
        def attack(stage):
            total = 0
            for place in (stage["writable"], "/jail/scratch", "/tmp", "/var/tmp", "/dev/shm"):
                for number in range(3):
                    try:
                        with open(f"{place}/{stage['name']}-{number}", "wb") as file:
                            total += sum(file.write(bytes(2**20)) for _ in range(10))
                    except OSError:
                        pass
                    if total > 25 * 2**20:
                        return f"breach: {total:,} bytes"
        """,
        works_unwalled=True,
    ),
    Attack(
        "storage",
        "uses up the inodes",
        REFUSED,
        """
        import os
        def attack(stage):
            made = 0
            for place in (stage["writable"], "/jail/scratch"):
                try:
                    for number in range(1_500):
                        os.close(os.open(f"{place}/{number}", os.O_CREAT | os.O_EXCL))
                        made += 1
                except OSError:
                    pass
            if made >= 1_500:
                return f"breach: {made:,} files"
        """,
        works_unwalled=True,
    ),
    Attack(
        "storage",
        "opens files without end",
        REFUSED,
        """
        import os
        def attack(stage):
            for _ in range(2_000):
                os.dup(0)
            return "breach: 2,000 open files"
        """,
        canary=True,
        works_unwalled=True,
    ),
    Attack(
        "crashes",
        "calls itself without end",
        Expectation.of("crashes alone", Status.CRASHED, Status.MEMORY),
        """
        import sys
        sys.setrecursionlimit(10**9)
        def attack(stage):
            class Deep:
                def __repr__(self):
                    return repr(self)
            return repr(Deep())
        """,
    ),
    Attack("crashes", "reads a bad address", ALONE, "import ctypes\ndef attack(stage):\n    ctypes.string_at(8)"),
    Attack("crashes", "aborts", ALONE, "import os\ndef attack(stage):\n    os.abort()"),
    Attack(
        "crashes",
        "has a source that the compiler chokes on",
        _STOPPED,
        "x = " + "-" * 100_000 + "1\ndef attack(stage):\n    return x",
    ),
    Attack(
        "crashes",
        "has a source of nested calls",
        _STOPPED,
        "x = " + "f(" * 5_000 + ")" * 5_000 + "\ndef attack(stage):\n    return 0",
    ),
    Attack(
        "crashes",
        "has constants that the compiler computes",
        _STOPPED,
        "def attack(stage):\n    return (((1 << 10**9) << 10**9) << 10**9) * ('x' * 10**9)",
    ),
    Attack(
        "judge",
        "makes its judge hang on a legal answer",
        _JUDGE_OUT_OF_CPU,
        "def attack(stage):\n    return 'a' * 64",
        limits=LITTLE_CPU,
    ),
    Attack(
        "judge",
        "makes its judge run out of memory on a legal answer",
        _JUDGE_OUT_OF_MEMORY,
        "def attack(stage):\n    return {'repeat': 10**10}",
    ),
    Attack(
        "judge",
        "answers text that reads like code",
        ANSWERED,
        "def attack(stage):\n    return \"__import__('os').kill(os.getppid(), 9)\"",
    ),
)
