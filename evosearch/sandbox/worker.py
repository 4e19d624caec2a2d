"""One slot of an executor: the zygotes that one thread drives.

    worker -> zygote for programs  -> a child for each program
           -> zygote for judges    -> a child for each judgement
           -> zygotes for library  -> a child for each call       (one for each module, when it is first asked for)

The worker itself sends the program's text to the program's process and then hands the trusted end of it to the judge,
so that the judge never sees the text and the program never sees the judge.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Final, TypeVar

from evosearch.errors import CandidateError, EvosearchError, Status, WorkerLostError
from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames, grounds, rehearsal
from evosearch.sandbox.candidate import Conversation
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.process import JailedProcess, Stopped
from evosearch.sandbox.single_use import SingleUse
from evosearch.sandbox.spawn import Lines, Zygote
from evosearch.sandbox.verdict import from_json, read, to_json
from evosearch.types import Evaluation, Example, Jail, Limits, Recipe, Split, Value

_PROGRAMS: Final = "evosearch.sandbox.zygote"
_JUDGES: Final = "evosearch.sandbox.verifier"

#: By name, because only what stands above the jail knows all tasks.
TASK_ENTRY: Final = "evosearch.registry:make_task"
_VERDICT_BYTES: Final = 16 * 2**20
_ATTEMPTS: Final = 2

#: How a judge that did not finish counts; whatever else happens to a judge is a fault of the task.
_UNFINISHED: Final[Mapping[Status, str]] = {
    Status.TIMEOUT_CPU: "the judge did not finish with the program's answer",
    Status.TIMEOUT_WALL: "the judge did not finish with the program's answer",
    Status.MEMORY: "the judge ran out of memory on the program's answer",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a worker is made from.

    Attributes:
        recipe: How the judges make the task.
        packages: What programs may import besides the standard library.
        package: Where the task's code is from; its judges see it and what it requires.
        reads: Files and folders that they see beside that while they judge.
        sandbox: The walls around all of it.
        entry: What makes the task from the recipe, as `module:function`.
        forks: Whether jailed processes are forked from zygotes; if not, each is started by itself and used once.
    """

    recipe: Recipe
    packages: tuple[str, ...] = ()
    package: str = "evosearch"
    reads: tuple[str, ...] = ()
    sandbox: Sandbox = field(default_factory=Sandbox.of_this_machine)
    entry: str = TASK_ENTRY
    # Elsewhere a process that has loaded numpy does not survive a fork.
    forks: bool = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Job:
    """One program to be judged.

    Attributes:
        source: Its text, which goes to its own process and nowhere else.
        facts: What its judge may know of it.
        split: The data it is judged on.
        seed: All randomness of the judgement.
        limits: What the program may use; its judge gets as much for itself.
    """

    source: str
    facts: CandidateFacts
    split: Split
    seed: int
    limits: Limits


class Worker:
    """The processes of one slot, started when they are first needed. One thread at a time may use it."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self._zygotes: dict[str, Zygote | SingleUse] = {}

    def evaluate(self, job: Job, stop: int) -> Evaluation:
        """Run and judge one program.

        Args:
            job: What is to be judged.
            stop: A descriptor that becomes readable when the work is called off.

        Raises:
            EvosearchError: The task cannot be made, or no process can be had.
            Stopped: The work was called off; nothing of it runs any more.
        """
        try:
            return self._twice(lambda: self._evaluate(job, stop))
        except CandidateError as error:
            return Evaluation(status=error.status, feedback=str(error))

    def rehearse(self, job: Job, stop: int) -> tuple[Example, ...]:
        """The calls that a judge makes of one program; none if they cannot be told.

        Raises:
            EvosearchError: The task cannot be made, or no process can be had.
            Stopped: The work was called off; nothing of it runs any more.
        """
        try:
            return self._twice(lambda: self._rehearse(job, stop))
        except CandidateError:
            return ()

    def run(self, entry: str, request: Value, limits: Limits, stop: int) -> Value:
        """Call a library function in the jail.

        Raises:
            CandidateError: It did not answer within its limits.
            SandboxError: Its module cannot be imported, or no process can be had.
            Stopped: The work was called off; nothing of it runs any more.
        """
        return self._twice(lambda: self._run(entry, request, limits, stop))

    def fork(self, limits: Limits, stop: int) -> JailedProcess:
        """A process for a program, which the caller watches over and closes.

        Raises:
            EvosearchError: The task cannot be made, or no process can be had.
            Stopped: The work was called off.
        """
        programs, _ = self._for_judging(stop)
        with Lines(log=True) as lines:
            return programs.fork({}, limits, lines, stop=stop)

    def close(self) -> None:
        """Kill all its processes. It can be used again."""
        while self._zygotes:
            self._zygotes.popitem()[1].close()

    def _twice(self, work: Callable[[], T]) -> T:
        for _ in range(_ATTEMPTS):
            try:
                return work()
            except WorkerLostError as error:
                self.close()
                reason = str(error)
        raise CandidateError(Status.INFRA, f"given up after {_ATTEMPTS} attempts: {reason}")

    def _evaluate(self, job: Job, stop: int) -> Evaluation:
        with self._trial(job, stop, rehearse=False) as (judge, program):
            log = ""
            try:
                program.send(_load({"source": job.source}))
                verdict, log = _verdict(judge, program)
            except CandidateError as error:
                verdict = to_json(Evaluation(status=error.status, feedback=str(error)))
            end = program.end()
            return from_json(
                verdict, cpu_seconds=end.cpu_seconds, wall_seconds=end.wall_seconds, log=log or program.log
            )

    def _rehearse(self, job: Job, stop: int) -> tuple[Example, ...]:
        with self._trial(job, stop, rehearse=True) as (judge, program):
            program.send(_load({"source": job.source}))
            judge.send(_introduction(program))
            try:
                return rehearsal.read(judge.receive())
            except ValueError:
                return ()
            finally:
                program.end()

    @contextmanager
    def _trial(self, job: Job, stop: int, *, rehearse: bool) -> Iterator[tuple[JailedProcess, JailedProcess]]:
        """A judge, and the program that it will judge."""
        programs, judges = self._for_judging(stop)
        with (
            Lines(log=True) as lines,
            # First, so that the judge gets ready while the program is born.
            closing(_fork_judge(judges, lines, job, stop, rehearse=rehearse)) as judge,
            closing(programs.fork({}, job.limits, lines, stop=stop)) as program,
        ):
            yield judge, program

    def _run(self, entry: str, request: Value, limits: Limits, stop: int) -> Value:
        module, _, function = entry.partition(":")
        library = self._for_library(module, stop)
        with Lines(log=True) as lines, closing(library.fork({}, limits, lines, stop=stop)) as process:
            process.send(_load({"entry": module}))
            conversation = Conversation(process)
            try:
                answer = conversation.call(function, request)
                conversation.finish()
                return answer
            finally:
                # What it left in the scratch folder is removed before the next one is born.
                process.end()

    def _for_judging(self, stop: int) -> tuple[Zygote | SingleUse, Zygote | SingleUse]:
        if _JUDGES not in self._zygotes:
            plan, recipe = self._blueprint, _recipe_to_json(self._blueprint.recipe)
            programs = _Plan(_PROGRAMS, grounds.for_programs(plan.packages), {"preload": list(plan.packages)})
            judges = _Plan(
                _JUDGES, grounds.for_judges(plan.package, plan.reads), {"task_entry": plan.entry, "recipe": recipe}
            )
            self._start({_PROGRAMS: programs, _JUDGES: judges}, stop)
        return self._zygotes[_PROGRAMS], self._zygotes[_JUDGES]

    def _for_library(self, module: str, stop: int) -> Zygote | SingleUse:
        key = f"library {module}"
        if key not in self._zygotes:
            jail = grounds.for_library(module, self._blueprint.packages)
            self._start({key: _Plan(_PROGRAMS, jail, {"preload": [module]})}, stop)
        return self._zygotes[key]

    def _start(self, wanted: "Mapping[str, _Plan]", stop: int) -> None:
        """Start zygotes side by side, and wait for all of them."""
        layers, start = self._blueprint.sandbox.layers, Zygote if self._blueprint.forks else SingleUse
        try:
            for key, plan in wanted.items():
                self._zygotes[key] = start(plan.module, layers, plan.jail, plan.settings)
            for key in wanted:
                self._zygotes[key].wait_until_ready(stop)
        except (EvosearchError, Stopped):
            for key in wanted.keys() & self._zygotes.keys():
                self._zygotes.pop(key).close()
            raise


@dataclass(frozen=True, slots=True)
class _Plan:
    """A zygote that is to be started."""

    module: str
    jail: Jail
    settings: dict[str, Value]


def _fork_judge(judges: Zygote | SingleUse, program: Lines, job: Job, stop: int, *, rehearse: bool) -> JailedProcess:
    """A judge for a program that is yet to be born, and will be reached by these lines."""
    request = {
        "facts": asdict(job.facts),
        "split": job.split,
        "seed": job.seed,
        "program_limits": asdict(job.limits),
        "rehearse": rehearse,
    }
    with Lines(log=False) as lines:
        return judges.fork(request, _judge_limits(job.limits), lines, stop=stop, lend=program.lent())


def _verdict(judge: JailedProcess, program: JailedProcess) -> tuple[dict[str, Value], str]:
    """What the judge makes of the program, and what that printed.

    Raises:
        CandidateError: The judge did not come to a verdict.
        WorkerLostError: A zygote was lost meanwhile.
    """
    try:
        judge.send(_introduction(program))
        return read(judge.receive())
    except CandidateError as error:
        raise _unfinished(error) from error
    except ValueError as error:
        raise CandidateError(Status.INFRA, f"the task's evaluate() failed: {error}") from error


def _introduction(program: JailedProcess) -> bytes:
    """What a judge is told of a program that has been born."""
    return frames.encode({"pid": program.handles.pid, "cpu_before": program.handles.cpu_before})


def _judge_limits(limits: Limits) -> Limits:
    """A judge has the program's limits for itself; on the wall it also waits for the program."""
    return replace(limits, wall_seconds=2 * limits.wall_seconds, reply_bytes=_VERDICT_BYTES + 6 * limits.log_bytes)


def _unfinished(error: CandidateError) -> CandidateError:
    if error.status in _UNFINISHED:
        return CandidateError(error.status, f"{_UNFINISHED[error.status]}: it {error}")
    return CandidateError(Status.INFRA, f"the task's evaluate() failed: its process {error}")


def _load(what: dict[str, str]) -> bytes:
    try:
        return frames.encode(what)
    except frames.InvalidValueError as error:
        raise CandidateError(Status.CRASHED, f"the program is no text: {error}") from error


def _recipe_to_json(recipe: Recipe) -> dict[str, Value]:
    return {
        "domain": recipe.domain,
        "name": recipe.name,
        "directory": recipe.directory,
        "options": dict(recipe.options),
    }
