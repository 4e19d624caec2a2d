"""One run, from its plan to its end: what `evosearch run` does once it knows what was asked for."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from evosearch import registry
from evosearch.cli.plan import Plan
from evosearch.errors import ArchiveFileError, EvosearchError, Interrupted
from evosearch.executors.recorded import RecordedExecutor
from evosearch.protocols import Executor
from evosearch.report.progress import ProgressView
from evosearch.search.engine import Search
from evosearch.search.events import Ended
from evosearch.store import Store


def run(plan: Plan, view: ProgressView) -> Ended:
    """Search until the budget is spent or the user stops it.

    Raises:
        SandboxError: Programs cannot be contained here; nothing was written.
        Interrupted: The user stopped it; everything finished is saved.
        EvosearchError: It cannot go on; everything finished is saved.
    """
    plan.demand_sandbox()
    is_new, worthless = not plan.archive.exists(), False
    try:
        with Store.open(plan.archive, identity=plan.identity()) as store:
            number = store.begin_run(plan.record())
            try:
                with view:
                    ended = asyncio.run(_search(plan, store, number, view))
            except EvosearchError as error:
                # The disk may be what failed.
                with suppress(ArchiveFileError):
                    store.end_run(number, f"failed: {error}")
                    paid = store.unsettled().calls > 0
                    worthless = is_new and store.steps_recorded() <= 1 and not store.counts().ok and not paid
                raise
            store.end_run(number, ended.reason if ended else "interrupted")
    finally:
        if plan.replay:
            plan.replay.close()
        if worthless:
            _discard(plan.archive)
    if ended is None or ended.reason == "stopped":
        raise Interrupted(
            f"interrupted; everything that was finished is saved in {plan.archive}",
            hint=f"continue with: {plan.command}",
        )
    return ended


def _discard(archive: Path) -> None:
    """Remove an archive that failed at its very seeds: mending the task would make it another task's archive."""
    for suffix in ("", "-wal", "-shm"):
        archive.with_name(archive.name + suffix).unlink(missing_ok=True)


async def _search(plan: Plan, store: Store, number: int, view: ProgressView) -> Ended | None:
    """The search, with Ctrl-C in hand; None if it was cut short."""
    settings, task = plan.settings.run, plan.task
    executor = registry.make_executor(
        settings.executor, task, plan.settings.recipe(), workers=settings.workers, sandbox=plan.demand_sandbox()
    )
    if plan.replay:
        executor = RecordedExecutor(executor, plan.replay.timeouts)
    equipment = plan.equipment(store.calls(number), _note(store, number, view), view.traffic)
    search = Search(
        task,
        registry.make_proposer(plan.settings.proposer, equipment),
        registry.make_archive(
            settings.archive, task.axes, score_floor=task.score_floor, options=plan.settings.archive_options
        ),
        executor,
        store,
        run=number,
        seed=settings.seed,
        window=settings.window,
        budget=plan.budget,
        turns=plan.replay.turns if plan.replay else None,
        listeners=[view],
    )
    job = asyncio.create_task(_checked(executor, search))
    interrupts = _Interrupts(search, job, view)
    interrupts.install()
    try:
        return await job
    except asyncio.CancelledError:
        if not interrupts.cut_short:
            raise
        return None
    finally:
        await executor.aclose()
        if equipment.models is not None:
            await equipment.models.aclose()
        interrupts.remove()


def _note(store: Store, number: int, view: ProgressView) -> Callable[[str], None]:
    """Tells the user what happened to a model, and the archive as well."""

    def note(message: str) -> None:
        view.say(message)
        store.log("model", {"note": message}, number)

    return note


async def _checked(executor: Executor, search: Search) -> Ended:
    """The search, once it is seen that programs are really held."""
    await executor.check()
    return await search.run()


class _Interrupts:
    """Ctrl-C, or SIGTERM: once finishes what is under way, twice stops now, a third time is Python's own."""

    def __init__(self, search: Search, job: asyncio.Task[Ended], view: ProgressView) -> None:
        self._search = search
        self._job = job
        self._view = view
        self._stopping = False
        self.cut_short = False

    def install(self) -> None:
        """Take the signals over."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._interrupt)

    def remove(self) -> None:
        """Give them back. Calling it twice is allowed."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)

    def _interrupt(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._view.say("stopping: what is under way is being finished and saved; Ctrl-C again stops at once")
            self._search.stop()
            return
        self.cut_short = True
        self._view.say("stopping now")
        self._job.cancel()
        self.remove()
