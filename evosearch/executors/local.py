"""Runs evaluations on this machine: one thread and one set of jailed processes for each worker.

The threads wait; the work is done by the processes they drive. A worker's processes are started when it gets its
first work, so an executor that is never used costs nothing, and one that runs one program at a time starts one set.
"""

import asyncio
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from evosearch.errors import SandboxError
from evosearch.protocols import CandidateFacts, Task
from evosearch.sandbox.attacks.finding import Finding
from evosearch.sandbox.attacks.running import canaries
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.process import Stopped
from evosearch.sandbox.worker import Blueprint, Job, Worker
from evosearch.types import Evaluation, Example, Limits, Program, Reading, Recipe, Split, Value

T = TypeVar("T")


class LocalExecutor:
    """The cores of this machine; see `protocols.Executor`.

    A judge may use as much CPU time and memory as the task allows a program, and twice the time on the wall.
    Cancelling the task that awaits an evaluation kills the evaluation; the worker stays usable.

    Args:
        task: Whose programs are run: gives the limits and the packages.
        recipe: How the judges make the same task.
        workers: How many evaluations run at the same time.
        sandbox: The walls around every program; by default all that this machine has.

    Raises:
        SandboxError: No walls were named, and those of this machine do not contain a program.
    """

    def __init__(self, task: Task, recipe: Recipe, *, workers: int, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox = sandbox or Sandbox.of_this_machine()
        package = type(task).__module__.partition(".")[0]
        blueprint = Blueprint(recipe, tuple(task.packages), package, tuple(task.readable), sandbox)
        self._task = task
        self._workers = [Worker(blueprint) for _ in range(workers)]
        # Last in, first out: the worker that ran before is warm.
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, "evosearch-worker")
        self._stops: set[_Stop] = set()
        self._closed = threading.Event()

    @property
    def workers(self) -> int:
        """How many evaluations run at the same time."""
        return len(self._workers)

    async def evaluate(self, program: Program, reading: Reading, split: Split, seed: int) -> Evaluation:
        """Run one program under its task's judge.

        Raises:
            SandboxError: No worker can be had, or the executor is closed.
            EvosearchError: The task cannot be made in a judge; as the class that says why.
        """
        job = self._job(program, reading, split, seed)
        return await self._work(lambda worker, stop: worker.evaluate(job, stop))

    async def rehearse(self, program: Program, seed: int) -> tuple[Example, ...]:
        """Calls that the judge makes of a program.

        Raises:
            SandboxError: No worker can be had, or the executor is closed.
            EvosearchError: The task cannot be made in a judge; as the class that says why.
        """
        job = self._job(program, Reading(normal_form=program.id), "train", seed)
        return await self._work(lambda worker, stop: worker.rehearse(job, stop))

    async def run(self, entry: str, request: Value, limits: Limits) -> Value:
        """Run a library function (`package.module:function`) in the jail.

        Raises:
            CandidateError: It did not answer within its limits.
            SandboxError: No worker can be had, or the executor is closed.
        """
        return await self._work(lambda worker, stop: worker.run(entry, request, limits, stop))

    async def check(self) -> None:
        """Let the canaries of the attack suite loose on one worker; the others are made alike.

        Where the user waived the demand that programs be contained, or took a degraded jail, there is nothing to see.

        Raises:
            SandboxError: One was not contained, or no worker can be had.
        """
        if self._sandbox.contained and not self._sandbox.unsafe:
            findings = await self._work(lambda worker, stop: canaries(lambda limits: worker.fork(limits, stop)))
            _refuse_breaches([finding for finding in findings if not finding.contained])

    async def aclose(self) -> None:
        """Kill what runs and end the workers. Calling it twice is allowed."""
        self._closed.set()
        for stop in tuple(self._stops):
            stop.set()
        await asyncio.to_thread(self._shut_down)

    def _shut_down(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.close()

    def _job(self, program: Program, reading: Reading, split: Split, seed: int) -> Job:
        facts = CandidateFacts(program.id, program.problem, reading)
        return Job(program.source, facts, split, seed, self._task.limits(program.problem))

    async def _work(self, work: Callable[[Worker, int], T]) -> T:
        if self._closed.is_set():
            raise SandboxError("the executor is closed")
        stop = _Stop()
        self._stops.add(stop)
        future = self._threads.submit(self._on_thread, work, stop)
        # The callback runs however the future ends, even if it is cancelled before a thread has taken it.
        future.add_done_callback(lambda _: stop.close())
        try:
            return await asyncio.wrap_future(future)
        except Stopped:
            raise SandboxError("the executor was closed while it worked") from None
        except asyncio.CancelledError:
            stop.set()
            if self._closed.is_set() and not _is_cancelled():
                raise SandboxError("the executor was closed before it came to this") from None
            raise
        finally:
            self._stops.discard(stop)

    def _on_thread(self, work: Callable[[Worker, int], T], stop: "_Stop") -> T:
        # There are as many threads as workers, so one is always idle here.
        worker = self._idle.get()
        try:
            return work(worker, stop.descriptor)
        finally:
            self._idle.put(worker)


def _refuse_breaches(breaches: list[Finding]) -> None:
    if breaches:
        first, others = breaches[0], len(breaches) - 1
        raise SandboxError(
            f"the sandbox does not hold on this machine: {first.family}, {first.name}: expected {first.expected!r}, "
            f"and it came to: {first.happened}" + (f" (and {others} more)" if others else ""),
            hint="`evosearch doctor --attack` tries all attacks and shows which get through; please report it",
        )


def _is_cancelled() -> bool:
    """Whether the current asyncio task is, and not just the future that it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Stop:
    """Calls work off: a descriptor that becomes readable."""

    def __init__(self) -> None:
        self.descriptor, self._writer = os.pipe()
        self._lock = threading.Lock()
        self._open = True

    def set(self) -> None:
        """Make the descriptor readable, if anybody may still be looking."""
        with self._lock:
            if self._open:
                os.write(self._writer, b".")

    def close(self) -> None:
        """Close the descriptor; its number may belong to another file from now on."""
        with self._lock:
            self._open = False
            os.close(self.descriptor)
            os.close(self._writer)
