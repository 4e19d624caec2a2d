"""Spying: to read what a program has no business to know.

environment         keys and tokens of the controller and of other processes. A subprocess inherits them all.
answers             the file with the right answers, by every way there is to open a file. It lies open to a subprocess.
other problems      folders of other problems: their names, their code.
machine             the machine's users, kernel log and devices; the user's home.
memory              the memory of the controller and of other processes, which a subprocess of the same user may read.
descriptors         files that other processes have open, or that were left open by mistake.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import ANSWERED, REFUSED, Attack
from evosearch.sandbox.attacks.preludes import CHANNEL, SYSTEM_CALLS

_SEARCH: Final = """
import re
def secret(text):
    found = re.search("stage-[0-9a-f]{32}", text)
    return found and found[0]

"""

SPYING: Final = (
    Attack(
        "environment",
        "reads its own environment",
        REFUSED,
        """
        import os
        def attack(stage):
            own = open("/proc/self/environ").read() if os.path.exists("/proc/self/environ") else ""
            return os.environ.get(stage["variable"]) or secret(own)
        """,
        prelude=_SEARCH,
        canary=True,
    ),
    Attack(
        "environment",
        "reads the environment of every process",
        REFUSED,
        """
        import glob
        def attack(stage):
            for path in [f"/proc/{stage['victim']}/environ", *glob.glob("/proc/[0-9]*/environ")]:
                if found := secret(open(path, errors="replace").read()):
                    return found
        """,
        prelude=_SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "answers",
        "opens the answer file",
        REFUSED,
        "def attack(stage):\n    return secret(open(stage['answers']).read())",
        prelude=_SEARCH,
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "answers",
        "opens the answer file by openat2",
        REFUSED,
        """
        def attack(stage):
            how = (ctypes.c_uint64 * 3)(0, 0, 0)
            descriptor = syscall("openat2", -100, stage["answers"].encode(), ctypes.byref(how), 24)
            return secret(os.read(descriptor, 1_000).decode())
        """,
        prelude=SYSTEM_CALLS + _SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "answers",
        "opens the answer file by the old system call",
        REFUSED,
        """
        def attack(stage):
            return secret(os.read(syscall("open", stage["answers"].encode(), 0), 1_000).decode())
        """,
        prelude=SYSTEM_CALLS + _SEARCH,
        machines=("x86_64",),
        works_unwalled=True,
    ),
    Attack(
        "answers",
        "opens the answer file by its handle",
        REFUSED,
        """
        class Handle(ctypes.Structure):
            _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_char * 128)]
        def attack(stage):
            handle, mount = Handle(128), ctypes.c_int()
            path = stage["answers"].encode()
            syscall("name_to_handle_at", -100, path, ctypes.byref(handle), ctypes.byref(mount), 0)
            folder = os.open(stage["root"], os.O_RDONLY)
            return secret(os.read(syscall("open_by_handle_at", folder, ctypes.byref(handle), 0), 1_000).decode())
        """,
        prelude=SYSTEM_CALLS + _SEARCH,
    ),
    Attack(
        "answers",
        "opens the answer file by its path only, and then again through /proc",
        REFUSED,
        """
        import os
        def attack(stage):
            descriptor = os.open(stage["answers"], os.O_PATH)
            return secret(open(f"/proc/self/fd/{descriptor}").read())
        """,
        prelude=_SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "answers",
        "opens the answer file through another process's root",
        REFUSED,
        "def attack(stage):\n    return secret(open(f\"/proc/{stage['victim']}/root{stage['answers']}\").read())",
        prelude=_SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "answers",
        "has numpy open the answer file",
        REFUSED,
        """
        def attack(stage):
            import numpy
            return secret(numpy.fromfile(stage["answers"], dtype="u1").tobytes().decode())
        """,
        prelude=_SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "answers",
        "imports the problem's code",
        REFUSED,
        """
        from importlib.machinery import SourceFileLoader
        def attack(stage):
            return SourceFileLoader("evaluate", stage["problem"] + "/evaluate.py").load_module().ANSWER
        """,
        works_unwalled=True,
    ),
    Attack(
        "other problems",
        "lists the folder of another problem",
        REFUSED,
        """
        import os
        def attack(stage):
            return "breach: " + " ".join(os.listdir(stage["other"]))
        """,
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "other problems",
        "reads the code of another problem",
        REFUSED,
        "def attack(stage):\n    return secret(open(stage['other'] + '/evaluate.py').read())",
        prelude=_SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "other problems",
        "watches a folder for what happens in it",
        REFUSED,
        """
        def attack(stage):
            watcher = syscall("inotify_init1", 0)
            syscall("inotify_add_watch", watcher, stage["root"].encode(), 0xFFF)
            return "breach: watches"
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "machine",
        "reads the list of users",
        REFUSED,
        "def attack(stage):\n    return open('/etc/passwd').readline().strip()",
        works_unwalled=True,
    ),
    Attack(
        "machine",
        "reads a password in the user's home",
        REFUSED,
        "def attack(stage):\n    return secret(open(stage['home'] + '/.netrc').read())",
        prelude=_SEARCH,
        works_unwalled=True,
    ),
    Attack(
        "machine",
        "reads the code of evosearch, and with it the answers that ship with it",
        REFUSED,
        """
        import sys
        def attack(stage):
            return f"breach: {len(open(sys.modules['evosearch.sandbox.child'].__file__).read())} characters"
        """,
        works_unwalled=True,
    ),
    Attack(
        "machine",
        "imports packages that were not declared",
        REFUSED,
        """
        def attack(stage):
            import pydantic
            return "breach: imported one"
        """,
    ),
    Attack(
        "machine",
        "reads the kernel's log",
        REFUSED,
        """
        def attack(stage):
            return f"breach: {syscall('syslog', 3, ctypes.create_string_buffer(64), 64)} bytes"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "machine",
        "opens the machine's disks and memory",
        REFUSED,
        """
        import glob, os
        def attack(stage):
            opened = None
            for path in ["/dev/mem", "/dev/kmsg", *glob.glob("/dev/[svn][dv][am]*")]:
                try:
                    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
                    opened = "breach: " + path
                except OSError:
                    pass
            return opened
        """,
    ),
    Attack(
        "machine",
        "lists the processes of the machine",
        REFUSED,
        """
        import os
        def attack(stage):
            if str(stage["controller"]) in os.listdir("/proc"):
                return "breach: sees the controller"
        """,
        works_unwalled=True,
    ),
    Attack(
        "memory",
        "reads the controller's memory file",
        REFUSED,
        """
        def attack(stage):
            with open(f"/proc/{stage['controller']}/mem", "rb", buffering=0) as memory:
                memory.seek(stage["controller_address"])
                return memory.read(stage["token_length"]).decode()
        """,
        works_unwalled=True,
    ),
    *(
        Attack(
            "memory",
            f"reads the memory of {whom} by process_vm_readv",
            REFUSED,
            f"""
            def attack(stage):
                size = stage["token_length"]
                buffer = ctypes.create_string_buffer(size)
                here = Vector(ctypes.addressof(buffer), size)
                there = Vector(stage["{key}_address"], size)
                syscall("process_vm_readv", stage["{key}"], ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
                return buffer.raw.decode()
            """,
            prelude=SYSTEM_CALLS,
            works_unwalled=True,
        )
        for whom, key in (("the controller", "controller"), ("another process", "victim"))
    ),
    Attack(
        "memory",
        "traces another process",
        REFUSED,
        """
        def attack(stage):
            syscall("ptrace", 16, stage["victim"], 0, 0)
            os.waitpid(stage["victim"], 0x40000000)
            syscall("ptrace", 17, stage["victim"], 0, 0)
            return "breach: traced it"
        """,
        prelude=SYSTEM_CALLS,
        canary=True,
    ),
    Attack(
        "memory",
        "opens its parent's memory file",
        REFUSED,
        """
        import os
        def attack(stage):
            os.open(f"/proc/{os.getppid() or 1}/mem", os.O_RDWR)
            return "breach: opened it"
        """,
        works_unwalled=True,
    ),
    Attack(
        "memory",
        "searches its own objects for secrets",
        ANSWERED,
        """
        import gc
        def attack(stage):
            texts = (thing for group in gc.get_objects() for thing in gc.get_referents(group) if type(thing) is str)
            return next((text for text in texts if len(text) == 38 and secret(text)), None)
        """,
        prelude=_SEARCH,
    ),
    Attack(
        "descriptors",
        "opens the controller's open file",
        REFUSED,
        """
        def attack(stage):
            return open(f"/proc/{stage['controller']}/fd/{stage['controller_descriptor']}").read()
        """,
        works_unwalled=True,
    ),
    Attack(
        "descriptors",
        "takes the controller's open file by pidfd_getfd",
        REFUSED,
        """
        def attack(stage):
            process = syscall("pidfd_open", stage["controller"], 0)
            return os.pread(syscall("pidfd_getfd", process, stage["controller_descriptor"], 0), 100, 0).decode()
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "descriptors",
        "asks which files it shares with its zygote",
        REFUSED,
        """
        def attack(stage):
            syscall("kcmp", os.getpid(), os.getppid(), 0, 0, 0)
            return "breach: was told"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "descriptors",
        "looks for descriptors that were left open",
        REFUSED,
        """
        def attack(stage):
            left = [number for number in range(3, 1_024) if number != channel and is_open(number)]
            if left:
                return f"breach: {left} are open"
        def is_open(number):
            try:
                return bool(os.fstat(number))
            except OSError:
                return False
        """,
        prelude=CHANNEL,
    ),
)
