"""One process in the jail, seen from outside: talked to, timed, and killed when it takes too much.

The process cannot influence what is said of it here: its time comes from the kernel's clock of the whole process, its
end from the zygote that waits for it, and every limit is enforced by SIGKILL, which that zygote sends when told to. So
whoever supervises needs no right over the process itself.
"""

import os
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from math import ceil, inf
from typing import Final, NoReturn

from evosearch.errors import CandidateError, Status, WorkerLostError
from evosearch.sandbox import frames, usage
from evosearch.sandbox.obituary import Obituary, read_obituary
from evosearch.types import Limits, Value

_KILL: Final = b"kill"
#: An exit takes a moment to be reported; that a process only closed its channel is never reported.
_GRACE_SECONDS: Final = 2.0
#: A zygote that has not buried a killed child by then is taken for lost.
_BURIAL_SECONDS: Final = 10.0
# Below the size from which malloc asks the kernel for every buffer.
_CHUNK: Final = 2**16
_CORES: Final = os.cpu_count() or 1


class Stopped(Exception):  # noqa: N818 - named for what happened, and never shown to anyone
    """The work was called off while it was waited for."""


@dataclass(frozen=True, slots=True)
class Handles:
    """What it takes to supervise a process.

    Attributes:
        pid: Its number, as its zygote knows it.
        channel: This end of its channel.
        obituary: Where the zygote is told to end it, and writes how it ended.
        log: The read end of its standard output and error; None if they lead nowhere.
        cpu_before: CPU seconds that it had used before it was given anything to do.
    """

    pid: int
    channel: socket.socket
    obituary: socket.socket
    log: int | None = None
    cpu_before: float = 0.0

    @classmethod
    def received(cls, pid: int, descriptors: list[int], cpu_before: float) -> "Handles":
        """From the descriptors that another supervisor lent."""
        channel, obituary, log = descriptors
        return cls(pid, socket.socket(fileno=channel), socket.socket(fileno=obituary), log, cpu_before)

    def close(self) -> None:
        """Let go of all of them."""
        self.channel.close()
        self.obituary.close()
        if self.log is not None:
            os.close(self.log)


class JailedProcess:
    """A running child of a zygote. One thread at a time may talk to it.

    Args:
        handles: What it is reached by; closed with it.
        limits: What it may use. Wall time counts only while something waits for it here.
        stop: A descriptor that becomes readable when the work is called off; None if it cannot be.
    """

    def __init__(self, handles: Handles, limits: Limits, *, stop: int | None = None) -> None:
        self.handles = handles
        self.limits = limits
        self._failure: tuple[Status, str] | None = None
        self._channel = handles.channel
        self._log = handles.log
        self._stop = stop
        self._printed = bytearray()
        self._frames = frames.Assembler(limits.reply_bytes)
        self._wall_left = limits.wall_seconds
        self._poller = select.poll()
        self._watch()

    @property
    def log(self) -> str:
        """What it has printed so far, cut to the limit."""
        return self._printed[: self.limits.log_bytes].decode(errors="replace")

    @property
    def failed(self) -> bool:
        """Whether it was ended for something it did."""
        return self._failure is not None

    def cpu_seconds(self) -> float:
        """CPU time of the whole process so far; infinite once it is buried."""
        try:
            return usage.cpu_seconds(self.handles.pid) - self.handles.cpu_before
        except OSError:
            return inf

    def send(self, message: bytes) -> None:
        """Send it bytes.

        Raises:
            CandidateError: It ended, or did not read them within its limits.
            Stopped: The work was called off.
        """
        self._refuse_the_dead()
        sent = self._send_some(message)
        if sent < len(message):
            self._send_slowly(memoryview(message)[sent:])

    def receive(self, cpu_end: float = inf) -> Value:
        """Wait for its next message.

        Args:
            cpu_end: The reading of its CPU clock at which it is killed, if that is before its limit.

        Raises:
            CandidateError: It ended or was killed before the message was complete, or sent something else.
            Stopped: The work was called off.
        """
        self._refuse_the_dead()
        started = time.monotonic()
        try:
            while (value := self._take()) is frames.NOTHING:
                self._turn(min(cpu_end, self.limits.cpu_seconds), started + self._wall_left)
        finally:
            self._wall_left -= time.monotonic() - started
        return value

    def expect_silence(self) -> None:
        """Make sure that it has said nothing that nobody asked for.

        Raises:
            CandidateError: It has (`protocol`).
        """
        self._refuse_the_dead()
        self._read()
        if self._frames.partial:
            self.fail(Status.PROTOCOL, "sent something that nobody had asked for")

    def fail(self, status: Status, message: str) -> NoReturn:
        """Kill it; from now on it answers everything with this error.

        Raises:
            CandidateError: Always.
        """
        self._failure = status, message
        self.end()
        raise CandidateError(status, message)

    def end(self) -> Obituary:
        """Kill it if it lives, collect what it printed, and learn how it ended.

        Raises:
            WorkerLostError: Its zygote does not tell.
        """
        self.kill()
        try:
            obituary = read_obituary(self.handles.obituary, _BURIAL_SECONDS)
        except TimeoutError:
            raise WorkerLostError("a zygote does not bury its dead") from None
        self._drain_log()
        return obituary

    def kill(self) -> None:
        """Kill it now, whatever it is doing."""
        with suppress(OSError):
            self.handles.obituary.send(_KILL)

    def close(self) -> None:
        """Kill it and let go of all descriptors."""
        self.kill()
        self.handles.close()

    def _watch(self) -> None:
        self._channel.setblocking(False)
        if self._log is not None:
            os.set_blocking(self._log, False)
        for descriptor in (self._channel, self.handles.obituary, self._log, self._stop):
            if descriptor is not None:
                self._poller.register(descriptor, select.POLLIN)

    def _refuse_the_dead(self) -> None:
        if self._failure is not None:
            raise CandidateError(*self._failure)

    def _take(self) -> Value:
        try:
            return self._frames.take()
        except frames.FrameTooBigError as error:
            self.fail(Status.OUTPUT_TOO_BIG, f"sent {error}")
        except frames.FrameError as error:
            self.fail(Status.PROTOCOL, f"sent no proper message: {error}")

    def _turn(self, cpu_end: float, wall_end: float) -> None:
        """Wait for whatever comes first, and deal with it."""
        ready = {descriptor for descriptor, _ in self._poller.poll(self._patience(cpu_end, wall_end))}
        if self._stop in ready:
            raise Stopped
        if self._log in ready and not self._drain_log():
            self.fail(Status.LOG_FLOOD, f"printed more than {self.limits.log_bytes:,} bytes")
        # The channel before the obituary: an answer that was given counts, even if the process has ended since.
        if self._channel.fileno() in ready and self._read():
            return
        if self._channel.fileno() in ready or self.handles.obituary.fileno() in ready:
            self._fail_by_end()

    def _patience(self, cpu_end: float, wall_end: float) -> int:
        """Milliseconds in which no limit can be passed, even with a thread on every core."""
        cpu = self.cpu_seconds()
        if cpu == inf:
            return 1
        if cpu >= self.limits.cpu_seconds:
            self.fail(Status.TIMEOUT_CPU, f"used more than {self.limits.cpu_seconds:g} CPU seconds")
        if cpu >= cpu_end:
            self.fail(Status.TIMEOUT_CPU, "used more CPU time than the call was given")
        wall = wall_end - time.monotonic()
        if wall <= 0:
            self.fail(Status.TIMEOUT_WALL, f"took more than {self.limits.wall_seconds:g} seconds on the wall")
        return ceil(1000 * min((cpu_end - cpu) / _CORES, wall))

    def _read(self) -> bool:
        """Take in what it has sent; False if nothing more will come."""
        try:
            data = self._channel.recv(_CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._frames.feed(data)
        return bool(data)

    def _send_some(self, message: bytes | memoryview) -> int:
        try:
            return self._channel.send(message)
        except BlockingIOError:
            return 0
        except OSError:
            self._fail_by_end()

    def _send_slowly(self, rest: memoryview) -> None:
        started = time.monotonic()
        self._poller.modify(self._channel, select.POLLIN | select.POLLOUT)
        try:
            while rest:
                self._turn(self.limits.cpu_seconds, started + self._wall_left)
                if self._frames.partial:
                    self.fail(Status.PROTOCOL, "spoke while it was spoken to")
                rest = rest[self._send_some(rest) :]
        finally:
            self._poller.modify(self._channel, select.POLLIN)
            self._wall_left -= time.monotonic() - started

    def _fail_by_end(self) -> NoReturn:
        """Its channel is closed: find out why."""
        try:
            obituary = read_obituary(self.handles.obituary, _GRACE_SECONDS)
        except TimeoutError:
            self.fail(Status.PROTOCOL, "closed its channel")
        status, message = obituary.verdict(self.limits)
        if status is Status.NO_RESULT and self._frames.partial:
            status, message = Status.PROTOCOL, "ended in the middle of an answer"
        self.fail(status, message)

    def _drain_log(self) -> bool:
        """Collect what it printed; False once that is more than it may."""
        limit = self.limits.log_bytes
        while self._log is not None and len(self._printed) <= limit:
            try:
                data = os.read(self._log, 2**16)
            except BlockingIOError:
                break
            if not data:
                with suppress(KeyError):
                    self._poller.unregister(self._log)
                break
            self._printed += data
        return len(self._printed) <= limit
