"""Namespaces: a user, a file system, a network, processes and IPC of the jail's own (Linux; namespaces(7)).

They are entered once, by the zygote; its children are born in them. Any user may enter them where the host allows
user namespaces. Where it does not (a container without CAP_SYS_ADMIN, a setting of the distribution's) the jail
stands on the other layers.

The zygote itself stays outside the namespace of processes that its children live in, so that they cannot even name
it, while it and the controller know them by their ordinary numbers. A namespace of processes lasts as long as its
first process: the keeper, which does nothing but end with the zygote, and kill all others when told to.
"""

import os
import resource
import signal
import socket
import stat
import sys
from contextlib import suppress
from functools import cache
from typing import Final, NoReturn

import evosearch
from evosearch.sandbox import mounts
from evosearch.sandbox.kernel import (
    LIBC,
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    RESERVED,
    checked,
    linux_only,
    prctl,
    reserve,
)
from evosearch.types import Jail, Limits

_NEWNS: Final = 0x00020000
_NEWUTS: Final = 0x04000000
_NEWIPC: Final = 0x08000000
_NEWUSER: Final = 0x10000000
_NEWPID: Final = 0x20000000
_NEWNET: Final = 0x40000000

_NOBODY: Final = 65534
_HOST_NAME: Final = b"jail"
#: Beside a program's own threads: its zygote, the keeper, and a predecessor that is not buried yet.
_COMPANIONS: Final = 4
_PROBE_SECONDS: Final = 30


class Namespaces:
    """User, mount, network, IPC, UTS and process namespaces, with a read-only root and a fresh scratch folder."""

    name = "namespaces"
    covers = "seeing other files, processes and networks at all"

    def __init__(self) -> None:
        self._keeper: socket.socket | None = None
        self._scratch_made = 0

    def available(self) -> str | None:
        return linux_only() or probe()

    def prepare(self, jail: Jail) -> None:
        spaces = _NEWUSER | _NEWNS | _NEWNET | _NEWIPC | _NEWUTS | (0 if jail.supervises else _NEWPID)
        this_process = os.open("/proc/self", os.O_PATH | os.O_CLOEXEC)
        if os.geteuid() == 0 and everyone_may_read(jail.readable):
            # Nobody could not find what lies beneath root's own folders, so the root is changed before the user.
            checked(LIBC.unshare(_NEWNS), "unshare")
            mounts.Root.planned(jail.readable, jail.hidden).enter()
            _become_nobody()
            _enter(spaces, this_process)
        else:
            _enter(spaces, this_process)
            mounts.Root.planned(jail.readable, jail.hidden).enter()
        os.close(this_process)
        self._scratch_made = mounts.mount_scratch()
        checked(LIBC.sethostname(_HOST_NAME, len(_HOST_NAME)), "sethostname")
        # Written by now, the maps need no owner any more.
        prctl(PR_SET_DUMPABLE, 0)
        # A change of user makes the kernel forget whom this process wanted to die with.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if not jail.supervises:
            self._keeper = _start_keeper()

    def apply(self, limits: Limits) -> None:
        if limits.threads:
            # In a user namespace of its own, only the jail's processes are counted.
            allowed = limits.threads + _COMPANIONS
            resource.setrlimit(resource.RLIMIT_NPROC, (allowed, allowed))

    def clean(self) -> None:
        """Give the next child a scratch folder of its own. Called in the zygote, while no child lives."""
        self._scratch_made = mounts.renew_scratch(self._scratch_made)

    def kill_all(self) -> None:
        """Kill every process that was left behind. Called in the zygote, while no child lives that should."""
        if self._keeper is not None:
            self._keeper.send(b".")
            self._keeper.recv(1)


def everyone_may_read(paths: tuple[str, ...]) -> bool:
    """Whether root can become nobody and still read all of this; where root alone may read it, it cannot."""
    for path in paths:
        with suppress(FileNotFoundError):
            mode = os.stat(path).st_mode  # noqa: PTH116 - pathlib would be a detour
            needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
            if mode & needed != needed:
                return False
    return True


@cache
def probe() -> str | None:
    """Try all of it in a process that is thrown away: None, or why it does not work here.

    `unshare` alone proves nothing: some systems allow it and refuse the mounts that follow.
    """
    import subprocess  # noqa: PLC0415 - the zygote, which loads this module, never probes

    home = os.path.dirname(os.path.dirname(evosearch.__file__))  # noqa: PTH120 - as above, pathlib
    code = f"import sys; sys.path.append(sys.argv[1]); from {__name__} import try_once; try_once()"
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-I", "-S", "-B", "-c", code, home],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_PROBE_SECONDS,
            cwd="/",
            env={},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"could not be tried: {error}"
    if tried.returncode == 0:
        return None
    words = tried.stderr.decode(errors="replace").strip().splitlines()
    return f"the system refuses: {words[-1] if words else f'exit code {tried.returncode}'}"


def try_once() -> NoReturn:
    """Enter the namespaces, raise a child in them, and exit with 0; the body of `probe`."""
    layer = Namespaces()
    try:
        layer.prepare(Jail(("/usr/lib", "/lib")))
        if (child := os.fork()) == 0:
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        layer.clean()
    except OSError as error:
        sys.exit(str(error))
    sys.exit(0 if status == 0 else "a process in them did not live")


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    # The kernel gives /proc/self to root after a change of user, and its maps must be written.
    prctl(PR_SET_DUMPABLE, 1)


def _enter(spaces: int, this_process: int) -> None:
    """Enter new namespaces, as nobody inside, whoever this is outside."""
    user, group = os.geteuid(), os.getegid()
    checked(LIBC.unshare(spaces), "unshare")
    for name, text in (
        ("setgroups", b"deny"),
        ("uid_map", b"%d %d 1" % (_NOBODY, user)),
        ("gid_map", b"%d %d 1" % (_NOBODY, group)),
    ):
        descriptor = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=this_process)
        try:
            os.write(descriptor, text)
        finally:
            os.close(descriptor)


def _start_keeper() -> socket.socket:
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        _keep(its.detach())
    its.close()
    return socket.socket(fileno=reserve(ours.detach()))


def _keep(descriptor: int) -> NoReturn:
    """The first process of the namespace; it ends when the zygote does, and all others with it."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the kernel buries what it inherits
    orders = socket.socket(fileno=os.dup2(descriptor, RESERVED.start))
    os.closerange(0, RESERVED.start)
    os.closerange(RESERVED.start + 1, os.sysconf("SC_OPEN_MAX"))
    while orders.recv(1):
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        orders.send(b".")
    os._exit(0)
