"""One run, from its settings to its end: what `evosearch run` does once it knows what was asked for."""

import asyncio
import os
import shlex
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evosearch import config, registry
from evosearch.cli.places import default_archive, find_task
from evosearch.errors import ArchiveFileError, BudgetError, EvosearchError, Interrupted, SandboxError
from evosearch.protocols import Executor, Task
from evosearch.report.progress import ProgressView
from evosearch.report.snapshot import TaskFacts
from evosearch.sandbox.policy import Sandbox
from evosearch.search.budget import Budget
from evosearch.search.engine import Search
from evosearch.search.events import Ended
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import Usage


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that could begin.

    Attributes:
        settings: All settings, with what the archive's last run used where nothing was said.
        task: What a good program is.
        archive: Where the archive file is, or will be.
        budget: What may be spent in all.
        spent: What was spent before.
        command: The command line that continues this run.
        sandbox: The walls around its programs, or why there can be no run.
        notice: What the user has not been told of the walls yet; None if there is nothing.
    """

    settings: config.Settings
    task: Task
    archive: Path
    budget: Budget
    spent: Usage
    command: str
    sandbox: Sandbox | SandboxError
    notice: str | None

    def demand_sandbox(self) -> Sandbox:
        """The walls around the run's programs.

        Raises:
            SandboxError: Programs cannot be contained here, and nobody waived that.
        """
        if isinstance(self.sandbox, SandboxError):
            raise self.sandbox
        return self.sandbox

    def identity(self) -> Identity:
        """What the archive is of."""
        task, run = self.task, self.settings.run
        return Identity(task.name, task.domain, task.fingerprint, run.seed, run.window, run.archive)

    def record(self) -> RunRecord:
        """What is known when the run begins."""
        facts = TaskFacts.of(self.task).as_json()
        settings = self.settings.model_dump(mode="json") | {"task": facts}
        sandbox = self.demand_sandbox().record()
        return RunRecord(self.settings.run.proposer, budget=str(self.budget), settings=settings, sandbox=sandbox)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What the archive's last run leaves to the next one."""

    run: Mapping[str, Any]
    budget: str | None
    spent: Usage
    sandbox: Mapping[str, Any]


def prepare(
    task_word: str | None, archive: Path | None, flags: Mapping[str, Any], *, unsafe: bool, allow_degraded: bool
) -> Plan:
    """Resolve everything that a run needs; reads, and writes nothing.

    Args:
        task_word: TASK of the command line.
        archive: The path of `--archive`.
        flags: Keys of `[run]` that the command line gave.
        unsafe: Whether the command line waived the sandbox. Never a setting: a task's folder must not be able to.
        allow_degraded: Whether it accepted a degraded one; likewise.

    Raises:
        EvosearchError: A setting, the task or the archive is not as it should be.
    """
    settings = config.load(find_task(task_word), environment=os.environ, flags=flags)
    _check_budget(settings)
    path = archive or default_archive(settings.name)
    earlier = _earlier(path)
    settings = settings.continuing(earlier.run)
    task = registry.make_task(settings.recipe())
    budget = Budget.resolve(settings.run.budget or "", earlier.budget, earlier.spent)
    words = ["evosearch", "run", *([task_word] if task_word else []), *(["--archive", str(archive)] if archive else [])]
    words += [*(["--unsafe-no-sandbox"] if unsafe else []), *(["--allow-degraded"] if allow_degraded else [])]
    sandbox = _sandbox(unsafe=unsafe, allow_degraded=allow_degraded)
    return Plan(
        settings, task, path, budget, earlier.spent, shlex.join(words), sandbox, _notice(sandbox, earlier.sandbox)
    )


def _sandbox(*, unsafe: bool, allow_degraded: bool) -> Sandbox | SandboxError:
    try:
        return Sandbox.of_this_machine(unsafe=unsafe, allow_degraded=allow_degraded)
    except SandboxError as refusal:
        return refusal


def _notice(sandbox: Sandbox | SandboxError, last: Mapping[str, Any]) -> str | None:
    """One line about the walls, if they are not those of the archive's last run; a waived sandbox is always told."""
    if isinstance(sandbox, SandboxError):
        return None
    if sandbox.unsafe:
        found = f": {sandbox.notice}" if sandbox.notice else ""
        return f"UNSAFE: this run demands no sandbox, and what it finds will say so{found}"
    return None if sorted(last.get("missing", ())) == sorted(sandbox.missing) else sandbox.notice


def _check_budget(settings: config.Settings) -> None:
    """See that the budget can be read, and that one which adds was said on the command line.

    Raises:
        BudgetError: It is not so; the message names the budget's origin.
    """
    text, origin = settings.run.budget or "", settings.origins["run.budget"]
    try:
        Budget.parse(text.removeprefix("+"))
    except BudgetError as error:
        raise BudgetError(f"{error} ({origin})", hint=error.hint) from error
    if text.startswith("+") and not origin.startswith("--"):
        raise BudgetError(
            f"the budget {text!r} would add again on every run ({origin})",
            hint=f"say it once, on the command line: --budget {text}",
        )


def _earlier(path: Path) -> _Earlier:
    """What the archive at the path holds; of a new one, nothing."""
    if not path.exists():
        return _Earlier({}, None, Usage(), {})
    with Store.read(path) as store:
        last, identity = store.last_run(), store.identity
        kept: dict[str, Any] = {"seed": identity.seed, "window": identity.window, "archive": identity.archive}
        if last is None:
            return _Earlier(kept, None, Usage(), {})
        kept |= {"proposer": last.record.proposer, "budget": last.record.budget}
        return _Earlier(kept, last.record.budget, store.spent(), last.record.sandbox)


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
                    worthless = is_new and store.steps_recorded() <= 1 and not store.counts().ok
                raise
            store.end_run(number, ended.reason if ended else "interrupted")
    finally:
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
    search = Search(
        task,
        registry.make_proposer(settings.proposer),
        registry.make_archive(settings.archive, task.axes, score_floor=task.score_floor),
        executor,
        store,
        run=number,
        seed=settings.seed,
        window=settings.window,
        budget=plan.budget,
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
        interrupts.remove()


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
