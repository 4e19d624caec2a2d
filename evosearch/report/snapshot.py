"""An archive as its file tells it: folded from the recorded steps, with what its last run knew of the task.

A report needs no file of the task: the axes and the problems are in the run's record.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Self

from evosearch import registry
from evosearch.errors import ArchiveForeignError, EvosearchError, NothingFoundError, UnknownNameError
from evosearch.protocols import Archive, Task
from evosearch.report.containment import Containment, by_run, unsafe_runs
from evosearch.report.pass_at_k import PassAtK, Tries
from evosearch.search.ledger import Ledger
from evosearch.store import Store
from evosearch.store.records import Achievement, Counts, Identity, Run, StoredTrial
from evosearch.types import Axis, Elite, Problem, Recipe, Usage

#: The version of the object that `show --json` prints; its keys never change meaning within one.
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What a report must know of a task when its files are gone.

    Attributes are those of `protocols.Task`.
    """

    axes: tuple[Axis, ...]
    problems: tuple[Problem, ...]
    packages: tuple[str, ...]
    score_floor: float
    solved_score: float | None

    @classmethod
    def of(cls, task: Task) -> Self:
        """The facts of a task."""
        return cls(**{item.name: getattr(task, item.name) for item in fields(cls)})

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The facts as `as_json` gave them."""
        axes = tuple(
            Axis(axis["name"], axis["unit"], tuple(axis["edges"]), tuple(axis["categories"])) for axis in value["axes"]
        )
        problems = tuple(Problem(**problem) for problem in value["problems"])
        return cls(axes, problems, tuple(value["packages"]), value["score_floor"], value["solved_score"])

    def as_json(self) -> dict[str, Any]:
        """What goes into the run's record."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An archive at one moment.

    Attributes:
        identity: What the file is of.
        runs: All runs, the first one first; there is one at least.
        facts: What the last run knew of the task.
        ledger: The archive and the sums, folded from the steps.
        counts: How the evaluations ended.
        best: Where the best elite came from; None if there is none.
        operators: What the operators that asked models achieved, by name.
        models: What the models achieved, by name.
        unsettled: What calls cost that no recorded step has used yet.
        pass_at_k: How often a model solves a problem within k tries; None if none was tried.
    """

    identity: Identity
    runs: tuple[Run, ...]
    facts: TaskFacts
    ledger: Ledger
    counts: Counts
    best: StoredTrial | None
    operators: tuple[Achievement, ...] = ()
    models: tuple[Achievement, ...] = ()
    unsettled: Usage = field(default_factory=Usage)
    pass_at_k: PassAtK | None = None

    @property
    def run(self) -> Run:
        """The last run."""
        return self.runs[-1]

    @property
    def containment(self) -> dict[int, Containment]:
        """How well the programs of each run were contained, by its number."""
        return by_run(self.runs)

    def run_of(self, stored: StoredTrial) -> Run | None:
        """The run that tried a program; None if it began after the snapshot was taken."""
        return next((run for run in self.runs if run.id == stored.run), None)

    def contained(self, stored: StoredTrial) -> Containment:
        """How well the program was contained when it was scored."""
        return self.containment.get(stored.run, Containment.UNKNOWN)

    @property
    def replies(self) -> Mapping[str, int]:
        """How many replies of models had each outcome, the most frequent first."""
        sums: Counter[str] = Counter()
        for operator in self.operators:
            sums.update(operator.outcomes)
        return dict(sums.most_common())

    @property
    def archive(self) -> Archive:
        """The archive."""
        return self.ledger.archive

    def ranked(self, problem: str | None = None) -> list[Elite]:
        """The elites, best first; one that holds several niches is told once.

        Args:
            problem: Only those of this problem.

        Raises:
            UnknownNameError: The task has no such problem.
        """
        if problem is not None:
            self._check_problem(problem)
        chosen = (elite for elite in self.archive if problem is None or elite.program.problem == problem)
        different = {elite.program.id: elite for elite in chosen}
        return sorted(different.values(), key=lambda elite: -elite.score)

    def program_id(self, word: str) -> str:
        """The id, or its first digits, that a word on the command line stands for: `best` is the best elite's.

        Raises:
            NothingFoundError: The best is asked for, and there is none.
        """
        if word != "best":
            return word
        if self.archive.best is None:
            raise NothingFoundError("the archive holds no valid program yet")
        return self.archive.best.program.id

    def _check_problem(self, problem: str) -> None:
        names = [one.name for one in self.facts.problems]
        if problem not in names:
            near = get_close_matches(problem, names, n=1)
            raise UnknownNameError(
                f"the task {self.identity.task!r} has no problem {problem!r}",
                hint=f"did you mean {near[0]!r}?" if near else "it is one problem" if not names else "",
            )

    def recipe(self) -> Recipe:
        """How the last run made its task."""
        settings = self.run.record.settings
        return Recipe(settings["domain"], settings["name"], settings["directory"], settings["options"])


def take(store: Store) -> Snapshot:
    """Fold the archive of a file.

    Raises:
        ArchiveForeignError: No run has begun in it, or its record is not of this version's making.
    """
    runs = store.runs()
    if not runs:
        raise ArchiveForeignError(
            f"{store.path} is empty: no run has begun in it", hint="`evosearch run TASK` fills it"
        )
    run = runs[-1]
    try:
        facts = TaskFacts.from_json(run.record.settings["task"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveForeignError(f"{store.path}: the record of run {run.id} is incomplete: {error!r}") from error
    identity = store.identity
    archive = registry.make_archive(
        identity.archive, facts.axes, score_floor=facts.score_floor, options=identity.archive_options
    )
    tries = None if facts.solved_score is None else Tries(facts.problems, facts.solved_score)
    steps = store.steps()
    ledger = Ledger(archive, facts.problems, facts.solved_score).fold(tries.watch(steps) if tries else steps)
    return Snapshot(
        identity,
        runs,
        facts,
        ledger,
        store.counts(),
        best=kept(store, archive.best.program.id) if archive.best else None,
        operators=store.achievements("operators"),
        models=store.achievements("models"),
        unsettled=store.unsettled(),
        pass_at_k=tries.estimate(fixed=_gave_every_problem_its_tries(runs)) if tries else None,
    )


def _gave_every_problem_its_tries(runs: Sequence[Run]) -> bool:
    """Whether every run that had models tried problems a fixed number of times, solved or not."""
    asked = [run.record.settings.get("models", {}) for run in runs if run.record.models]
    return bool(asked) and all(settings.get("attempts") for settings in asked)


def kept(store: Store, program: str) -> StoredTrial:
    """The trial by which a program came into the archive; its first one if it never did.

    Raises:
        UnknownNameError: No program has this id, or several have ids that start with it.
    """
    trials = store.trials(program)
    return next((one for one in trials if one.trial.placement and one.trial.placement.outcome), trials[0])


def domain_summary(snapshot: Snapshot) -> tuple[Mapping[str, Any] | None, str]:
    """The figures of the domain; None, and why, if the task cannot be made any more."""
    try:
        task = registry.make_task(snapshot.recipe())
        if task.fingerprint != snapshot.identity.fingerprint:
            return None, "the task's files have changed since the run"
        return task.summary(tuple(snapshot.archive)), ""
    except EvosearchError as error:
        return None, str(error)


def describe(snapshot: Snapshot, summary: Mapping[str, Any] | None) -> dict[str, Any]:
    """The object of `show --json`; its keys are a promise."""
    identity, record, ledger = snapshot.identity, snapshot.run.record, snapshot.ledger
    return {
        "schema": SCHEMA,
        "task": identity.task,
        "domain": identity.domain,
        "run": {
            "seed": identity.seed,
            "proposer": record.proposer,
            "models": list(record.models),
            "sandbox": dict(record.sandbox),
        },
        "spent": usage_json(ledger.spent),
        "unsettled": usage_json(snapshot.unsettled),
        "evaluations": {
            "ok": snapshot.counts.ok,
            "failed": snapshot.counts.failed,
            "duplicate": snapshot.counts.duplicate,
            "by_status": dict(sorted(snapshot.counts.by_status.items())),
        },
        "replies": {"by_outcome": dict(snapshot.replies)},
        "operators": [achievement_json(operator) for operator in snapshot.operators],
        "models": [achievement_json(model) for model in snapshot.models],
        "archive": {
            "kind": identity.archive,
            "cells_filled": len(snapshot.archive),
            "cells_total": snapshot.archive.cells_total,
            "qd_score": snapshot.archive.qd_score,
            "unsafe_runs": unsafe_runs(snapshot.containment),
        },
        "best": _best(snapshot),
        "digest": snapshot.archive.digest(),
        "domain_summary": None if summary is None else dict(summary),
        **_pass_at_k(snapshot.pass_at_k),
    }


def usage_json(usage: Usage) -> dict[str, float | None]:
    """A usage by the names of its sums; `usd` is null if it is not known, and `usd_known` the part that is."""
    return asdict(usage) | {"usd": usage.money, "usd_known": usage.usd}


def achievement_json(achievement: Achievement) -> dict[str, Any]:
    """What an operator or a model achieved, as a JSON object; what an improvement cost is null if there was none."""
    usage, improved = achievement.usage, achievement.improved
    money = usage.money
    return {
        "name": achievement.name,
        "replies": achievement.replies,
        "programs": achievement.programs,
        "ran": achievement.ran,
        "changed": achievement.changed,
        "kept": achievement.kept,
        "improved": improved,
        "calls": usage.calls,
        "tokens": usage.tokens,
        "usd": money,
        "usd_known": usage.usd,
        "unpriced": usage.unpriced,
        "seconds": usage.seconds,
        "tokens_an_improvement": usage.tokens / improved if improved else None,
        "usd_an_improvement": money / improved if improved and money is not None else None,
        "seconds_an_improvement": usage.seconds / improved if improved else None,
        "by_outcome": dict(achievement.outcomes),
    }


def _pass_at_k(found: PassAtK | None) -> dict[str, Any]:
    if found is None:
        return {"pass_at_k": None, "pass_at_k_basis": None}
    basis = {name: value for name, value in asdict(found).items() if name != "values"}
    return {"pass_at_k": {str(k): value for k, value in found.values.items()}, "pass_at_k_basis": basis}


def _best(snapshot: Snapshot) -> dict[str, Any] | None:
    elite, origin = snapshot.archive.best, snapshot.best
    if elite is None or origin is None:
        return None
    return {
        "id": elite.program.id,
        "problem": elite.program.problem,
        "score": elite.score,
        "metrics": dict(elite.evaluation.metrics),
        "features": dict(elite.evaluation.features),
        "origin": origin.trial.proposal.operator,
        "sandbox": snapshot.contained(origin),
    }
