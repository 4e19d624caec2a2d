"""Files: to change what is stored.

content             writing, truncating, replacing and removing files of the user; a subprocess may do all of it.
code                the packages that the next program, or the controller itself, will import.
modes               owners, modes, times and attributes, which some walls (Landlock among them) do not govern.
new entries         files, folders, links and pipes where there were none.
kernel settings     the files of /proc and /sys that steer the kernel.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import REFUSED, Attack
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS


def _deed(family: str, name: str, statement: str, *, canary: bool = False, works_unwalled: bool = True) -> Attack:
    """A program of one statement; the stage sees what it did."""
    program = f"import os, shutil\ndef attack(stage):\n    {statement}"
    return Attack(family, name, REFUSED, program, works_unwalled=works_unwalled, canary=canary)


FILES: Final = (
    _deed("content", "writes a new file", "open(stage['writable'] + '/new', 'w').write('x')", canary=True),
    _deed("content", "appends to a file", "open(stage['writable'] + '/marker.txt', 'a').write('x')"),
    _deed("content", "empties the answer file", "os.truncate(stage['answers'], 0)"),
    _deed("content", "empties a file by opening it", "os.open(stage['precious'], os.O_RDONLY | os.O_TRUNC)"),
    _deed("content", "removes a file", "os.unlink(stage['precious'])"),
    _deed("content", "removes a folder with all in it", "shutil.rmtree(stage['other'])"),
    _deed("content", "moves a file over another", "os.rename(stage['precious'], stage['answers'])"),
    _deed("content", "rewrites the problem", "open(stage['problem'] + '/evaluate.py', 'w').write('SCORE = 1e9')"),
    Attack(
        "content",
        "writes a file through memory",
        REFUSED,
        """
        import mmap
        def attack(stage):
            with open(stage["precious"], "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
                memory[:4] = b"lost"
        """,
        works_unwalled=True,
    ),
    Attack(
        "content",
        "opens a file for writing by openat2",
        REFUSED,
        """
        def attack(stage):
            how = (ctypes.c_uint64 * 3)(os.O_WRONLY | os.O_TRUNC, 0, 0)
            return syscall("openat2", -100, stage["precious"].encode(), ctypes.byref(how), 24)
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "content",
        "locks a file",
        REFUSED,
        """
        import fcntl, os
        def attack(stage):
            fcntl.flock(open(os.__file__), fcntl.LOCK_EX)
            return "breach: locked a file that all programs share"
        """,
        works_unwalled=True,
    ),
    _deed("code", "changes an installed package", "open(stage['packages'] + '/package/__init__.py', 'w').write('x')"),
    _deed("code", "adds a compiled module", "open(stage['packages'] + '/package/__pycache__/x.pyc', 'w').write('x')"),
    *(
        Attack(
            "code",
            f"opens {whose} code for writing",
            REFUSED,
            f"""
            import os, sys
            def attack(stage):
                os.close(os.open({path}, os.O_WRONLY))  # and leaves it as it is
                return "breach: opened it"
            """,
        )
        for whose, path in (
            ("the standard library's", "os.__file__"),
            ("numpy's", "__import__('numpy').__file__"),
            ("the jail's", "sys.modules['evosearch.sandbox.child'].__file__"),
        )
    ),
    _deed("modes", "changes a file's mode", "os.chmod(stage['precious'], 0o000)"),
    _deed("modes", "changes a file's owner", "os.chown(stage['precious'], 12345, 12345)", works_unwalled=False),
    _deed("modes", "changes a file's times", "os.utime(stage['precious'], (0, 0))"),
    _deed("modes", "adds an attribute to a file", "os.setxattr(stage['precious'], 'user.left', b'x')"),
    Attack(
        "modes",
        "changes a file's mode by the newest system call",
        REFUSED,
        "def attack(stage):\n    return syscall('fchmodat2', -100, stage['precious'].encode(), 0, 0)",
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
    Attack(
        "modes",
        "sets the mode of /usr",
        REFUSED,
        """
        import os, stat
        def attack(stage):
            os.chmod("/usr", stat.S_IMODE(os.stat("/usr").st_mode))  # to what it is
            return "breach: could have changed it"
        """,
    ),
    _deed("new entries", "makes a folder", "os.mkdir(stage['writable'] + '/new')"),
    _deed("new entries", "makes a symbolic link", "os.symlink('/etc/passwd', stage['writable'] + '/new')"),
    _deed("new entries", "makes a hard link", "os.link(stage['precious'], stage['writable'] + '/new')"),
    _deed("new entries", "makes a pipe", "os.mkfifo(stage['writable'] + '/new')"),
    _deed("new entries", "makes a device", "os.mknod(stage['writable'] + '/new', 0o20666, 259)", works_unwalled=False),
    Attack(
        "new entries",
        "gives a name to a file that had none",
        REFUSED,
        """
        import os
        def attack(stage):
            file = os.open(stage["writable"], os.O_TMPFILE | os.O_WRONLY)
            os.link(f"/proc/self/fd/{file}", stage["writable"] + "/new", follow_symlinks=True)
        """,
    ),
    Attack(
        "kernel settings",
        "opens settings of the kernel for writing",
        REFUSED,
        """
        import os
        def attack(stage):
            opened = None
            for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/mm/ksm/run", "/dev/kmsg"):
                try:
                    os.close(os.open(path, os.O_WRONLY))  # and writes nothing
                    opened = "breach: " + path
                except OSError:
                    pass
            return opened
        """,
    ),
)
