"""Persisting: to leave something behind that the next program finds.

files               in any folder that can be written. Programs that share a working directory exchange notes.
patches             modules, builtins, variables, limits that stay changed. Where one process runs many programs, the
                    first one decides what the second one's `sum` does.
shared objects      System V and POSIX objects and keyrings, which outlive the process that made them.
"""

from typing import Final

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import ANSWERED, REFUSED, SPOILT, Attack, Expectation
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS

_ANY: Final = Expectation.of("gone with it", Status.OK, Status.CRASHED, Status.POLICY, Status.PROTOCOL)

_PLACES: Final = """
import os, tempfile
def places(stage):
    named = (os.environ.get("HOME", ""), os.environ.get("TMPDIR", ""), os.getcwd(), "/tmp", "/var/tmp", "/dev/shm")
    return [stage["writable"], *named, "/jail/scratch", "/run/lock"]

"""

PERSISTING: Final = (
    Attack(
        "files",
        "leaves a note wherever it can",
        _ANY,
        """
        def attack(stage):
            for place in places(stage):
                try:
                    with open(f"{place}/{stage['name']}", "w") as note:
                        note.write("left by another program")
                except OSError:
                    pass
        """,
        sequel="""
        def attack(stage):
            found = None
            for place in places(stage):
                try:
                    found = "breach: " + open(f"{place}/{stage['name']}").read()
                    os.unlink(f"{place}/{stage['name']}")
                except OSError:
                    pass
            return found
        """,
        prelude=_PLACES,
        works_unwalled=True,
    ),
    Attack(
        "files",
        "leaves compiled code for the next import",
        REFUSED,
        """
        import py_compile
        def attack(stage):
            module = stage["packages"] + "/package/__init__.py"
            return "breach: " + py_compile.compile(module, doraise=True)
        """,
        works_unwalled=True,
    ),
    Attack(
        "patches",
        "patches modules and builtins",
        SPOILT,
        """
        import builtins, json, math, sys, types
        def attack(stage):
            builtins.sum = lambda *_: 1e9
            json.left = math.left = True
            sys.modules["left"] = types.ModuleType("left")
            sys.path.insert(0, stage["writable"])
            return 0
        """,
        sequel="""
        import json, sys
        def attack(stage):
            if sum([1]) != 1 or hasattr(json, "left") or "left" in sys.modules or stage["writable"] in sys.path:
                return "breach: patches stayed"
        """,
    ),
    Attack(
        "patches",
        "changes the variables, mask, folder and limits of its process",
        ANSWERED,
        """
        import os, resource, signal
        def attack(stage):
            os.environ["LEFT"] = "1"
            os.umask(0o123)
            os.chdir("/")
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
            except (OSError, ValueError):
                pass
            return 0
        """,
        sequel="""
        import os, resource, signal
        def attack(stage):
            if os.environ.get("LEFT") or os.umask(0) == 0o123 or signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
                return "breach: they stayed"
            if resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 20:
                return "breach: the limit stayed"
        """,
    ),
    Attack(
        "shared objects",
        "leaves System V shared memory",
        REFUSED,
        """
        def attack(stage):
            segment = syscall("shmget", stage["key"], 4096, 0o1666)
            _libc.shmat.restype = ctypes.c_void_p
            ctypes.memmove(_libc.shmat(segment, None, 0), b"left", 4)
            return 0
        """,
        sequel="""
        def attack(stage):
            return f"breach: found segment {syscall('shmget', stage['key'], 0, 0)}"
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "shared objects",
        "leaves a System V message queue and semaphores",
        REFUSED,
        """
        def attack(stage):
            syscall("msgget", stage["key"], 0o1666)
            return syscall("semget", stage["key"], 1, 0o1666)
        """,
        sequel="def attack(stage):\n    return f\"breach: found queue {syscall('msgget', stage['key'], 0)}\"",
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "shared objects",
        "leaves a POSIX message queue",
        REFUSED,
        """
        def attack(stage):
            return _libc.mq_open(f"/{stage['name']}".encode(), 0o102, 0o666, None)
        """,
        sequel="""
        def attack(stage):
            if _libc.mq_open(f"/{stage['name']}".encode(), 0) >= 0:
                return "breach: found the queue"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "shared objects",
        "leaves a key in the kernel's keyring",
        REFUSED,
        """
        def attack(stage):
            return syscall("add_key", b"user", stage["name"].encode(), b"left", 4, -4)
        """,
        sequel="""
        def attack(stage):
            return f"breach: found key {syscall('keyctl', 10, -4, b'user', stage['name'].encode(), 0)}"
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
)
