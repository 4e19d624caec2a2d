"""Small archives, and processes that write them or have no power over them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evosearch.errors import Status
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import (
    Attempt,
    Call,
    Evaluation,
    Outcome,
    Placement,
    Program,
    Proposal,
    Reading,
    Reply,
    ReplyOutcome,
    Request,
    Step,
    Trial,
    Usage,
)

#: Lets a process of root meet file permissions like any other.
WITHOUT_POWER = """
import ctypes, os
if os.geteuid() == 0:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # capability version 3, this process
    assert ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) == 0
"""


@pytest.fixture
def identity() -> Identity:
    options = {"selection": "uniform", "rivals": 3}
    return Identity("sorting", "custom", "f00d", seed=1, window=16, archive="grid", archive_options=options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archives" / "sorting.db"


@pytest.fixture
def store(path: Path, identity: Identity) -> Iterator[Store]:
    with Store.open(path, identity=identity) as store:
        store.begin_run(RunRecord("symbolic"))
        yield store


@pytest.fixture
def trial() -> Callable[..., Trial]:
    """Makes a trial: of a text, with a score or a status, in a niche or a duplicate."""

    def make(  # noqa: PLR0913 - what a test may want to say
        source: str,
        score: float | None = None,
        *,
        problem: str | None = None,
        status: Status = Status.CRASHED,
        outcome: Outcome = Outcome.KEPT_OUT,
        niche: tuple[int | str, ...] | None = None,
        parents: tuple[str, ...] = (),
        duplicate_of: str | None = None,
        feedback: str = "",
    ) -> Trial:
        proposal = Proposal(Program(source, problem), "mutate" if parents else "seed", parents)
        if duplicate_of is not None:
            return Trial(proposal, Reading(source), duplicate_of=duplicate_of)
        evaluation = Evaluation(status if score is None else Status.OK, score, feedback=feedback)
        return Trial(proposal, Reading(source, nodes=len(source)), evaluation, Placement(outcome, niche))

    return make


@pytest.fixture
def step() -> Callable[..., Step]:
    """Makes step k of some trials, each charged as one evaluation."""

    def make(k: int, *trials: Trial, usage: Usage | None = None) -> Step:
        return Step(k, None, 10, trials, usage or Usage(evaluations=len(trials)))

    return make


@pytest.fixture
def call() -> Callable[..., Call]:
    """Makes a call: what was asked, and the texts that came back, for a price."""

    def make(asked: str, *texts: str, model: str = "m", sample: int = 0, usd: float | None = 0.125) -> Call:
        request = Request(model, ({"role": "user", "content": asked},), {"temperature": 0.5}, sample)
        texts = texts or ("a reply",)
        reply = Reply(texts, ("stop",) * len(texts), prompt_tokens=10, completion_tokens=5, model=f"{model}-1")
        return Call(request, reply, usd, "" if usd is None else "settings", seconds=2.0)

    return make


@pytest.fixture
def attempt() -> Callable[..., Attempt]:
    """Makes an attempt: of a call, with its outcome; by default it became a program."""

    def make(  # noqa: PLR0913 - what a test may want to say
        call: Call,
        outcome: ReplyOutcome = ReplyOutcome.PROGRAM,
        *,
        operator: str = "rewrite",
        choice: int = 0,
        position: int | None = None,
        usage: Usage | None = None,
        detail: str = "",
    ) -> Attempt:
        usage = Usage() if usage is None else usage
        return Attempt(operator, call.request.model, outcome, call.request.digest, choice, position, usage, detail)

    return make


@pytest.fixture
def python() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs a script in a process of its own and wants it to succeed."""

    def run(script: str, *arguments: object, power: bool = True) -> "subprocess.CompletedProcess[str]":
        imports = "from evosearch.store import *\nfrom evosearch.errors import *\n"
        whole = imports + ("" if power else WITHOUT_POWER) + script
        command = [sys.executable, "-c", whole, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def forever(path: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """Starts processes that record steps without end and print the number of each one that is recorded."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        command = [sys.executable, str(Path(__file__).with_name("write_forever.py")), str(path)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
