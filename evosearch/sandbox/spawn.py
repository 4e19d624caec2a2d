"""Starts zygotes and asks them for children.

A zygote is exec'd, not forked, so neither its memory nor its /proc/self/environ holds anything of this process; what
it is told comes over its control socket.
"""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

import evosearch
from evosearch import errors
from evosearch.errors import EvosearchError, SandboxError, WorkerLostError
from evosearch.sandbox.process import Handles, JailedProcess, Stopped
from evosearch.sandbox.zygote import REQUEST_BYTES, SETTINGS_BYTES, receive_message
from evosearch.types import Limits

#: All of a zygote's environment. One thread for each process: parallelism is the executor's business. Hashes, and
#: with them the order of sets, are equal in every run.
ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "TMPDIR": "/nonexistent",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    # What the dynamic linker looks up late, every child would look up anew.
    "LD_BIND_NOW": "1",
}

_START_SECONDS: Final = 120.0
_FORK_SECONDS: Final = 30.0


class Zygote:
    """A zygote that has been started, seen from the controller.

    It lives as long as the thread that started it at most (PDEATHSIG is a matter of threads), and as long as this end
    of its control socket is open.

    Args:
        module: Its main module, `evosearch.sandbox.zygote` or `evosearch.sandbox.verifier`.
        settings: What it is told at the start, as JSON.
    """

    def __init__(self, module: str, settings: dict[str, Any]) -> None:
        message = _encode(settings, SETTINGS_BYTES)
        with ExitStack() as ours, ExitStack() as theirs:
            self._control, control = _socketpair(socket.SOCK_SEQPACKET, ours, theirs)
            self._complaints: IO[bytes] = ours.enter_context(tempfile.TemporaryFile())
            self._process = _start(module, control.fileno(), self._complaints)
            self._resources = ours.pop_all()
        # If it has ended already, waiting for it will tell why.
        with suppress(WorkerLostError):
            self._tell(message)

    def wait_until_ready(self, stop: int) -> None:
        """Wait for the end of its preparations.

        Raises:
            EvosearchError: What it said went wrong, as the class it named: TaskError, ConfigError …
            SandboxError: It ended or was too slow.
            Stopped: The descriptor `stop` became readable first.
        """
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        poller.register(stop, select.POLLIN)
        ready = {descriptor for descriptor, _ in poller.poll(1000 * _START_SECONDS)}
        if stop in ready:
            raise Stopped
        if not ready:
            raise SandboxError(f"a process of the jail was not ready within {_START_SECONDS:g} seconds")
        try:
            message, _ = receive_message(self._control)
        except ConnectionResetError:
            message = None
        if message is None:
            raise SandboxError(f"a process of the jail ended while it started: {self._last_words()}")
        if "error" in message:
            raise _error(message)
        self._control.settimeout(_FORK_SECONDS)

    def fork(
        self, request: dict[str, Any], limits: Limits, *, stop: int, log: bool, lend: list[int] | None = None
    ) -> JailedProcess:
        """Fork a child.

        Args:
            request: What the child is told, as JSON.
            limits: What it may use.
            stop: A descriptor that becomes readable when the work is called off.
            log: Whether its output is collected; else it leads nowhere.
            lend: Descriptors it gets copies of.

        Raises:
            WorkerLostError: The zygote is gone or could not fork.
        """
        with ExitStack() as theirs, ExitStack() as ours:
            channel, its_channel = _socketpair(socket.SOCK_STREAM, ours, theirs)
            obituary, its_obituary = _socketpair(socket.SOCK_SEQPACKET, ours, theirs)
            descriptors = [its_channel.fileno(), its_obituary.fileno()]
            printed = None
            if log:
                printed, output = os.pipe()
                ours.callback(os.close, printed)
                theirs.callback(os.close, output)
                descriptors.append(output)
            pid, pidfd = self._request({**request, "limits": asdict(limits), "log": log}, [*descriptors, *(lend or [])])
            ours.pop_all()
            return JailedProcess(Handles(pid, pidfd, channel, obituary, printed), limits, stop=stop)

    def close(self) -> None:
        """Kill it; its children end with it."""
        self._process.kill()
        self._process.wait()
        self._resources.close()

    def _request(self, message: dict[str, Any], descriptors: list[int]) -> tuple[int, int]:
        self._tell(_encode(message, REQUEST_BYTES), descriptors)
        try:
            reply, pidfds = receive_message(self._control)
        except OSError as error:
            raise WorkerLostError(f"a process of the jail does not answer: {error}") from error
        if reply is None or "refused" in reply:
            raise WorkerLostError("a process of the jail was lost" if reply is None else reply["refused"])
        return reply["pid"], pidfds[0]

    def _tell(self, message: bytes, descriptors: list[int] | None = None) -> None:
        try:
            socket.send_fds(self._control, [message], descriptors or [])
        except OSError as error:
            raise WorkerLostError(f"a process of the jail was lost: {error}") from error

    def _last_words(self) -> str:
        self._complaints.seek(0)
        words = self._complaints.read().decode(errors="replace").strip()
        return words[-2_000:] or f"exit code {self._process.wait()}"


def _start(module: str, control: int, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    # The same evosearch as here, even where it is not installed.
    code = f"import sys; sys.path.append(sys.argv[2]); from {module} import main; main(int(sys.argv[1]))"
    home = str(Path(evosearch.__file__).parent.parent)
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-s", "-P", "-B", "-c", code, str(control), home],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd="/",
            env=ENVIRONMENT,
            close_fds=True,
            pass_fds=(control,),
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"a process of the jail cannot be started: {error}") from error


def _encode(message: dict[str, Any], limit: int) -> bytes:
    data = json.dumps(message).encode()
    if len(data) > limit:
        raise SandboxError(f"{len(data):,} bytes of settings, and a process of the jail takes {limit:,}")
    return data


def _socketpair(kind: socket.SocketKind, ours: ExitStack, theirs: ExitStack) -> tuple[socket.socket, socket.socket]:
    mine, other = socket.socketpair(socket.AF_UNIX, kind)
    return ours.enter_context(mine), theirs.enter_context(other)


def _error(message: dict[str, Any]) -> EvosearchError:
    kind = getattr(errors, message["error"], SandboxError)
    error: EvosearchError = kind(message["message"], hint=message["hint"])
    return error
