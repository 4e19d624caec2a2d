"""An archive of a few hand-made steps: two problems, two axes, one hostile program."""

from dataclasses import replace

import pytest

from evosearch import registry
from evosearch.errors import Status
from evosearch.report.snapshot import TaskFacts, take
from evosearch.search.ledger import Ledger
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import (
    Attempt,
    Axis,
    Call,
    Evaluation,
    Problem,
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

FACTS = TaskFacts(
    axes=(
        Axis("problem", categories=("sums", "words")),
        Axis("style", categories=("plain", "rich")),
        Axis("size", "AST nodes", edges=(8.0, 16.0)),
    ),
    problems=(Problem("sums", "int"), Problem("words", "str")),
    packages=("numpy",),
    score_floor=0.0,
    solved_score=0.9,
)
#: What a terminal would obey: clears the screen, renames the window, ends a comment, opens rich markup.
HOSTILE = "def sol():\n    return '\x1b[2J\x1b]0;owned\x07 [bold red]x[/bold red] \u202e\x9b31m'\n"


def trial(source, problem, score, *, style="plain", size=4.0, parents=(), feedback=""):  # noqa: PLR0913 - what a test may say
    """One evaluated trial; without a score it crashed."""
    proposal = Proposal(Program(source, problem), "crossover" if parents else "value", tuple(parents))
    status = Status.CRASHED if score is None else Status.OK
    features = {} if score is None else {"problem": problem, "style": style, "size": size}
    evaluation = Evaluation(status, score, {"distance": 0.5}, features, feedback, cpu_seconds=0.25, wall_seconds=0.5)
    return Trial(proposal, Reading(source, nodes=5, literal_bytes=8), evaluation)


FIRST = trial("def sol():\n    return 1\n", "sums", 0.5)
SECOND = trial(
    "def sol(n=3):\n    return n + 1\n", "sums", 0.95, style="rich", size=9.0, parents=[FIRST.proposal.program.id]
)
HOSTILE_TRIAL = trial(HOSTILE, "words", 0.25, feedback="said \x1b[31m[red]no[/red]")
CRASHED = trial("def sol(): 1/0\n", "words", None, feedback="ZeroDivisionError")
DUPLICATE = Trial(Proposal(Program("def sol():\n    return  1\n", "sums"), "value"), Reading("same"), duplicate_of="x")

STEPS = (
    Step(0, None, 0, (), Usage()),
    Step(1, "sums", 10, (FIRST, DUPLICATE), Usage(evaluations=10, seconds=1.0)),
    Step(2, "words", 10, (HOSTILE_TRIAL, CRASHED), Usage(evaluations=7, seconds=1.0)),
    Step(3, "sums", 10, (SECOND,), Usage(evaluations=4, seconds=0.5)),
)


def call(asked, *texts, usd=0.25):
    """One call of a model."""
    said = ({"role": "system", "content": "You write sol."}, {"role": "user", "content": asked})
    reply = Reply(texts, ("stop",) * len(texts), prompt_tokens=1_000, completion_tokens=200, model="small-2026")
    request = Request("small", said, {"temperature": 0.8}, sample=7)
    return Call(request, reply, usd, "settings" if usd is not None else "", seconds=2.0, tries=2)


#: What a model said of `sums`: a program, what is none, one that solves it, and one that nobody has used yet.
USED = call("Write sol for sums.", "Here: def sol(): return 2", "I cannot \x1b[2J[red]do[/red] that.")
SOLVING = call("Mend sol.", "\n".join(f"line {k}" for k in range(100)), usd=None)
UNUSED = call("Write another.", "one", "two")


def written(source, score, operator, made, **where):
    """A trial of a program that the first choice of a call held."""
    one = trial(source, "sums", score, parents=[FIRST.proposal.program.id], **where)
    prompt, reply = made.request.messages, made.reply.texts[0]
    return replace(one, proposal=replace(one.proposal, operator=operator, model="small", prompt=prompt, reply=reply))


MADE = [
    written("def sol():\n    return 2\n", 0.7, "rewrite", USED),
    written("def sol(n=3):\n    return n * 2\n", 1.0, "mend", SOLVING, style="rich"),
]


def attempt(made, operator, outcome, choice=0, position=None):
    """What became of a choice; the first one bears the cost."""
    usage = Usage() if choice else made.usage
    return Attempt(operator, "small", outcome, made.request.digest, choice, position, usage)


ASKED_STEPS = (
    *STEPS[:3],
    Step(
        3,
        "sums",
        1,
        (MADE[0],),
        Usage(1) + USED.usage,
        paid=True,
        attempts=(
            attempt(USED, "rewrite", ReplyOutcome.PROGRAM, position=0),
            attempt(USED, "rewrite", ReplyOutcome.NO_CODE, choice=1),
        ),
    ),
    Step(
        4,
        "sums",
        1,
        (MADE[1],),
        Usage(1) + SOLVING.usage,
        paid=True,
        attempts=(attempt(SOLVING, "mend", ReplyOutcome.PROGRAM, position=0),),
    ),
)


#: What the record of a run says of its walls.
CONTAINED = {"layers": ["resource limits", "landlock", "seccomp"], "missing": {}, "unsafe": False}
UNSAFE = {"layers": ["resource limits"], "missing": {"seccomp": "not in this kernel"}, "unsafe": True}


def write_archive(path, steps=STEPS, settings=None, sandboxes=(CONTAINED,), calls=()):
    """Record steps the way runs do; returns the path.

    Args:
        path: Where the archive will be.
        steps: What is recorded, all but the last ones in the first run, and one in each further run.
        settings: Of every run.
        sandboxes: One run each.
        calls: What the first run asked models.
    """
    identity = Identity("drill", "puzzles", "f00d", seed=3, window=16, archive="grid")
    archive = registry.make_archive("grid", FACTS.axes, score_floor=FACTS.score_floor)
    ledger = Ledger(archive, FACTS.problems, FACTS.solved_score)
    known = {"domain": "puzzles", "name": "drill", "directory": "/nowhere", "options": {"source": "gone.json"}}
    settings = known | {"task": FACTS.as_json()} if settings is None else settings
    with Store.open(path, identity=identity) as store:
        first = len(steps) - len(sandboxes) + 1
        for sandbox, some in zip(sandboxes, (steps[:first], *([step] for step in steps[first:])), strict=True):
            proposer, models = ("mixed", ("small",)) if calls else ("symbolic", ())
            run = store.begin_run(RunRecord(proposer, models, "100evals", settings, sandbox))
            for one in calls:
                store.calls(run).keep(one)
            for step in some:
                store.record(ledger.settle(step), run)
            store.end_run(run, "budget")
    return path


@pytest.fixture(scope="session")
def drill():
    """Writes the archive to a path."""
    return write_archive


@pytest.fixture
def path(tmp_path):
    return write_archive(tmp_path / "archives" / "drill.db")


@pytest.fixture
def store(path):
    with Store.read(path) as store:
        yield store


@pytest.fixture
def snapshot(store):
    return take(store)


@pytest.fixture
def asked(tmp_path):
    """An archive whose run asked a model: twice for what was used, and once for what was not."""
    path = write_archive(tmp_path / "asked.db", ASKED_STEPS, calls=(USED, SOLVING, UNUSED))
    with Store.read(path) as store:
        yield store


@pytest.fixture
def mixed(tmp_path):
    """An archive of three runs: the second, which made the hostile program, was unsafe; the others were not."""
    with Store.read(write_archive(tmp_path / "mixed.db", sandboxes=(CONTAINED, UNSAFE, CONTAINED))) as store:
        yield store


@pytest.fixture
def hand_made():
    """The parts that the archive was made of."""
    return {
        "first": FIRST,
        "second": SECOND,
        "hostile": HOSTILE_TRIAL,
        "crashed": CRASHED,
        "write": write_archive,
        "used": USED,
        "solving": SOLVING,
        "unused": UNUSED,
        "made": MADE,
        "asked steps": ASKED_STEPS,
        "contained": CONTAINED,
    }
