"""The contracts of the house. What a docstring here promises, the contract tests hold every implementation to.

    Task       says what a good program is
    Proposer   writes new programs from old ones
    Archive    keeps the best of every kind
    Executor   runs programs in a jail
    Layer      is one wall of the jail

Beside them: `Domain` makes tasks, `Candidate` is the trusted end of a program under test, `Context` is all a
proposer may know.

To add one: write the class, register its name (`registry.py`, or an entry point of another package).
"""

from __future__ import annotations  # the signatures name numpy, which not every process should load

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from evosearch.types import (
    Axis,
    Batch,
    Brief,
    Elite,
    Evaluation,
    Jail,
    Limits,
    Placement,
    Problem,
    Program,
    Reading,
    Recipe,
    Split,
    Value,
)

if TYPE_CHECKING:
    import numpy as np


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

    def brief(self, problem: str | None, parents: Sequence[Elite]) -> Brief:
        """What a proposer is told. Shows figures of the `train` split only."""
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


@dataclass(frozen=True, slots=True)
class Context:
    """All that a proposer may know when it makes proposal k. Fixed when the window opens, so order is fixed.

    Attributes:
        index: k.
        seed: Entropy of this proposal: (run seed, k).
        problem: The problem to work on; None if the task is one problem.
        parents: Elites to start from, most promising first; may be empty.
        inspirations: Elites that solved other problems of the same kind.
        brief: The task in words and material.
        allowance: Evaluations it may use, in all: those it tries itself and one for each program it returns.
        spent: Evaluations this problem has used so far.
        laboratory: Runs a library function in a jail: `await laboratory(entry, request, limits)`.
    """

    index: int
    seed: tuple[int, ...]
    problem: str | None
    parents: tuple[Elite, ...]
    inspirations: tuple[Elite, ...]
    brief: Brief
    allowance: int
    spent: int
    laboratory: Laboratory

    def generator(self) -> np.random.Generator:
        """A fresh generator of this proposal's own randomness; equal on every call."""
        from evosearch.randomness import generator  # noqa: PLC0415 - loads numpy, which a verifier can do without

        return generator(*self.seed)


@runtime_checkable
class Proposer(Protocol):
    """Writes new programs from old ones.

    Equal contexts (and equal model replies) give equal batches. Its own budgets are counted in evaluations or
    steps, never in seconds. It holds no state between calls that could change an outcome.
    """

    @property
    def name(self) -> str:
        """The registered name."""
        ...

    async def propose(self, context: Context) -> Batch:
        """Return the best few programs, best first, with full provenance and what they cost.

        It may try candidates of its own in the laboratory; `usage.evaluations` says how many it really tried,
        and that number plus the number of proposals is at most `context.allowance`.

        Raises:
            ProviderError: The model's provider refused or failed.
        """
        ...


@runtime_checkable
class Archive(Protocol):
    """Keeps the best of every kind. A pure fold: equal sequences of `place` give equal archives.

    `place` and `select` take constant or logarithmic time in the number of elites.
    """

    @property
    def kind(self) -> str:
        """The registered name."""
        ...

    @property
    def cells_total(self) -> int | None:
        """How many niches there are; None if they are unbounded."""
        ...

    @property
    def qd_score(self) -> float:
        """Sum over niches of (score - task.score_floor), none counted below zero (Pugh et al. 2016)."""
        ...

    @property
    def best(self) -> Elite | None:
        """The elite with the highest score; among equals the one placed first."""
        ...

    def __len__(self) -> int:
        """How many elites it holds."""
        ...

    def __iter__(self) -> Iterator[Elite]:
        """The elites in the order in which their niches were first filled."""
        ...

    def place(self, program: Program, evaluation: Evaluation) -> Placement:
        """Offer a program. Without a score, or with a feature missing or off its axis, it is KEPT_OUT."""
        ...

    def select(self, rng: np.random.Generator, k: int, problem: str | None = None) -> tuple[Elite, ...]:
        """Up to k different elites, of one problem if one is named; fewer if there are fewer."""
        ...

    def champion(self, problem: str) -> Elite | None:
        """The best elite of one problem."""
        ...

    def digest(self) -> str:
        """Content address of the archive: niches, programs and scores. Equal for equal runs."""
        ...


@runtime_checkable
class Executor(Protocol):
    """Runs programs in a jail somewhere. It never sees keys.

    Safe to use from many asyncio tasks at once; it queues what exceeds its workers.
    """

    @property
    def workers(self) -> int:
        """How many evaluations run at the same time."""
        ...

    async def evaluate(self, program: Program, reading: Reading, split: Split, seed: int) -> Evaluation:
        """Run one program under its task's judge.

        Never raises for what the program does: that is the evaluation's status. A failure of the machinery is
        repeated once and then reported as `infra`.

        Raises:
            SandboxError: No worker can be had at all.
            TaskError: The task cannot be made in a judge; likewise `ConfigError`.
        """
        ...

    async def run(self, entry: str, request: Value, limits: Limits) -> Value:
        """Run a library function (`package.module:function`) on hostile data in a jail that holds no secret.

        Raises:
            CandidateError: It did not answer within its limits.
            SandboxError: No worker can be had at all.
        """
        ...

    async def check(self) -> None:
        """See, on a worker, that a hostile program is held; called once, before a search.

        Raises:
            SandboxError: One was not, or no worker can be had at all.
        """
        ...

    async def aclose(self) -> None:
        """Kill what runs and end the workers. Calling it twice is allowed."""
        ...


@runtime_checkable
class Layer(Protocol):
    """One wall of the jail.

    The zygote prepares all layers once; each child applies them before it sees the program, in the order of
    `sandbox.layers.LAYERS`.
    """

    @property
    def name(self) -> str:
        """What `evosearch doctor` calls it."""
        ...

    @property
    def covers(self) -> str:
        """What it keeps a program from, in a few words."""
        ...

    def available(self) -> str | None:
        """None if it works on this machine, else why not. Changes nothing."""
        ...

    def prepare(self, jail: Jail) -> None:
        """Do, in the zygote, what need not be done anew for each child.

        Raises:
            OSError: The kernel refused; the zygote must not go on.
        """
        ...

    def apply(self, limits: Limits) -> None:
        """Raise the wall around this process. There is no way back.

        Raises:
            OSError: The kernel refused; the child must not go on.
        """
        ...
