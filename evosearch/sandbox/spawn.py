"""Starts the processes that run what is jailed, and asks zygotes for children.

Each is exec'd, not forked, so neither its memory nor its /proc/self/environ holds anything of this process; what it is
told comes over its control socket.
"""

import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import evosearch
from evosearch import errors
from evosearch.errors import EvosearchError, SandboxError, WorkerLostError
from evosearch.sandbox import messages
from evosearch.sandbox.mounts import SCRATCH
from evosearch.sandbox.process import Handles, JailedProcess, Stopped
from evosearch.types import Jail, Limits

#: All of such a process's environment. One thread for each process: parallelism is the executor's business. Hashes, and
#: with them the order of sets, are equal in every run.
ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    # What the dynamic linker looks up late, every child would look up anew.
    "LD_BIND_NOW": "1",
}

_START_SECONDS: Final = 120.0
_FORK_SECONDS: Final = 30.0


class Lines:
    """Both ends of what a process and its supervisors share, until each side has taken its own.

    Args:
        log: Whether what the process prints is collected; else it leads nowhere.

    Attributes:
        theirs: The descriptors that the process gets copies of: channel, obituary, and log if any.
        has_log: Whether there is one.
    """

    def __init__(self, *, log: bool) -> None:
        with ExitStack() as ours, ExitStack() as theirs:
            self._channel, channel = messages.pair(ours, theirs)
            self._obituary, self._their_obituary = messages.pair(ours, theirs)
            self.theirs = [channel.fileno(), self._their_obituary.fileno()]
            self.has_log = log
            self._log = None
            if log:
                self._log, output = os.pipe()
                ours.callback(os.close, self._log)
                theirs.callback(os.close, output)
                self.theirs.append(output)
            self._ours, self._theirs = ours.pop_all(), theirs.pop_all()

    def __enter__(self) -> Self:
        """Hold all ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close those that nobody took."""
        self._theirs.close()
        self._ours.close()

    def handles(self, pid: int, cpu_before: float = 0.0) -> Handles:
        """Take this side's ends, and close the other's, which the process has by now."""
        self._ours.pop_all()
        self._theirs.close()
        return Handles(pid, self._channel, self._obituary, self._log, cpu_before)

    def lent(self) -> list[int]:
        """The descriptors of this side, for another supervisor."""
        return [self._channel.fileno(), self._obituary.fileno(), *([] if self._log is None else [self._log])]

    def their_obituary(self) -> socket.socket:
        """A copy of the end that obituaries are written to."""
        return self._their_obituary.dup()


class Preloaded:
    """A process that has been started to load what it will need, seen from the controller.

    It lives as long as the thread that started it at most (PDEATHSIG is a matter of threads), and as long as this end
    of its control socket is open.

    Args:
        module: Its main module, `evosearch.sandbox.zygote` or `evosearch.sandbox.verifier`.
        layers: The walls around its children, by name; or around itself, if it is for a single use.
        jail: What is to be seen behind them.
        settings: What else it is told at the start, as JSON.
        single_use: Whether it serves one request itself, instead of forking a child for each.
    """

    def __init__(
        self, module: str, layers: Sequence[str], jail: Jail, settings: dict[str, Any], *, single_use: bool
    ) -> None:
        message = _encode({**settings, "layers": list(layers), "jail": asdict(jail), "single_use": single_use})
        with ExitStack() as ours, ExitStack() as theirs:
            self._control, control = messages.pair(ours, theirs)
            self._complaints = ours.enter_context(_temporary_file())
            self._process = _start(module, control.fileno(), self._complaints)
            self._resources = ours.pop_all()
        # If it has ended already, waiting for it will tell why.
        with suppress(WorkerLostError):
            self._tell(message, [])

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

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
            message, _ = messages.receive(self._control)
        except ConnectionResetError:
            message = None
        if message is None:
            raise SandboxError(f"a process of the jail ended while it started: {self._last_words()}")
        if "error" in message:
            raise _error(message)
        self._control.settimeout(_FORK_SECONDS)

    def ask(self, request: dict[str, Any], limits: Limits, lines: Lines, lend: list[int] | None) -> int:
        """Have a request served.

        Args:
            request: What whoever serves it is told, as JSON.
            limits: What that process may use.
            lines: What it is reached by.
            lend: Further descriptors that it gets copies of.

        Returns:
            The number of the process that serves it.

        Raises:
            WorkerLostError: This process is gone, or could not fork.
        """
        message = {**request, "limits": asdict(limits), "log": lines.has_log}
        self._tell(_encode(message), [*lines.theirs, *(lend or [])])
        try:
            reply, _ = messages.receive(self._control)
        except OSError as error:
            raise WorkerLostError(f"a process of the jail does not answer: {error}") from error
        if reply is None or "refused" in reply:
            raise WorkerLostError("a process of the jail was lost" if reply is None else reply["refused"])
        pid: int = reply["pid"]
        return pid

    def bury(self, *, kill: bool) -> tuple[int, resource.struct_rusage] | None:
        """Let go of it if it has ended: its wait status and what it used; None if it lives. To be called by one thread.

        Args:
            kill: End it first, and all of its process group.
        """
        if kill:
            # It has not been waited for, so its number cannot have been taken by another. macOS refuses if it is dead.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        buried, status, usage = os.wait4(self.pid, 0 if kill else os.WNOHANG)
        if not buried:
            return None
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._resources.close()
        return status, usage

    def close(self) -> None:
        """Kill it; its children end with it."""
        self._process.kill()
        self._process.wait()
        self._resources.close()

    def _tell(self, message: bytes, descriptors: list[int]) -> None:
        try:
            messages.send_bytes(self._control, message, descriptors)
        except OSError as error:
            raise WorkerLostError(f"a process of the jail was lost: {error}") from error

    def _last_words(self) -> str:
        self._complaints.seek(0)
        words = self._complaints.read().decode(errors="replace").strip()
        return words[-2_000:] or f"exit code {self._process.wait()}"


class Zygote(Preloaded):
    """A zygote: what it has loaded, its children need not load; see `Preloaded`."""

    def __init__(self, module: str, layers: Sequence[str], jail: Jail, settings: dict[str, Any]) -> None:
        super().__init__(module, layers, jail, settings, single_use=False)

    def fork(
        self, request: dict[str, Any], limits: Limits, lines: Lines, *, stop: int, lend: list[int] | None = None
    ) -> JailedProcess:
        """Fork a child.

        Args:
            request: What the child is told, as JSON.
            limits: What it may use.
            lines: What it is reached by; its ends are taken.
            stop: A descriptor that becomes readable when the work is called off.
            lend: Descriptors it gets copies of.

        Raises:
            WorkerLostError: The zygote is gone or could not fork.
        """
        pid = self.ask(request, limits, lines, lend)
        return JailedProcess(lines.handles(pid), limits, stop=stop)


def _temporary_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise SandboxError(
            f"no temporary file can be made: {error}", hint="let TMPDIR name a folder for them"
        ) from error


def _start(module: str, control: int, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    # The same evosearch as here, even where it is not installed, or another one is.
    code = (
        "import sys; sys.argv[2] in sys.path or sys.path.insert(0, sys.argv[2]); "
        f"from {module} import main; main(int(sys.argv[1]))"
    )
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


def _encode(message: dict[str, Any]) -> bytes:
    try:
        return messages.encode(message)
    except ValueError as error:
        raise SandboxError(f"too many bytes of settings for a process of the jail: {error}") from error


def _error(message: dict[str, Any]) -> EvosearchError:
    kind = getattr(errors, message["error"], SandboxError)
    error: EvosearchError = kind(message["message"], hint=message["hint"])
    return error
