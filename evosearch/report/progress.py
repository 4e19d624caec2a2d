"""A search while it runs, on stderr: a live panel on a terminal, plain lines anywhere else.

Both are listeners of the search. They read clocks, which is harmless: they decide nothing.
"""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evosearch.report.amounts import duration, of_caps
from evosearch.report.printable import one_line, printable
from evosearch.report.tables import pairs
from evosearch.report.terminal import coverage, gist
from evosearch.report.traffic import Clock, Traffic
from evosearch.search.budget import Budget
from evosearch.search.events import Ended, Event, Progress, Refused, Resumed, Settled
from evosearch.types import Outcome, ReplyOutcome, Step, Trial, Usage

#: Seconds between two plain lines, and between two lines about improvements.
_PLAIN_EVERY = 10.0
_IMPROVEMENT_EVERY = 1.0
_LAST_IMPROVEMENTS = 3
_MOST_REASONS = 20
_LONGEST_REASON = 200
#: A rate says nothing before this many seconds.
_RATE_AFTER = 2.0


class ProgressView(Protocol):
    """A listener that is shown between `__enter__` and `__exit__`.

    Attributes:
        traffic: Is told of calls of models when they are sent and when their replies come.
    """

    @property
    def traffic(self) -> Traffic: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, event: Event) -> None: ...

    def say(self, message: str) -> None: ...


class Pace:
    """How fast the search is, and when its budget will be spent."""

    def __init__(self, budget: Budget, clock: Clock = time.monotonic) -> None:
        self._budget = budget
        self._clock = clock
        self._began = clock()
        self._before = Usage()
        # When the first of each was spent: models may be asked long after the free rungs began.
        self._since: dict[str, float] = {}

    def begin(self, spent: Usage) -> None:
        """Count from here: what earlier runs spent says nothing about this one's pace."""
        self._began = self._clock()
        self._before = spent
        self._since.clear()

    def elapsed(self) -> float:
        """Seconds since the search began to work."""
        return self._clock() - self._began

    def rate(self, spent: Usage) -> float | None:
        """Evaluations a second; None while it is too early to say."""
        elapsed = self.elapsed()
        return (spent.evaluations - self._before.evaluations) / elapsed if elapsed >= _RATE_AFTER else None

    def remaining(self, spent: Usage) -> float | None:
        """Seconds until the first cap is reached at this pace; None while it is too early to say."""
        now, times = self._clock(), []
        for name, cap in self.caps():
            more = getattr(spent, name) - getattr(self._before, name)
            if not more:
                self._since[name] = now
            elif (elapsed := now - self._since.get(name, self._began)) >= _RATE_AFTER:
                times.append((cap - getattr(spent, name)) * elapsed / more)
        return max(0.0, min(times)) if times else None

    def share(self, spent: Usage) -> float:
        """The part of the budget that is spent, of the cap that is nearest; between 0 and 1."""
        return min(1.0, max((getattr(spent, name) / cap for name, cap in self.caps()), default=0.0))

    def caps(self) -> list[tuple[str, float]]:
        """The caps there are, by the sum they hold."""
        names = ("evaluations", "calls", "tokens", "usd", "seconds")
        return [(name, cap) for name in names if (cap := getattr(self._budget, name)) is not None]

    def spent_of(self, spent: Usage) -> str:
        """What is spent and what may be: `1,200/5,000 evaluations, 12/60 s`."""
        return of_caps(spent, dict(self.caps()))


class Wasted:
    """How many replies of models were no programs, in this run."""

    def __init__(self) -> None:
        self._replies = 0
        self._wasted = 0

    def note(self, step: Step) -> None:
        """Count the replies of a step; thoughts are no waste."""
        outcomes = [attempt.outcome for attempt in step.attempts if attempt.outcome is not ReplyOutcome.THOUGHT]
        self._replies += len(outcomes)
        self._wasted += sum(outcome is not ReplyOutcome.PROGRAM for outcome in outcomes)

    def words(self) -> list[str]:
        """`3 of 40 replies no program`; nothing if there was none."""
        return [f"{self._wasted:,} of {self._replies:,} replies no program"] if self._wasted else []


class PlainProgress:
    """A line every some seconds, and one for an improvement; nothing that moves.

    Args:
        console: Where lines go.
        budget: What may be spent.
        verbose: One line for every step.
        clock: Seconds that only rise.
    """

    def __init__(self, console: Console, budget: Budget, *, verbose: bool, clock: Clock = time.monotonic) -> None:
        self._console = console
        self._pace = Pace(budget, clock)
        self._verbose = verbose
        self._clock = clock
        self._next_line = clock() + _PLAIN_EVERY
        self._next_improvement = clock()
        self._best: float | None = None
        self._solved = 0
        self._wasted = Wasted()
        self._progress: Progress | None = None
        self.traffic = Traffic(clock, self._tick)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put back."""

    def __call__(self, event: Event) -> None:
        match event:
            case Resumed(progress):
                self._note(progress)
                self._pace.begin(progress.spent)
                self.say(resumed(progress))
            case Settled(step, progress):
                self._wasted.note(step)
                self.traffic.settle(step.usage)
                if self._verbose:
                    for line in verdicts(step):
                        self.say(line)
                if self._is_due(progress):
                    self.say(self._line(progress))
            case Refused(problems):
                self.say(refused(problems))
            case Ended():
                pass

    def say(self, message: str) -> None:
        """Print a line."""
        self._console.print(Text(printable(message)), soft_wrap=True)

    def _tick(self) -> None:
        """Models are slow: what they are asked and answer is news while no step can be settled."""
        if self._progress and self._is_due(self._progress):
            self.say(self._line(self._progress))

    def _is_due(self, progress: Progress) -> bool:
        now = self._clock()
        better = self._note(progress) and now >= self._next_improvement
        if better:
            self._next_improvement = now + _IMPROVEMENT_EVERY
        if now >= self._next_line or better:
            self._next_line = now + _PLAIN_EVERY
            return True
        return False

    def _note(self, progress: Progress) -> bool:
        """Whether the best score or the number of solved problems rose."""
        score = progress.best.score if progress.best else None
        better = progress.solved > self._solved or (score is not None and (self._best is None or score > self._best))
        self._best, self._solved, self._progress = score, progress.solved, progress
        return better

    def _line(self, progress: Progress) -> str:
        parts = [self._pace.spent_of(progress.spent), *figures(progress), *self._wasted.words()]
        parts += self.traffic.words()
        left = self._pace.remaining(progress.spent)
        return "; ".join(parts + ([f"{duration(left)} left"] if left is not None else []))


class LiveProgress:
    """A panel that redraws itself a few times a second.

    Args:
        console: The terminal.
        budget: What may be spent.
        verbose: One line for every step, above the panel.
        clock: Seconds that only rise.
    """

    def __init__(self, console: Console, budget: Budget, *, verbose: bool, clock: Clock = time.monotonic) -> None:
        self._console = console
        self._pace = Pace(budget, clock)
        self._verbose = verbose
        self._progress: Progress | None = None
        # Replaced, never changed: the panel is drawn by a thread of its own.
        self._improvements: tuple[str, ...] = ()
        self._wasted = Wasted()
        self.traffic = Traffic(clock)
        self._live = Live(console=console, get_renderable=self._draw, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the panel away."""
        self._live.stop()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Refused):
            self.say(refused(event.problems))
            return
        if isinstance(event, Resumed):
            self._pace.begin(event.progress.spent)
            self.say(resumed(event.progress))
        elif isinstance(event, Settled):
            self._wasted.note(event.step)
            self.traffic.settle(event.step.usage)
            for line in verdicts(event.step) if self._verbose else ():
                self.say(line)
            for trial in event.step.trials:
                if trial.placement and trial.placement.outcome is not Outcome.KEPT_OUT:
                    self._improvements = (*self._improvements, verdict(trial))[-_LAST_IMPROVEMENTS:]
        self._progress = event.progress

    def say(self, message: str) -> None:
        """Print a line above the panel."""
        self._console.print(Text(printable(message)), soft_wrap=True)

    def _draw(self) -> RenderableType:
        progress = self._progress
        if progress is None:
            return Text("starting the sandbox …", style="dim")
        rows: list[tuple[str, RenderableType]] = [
            ("best", best(progress)),
            *([("fully solved", f"{progress.solved:,} of {progress.problems:,}")] if progress.problems else []),
            ("map", f"{coverage(progress.cells_filled, progress.cells_total)}, QD score {progress.qd_score:,.6g}"),
            ("programs", ", ".join([programs(progress), *self._wasted.words()])),
            *([("calls", ", ".join(words))] if (words := self.traffic.words()) else []),
            ("spent", self._spent(progress)),
        ]
        recent = [Text(f"  {line}", style="dim", no_wrap=True, overflow="ellipsis") for line in self._improvements]
        return Group(pairs(rows), *recent)

    def _spent(self, progress: Progress) -> RenderableType:
        rate, left = self._pace.rate(progress.spent), self._pace.remaining(progress.spent)
        words = [self._pace.spent_of(progress.spent)]
        words += [f"{rate:,.3g} evaluations/s"] if rate is not None and not progress.spent.calls else []
        words += [f"{duration(left)} left"] if left is not None else []
        grid = Table.grid(padding=(0, 1))
        grid.add_row(ProgressBar(1.0, self._pace.share(progress.spent), width=20), ", ".join(words))
        return grid


class NoProgress:
    """Says nothing: `--quiet`."""

    def __init__(self) -> None:
        self.traffic = Traffic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put back."""

    def __call__(self, event: Event) -> None:
        """Nothing to say."""

    def say(self, message: str) -> None:
        """Nothing to say."""


def progress_view(console: Console, budget: Budget, *, quiet: bool, verbose: bool) -> ProgressView:
    """The view that fits where stderr leads."""
    if quiet:
        return NoProgress()
    moving = console.is_terminal and not console.is_dumb_terminal
    return (LiveProgress if moving else PlainProgress)(console, budget, verbose=verbose)


def figures(progress: Progress) -> list[str]:
    """What stands on a plain line."""
    found = [f"{progress.solved}/{progress.problems} fully solved"] if progress.problems else []
    filled = coverage(progress.cells_filled, progress.cells_total)
    return [f"best {best(progress)}", *found, filled, f"QD {progress.qd_score:,.6g}", programs(progress)]


def best(progress: Progress) -> str:
    """The best elite in a few words."""
    elite = progress.best
    if elite is None:
        return "none yet"
    problem = f" ({one_line(elite.program.problem, 40)})" if elite.program.problem else ""
    return f"{elite.score:,.6g}{problem}"


def programs(progress: Progress) -> str:
    """How many programs there were."""
    return (
        f"{progress.ok:,} ok, {progress.failed:,} failed, {progress.duplicates:,} duplicates, "
        f"{progress.in_flight} in flight"
    )


def resumed(progress: Progress) -> str:
    """What a run says when it goes on."""
    return f"continuing after {progress.steps:,} steps: {', '.join(figures(progress)[:-1])}"


def refused(problems: Mapping[str, str]) -> str:
    """Which problems are left out, a line each, and why."""
    lines = [f"left out: {one_line(why, _LONGEST_REASON)}" for why in problems.values()]
    more = len(lines) - _MOST_REASONS
    return "\n".join(lines[:_MOST_REASONS] + ([f"and {more:,} more"] if more > 0 else []))


def verdicts(step: Step) -> list[str]:
    """What became of every program of a step, and of every reply that was none, a line each."""
    note = f" ({one_line(step.note)})" if step.note else ""
    lines = [f"step {step.index}: {verdict(trial)}{note}" for trial in step.trials]
    lines += [
        f"step {step.index}: {attempt.outcome} by {one_line(attempt.operator)} of {one_line(attempt.model, 40)}"
        + (f": {one_line(attempt.detail, 60)}" if attempt.detail else "")
        for attempt in step.attempts
        if attempt.outcome not in (ReplyOutcome.PROGRAM, ReplyOutcome.THOUGHT)
    ]
    return lines


def verdict(trial: Trial) -> str:
    """What became of one program, on one line."""
    program, evaluation = trial.proposal.program, trial.evaluation
    who = f"{program.id} by {one_line(trial.proposal.operator)}" + (
        f" for {one_line(program.problem, 40)}" if program.problem else ""
    )
    if evaluation is None:
        return f"{who}: seen before"
    if evaluation.score is None:
        return f"{who}: {evaluation.status}, {one_line(evaluation.feedback, 60)}"
    outcome = trial.placement.outcome.name.lower().replace("_", " ") if trial.placement else "not placed"
    return f"{who}: {evaluation.score:,.6g}, {outcome}: {gist(program.source)}"
