"""Processes that serve one request each: the stand-in for a zygote where a process must not fork (macOS).

On macOS the system's libraries (Accelerate among them, which numpy uses) do not survive a fork. So every program and
every judge gets a process of its own, which was started and has loaded everything in advance, and which ends with its
one request. The next is started when one is taken.

The controller is their parent, so what a zygote does for its children is done here, by a thread for each process: kill
it when told to, wait for it, and write its obituary. As the address space of a process is not bounded on macOS, that
thread also watches how much memory it occupies.

This mechanism runs and is tested on Linux; on macOS it is untested.
"""

import select
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from evosearch.errors import SandboxError, WorkerLostError
from evosearch.sandbox import messages, usage
from evosearch.sandbox.process import JailedProcess
from evosearch.sandbox.spawn import Lines, Preloaded
from evosearch.types import Jail, Limits

#: How often an undertaker looks after its process: no descriptor tells of an end on Linux and on macOS alike.
_LOOK_MILLISECONDS: Final = 10


class SingleUse:
    """Gives out processes as `spawn.Zygote` does, each freshly started and used once.

    They live as long as the thread that started them at most, by PDEATHSIG; on macOS they look whether the controller
    lives (`layers.watch_parent`).

    Args:
        module: Their main module, `evosearch.sandbox.zygote` or `evosearch.sandbox.verifier`.
        layers: The walls around each, by name.
        jail: What they may see.
        settings: What else they are told at the start, as JSON.
    """

    def __init__(self, module: str, layers: Sequence[str], jail: Jail, settings: dict[str, Any]) -> None:
        self._plan = (module, layers, jail, settings)
        self._undertakers: list[threading.Thread] = []
        self._closed = threading.Event()
        self._spare = self._started()
        self._ready = False

    def wait_until_ready(self, stop: int) -> None:
        """Wait until there is a process to be given out.

        Raises:
            EvosearchError: What it said went wrong, as the class it named: TaskError, ConfigError …
            SandboxError: It ended or was too slow.
            Stopped: The descriptor `stop` became readable first.
        """
        if not self._ready:
            self._spare.wait_until_ready(stop)
            self._ready = True

    def fork(
        self, request: dict[str, Any], limits: Limits, lines: Lines, *, stop: int, lend: list[int] | None = None
    ) -> JailedProcess:
        """Give a request to a process of its own.

        Args:
            request: What it is told, as JSON.
            limits: What it may use from now on.
            lines: What it is reached by; its ends are taken.
            stop: A descriptor that becomes readable when the work is called off.
            lend: Descriptors it gets copies of.

        Raises:
            WorkerLostError: There is none that could take the request.
            Stopped: The work was called off before there was a process to be had.
        """
        try:
            self.wait_until_ready(stop)
            return self._give(request, limits, lines, stop, lend)
        except WorkerLostError:
            raise
        except (OSError, SandboxError) as error:
            raise WorkerLostError(f"a process of the jail cannot be had: {error}") from error

    def close(self) -> None:
        """Kill them all."""
        self._closed.set()
        for undertaker in self._undertakers:
            undertaker.join()
        self._spare.close()

    def _started(self) -> Preloaded:
        module, layers, jail, settings = self._plan
        return Preloaded(module, layers, jail, settings, single_use=True)

    def _give(
        self, request: dict[str, Any], limits: Limits, lines: Lines, stop: int, lend: list[int] | None
    ) -> JailedProcess:
        """Let the spare process have the request, and start the next."""
        spare, started = self._spare, time.monotonic()
        cpu_before = usage.cpu_seconds(spare.pid)
        memory_end = usage.memory_bytes(spare.pid) + limits.memory_bytes
        spare.ask(request, limits, lines, lend)
        undertaker = _Undertaker(spare, lines.their_obituary(), self._closed, started, cpu_before, memory_end)
        thread = threading.Thread(target=undertaker.work, name="evosearch-undertaker", daemon=True)
        thread.start()
        self._undertakers = [thread, *(other for other in self._undertakers if other.is_alive())]
        self._spare, self._ready = self._started(), False
        return JailedProcess(lines.handles(spare.pid, cpu_before), limits, stop=stop)


@dataclass(frozen=True, slots=True)
class _Undertaker:
    """Waits for one process, alone, so that its number is its own until it is buried.

    Attributes:
        process: Whom it waits for.
        obituary: Where it is told to kill, and tells of the end.
        closed: Set when all are to be killed.
        started: When the process was given its request, by the monotonic clock.
        cpu_before: CPU seconds that it had used by then.
        memory_end: Bytes of memory at which it is killed.
    """

    process: Preloaded
    obituary: socket.socket
    closed: threading.Event
    started: float
    cpu_before: float
    memory_end: int

    def work(self) -> None:
        """Do all of it."""
        with self.obituary:
            while (end := self.process.bury(kill=self._is_to_die())) is None:
                pass
            wait_status, used = end
            # Whoever supervised it may be gone.
            with suppress(OSError):
                messages.send(
                    self.obituary,
                    {
                        "wait_status": wait_status,
                        "cpu_seconds": max(0.0, used.ru_utime + used.ru_stime - self.cpu_before),
                        "wall_seconds": time.monotonic() - self.started,
                        "peak_bytes": usage.peak_bytes(used),
                    },
                )

    def _is_to_die(self) -> bool:
        """Whether it is to be killed; waits for a moment for somebody to say so."""
        poller = select.poll()
        poller.register(self.obituary, select.POLLIN)
        return bool(poller.poll(_LOOK_MILLISECONDS)) or self.closed.is_set() or self._is_too_big()

    def _is_too_big(self) -> bool:
        try:
            return usage.memory_bytes(self.process.pid) > self.memory_end
        except OSError:
            # It has ended, and is about to be buried.
            return False
