"""The forking server: a warm, clean process that forks one child for every evaluation.

It is exec'd by `spawn.py` with a fixed environment, so its memory holds nothing of the controller's. It imports once
what every child would import, and then only forks, waits and tells: each child's end is written, with the kernel's
figures, to a socket of its own, so that whoever supervises it learns how it ended and how much it used.

Where a process must not fork any more once it has loaded its libraries, it serves one request itself, in place of a
child (`single_use.py`).

Control socket (`messages.py`):

    in    {"layers": [name, …], "jail": {…}, "single_use": bool, "preload": [module, …], …}    once
    out   {"ready": true} or {"error": class, "message": text, "hint": text}
    in    {"limits": {…}, "log": bool, …} with descriptors: channel, obituary, log if any, and what the work needs
    out   {"pid": n}, or {"refused": text}

Obituary socket, one a child:

    in    anything, to have the child killed; so it is when nobody holds the other end any more
    out   {"wait_status": n, …} or {"refused": text}, once

It ends when the control socket closes, and by PDEATHSIG.
"""

import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, NoReturn

from evosearch.errors import SandboxError
from evosearch.sandbox import child, frames, messages
from evosearch.sandbox.channel import Channel
from evosearch.sandbox.imports import DeclaredPackages
from evosearch.sandbox.kernel import RESERVED
from evosearch.sandbox.layers import Walls, end_with_parent, inherit_orphans
from evosearch.sandbox.orphans import end_orphans
from evosearch.types import Jail, Limits

#: What runs in a forked child: its request, its channel, and the further descriptors that came with the request.
Work = Callable[[dict[str, Any], Channel, list[int]], None]

#: What programs import most; a first import inside a child costs more than the fork.
COMMON_MODULES: Final = (
    "bisect",
    "cmath",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "math",
    "operator",
    "random",
    "re",
    "statistics",
    "string",
    "traceback",
    "typing",
)

_FIRST_DESCRIPTOR: Final = 3
_FAILED: Final = 70
_REHEARSALS: Final = 32


def main(descriptor: int) -> None:
    """A zygote for programs: what its children do is `child.serve`."""
    control, settings = open_control(descriptor)
    walls = prepare_walls(control, settings)
    try:
        for name in (*COMMON_MODULES, *settings["preload"]):
            import_module(name)
    except Exception as error:  # noqa: BLE001 - an import may fail in any way, and the controller must hear of it
        message = f"{name!r} cannot be imported: {type(error).__name__}: {error}"
        refuse(control, "TaskError", message, "install it, or take it off the list of packages")
    sys.meta_path.insert(0, DeclaredPackages(settings["jail"]["readable"], settings["preload"]))
    _rehearse()
    serve(
        control,
        walls,
        lambda _request, channel, _descriptors: child.serve(channel),
        single_use=settings["single_use"],
    )


def _rehearse() -> None:
    """Do in advance what every child does first, so that the interpreter's caches are warm when they are copied."""
    load = frames.encode({"source": "def answer(): return 0"})
    call = frames.encode({"id": 1, "call": "answer", "arguments": [], "grants": []})
    for _ in range(_REHEARSALS):
        ours, theirs = socket.socketpair()
        with ours, theirs, suppress(SystemExit):
            ours.sendall(load + call)
            ours.shutdown(socket.SHUT_WR)
            child.serve(Channel(theirs))
    del sys.modules[child.MODULE_NAME]


def open_control(descriptor: int) -> tuple[socket.socket, dict[str, Any]]:
    """Take over the control socket and read the settings: the first thing a zygote does."""
    end_with_parent()
    inherit_orphans()
    _allow_descriptors()
    sys.argv = [""]
    # Programs compute with integers of any length; the CPU limit bounds what that may cost.
    sys.set_int_max_str_digits(0)
    control = socket.socket(fileno=descriptor)
    settings, _ = messages.receive(control)
    if settings is None:
        raise SystemExit
    return control, settings


def _allow_descriptors() -> None:
    """Have room for the reserved descriptors, whatever the user's shell allows itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < 2 * RESERVED.stop:
        wanted = 2 * RESERVED.stop if hard == resource.RLIM_INFINITY else min(hard, 2 * RESERVED.stop)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def prepare_walls(control: socket.socket, settings: dict[str, Any]) -> Walls:
    """Make what the walls of all children have in common; from here on this process sees no more than they will."""
    walls = Walls(settings["layers"])
    jail = settings["jail"]
    try:
        walls.prepare(Jail(tuple(jail["readable"]), tuple(jail["hidden"]), jail["supervises"]))
    except SandboxError as error:
        refuse(control, SandboxError.__name__, str(error))
    return walls


def refuse(control: socket.socket, kind: str, message: str, hint: str = "") -> NoReturn:
    """Tell the controller why there will be no zygote, and end."""
    messages.send(control, {"error": kind, "message": message[:20_000], "hint": hint})
    raise SystemExit(1)


def serve(control: socket.socket, walls: Walls, work: Work, *, single_use: bool) -> None:
    """Fork a child for every request until the control socket closes; or live one child's life."""
    gc.collect()
    gc.freeze()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    # Line by line, so that what a program printed before a crash is in its log.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if single_use:
        _serve_once(control, walls, work)
        return
    if problem := _try_walls(walls):
        refuse(control, SandboxError.__name__, problem)
    messages.send(control, {"ready": True})
    nursery = _Nursery(control, walls, work)
    while nursery.turn():
        pass


def _serve_once(control: socket.socket, walls: Walls, work: Work) -> None:
    messages.send(control, {"ready": True})
    request, descriptors = messages.receive(control)
    if request is None:
        return
    messages.send(control, {"pid": os.getpid()})
    # It is closed with all else that the program is not to have.
    control.detach()
    _live(request, descriptors, os.getppid(), walls, work)


def _try_walls(walls: Walls) -> str:
    """Raise the walls around a child that does nothing: empty, or why that does not work."""
    ours, its = socket.socketpair()
    with ours, its:
        try:
            pid = os.fork()
        except OSError as error:
            return f"no process can be started: {error}"
        if pid == 0:
            try:
                walls.apply(Limits())
            except SandboxError as error:
                its.sendall(str(error).encode())
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        its.close()
        problem = ours.recv(2**12).decode()
    return problem or (f"a process did not survive the raising of its walls: status {status}" if status else "")


@dataclass(frozen=True, slots=True)
class _Child:
    """A child that lives."""

    pid: int
    pidfd: int
    started: float
    obituary: socket.socket


class _Nursery:
    """The children that live, and the one place where a zygote waits."""

    def __init__(self, control: socket.socket, walls: Walls, work: Work) -> None:
        self._control = control
        self._walls = walls
        self._work = work
        self._living: dict[int, _Child] = {}
        #: The obituaries of those that were killed and are not buried yet.
        self._condemned: set[int] = set()
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)

    def turn(self) -> bool:
        """Wait for whatever comes first, and deal with it; False once nobody asks any more."""
        ready = {descriptor for descriptor, _ in self._poller.poll()}
        for descriptor in sorted(ready - {self._control.fileno()}):
            if descriptor in self._living:
                self._bury(self._living[descriptor])
            else:
                self._kill(descriptor)
        # Last, because a new child may get the numbers of descriptors that were closed above.
        return self._fork() if self._control.fileno() in ready else True

    def _fork(self) -> bool:
        """Fork one child as asked; False if nobody asks any more."""
        message, descriptors = messages.receive(self._control)
        if message is None:
            return False
        self._bury_the_condemned()
        parent = os.getpid()
        started = time.monotonic()
        try:
            pid = os.fork()
        except OSError as error:
            _close(descriptors)
            messages.send(self._control, {"refused": f"fork: {error}"})
            return True
        if pid == 0:
            _live(message, descriptors, parent, self._walls, self._work)
        channel, obituary, *others = descriptors
        _close([channel, *others])
        born = _Child(pid, os.pidfd_open(pid), started, socket.socket(fileno=obituary))
        self._living[born.pidfd] = born
        self._poller.register(born.pidfd, select.POLLIN)
        self._poller.register(born.obituary, select.POLLIN)
        messages.send(self._control, {"pid": pid})
        return True

    def _bury_the_condemned(self) -> None:
        """End those whose supervisors have let go of them, so that no child meets what another has left behind."""
        for living in tuple(self._living.values()):
            poller = select.poll()
            poller.register(living.obituary, select.POLLIN)
            if poller.poll(0) or living.obituary.fileno() in self._condemned:
                self._kill(living.obituary.fileno())
                self._bury(living)

    def _kill(self, obituary: int) -> None:
        """Kill the child whose supervisor says so, or is gone."""
        for living in self._living.values():
            if living.obituary.fileno() == obituary and obituary not in self._condemned:
                self._condemned.add(obituary)
                self._poller.unregister(obituary)
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(living.pidfd, signal.SIGKILL)

    def _bury(self, dead: _Child) -> None:
        """Reap a child that ended, end whatever it started, and write its obituary."""
        del self._living[dead.pidfd]
        if dead.obituary.fileno() in self._condemned:
            self._condemned.remove(dead.obituary.fileno())
        else:
            self._poller.unregister(dead.obituary)
        self._poller.unregister(dead.pidfd)
        os.close(dead.pidfd)
        with suppress(ProcessLookupError, PermissionError):
            # It is not reaped yet, so the number of its group cannot have been taken by another.
            os.killpg(dead.pid, signal.SIGKILL)
        _, status, usage = os.wait4(dead.pid, 0)
        if not self._walls.forks_refused:
            end_orphans({living.pid for living in self._living.values()})
        if not self._living:
            self._walls.clean()
        with dead.obituary, suppress(OSError):
            messages.send(
                dead.obituary,
                {
                    "wait_status": status,
                    "cpu_seconds": usage.ru_utime + usage.ru_stime,
                    "wall_seconds": time.monotonic() - dead.started,
                    "peak_bytes": usage.ru_maxrss * 1024,
                },
            )


def _live(request: dict[str, Any], descriptors: list[int], parent: int, walls: Walls, work: Work) -> NoReturn:
    """The life of a child. It never returns into the zygote's loop."""
    code = _FAILED
    try:
        limits = Limits(**request["limits"])
        stream, obituary, *others = _arrange(descriptors, log=request["log"])
        _raise_walls(walls, limits, obituary)
        os.close(obituary)
        os.closerange(RESERVED.start, RESERVED.stop)
        # From inside a namespace of processes, a parent outside has no number.
        if os.getppid() not in (parent, 0):
            # The zygote ended before the first wall could tie this process to it.
            raise SystemExit  # noqa: TRY301 - the way out is below
        work(request, Channel(socket.socket(fileno=stream)), others)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BrokenPipeError:
        code = 0
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            # No atexit, no destructor: nothing of the program runs after its last answer.
            os._exit(code & 0xFF)


def _arrange(descriptors: list[int], *, log: bool) -> list[int]:
    """Put the log on the standard streams and the rest on 3, 4, …; close all others."""
    channel, obituary, *others = descriptors
    # Opened anew, because flags and locks of one that is shared would outlive this process.
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    output = others.pop(0) if log else null
    for number, stream in enumerate((null, output, output)):
        os.dup2(stream, number)
    kept = (channel, obituary, *others)
    above = max(null, *descriptors) + 1
    # First out of the way, then into place: old and new numbers may overlap.
    parked = [_move(descriptor, above + index) for index, descriptor in enumerate(kept)]
    placed = [_move(descriptor, _FIRST_DESCRIPTOR + index) for index, descriptor in enumerate(parked)]
    os.closerange(_FIRST_DESCRIPTOR + len(kept), RESERVED.start)
    os.closerange(RESERVED.stop, os.sysconf("SC_OPEN_MAX"))
    return placed


def _move(descriptor: int, to: int) -> int:
    return os.dup2(descriptor, to, inheritable=False)


def _raise_walls(walls: Walls, limits: Limits, obituary: int) -> None:
    try:
        walls.apply(limits)
    except SandboxError as error:
        # The child still holds the socket on which ends are told; the program will not.
        os.write(obituary, messages.encode({"refused": str(error)}))
        os._exit(_FAILED)


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
