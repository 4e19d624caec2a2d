"""The forking server: a warm, clean process that forks one child for every evaluation.

It is exec'd by `spawn.py` with a fixed environment, so its memory holds nothing of the controller's. It imports once
what every child would import, and then only forks, waits and tells: each child's end is written, with the kernel's
figures, to a socket of its own, so that whoever supervises it learns how it ended and how much it used.

Control socket (SOCK_SEQPACKET, JSON):

    in    {"preload": [module, …], …}                               once
    out   {"ready": true} or {"error": class, "message": text, "hint": text}
    in    {"limits": {…}, "log": bool, …} with descriptors: channel, obituary, log if any, and what the work needs
    out   {"pid": n} with the pidfd, or {"refused": text}

It ends when the control socket closes, and by PDEATHSIG.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, NoReturn

from evosearch.sandbox import child, frames
from evosearch.sandbox.layers import LAYERS, end_with_parent, inherit_orphans
from evosearch.types import Limits

#: What runs in a forked child: its request, its channel, and the further descriptors that came with the request.
Work = Callable[[dict[str, Any], "Channel", list[int]], None]

SETTINGS_BYTES: Final = 2**17
"""The longest first message on a control socket."""
REQUEST_BYTES: Final = 2**16
"""The longest of all others."""
MAX_DESCRIPTORS: Final = 8

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


class Channel:
    """The child's end of its channel: frames, one after another, blocking."""

    def __init__(self, stream: socket.socket) -> None:
        self._socket = stream
        self._frames = frames.Assembler()

    def send(self, value: Any) -> None:
        """Send one value.

        Raises:
            InvalidValueError: It cannot cross.
        """
        self._socket.sendall(frames.encode(value))

    def receive(self) -> Any:
        """The next value.

        Raises:
            SystemExit: The other end is gone.
        """
        while (value := self._frames.take()) is frames.NOTHING:
            if not (data := self._socket.recv(2**16)):
                raise SystemExit
            self._frames.feed(data)
        return value


def main(descriptor: int) -> None:
    """A zygote for programs: what its children do is `child.serve`."""
    control, settings = open_control(descriptor)
    try:
        for name in (*COMMON_MODULES, *settings["preload"]):
            import_module(name)
    except Exception as error:  # noqa: BLE001 - an import may fail in any way, and the controller must hear of it
        message = f"{name!r} cannot be imported: {type(error).__name__}: {error}"
        refuse(control, "TaskError", message, "install it, or take it off the list of packages")
    _rehearse()
    serve(control, lambda _request, channel, _descriptors: child.serve(channel))


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
    sys.argv = [""]
    # Programs compute with integers of any length; the CPU limit bounds what that may cost.
    sys.set_int_max_str_digits(0)
    control = socket.socket(fileno=descriptor)
    if not (message := control.recv(SETTINGS_BYTES)):
        raise SystemExit
    return control, json.loads(message)


def refuse(control: socket.socket, kind: str, message: str, hint: str = "") -> NoReturn:
    """Tell the controller why there will be no zygote, and end."""
    _send(control, {"error": kind, "message": message[:20_000], "hint": hint})
    raise SystemExit(1)


def serve(control: socket.socket, work: Work) -> None:
    """Fork a child for every request until the control socket closes."""
    gc.collect()
    gc.freeze()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    _send(control, {"ready": True})
    nursery = _Nursery(control, work)
    poller = select.poll()
    poller.register(control, select.POLLIN)
    while True:
        for descriptor, _ in poller.poll():
            if descriptor != control.fileno():
                poller.unregister(descriptor)
                nursery.bury(descriptor)
            elif (pidfd := nursery.fork()) is None:
                return
            elif pidfd >= 0:
                poller.register(pidfd, select.POLLIN)


class _Nursery:
    """The children that live."""

    def __init__(self, control: socket.socket, work: Work) -> None:
        self._control = control
        self._work = work
        self._living: dict[int, tuple[int, float, socket.socket]] = {}

    def fork(self) -> int | None:
        """Fork one child as asked; its pidfd, -1 if it could not be, None if nobody asks any more."""
        message, descriptors = receive_message(self._control)
        if message is None:
            return None
        started = time.monotonic()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            _close(descriptors)
            _send(self._control, {"refused": f"fork: {error}"})
            return -1
        if pid == 0:
            _live(message, descriptors, parent, self._work)
        pidfd = os.pidfd_open(pid)
        channel, obituary, *others = descriptors
        _close([channel, *others])
        self._living[pidfd] = pid, started, socket.socket(fileno=obituary)
        _send(self._control, {"pid": pid}, pidfd)
        return pidfd

    def bury(self, pidfd: int) -> None:
        """Reap a child that ended, end whatever it started, and write its obituary."""
        pid, started, obituary = self._living.pop(pidfd)
        os.close(pidfd)
        with suppress(ProcessLookupError):
            # It is not reaped yet, so the number of its group cannot have been taken by another.
            os.killpg(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        self._end_orphans()
        with obituary, suppress(OSError):
            _send(
                obituary,
                {
                    "wait_status": status,
                    "cpu_seconds": usage.ru_utime + usage.ru_stime,
                    "wall_seconds": time.monotonic() - started,
                    "peak_bytes": usage.ru_maxrss * 1024,
                },
            )

    def _end_orphans(self) -> None:
        """Kill what a dead child left behind in a session of its own; all of it is this process's by now."""
        known = {pid for pid, _, _ in self._living.values()}
        while _has_children(beside=len(known)):
            orphans = _children_of(os.getpid()) - known
            if not orphans:
                return
            for pid in sorted(orphans):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def receive_message(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """One message and the descriptors that came with it; None if the other end is gone."""
    space = socket.CMSG_SPACE(MAX_DESCRIPTORS * 4)
    data, ancillary, _, _ = control.recvmsg(REQUEST_BYTES, space, socket.MSG_CMSG_CLOEXEC)
    descriptors = [
        int.from_bytes(payload[start : start + 4], sys.byteorder)
        for level, kind, payload in ancillary
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        for start in range(0, len(payload) // 4 * 4, 4)
    ]
    return (json.loads(data) if data else None), descriptors


def _send(control: socket.socket, message: dict[str, Any], *descriptors: int) -> None:
    socket.send_fds(control, [json.dumps(message).encode()], descriptors)


def _live(request: dict[str, Any], descriptors: list[int], parent: int, work: Work) -> NoReturn:
    """The life of a child. It never returns into the zygote's loop."""
    code = _FAILED
    try:
        limits = Limits(**request["limits"])
        stream, obituary, *others = _arrange(descriptors, log=request["log"])
        _raise_walls(obituary, limits)
        os.close(obituary)
        if os.getppid() != parent:
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
    if log:
        output = others.pop(0)
        os.dup2(output, 1)
        os.dup2(output, 2)
    kept = (channel, obituary, *others)
    above = max(descriptors) + 1
    # First out of the way, then into place: old and new numbers may overlap.
    parked = [_move(descriptor, above + index) for index, descriptor in enumerate(kept)]
    placed = [_move(descriptor, _FIRST_DESCRIPTOR + index) for index, descriptor in enumerate(parked)]
    os.closerange(_FIRST_DESCRIPTOR + len(kept), os.sysconf("SC_OPEN_MAX"))
    # Line by line, so that what was printed before a crash is in the log.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return placed


def _move(descriptor: int, to: int) -> int:
    return os.dup2(descriptor, to, inheritable=False)


def _raise_walls(obituary: int, limits: Limits) -> None:
    try:
        for layer in LAYERS:
            layer.apply(limits)
    except Exception as error:  # noqa: BLE001 - whatever the reason, no program may run without its walls
        # The child still holds the socket on which ends are told; the program will not.
        os.write(obituary, json.dumps({"refused": f"{layer.name}: {error}"}).encode())
        os._exit(_FAILED)


def _has_children(*, beside: int) -> bool:
    """Whether there are children at all, cheaply in the common case that there are none."""
    if beside:
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _children_of(parent: int) -> set[int]:
    found = set()
    for name in os.listdir("/proc"):  # noqa: PTH208 - as below
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123 - pathlib costs more than the read
                # The command's name stands in parentheses and may hold anything; the parent is the second after it.
                if int(stat.read().rpartition(b")")[2].split()[1]) == parent:
                    found.add(int(name))
    return found


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
