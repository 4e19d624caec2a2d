"""Ending: to leave early, to fail loudly, to speak late.

exit                it leaves early; an exit code of 0 counts as success in many a harness.
exception           errors made to choke what reports them.
late words          exit handlers, destructors, signals and threads that speak when the answer is given.
"""

from dataclasses import replace
from typing import Final

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import (
    ANSWERED,
    CRASHED,
    LIMITS,
    LITTLE_CPU,
    NOTHING,
    OUT_OF_CPU,
    UNHEARD,
    Attack,
    Expectation,
)
from evosearch.sandbox.attacks.preludes import CHANNEL

_CUT_OR_CRASHED: Final = Expectation.of("crashes alone", Status.CRASHED, Status.MEMORY)

ENDING: Final = (
    Attack("exit", "exits with success", NOTHING, "def attack(stage):\n    raise SystemExit(0)"),
    Attack("exit", "exits at once, while it is loaded", NOTHING, "import os\nos._exit(0)"),
    Attack("exit", "raises KeyboardInterrupt", CRASHED, "def attack(stage):\n    raise KeyboardInterrupt"),
    Attack(
        "exception",
        "raises one whose text has no end",
        OUT_OF_CPU,
        """
        class Endless(Exception):
            def __str__(self):
                while True:
                    pass
        def attack(stage):
            raise Endless
        """,
        limits=LITTLE_CPU,
    ),
    Attack(
        "exception",
        "raises one with a text of 50 MB",
        _CUT_OR_CRASHED,
        """
        def attack(stage):
            raise ValueError("x" * 50_000_000)
        """,
    ),
    Attack(
        "exception",
        "raises one whose text raises, with a name of control characters",
        CRASHED,
        """
        def broken(self):
            raise SystemError
        def attack(stage):
            raise type("\\n\\x1b[2J", (Exception,), {"__str__": broken})
        """,
    ),
    Attack(
        "exception",
        "replaces what shows the line of an exception",
        _CUT_OR_CRASHED,
        """
        import linecache
        def attack(stage):
            linecache.getline = lambda *_: "x" * 10_000_000
            1 / 0
        """,
    ),
    Attack(
        "late words",
        "speaks in exit handlers and destructors",
        ANSWERED,
        """
        import atexit
        class Parting:
            def __del__(self):
                say(b'{"id":1,"answer":1000000000}')
        parting = Parting()
        atexit.register(say, b'{"id":1,"answer":1000000000}')
        def attack(stage):
            return 0
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "late words",
        "speaks in a thread that outlives the call",
        UNHEARD,
        """
        import threading, time
        def speak():
            while True:
                say(b'{"id":2,"answer":1000000000}')
                time.sleep(0.001)
        def attack(stage):
            threading.Thread(target=speak, daemon=True).start()
            time.sleep(0.05)
            return 0
        """,
        prelude=CHANNEL,
    ),
    Attack(
        "late words",
        "speaks in a thread that it was granted",
        UNHEARD,
        """
        import threading, time
        def speak():
            while True:
                say(b'{"id":2,"answer":1000000000}')
        def attack(stage):
            threading.Thread(target=speak, daemon=True).start()
            time.sleep(0.05)
            return 0
        """,
        prelude=CHANNEL,
        limits=replace(LIMITS, threads=1),
    ),
    Attack(
        "late words",
        "speaks in a signal handler between two calls",
        UNHEARD,
        """
        import signal
        def attack(stage):
            signal.signal(signal.SIGALRM, lambda *_: say(b'{"id":2,"answer":1000000000}'))
            signal.setitimer(signal.ITIMER_REAL, 0.00005, 0.00005)
            return 0
        def encore():
            return 0
        """,
        prelude=CHANNEL,
    ),
)
