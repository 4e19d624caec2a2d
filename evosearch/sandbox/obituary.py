"""How a process of the jail ended, by the kernel's account."""

import os
import signal
import socket
from dataclasses import dataclass

from evosearch.errors import Status, WorkerLostError
from evosearch.sandbox import messages
from evosearch.types import Limits


@dataclass(frozen=True, slots=True)
class Obituary:
    """What the zygote learnt from wait4(2) and tells everyone who supervised the process.

    Attributes:
        wait_status: As wait(2) gives it.
        cpu_seconds: User and system time of the process.
        wall_seconds: From fork to burial.
        peak_bytes: Resident memory at its highest.
    """

    wait_status: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int

    def verdict(self, limits: Limits) -> tuple[Status, str]:
        """What it means that the process ended without having answered, and without being told to end."""
        if os.WIFEXITED(self.wait_status):
            code = os.waitstatus_to_exitcode(self.wait_status)
            return Status.NO_RESULT, f"ended with exit code {code} before it answered"
        number = os.WTERMSIG(self.wait_status)
        if number == signal.SIGXCPU or (number == signal.SIGKILL and self.cpu_seconds >= limits.cpu_seconds):
            return Status.TIMEOUT_CPU, f"used more than {limits.cpu_seconds:g} CPU seconds"
        if number == signal.SIGKILL:
            return Status.MEMORY, "killed by the system, which does so when memory runs out"
        if number == signal.SIGSYS:
            return Status.POLICY, "made a system call that is not allowed"
        return Status.CRASHED, f"killed by {_signal_name(number)}"


def read_obituary(stream: socket.socket, seconds: float) -> Obituary:
    """Wait for an obituary. It is peeked at, so that each of several supervisors can read it.

    Raises:
        TimeoutError: There is none yet.
        WorkerLostError: There will be none: the zygote ended, or could not make the process.
    """
    stream.settimeout(seconds)
    try:
        data = stream.recv(4096, socket.MSG_PEEK)
    except ConnectionResetError:
        # The order to end it crossed with its end. The kernel says so once, and then gives what was written.
        data = stream.recv(4096, socket.MSG_PEEK)
    message = messages.decode(data) if data else {"refused": "its zygote ended"}
    if "refused" in message:
        raise WorkerLostError(f"a process of the jail was lost: {message['refused']}")
    return Obituary(**message)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
