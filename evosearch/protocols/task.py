"""What a good program is: the task, its maker, and the trusted end of a program under test."""

from __future__ import annotations  # CandidateFacts is named above its definition

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from evosearch.types import (
    Axis,
    Brief,
    Elite,
    Evaluation,
    Limits,
    Problem,
    Program,
    Reading,
    Recipe,
    Split,
    Value,
)

#: `await run("package.module:function", request, limits)`: trusted library code on hostile data, in a jail.
Laboratory = Callable[[str, Value, Limits], Awaitable[Value]]


class Candidate(Protocol):
    """The trusted end of one program under test, which lives alone in a jail and can only answer questions."""

    @property
    def facts(self) -> CandidateFacts:
        """What is known of it without running it. The source is not among it: a verifier never sees it."""
        ...

    def call(self, function: str, *arguments: Value, cpu_seconds: float | None = None) -> Value:
        """Call a function of the program and return its answer.

        Arguments and answer are JSON values, NaN and infinities included, and numpy arrays and scalars (bool, int,
        float, complex and fixed-width string dtypes; never object), nested at will in lists and dictionaries with
        string keys. Types are exact: a tuple, a set or a subclass is no answer. They are copied, never shared. One
        process serves all calls, so the program keeps its state between them.

        Args:
            function: A name at the top level of the program.
            arguments: Positional arguments.
            cpu_seconds: What this call may use; by default what is left of the evaluation's limit.

        Raises:
            CandidateError: It did not answer. After an exception raised by the program itself (status `crashed`
                with the process alive) further calls are possible; after anything else the process is gone and
                every further call raises the same error.
        """
        ...

    def grant(self, name: str, function: Callable[..., Value]) -> None:
        """Lend the program a host function under a global name; all it can do besides compute.

        The function runs here, on this side, when the program calls it; its exceptions reach the program as
        `RuntimeError` with the message. Granting must precede the first call.
        """
        ...


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """What a verifier may know of a program: everything but its text."""

    id: str
    problem: str | None
    reading: Reading


@runtime_checkable
class Task(Protocol):
    """What a good program is. Trusted code; deterministic given its arguments; cheap to construct twice.

    It is constructed once in the controller (for seeds, axes, briefs) and once in each verifier process (for
    `evaluate`), from the same directory and options.
    """

    @property
    def name(self) -> str:
        """What the archive file is called after."""
        ...

    @property
    def domain(self) -> str:
        """The registered name it was made by."""
        ...

    @property
    def fingerprint(self) -> str:
        """Digest of all that defines it (files and options); an archive is continued by the same task only."""
        ...

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the map. If there are problems, the first axis is `problem` with their names."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Its problems in order; empty if the task is one problem."""
        ...

    @property
    def packages(self) -> tuple[str, ...]:
        """Third-party packages a program may import; they are preloaded in the jail."""
        ...

    @property
    def readable(self) -> tuple[str, ...]:
        """Files and folders, as absolute paths, that `evaluate` reads.

        A judge lives behind walls as a program does. While it judges it can read these, the package that the task's
        code is from and what that requires, and nothing else of the disk; and it can write nothing.
        """
        ...

    @property
    def score_floor(self) -> float:
        """The score at which an elite adds nothing to the QD score."""
        ...

    @property
    def solved_score(self) -> float | None:
        """The score from which a problem counts as solved and needs no more search; None if there is none."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should hear about the task's files, one sentence each."""
        ...

    def seeds(self) -> Sequence[Program]:
        """The first programs; may be empty if the embedded proposer can start from nothing."""
        ...

    def brief(self, problem: str | None) -> Brief:
        """What a proposer is told of the work."""
        ...

    def report(self, elite: Elite, problem: str | None) -> str:
        """What a proposer who works on `problem` is told of an elite, to stand above its source in a prompt.

        How it did, and why not better, on the `train` split alone. If it is of another problem, what that one was.
        What a program printed or answered is quoted as data (`evosearch.quoting`).
        """
        ...

    def limits(self, problem: str | None) -> Limits:
        """What a program may use in one evaluation; the judge may use as much again for what `evaluate` computes."""
        ...

    async def check(self, laboratory: Laboratory) -> Mapping[str, str]:
        """Try the task's own data in the jail, before a first run relies on it.

        Returns:
            The problems that must be left out, by name, and why.

        Raises:
            TaskError: Nothing is left to work on.
        """
        ...

    def prepare(self) -> None:
        """Load what `evaluate` needs. Called once in each verifier process, before it forks; never elsewhere.

        Raises:
            TaskError: The task's own code cannot be loaded.
        """
        ...

    def evaluate(self, candidate: Candidate, split: Split, seed: int) -> Evaluation:
        """Ask the program and score its answers. Runs in a verifier process, never in the controller.

        All randomness comes from `seed`. CPU time, wall time and log are filled in by the executor. A
        `CandidateError` that is not caught here becomes the evaluation's status.
        """
        ...

    def summary(self, elites: Sequence[Elite]) -> Mapping[str, Any]:
        """The figures of the domain, as JSON: `domain_summary` of `evosearch show --json`."""
        ...


class Domain(Protocol):
    """What the registry holds for a domain: the maker of its tasks, usually the task's class.

    Attributes:
        Options: What the domain's own table in evosearch.toml may say: a frozen dataclass (`evosearch.options`), or a
            pydantic model (`extra="forbid"`, frozen), which makes every judgement some milliseconds dearer.
        default_budget: The `--budget` of a run that names none.
    """

    Options: type[Any]
    default_budget: str

    def __call__(self, recipe: Recipe) -> Task:
        """Make the task; paths in the options are relative to `recipe.directory`.

        `recipe.options` has been checked against `Options`, and holds every default.

        Raises:
            TaskError: Its files are missing or wrong.
        """
        ...

    def scaffold(self, source: Path | None, name: str) -> Mapping[str, str]:
        """The files that `evosearch init` writes, by name, evosearch.toml among them.

        Args:
            source: The data the user named (`--puzzles`, say), if any; absolute.
            name: What the task is to be called.
        """
        ...
