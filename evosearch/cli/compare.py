"""`evosearch run --compare`: the same budget spent in several ways over several seeds, each an ordinary run."""

import math
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rich.text import Text

from evosearch import config
from evosearch.cli import models, session
from evosearch.cli.estimate import estimate
from evosearch.cli.output import say, show, show_json, talk_console
from evosearch.cli.places import ARCHIVES, find_task
from evosearch.cli.plan import Plan, prepare
from evosearch.cli.plan_view import show_plan
from evosearch.errors import Interrupted, NothingFoundError, UsageError
from evosearch.report import comparison, comparison_view, curve
from evosearch.report.amounts import count
from evosearch.report.progress import progress_view
from evosearch.report.tables import columns, heading
from evosearch.search.budget import Budget
from evosearch.store import Run, Store

#: How a run ends for which nothing is left to do.
_DONE = ("budget", "exhausted")


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the ways in which the same budget is spent.

    Attributes:
        name: What its archives are called after.
        title: What it is called among people.
        flags: The keys of `[run]` and `[models]` in which it differs from the others.
    """

    name: str
    title: str
    flags: Mapping[str, Any]


def archive_arms(settings: config.Settings) -> tuple[Arm, ...]:
    """The configured kind of archive against doing without one; they differ in nothing else.

    Raises:
        UsageError: The kind is itself one of what it is to be compared with.
    """
    kind = settings.run.archive
    baselines = [
        Arm("seeds", "best of N from the seeds", {"archive": "seeds"}),
        Arm("best", "hill-climber", {"archive": "best"}),
    ]
    if kind in [arm.name for arm in baselines]:
        raise UsageError(
            f"the archive {kind!r} is what --compare compares others with",
            hint="--archive-kind grid, or another kind, is compared with it",
        )
    return (Arm(kind, f"the archive ({kind})", {"archive": kind}), *baselines)


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for.

    Attributes:
        task: TASK of the command line.
        flags: Keys of `[run]` and `[models]` that it gave.
        seeds: How many.
        unsafe: Whether it waived the sandbox.
        allow_degraded: Whether it accepted a degraded one.
        arms: The arms of a comparison, from the settings of its task; the first one is judged against the others.
    """

    task: str | None
    flags: Mapping[str, Any]
    seeds: int
    unsafe: bool
    allow_degraded: bool
    arms: Callable[[config.Settings], Sequence[Arm]] = archive_arms


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of a comparison.

    Attributes:
        arm: The way in which it spends its budget.
        plan: What it is.
    """

    arm: Arm
    plan: Plan

    @property
    def seed(self) -> int:
        """The run's seed."""
        return self.plan.settings.run.seed

    def is_done(self) -> bool:
        """Whether its archive holds all that the run would come to.

        Raises:
            UsageError: The archive is of a run that searched otherwise, or has spent more than is to be spent now.
        """
        if not self.plan.archive.exists():
            return False
        with Store.read(self.plan.archive) as store:
            last, same = store.last_run(), store.identity == self.plan.identity()
        if last is None or not same:
            return False  # what it is of is checked when it is opened for writing
        self._check_alike(last)
        if last.record.budget != str(self.plan.budget) and self.plan.budget.exhausted(self.plan.spent):
            raise UsageError(
                f"{self.plan.archive} has been run with the budget {last.record.budget}, and has spent more than "
                f"{self.plan.budget}: what is compared is to have spent the same",
                hint=f"compare with --budget {last.record.budget}, or remove the folder {self.plan.archive.parent}",
            )
        return last.ended in _DONE and last.record.budget == str(self.plan.budget)

    def _check_alike(self, last: Run) -> None:
        settings, record = self.plan.settings, last.record
        asked = models.asked_alike(settings.models.model_dump(mode="json"))
        if record.proposer != settings.proposer or models.asked_alike(record.settings.get("models", {})) != asked:
            raise UsageError(
                f"{self.plan.archive} was searched with another proposer or other models",
                hint=f"compare with the settings of then, or move {self.plan.archive.parent} out of the way",
            )


def compare(  # noqa: PLR0913 - what the command line says
    order: Order,
    *,
    archive: Path | None,
    replay: Path | None,
    dry_run: bool,
    json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Run what has not been run yet, and print what all of it tells.

    Args:
        order: What is compared.
        archive: The path of `--archive`, which is refused.
        replay: That of `--replay`, likewise.
        dry_run: Show what would be run.
        json: Print JSON.
        quiet: No progress.
        verbose: A line for every program.

    Raises:
        UsageError: A flag does not go with a comparison, or runs of it would not be alike.
        Interrupted: The user stopped it; the same command goes on.
        EvosearchError: A run failed; those before it are kept.
    """
    _check_flags(order, archive, replay)
    entries = _entries(order)
    done = [entry.is_done() for entry in entries]
    if dry_run:
        _show_dry(entries, done, json=json)
        return
    if not quiet:
        for line in (_announcement(entries), *_blindness(entries[0].plan), *entries[0].plan.notices):
            say(line)
    for number, (entry, is_done) in enumerate(zip(entries, done, strict=True), 1):
        place = f"{number} of {len(entries)}"
        if not quiet:
            say(f"{place}: {entry.arm.title}, seed {entry.seed}{' (done already)' if is_done else ''}")
        if not is_done:
            _run(entry, place, quiet=quiet, verbose=verbose)
    found = comparison.compare({entry.arm.name: entry.arm.title for entry in entries}, [_trial(one) for one in entries])
    if json:
        show_json(comparison.as_json(found))
    else:
        show(comparison_view.draw(found))


def _check_flags(order: Order, archive: Path | None, replay: Path | None) -> None:
    for flag, given in (("--archive", archive), ("--replay", replay)):
        if given is not None:
            raise UsageError(
                f"--compare makes its own archives, so {flag} does not go with it",
                hint=f"they lie in a folder of {ARCHIVES}/, and each can be looked at, continued and replayed alone",
            )
    if str(order.flags.get("budget") or "").startswith("+"):
        raise UsageError(
            f"--compare takes the budget of each run in all, not one that adds, got {order.flags['budget']!r}",
            hint="a greater budget continues the runs that have spent less",
        )


def _entries(order: Order) -> tuple[Entry, ...]:
    """All runs, seed by seed: if it is stopped, whole seeds are done.

    Raises:
        UsageError: They would not be alike, as some were begun with other settings.
    """
    settings = config.load(find_task(order.task), environment=os.environ, flags=order.flags)
    folder, first = ARCHIVES / f"{settings.name}-compare", settings.run.seed
    entries = tuple(
        Entry(arm, _prepare(order, arm, seed, folder / f"{arm.name}-seed{seed}.db"))
        for seed in range(first, first + order.seeds)
        for arm in order.arms(settings)
    )
    if len({(str(one.plan.budget), one.plan.settings.run.window) for one in entries}) > 1:
        raise UsageError(
            f"the runs in {folder} were begun with different budgets or windows",
            hint="say --budget and --window, and all runs have the same",
        )
    return entries


def _prepare(order: Order, arm: Arm, seed: int, path: Path) -> Plan:
    flags = {**order.flags, **arm.flags, "seed": seed}
    return prepare(order.task, path, flags, unsafe=order.unsafe, allow_degraded=order.allow_degraded)


def _run(entry: Entry, place: str, *, quiet: bool, verbose: bool) -> None:
    """Run one of them, or go on with it."""
    # The search before gave the signal back as Python has it by default, which is to end without a word.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        session.run(entry.plan, progress_view(talk_console(), entry.plan.budget, quiet=quiet, verbose=verbose))
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted(
            f"interrupted in run {place}; everything that was finished is saved in {entry.plan.archive.parent}",
            hint=f"continue with: {shlex.join(['evosearch', *sys.argv[1:]])}",
        ) from None


def _trial(entry: Entry) -> comparison.Trial:
    with Store.read(entry.plan.archive) as store:
        found = curve.trace(store)
    if found.end.best is None and not found.problems:
        raise NothingFoundError(
            f"{entry.plan.archive} ended without one valid program, so there is nothing to compare",
            hint=f"`evosearch show {entry.plan.archive}` counts how they failed; a greater --budget continues it",
        )
    return comparison.Trial(entry.arm.name, entry.seed, str(entry.plan.archive), found)


def _announcement(entries: Sequence[Entry]) -> str:
    """How many runs there are, and what they may cost in all."""
    plan, seeds = entries[0].plan, [entry.seed for entry in entries]
    arms = len({entry.arm.name for entry in entries})
    return (
        f"{count(len(entries), 'run')} ({arms} arms, seeds {seeds[0]} to {seeds[-1]}), each with {plan.budget}: "
        f"{_in_all(plan.budget, len(entries))} in all; archives in {plan.archive.parent}/"
    )


def _blindness(plan: Plan) -> Iterator[str]:
    """A line if the budget is gone before a parent is drawn of what was kept: then all arms do the same."""
    regimen = plan.proposer().regimen
    lines = plan.settings.run.window if regimen.lines is None else regimen.lines
    blind = lines * regimen.line
    if not (plan.task.problems or regimen.turn) and (plan.budget.evaluations or math.inf) <= blind:
        yield (
            f"the first {blind:,} evaluations of a run have no parents but the seeds, whatever the archive, so this "
            "budget cannot tell the arms apart; say --budget with several times as many"
        )


def _in_all(budget: Budget, runs: int) -> Budget:
    caps = {item.name: getattr(budget, item.name) for item in fields(Budget)}
    return Budget(**{name: cap if cap is None else cap * runs for name, cap in caps.items()})


def _show_dry(entries: Sequence[Entry], done: Sequence[bool], *, json: bool) -> None:
    """What would be run, and what one of the runs would do; nothing is run."""
    plan = entries[0].plan
    rows = [
        (str(one.plan.archive), one.arm.title, one.seed, is_done) for one, is_done in zip(entries, done, strict=True)
    ]
    if json:
        runs = [dict(zip(("archive", "arm", "seed", "done"), row, strict=True)) for row in rows]
        in_all = _in_all(plan.budget, len(entries))
        costs = {"budget": str(plan.budget), "budget_in_all": str(in_all), "estimate": estimate(plan).as_json()}
        show_json({"runs": runs, **costs})
        return
    table = columns(["archive", "arm", "seed", ""], left=2)
    for path, arm, seed, is_done in rows:
        table.add_row(path, arm, str(seed), "done" if is_done else "")
    lines = (Text(line) for line in (_announcement(entries), *_blindness(plan)))
    show(heading("the comparison"), *lines, table, Text(), heading("the first of its runs"))
    show_plan(plan, json=False)
