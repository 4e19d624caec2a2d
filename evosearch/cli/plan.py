"""What a run would be: settings, task, archive, budget, models and walls, resolved before anything is written."""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evosearch import config, registry
from evosearch.cli import models
from evosearch.cli.models import Replay
from evosearch.cli.places import default_archive, find_task
from evosearch.config_file import FILE_NAME
from evosearch.errors import BudgetError, SandboxError, UsageError
from evosearch.models.recording import Record
from evosearch.protocols import Equipment, Proposer, Regimen, Task
from evosearch.report.snapshot import TaskFacts
from evosearch.report.traffic import Traffic
from evosearch.sandbox.policy import Sandbox
from evosearch.search.budget import Budget
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import Usage

#: What an archive is of and a run can be told.
_IDENTITY = ("seed", "window", "archive", "archive_options")


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
        notices: What the user should hear before it begins, a line each.
        replay: The record whose calls are replayed; None to ask models.
    """

    settings: config.Settings
    task: Task
    archive: Path
    budget: Budget
    spent: Usage
    command: str
    sandbox: Sandbox | SandboxError
    notices: tuple[str, ...]
    replay: Replay | None

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
        options = self.settings.archive_options
        return Identity(task.name, task.domain, task.fingerprint, run.seed, run.window, run.archive, options)

    def record(self) -> RunRecord:
        """What is known when the run begins."""
        facts = TaskFacts.of(self.task).as_json()
        settings = self.settings.model_dump(mode="json") | {"task": facts}
        # What `+20calls` comes to: a replay begins with nothing to add to.
        settings["run"]["budget"] = str(self.budget)
        return RunRecord(
            self.settings.proposer,
            models=tuple(name for name, _ in self.settings.models.weights),
            budget=str(self.budget),
            settings=settings,
            sandbox=self.demand_sandbox().record(),
        )

    def equipment(
        self, record: Record, notify: Callable[[str], None] = lambda _: None, traffic: Traffic | None = None
    ) -> Equipment:
        """What the proposer is made with.

        Args:
            record: Where calls are kept.
            notify: Is told what the user should know of the models.
            traffic: Is told of their calls.
        """
        if not self.settings.models.model:
            return Equipment()
        return models.equipment(self.settings, record, source=self.replay, notify=notify, traffic=traffic)

    def proposer(self) -> Proposer:
        """The proposer, to ask it what it would do: its calls are kept nowhere.

        Raises:
            ConfigError: It needs a model, and none is configured.
        """
        return registry.make_proposer(self.settings.proposer, self.equipment(models.NoRecord()))


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What the archive's last run, or the run that is replayed, leaves to the next one."""

    run: Mapping[str, Any] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)
    budget: str | None = None
    spent: Usage = field(default_factory=Usage)
    sandbox: Mapping[str, Any] = field(default_factory=dict)
    has_calls: bool = False
    unsettled: int = 0
    origin: str = config.LAST_RUN


def prepare(  # noqa: PLR0913 - what the command line says
    task_word: str | None,
    archive: Path | None,
    flags: Mapping[str, Any],
    *,
    unsafe: bool,
    allow_degraded: bool,
    replay: Path | None = None,
) -> Plan:
    """Resolve everything that a run needs; reads, and writes nothing.

    Args:
        task_word: TASK of the command line.
        archive: The path of `--archive`.
        flags: Keys of `[run]` and `[models]` that the command line gave.
        unsafe: Whether the command line waived the sandbox. Never a setting: a task's folder must not be able to.
        allow_degraded: Whether it accepted a degraded one; likewise.
        replay: The archive or cassette whose calls are replayed.

    Raises:
        EvosearchError: A setting, the task or the archive is not as it should be.
    """
    source = models.Replay(replay) if replay else None
    settings = config.load(_task(task_word, source), environment=os.environ, flags=flags)
    _check_budget(settings)
    path = archive or default_archive(f"{settings.name}-replay" if source else settings.name)
    earlier = _earlier(path, source)
    settings = settings.continuing(earlier.run, earlier.models, earlier.origin)
    task = registry.make_task(settings.recipe())
    _check_replay(source, task)
    budget = Budget.resolve(settings.run.budget or "", earlier.budget, earlier.spent)
    sandbox = _sandbox(unsafe=unsafe, allow_degraded=allow_degraded)
    plan = Plan(
        settings,
        task,
        path,
        budget,
        earlier.spent,
        _command(task_word, archive, replay, unsafe=unsafe, allow_degraded=allow_degraded),
        sandbox,
        (),
        source,
    )
    regimen = plan.proposer().regimen
    if regimen.turn:
        _check_models(plan, has_calls=earlier.has_calls)
    notices = (
        _sandbox_notice(sandbox, earlier.sandbox),
        _spending_notice(plan, regimen),
        _free_notice(plan, regimen),
        _waste_notice(settings, earlier),
        _unused_notice(settings),
    )
    return replace(plan, notices=tuple(notice for notice in notices if notice))


def _task(word: str | None, source: Replay | None) -> Path | str:
    """The task that is meant; of a replay that names none, the one that was recorded, if it is still there."""
    recorded = source.run.get("settings", {}) if source else {}
    if word is not None or not recorded or Path(FILE_NAME).is_file():
        return find_task(word)
    return find_task(recorded.get("directory") or recorded.get("domain"))


def _command(
    task_word: str | None, archive: Path | None, replay: Path | None, *, unsafe: bool, allow_degraded: bool
) -> str:
    """The command line that goes on."""
    words = ["evosearch", "run", *([task_word] if task_word else [])]
    words += ["--archive", str(archive)] if archive else []
    words += ["--replay", str(replay)] if replay else []
    words += [*(["--unsafe-no-sandbox"] if unsafe else []), *(["--allow-degraded"] if allow_degraded else [])]
    return shlex.join(words)


def _check_replay(source: Replay | None, task: Task) -> None:
    """See that a record is of this task.

    Raises:
        UsageError: It is not, or the task's files have changed since.
    """
    if source is not None and source.run.get("fingerprint") != task.fingerprint:
        recorded = source.run.get("task")
        if recorded != task.name:
            raise UsageError(f"{source.name} is a record of the task {recorded!r}, and this is {task.name!r}")
        raise UsageError(
            f"the files of the task {task.name!r} have changed since {source.name} was recorded",
            hint="replay with the files as they were, or leave --replay out to ask the models again",
        )


def _check_models(plan: Plan, *, has_calls: bool) -> None:
    """See that the models can be asked, and that money can be capped.

    Raises:
        BudgetError: Money is capped, and a price is not known.
        ProviderError: A key is missing, and no call is recorded to go on from.
    """
    if plan.budget.usd is not None:
        models.demand_prices(plan.settings.models)
    if plan.replay is None:
        models.demand_reachable(plan.settings.models, recorded=has_calls)


def _sandbox(*, unsafe: bool, allow_degraded: bool) -> Sandbox | SandboxError:
    try:
        return Sandbox.of_this_machine(unsafe=unsafe, allow_degraded=allow_degraded)
    except SandboxError as refusal:
        return refusal


def _spending_notice(plan: Plan, regimen: Regimen) -> str | None:
    """One line if calls are to be paid for and nothing caps them."""
    budget = plan.budget
    if not regimen.turn or plan.replay is not None or budget.caps_calls:
        return None
    return (
        f"nothing caps the calls of models: the budget is {budget}; --budget {budget},200calls or {budget},2usd would"
    )


def _free_notice(plan: Plan, regimen: Regimen) -> str | None:
    """One line if models wait for the embedded proposer, which may take minutes."""
    if not (regimen.rungs and regimen.turn) or plan.spent.calls:
        return None
    return "the embedded proposer goes first, for free; models are asked for what it leaves (--proposer model skips it)"


def _unused_notice(settings: config.Settings) -> str | None:
    """One line if the file says something of archives, but not of the kind that is used."""
    kind, tables = settings.run.archive, settings.archive_tables
    if not tables or kind in tables:
        return None
    return f'[{tables[0]}] is not used: the archive is {kind}; archive = "{tables[0]}" in [run] would use it'


def _waste_notice(settings: config.Settings, earlier: _Earlier) -> str | None:
    """One line if replies that are paid for cannot be used, as models are asked differently now."""
    now = models.asked_alike(settings.models.model_dump(mode="json"))
    if not earlier.unsettled or models.asked_alike(earlier.models) == now:
        return None
    return (
        f"{earlier.unsettled} replies are paid for and wait to be used, and are of no use to these settings: run once "
        "with the last run's settings first"
    )


def _sandbox_notice(sandbox: Sandbox | SandboxError, last: Mapping[str, Any]) -> str | None:
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


def _earlier(path: Path, source: Replay | None) -> _Earlier:
    """What the archive at the path holds; of a new one, what is replayed."""
    if not path.exists():
        return _recorded(source) if source else _Earlier()
    with Store.read(path) as store:
        last, identity = store.last_run(), store.identity
        kept: dict[str, Any] = {key: getattr(identity, key) for key in _IDENTITY}
        if last is None:
            return _Earlier(kept)
        record = last.record
        kept |= {"proposer": record.proposer, "budget": record.budget}
        asked = record.settings.get("models", {})
        has_calls = next(store.recorded_calls(), None) is not None
        waiting = store.unsettled().calls
        return _Earlier(kept, asked, record.budget, store.spent(), record.sandbox, has_calls, waiting)


def _recorded(source: Replay) -> _Earlier:
    """The settings of the run that is replayed; nothing of it is spent yet."""
    settings = source.run.get("settings", {})
    kept = settings.get("run", {}) | {key: source.run[key] for key in _IDENTITY if key in source.run}
    return _Earlier(kept, settings.get("models", {}), has_calls=True, origin=config.REPLAYED)
