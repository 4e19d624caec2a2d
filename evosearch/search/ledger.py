"""All that a search knows, as a pure fold over its steps: the archive, the sums, and what has been seen."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Self

from evosearch.protocols import Archive, Standings
from evosearch.search.events import Progress
from evosearch.search.selection import Kindred
from evosearch.types import Credit, Evaluation, Finding, Problem, ReplyOutcome, Step, Trial, Usage

#: A problem and a normal form: what makes two programs the same.
Key = tuple[str | None, str]
#: How many of a problem's latest failures are remembered.
FAILURES = 4


class Ledger:
    """The state of a search after some steps. Equal steps give equal ledgers; nothing else goes in.

    Args:
        archive: An empty archive; `settle` fills it.
        problems: The task's problems.
        solved_score: The score from which a problem counts as solved; None if there is none.
    """

    def __init__(self, archive: Archive, problems: Sequence[Problem], solved_score: float | None) -> None:
        self.archive = archive
        self.kindred = Kindred(problems, solved_score)
        self.spent = Usage()
        self.steps = 0
        self.ok = 0
        self.failed = 0
        self.duplicates = 0
        self._problems = len(problems)
        self._seen: dict[Key, tuple[int, str]] = {}
        self._failures: dict[str | None, deque[Trial]] = defaultdict(lambda: deque(maxlen=FAILURES))
        self._findings: dict[str | None, tuple[Finding, ...]] = {}
        self._operators: dict[str, Credit] = {}
        self._models: dict[str, Credit] = {}
        self._edits: dict[str, Credit] = {}

    def fold(self, steps: Iterable[Step]) -> Self:
        """Take in recorded steps, in order; returns itself."""
        for step in steps:
            self.settle(step)
        return self

    def settle(self, step: Step) -> Step:
        """Take in the next step; returns it with its programs placed.

        Raises:
            ValueError: It is not the next one.
        """
        if step.index != self.steps:
            raise ValueError(f"expected step {self.steps}, got step {step.index}")
        trials = tuple(self._place(trial) for trial in step.trials)
        settled = replace(step, trials=trials)
        self._credit(settled)
        if step.findings:
            self._findings[step.problem] = (*self.findings(step.problem), *step.findings)
        self.steps += 1
        self.spent += step.usage
        return settled

    def seen_before(self, key: Key, horizon: int) -> str | None:
        """Id of the program that had this normal form within the first `horizon` steps."""
        step, program = self._seen.get(key, (horizon, ""))
        return program if step < horizon else None

    def failures(self, problem: str | None) -> tuple[Trial, ...]:
        """The latest programs of a problem that got no score, the latest first."""
        return tuple(reversed(self._failures[problem])) if problem in self._failures else ()

    def findings(self, problem: str | None) -> tuple[Finding, ...]:
        """What operators left to be known of a problem, in order."""
        return self._findings.get(problem, ())

    def standings(self) -> Standings:
        """What operators and models have achieved so far."""
        return Standings(self._operators.copy(), self._models.copy(), self._edits.copy())

    def progress(self, *, in_flight: int) -> Progress:
        """The figures of the moment."""
        return Progress(
            steps=self.steps,
            spent=self.spent,
            ok=self.ok,
            failed=self.failed,
            duplicates=self.duplicates,
            in_flight=in_flight,
            best=self.archive.best,
            cells_filled=len(self.archive),
            cells_total=self.archive.cells_total,
            qd_score=self.archive.qd_score,
            problems=self._problems,
            solved=len(self.kindred),
        )

    def _place(self, trial: Trial) -> Trial:
        if trial.evaluation is None:
            self.duplicates += 1
            return trial
        program, evaluation = trial.proposal.program, trial.evaluation
        self._seen.setdefault((program.problem, trial.reading.normal_form), (self.steps, program.id))
        self.ok += evaluation.score is not None
        self.failed += evaluation.score is None
        self.kindred.note(program.problem, evaluation.score)
        if evaluation.score is None:
            self._failures[program.problem].append(trial)
        return replace(trial, placement=self.archive.place(program, evaluation, trial.proposal.parents))

    def _credit(self, step: Step) -> None:
        """Credit operators and models with what their replies achieved, and edits with what came of them."""
        for tried in step.trials:
            if tried.evaluation is not None and tried.proposal.model is None:
                self._credit_edits(tried, tried.evaluation)
        for attempt in step.attempts:
            trial = None if attempt.position is None else step.trials[attempt.position]
            is_program = attempt.outcome is ReplyOutcome.PROGRAM
            is_kept = trial is not None and trial.placement is not None and bool(trial.placement.outcome)
            credit = Credit(1, int(is_program), int(is_kept), attempt.usage)
            self._operators[attempt.operator] = self._operators.get(attempt.operator, Credit()) + credit
            self._models[attempt.model] = self._models.get(attempt.model, Credit()) + credit

    def _credit_edits(self, trial: Trial, evaluation: Evaluation) -> None:
        is_kept = trial.placement is not None and bool(trial.placement.outcome)
        credit = Credit(1, int(evaluation.score is not None), int(is_kept))
        for part in dict.fromkeys(trial.proposal.operator.split("+")):
            self._edits[part] = self._edits.get(part, Credit()) + credit
