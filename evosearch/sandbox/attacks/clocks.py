"""Clocks: to seem faster than it was.

Tools that have the program report its own time, or measure it in the same process, believe whatever its `time.time`
says.

patched clocks      every function of Python that tells the time.
hidden time         time that is used where a stopwatch around the call does not run: while loading, or between calls.
limits on time      the kernel's own alarm for CPU time, switched off.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import ANSWERED, LITTLE_CPU, OUT_OF_CPU, REFUSED, Attack
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS

CLOCKS: Final = (
    Attack(
        "patched clocks",
        "stops every clock and computes",
        ANSWERED,
        """
        import time
        now = time.process_time
        def attack(stage):
            end = now() + 0.1
            for name in [name for name in vars(time) if callable(getattr(time, name))]:
                setattr(time, name, lambda *_: 0)
            while now() < end:
                pass
            return {"cpu_seconds": 0.0, "seconds": 0.0}
        """,
        cpu_seconds=0.1,
        wall_seconds=0.1,
    ),
    Attack(
        "patched clocks",
        "stops every clock and sleeps",
        ANSWERED,
        """
        import os, resource, time
        sleep = time.sleep
        def attack(stage):
            for module in (time, os, resource):
                for name in ("time", "monotonic", "perf_counter", "process_time", "times", "getrusage"):
                    if hasattr(module, name):
                        setattr(module, name, lambda *_: 0)
            sleep(0.2)
            return {"wall_seconds": 0.0}
        """,
        wall_seconds=0.2,
    ),
    Attack(
        "hidden time",
        "computes while it is loaded",
        ANSWERED,
        """
        import time
        while time.process_time() < 0.15:
            pass
        def attack(stage):
            return 0
        """,
        cpu_seconds=0.1,
        wall_seconds=0.1,
    ),
    Attack(
        "hidden time",
        "computes in a destructor",
        ANSWERED,
        """
        import time
        class Late:
            def __del__(self):
                end = time.process_time() + 0.1
                while time.process_time() < end:
                    pass
        def attack(stage):
            Late()
            return 0
        """,
        cpu_seconds=0.1,
        wall_seconds=0.1,
    ),
    Attack(
        "limits on time",
        "sets the machine's clock",
        REFUSED,
        """
        def attack(stage):
            syscall("settimeofday", 0, 0)  # asks for the right and sets nothing
            return "breach: could have set it"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "limits on time",
        "raises its limit of CPU time and loops",
        OUT_OF_CPU,
        """
        import resource, signal
        def attack(stage):
            signal.signal(signal.SIGXCPU, signal.SIG_IGN)
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))
            except (OSError, ValueError):
                pass
            while True:
                pass
        """,
        limits=LITTLE_CPU,
    ),
)
