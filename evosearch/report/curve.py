"""How a search went: its figures over what was spent, folded from the recorded steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from math import fsum
from typing import Any

from evosearch import registry
from evosearch.errors import ArchiveForeignError, UsageError
from evosearch.protocols import Archive
from evosearch.report.containment import Containment, by_run, unsafe_runs
from evosearch.report.forecast import Forecast, forecast
from evosearch.report.snapshot import TaskFacts
from evosearch.report.tables import number
from evosearch.search.ledger import Ledger
from evosearch.store import Store
from evosearch.types import Problem, Step, Usage

#: What a curve is drawn over: the sums of `Usage`.
SUMS = ("evaluations", "usd", "seconds", "calls", "tokens")
#: A curve has at most this many points, however long the search was.
MOST_POINTS = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """Where a search stood after a step, or at the best program so far in the middle of one.

    Attributes:
        spent: What had been spent.
        best: The best score so far; None if there was none.
        cells_filled: Niches with an elite.
        qd_score: Sum of the elites' scores above the task's floor.
        solved: How many problems were solved.
        champions: The mean over all problems of the best score so far, the task's floor where there was none; None if
            the task is one problem.
    """

    spent: Usage
    best: float | None
    cells_filled: int
    qd_score: float
    solved: int
    champions: float | None

    @property
    def figures(self) -> tuple[float | None, ...]:
        """All but what was spent."""
        return (self.best, self.cells_filled, self.qd_score, self.solved, self.champions)


@dataclass(frozen=True, slots=True)
class Curve:
    """A search from its seeds to its present end.

    Attributes:
        points: Where something changed, and the end; thinned evenly, so one may be missing between two others.
        problems: How many problems the task has; 0 if it is one problem.
        cells_total: Niches there are; None if unbounded.
        cpu_seconds: CPU time of all programs' processes.
        containment: How well the programs of each run were contained, by its number.
    """

    points: tuple[Point, ...]
    problems: int
    cells_total: int | None
    cpu_seconds: float
    containment: Mapping[int, Containment] = field(default_factory=dict)

    @property
    def end(self) -> Point:
        """Where the search stands."""
        return self.points[-1]

    def spent_on(self, over: str) -> tuple[float, ...]:
        """What had been spent at each point, in one of `SUMS`.

        Raises:
            UsageError: None of it was spent, or calls have no known price.
        """
        if over == "usd" and self.end.spent.unpriced:
            raise UsageError(
                f"the price of {self.end.spent.unpriced:,} calls is not known",
                hint="--over calls or --over tokens shows what is",
            )
        spent = tuple(float(getattr(point.spent, over)) for point in self.points)
        if not spent[-1]:
            raise UsageError(f"the archive has cost no {over} so far", hint="--over evaluations is the default")
        return spent

    def area(self) -> float:
        """The mean over all evaluations of the best score so far (of `champions`, if there are problems).

        It tells a search that was good early from one that only ended as well. What was evaluated before the first
        score counts as the first one.

        Raises:
            ValueError: There was no score at all.
        """
        heights = [(point.spent.evaluations, self._height(point)) for point in self.points]
        scored = [(evaluations, height) for evaluations, height in heights if height is not None]
        if not scored:
            raise ValueError("a search without a score has no area")
        # Only where it rose: then curves that are equal have equal areas, whatever other points they have.
        rises = [right for left, right in pairwise(scored) if left[1] != right[1]]
        begins, ends = [scored[0], *rises], [at for at, _ in rises] + [scored[-1][0]]
        whole = fsum((end - begin) * height for (begin, height), end in zip(begins, ends, strict=True))
        begin, first = scored[0]
        return (begin * first + whole) / scored[-1][0] if scored[-1][0] else first

    def _height(self, point: Point) -> float | None:
        return point.champions if self.problems else point.best


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a curve, by the name people know it by.

    Attributes:
        key: Its name in JSON.
        name: Its name among people.
        values: One for each point; None before there was one.
        limit: What it cannot exceed; None if that is not known.
        whole: Whether it counts something.
    """

    key: str
    name: str
    values: tuple[float | None, ...]
    limit: float | None = None
    whole: bool = False

    def words(self, value: float) -> str:
        """A value of it, or what one is expected to be, as people write it."""
        return f"{value:,.0f}" if self.whole else number(value)

    def forecast(self, spent: Sequence[float]) -> Forecast:
        """What more budget would bring.

        Args:
            spent: What had been spent at each point.
        """
        known = [(at, value) for at, value in zip(spent, self.values, strict=True) if value is not None]
        if not known:
            return Forecast(0.0, reason="there is no score yet")
        budgets, values = zip(*known, strict=True)
        return forecast(budgets, values, **({} if self.limit is None else {"limit": self.limit}))


def figures(curve: Curve) -> tuple[Figure, ...]:
    """The figures that are shown of a curve, the one that matters most first."""
    points = curve.points
    best = Figure("best", "best score", tuple(point.best for point in points))
    cells = tuple(point.cells_filled for point in points)
    name = "elites" if curve.cells_total is None else "cells filled"
    coverage = Figure("cells_filled", name, cells, curve.cells_total, whole=True)
    quality = Figure("qd_score", "QD score", tuple(point.qd_score for point in points))
    if not curve.problems:
        return best, coverage, quality
    counts = tuple(point.solved for point in points)
    solved = Figure("solved", "problems solved", counts, curve.problems, whole=True)
    champions = Figure("mean_best", "mean best score", tuple(point.champions for point in points))
    return solved, champions, coverage, quality


class Tracer:
    """Folds steps, and keeps a bounded number of points of what came of them.

    Args:
        ledger: An empty one.
        problems: The task's problems.
        score_floor: What counts for a problem without any score.
    """

    def __init__(self, ledger: Ledger, problems: Sequence[Problem], score_floor: float) -> None:
        self._ledger = ledger
        self._problems = len(problems)
        self._champions = {problem.name: score_floor for problem in problems}
        self._champions_sum = score_floor * len(problems)
        self._best: float | None = None
        self._cpu_seconds = 0.0
        self._points: list[Point] = []

    def fold(self, steps: Iterable[Step]) -> Curve:
        """Take in all steps, in order; the curve."""
        for step in steps:
            before = self._ledger.spent
            settled = self._ledger.settle(step)
            self._note_rises(settled, before)
            self._note(settled)
        end = self._point()
        points = self._points if self._points and self._points[-1] == end else [*self._points, end]
        return Curve(tuple(points), self._problems, self._ledger.archive.cells_total, self._cpu_seconds)

    def _note_rises(self, step: Step, before: Usage) -> None:
        """A point for each program of a step that was the best so far: a step may be a long line of trials."""
        tried = [trial for trial in step.trials if trial.evaluation is not None]
        # What a proposer tried in the laboratory came first; the last trial's point is that of the whole step.
        begin = before.evaluations + step.usage.evaluations - len(tried)
        for at, trial in enumerate(tried[:-1], begin + 1):
            score = trial.evaluation.score if trial.evaluation and trial.placement and trial.placement.outcome else None
            if score is not None and self._points and (self._best is None or score > self._best):
                self._best = score
                last = self._points[-1]
                self._points.append(replace(last, spent=replace(last.spent, evaluations=at), best=score))

    def _note(self, step: Step) -> None:
        tried = [trial for trial in step.trials if trial.evaluation is not None]
        self._cpu_seconds += sum(trial.evaluation.cpu_seconds for trial in tried if trial.evaluation)
        archive = self._ledger.archive
        # Kept here too: a kind of archive may lose what was its best.
        if archive.best and (self._best is None or archive.best.score > self._best):
            self._best = archive.best.score
        for problem in dict.fromkeys(trial.proposal.program.problem for trial in tried):
            self._note_champion(archive, problem)
        point = self._point()
        if not self._points or point.figures != self._points[-1].figures:
            self._points.append(point)
        if len(self._points) > MOST_POINTS:
            self._points = _thinned(self._points)

    def _note_champion(self, archive: Archive, problem: str | None) -> None:
        champion = archive.champion(problem) if problem is not None else None
        if champion is None or champion.program.problem not in self._champions:
            return
        gain = champion.score - self._champions[champion.program.problem]
        if gain > 0:
            self._champions[champion.program.problem] = champion.score
            self._champions_sum += gain

    def _point(self) -> Point:
        ledger, archive = self._ledger, self._ledger.archive
        champions = self._champions_sum / self._problems if self._problems else None
        return Point(ledger.spent, self._best, len(archive), archive.qd_score, len(ledger.kindred), champions)


def trace(store: Store) -> Curve:
    """The curve of an archive file.

    Raises:
        ArchiveForeignError: No run has begun in it, or its record is not of this version's making.
    """
    last, identity = store.last_run(), store.identity
    if last is None:
        raise ArchiveForeignError(
            f"{store.path} is empty: no run has begun in it", hint="`evosearch run TASK` fills it"
        )
    try:
        facts = TaskFacts.from_json(last.record.settings["task"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveForeignError(f"{store.path}: the record of run {last.id} is incomplete: {error!r}") from error
    archive = registry.make_archive(
        identity.archive, facts.axes, score_floor=facts.score_floor, options=identity.archive_options
    )
    ledger = Ledger(archive, facts.problems, facts.solved_score)
    found = Tracer(ledger, facts.problems, facts.score_floor).fold(store.steps())
    return replace(found, containment=by_run(store.runs()))


def as_json(curve: Curve, over: str) -> dict[str, Any]:
    """The object of `show curve --json`: the points as rows, and what more budget would bring."""
    spent, shown = curve.spent_on(over), figures(curve)
    return {
        "over": over,
        "unsafe_runs": unsafe_runs(curve.containment),
        "points": [_row(point, shown, position) for position, point in enumerate(curve.points)],
        "forecast": {figure.key: asdict(figure.forecast(spent)) for figure in shown},
    }


def _row(point: Point, shown: Sequence[Figure], position: int) -> Mapping[str, Any]:
    usage = {over: getattr(point.spent, over) for over in SUMS} | {"usd": point.spent.money}
    return usage | {"best": point.best} | {figure.key: figure.values[position] for figure in shown}


def _thinned(points: list[Point]) -> list[Point]:
    """About half of the points: first those go that brought no better score and solved nothing."""
    raised = [True] + [(left.best, left.solved) != (right.best, right.solved) for left, right in pairwise(points)]
    if sum(raised) > len(points) // 2:
        return points[::2]
    return [point for k, point in enumerate(points) if raised[k] or k % 2 == 0]
