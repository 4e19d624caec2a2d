"""An archive of a few hand-made steps: two problems, two axes, one hostile program."""

import pytest

from evosearch import registry
from evosearch.errors import Status
from evosearch.report.snapshot import TaskFacts, take
from evosearch.search.ledger import Ledger
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import Axis, Evaluation, Problem, Program, Proposal, Reading, Step, Trial, Usage

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


#: What the record of a run says of its walls.
CONTAINED = {"layers": ["resource limits", "landlock", "seccomp"], "missing": {}, "unsafe": False}
UNSAFE = {"layers": ["resource limits"], "missing": {"seccomp": "not in this kernel"}, "unsafe": True}


def write_archive(path, steps=STEPS, settings=None, sandboxes=(CONTAINED,)):
    """Record steps the way runs do; returns the path.

    Args:
        path: Where the archive will be.
        steps: What is recorded, all but the last ones in the first run, and one in each further run.
        settings: Of every run.
        sandboxes: One run each.
    """
    identity = Identity("drill", "puzzles", "f00d", seed=3, window=16, archive="cells")
    archive = registry.make_archive("cells", FACTS.axes, score_floor=FACTS.score_floor)
    ledger = Ledger(archive, FACTS.problems, FACTS.solved_score)
    known = {"domain": "puzzles", "name": "drill", "directory": "/nowhere", "options": {"source": "gone.json"}}
    settings = known | {"task": FACTS.as_json()} if settings is None else settings
    with Store.open(path, identity=identity) as store:
        first = len(steps) - len(sandboxes) + 1
        for sandbox, some in zip(sandboxes, (steps[:first], *([step] for step in steps[first:])), strict=True):
            run = store.begin_run(RunRecord("symbolic", budget="100evals", settings=settings, sandbox=sandbox))
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
        "contained": CONTAINED,
    }
