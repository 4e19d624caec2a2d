"""Privileges: to gain rights, and to reach the parts of the kernel that give them.

identity            becoming another user, keeping capabilities, raising limits, outliving the jail.
namespaces          a user namespace gives every subprocess the kernel's administration to play with: mounts, roots.
kernel surface      bpf, perf, userfaultfd, modules and the like: where most escapes of the last years began. The calls
                    are made with arguments that do nothing, should they be allowed.
other gates         ways into the kernel that a filter of one architecture does not see.
terminal            typing on the user's terminal (TIOCSTI), and escape sequences for whoever reads the log.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import ANSWERED, CRASHED, REFUSED, Attack
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS

_ESCAPES: Final = r'"\x1b[2J\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x9b31m\u202e"'


def _call(family: str, name: str, call: str, *, works_unwalled: bool = False, canary: bool = False) -> Attack:
    """A program that makes one system call, and boasts if the kernel does it."""
    program = f"""
        def attack(stage):
            return f"breach: got {{syscall({call})}}"
        """
    return Attack(family, name, REFUSED, program, prelude=SYSTEM_CALLS, works_unwalled=works_unwalled, canary=canary)


def _empty_call(name: str, call: str) -> Attack:
    """A program that asks for what only an administrator may do, with arguments that do nothing.

    What is refused is refused before the arguments are looked at.
    """
    program = f"""
        import errno
        def attack(stage):
            try:
                syscall({call})
            except OSError as error:
                if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS):
                    raise
            return "breach: would have been done"
        """
    return Attack("kernel surface", name, REFUSED, program, prelude=SYSTEM_CALLS)


PRIVILEGES: Final = (
    Attack(
        "identity",
        "becomes another user",
        REFUSED,
        """
        import os
        def attack(stage):
            os.setresuid(12345, 12345, 12345)
            return "breach: is another user"
        """,
    ),
    Attack(
        "identity",
        "becomes root",
        REFUSED,
        """
        import os
        def attack(stage):
            was = os.geteuid()
            os.setresuid(0, 0, 0)
            return None if was == 0 else "breach: is root"
        """,
    ),
    Attack(
        "identity",
        "joins other groups",
        REFUSED,
        "import os\ndef attack(stage):\n    os.setgroups([0])\n    return 'breach: joined them'",
    ),
    Attack(
        "identity",
        "looks for capabilities that it still has",
        REFUSED,
        """
        def attack(stage):
            header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
            syscall("capget", ctypes.byref(header), ctypes.byref(data))
            if data[0] or data[3]:
                return f"breach: has {data[0]:x}"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "identity",
        "raises its limits",
        REFUSED,
        """
        import resource
        def attack(stage):
            soft, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (hard + 2**30, hard + 2**30))
            return "breach: raised it"
        """,
        canary=True,
    ),
    _call("identity", "lets other processes read its memory", "'prctl', 4, 1, 0, 0, 0", works_unwalled=True),
    _call("identity", "asks to outlive its parent", "'prctl', 1, 0, 0, 0, 0", works_unwalled=True),
    _call("identity", "lays out its memory at fixed addresses", "'personality', 0x40000", works_unwalled=True),
    Attack(
        "identity",
        "takes the processor for itself",
        REFUSED,
        """
        import os
        def attack(stage):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
            return "breach: nobody else runs"
        """,
    ),
    Attack(
        "identity",
        "takes precedence over other processes",
        REFUSED,
        "import os\ndef attack(stage):\n    os.nice(-5)\n    return 'breach: goes first'",
    ),
    _call("namespaces", "enters a user namespace", "'unshare', 0x10000000", works_unwalled=True, canary=True),
    _call("namespaces", "enters user, mount and network namespaces", "'unshare', 0x50020000", works_unwalled=True),
    Attack(
        "namespaces",
        "mounts over a folder",
        REFUSED,
        """
        def attack(stage):
            syscall("mount", b"none", stage["writable"].encode(), b"tmpfs", 0, None)
            syscall("umount2", stage["writable"].encode(), 2)
            return "breach: mounted"
        """,
        prelude=SYSTEM_CALLS,
    ),
    _call("namespaces", "opens a file system by the new system calls", "'fsopen', b'tmpfs', 0"),
    _call("namespaces", "copies a mounted tree", "'open_tree', -100, b'/', 1"),
    Attack(
        "namespaces",
        "joins the namespaces of another process",
        REFUSED,
        """
        def attack(stage):
            process = syscall("pidfd_open", stage["controller"], 0)
            return f"breach: got {syscall('setns', process, 0x08000000)}"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "namespaces",
        "changes its root",
        REFUSED,
        "import os\ndef attack(stage):\n    os.chroot(stage.get('root', '/'))\n    return 'breach: has another root'",
    ),
    Attack(
        "namespaces",
        "names the machine",
        REFUSED,
        """
        def attack(stage):
            name = os.uname().nodename.encode()  # what it is called already
            return f"breach: got {syscall('sethostname', name, len(name))}"
        """,
        prelude=SYSTEM_CALLS,
    ),
    Attack(
        "kernel surface",
        "loads a program into the kernel (bpf)",
        REFUSED,
        """
        def attack(stage):
            about = (ctypes.c_uint32 * 32)(2, 4, 8, 1)  # an array of one entry
            return f"breach: got {syscall('bpf', 0, ctypes.byref(about), 72)}"
        """,
        prelude=SYSTEM_CALLS,
        canary=True,
    ),
    _call("kernel surface", "opens a pipe for notifications of the kernel", "'pipe2', (ctypes.c_int * 2)(), 0x80"),
    Attack(
        "kernel surface",
        "measures the processor (perf_event_open)",
        REFUSED,
        """
        def attack(stage):
            about = (ctypes.c_uint32 * 32)(1, 128)  # a software clock
            about[10] = 0x61  # of itself alone, without the kernel
            return f"breach: got {syscall('perf_event_open', ctypes.byref(about), 0, -1, -1, 0)}"
        """,
        prelude=SYSTEM_CALLS,
    ),
    _call("kernel surface", "handles its own page faults (userfaultfd)", "'userfaultfd', 1", works_unwalled=True),
    _call("kernel surface", "watches all files (fanotify)", "'fanotify_init', 0, 0"),
    _empty_call("loads another kernel (kexec)", "'kexec_load', 0, 17, 0, 0"),
    _empty_call("loads a module", "'init_module', 0, 0, 0"),
    _empty_call("removes a module", "'delete_module', b'evosearch_no_such_module', 0o4000"),
    _empty_call("restarts the machine", "'reboot', 0, 0, 0, 0"),
    _empty_call("adds swap space", "'swapon', b'', 0"),
    Attack(
        "other gates",
        "opens a socket through the 32-bit gate (int 0x80)",
        REFUSED,
        """
        import ctypes, mmap
        CODE = bytes.fromhex("53 b867010000 bb02000000 b901000000 31d2 cd80 5b c3")
        def attack(stage):
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(CODE)
            address = ctypes.addressof(ctypes.c_char.from_buffer(page))
            descriptor = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
            if descriptor >= 0:
                return f"breach: socket {descriptor}"
        """,
        machines=("x86_64",),
    ),
    Attack(
        "other gates",
        "opens a socket by the numbers of x32",
        REFUSED,
        "def attack(stage):\n    return f'breach: socket {syscall(0x40000000 | 41, 2, 1, 0)}'",
        prelude=SYSTEM_CALLS,
        machines=("x86_64",),
    ),
    Attack(
        "other gates",
        "writes the ports of the machine (iopl)",
        REFUSED,
        "def attack(stage):\n    return f\"breach: got {syscall('iopl', 3)}\"",
        prelude=SYSTEM_CALLS,
        machines=("x86_64",),
    ),
    Attack(
        "terminal",
        "types on the user's terminal",
        REFUSED,
        """
        import fcntl, os
        def attack(stage):
            terminal = os.open(stage["terminal"], os.O_RDWR | os.O_NOCTTY)
            fcntl.ioctl(terminal, 0x5412, b"x")  # TIOCSTI
        """,
    ),
    Attack(
        "terminal",
        "writes on the user's terminal",
        REFUSED,
        "def attack(stage):\n    open(stage['terminal'], 'w').write('your password please: ')",
        works_unwalled=True,
    ),
    Attack(
        "terminal",
        "prints and answers escape sequences",
        ANSWERED,
        f"def attack(stage):\n    print({_ESCAPES})\n    return {_ESCAPES}",
    ),
    Attack(
        "terminal",
        "raises an exception of escape sequences",
        CRASHED,
        f"def attack(stage):\n    raise ValueError({_ESCAPES})",
    ),
)
