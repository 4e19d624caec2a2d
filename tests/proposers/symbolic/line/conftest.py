"""A small task without a jail: fit a curve. The jailed half runs here, as its programs are the library's own edits."""

import numpy as np
import pytest

from evosearch.errors import CandidateError, Status
from evosearch.proposers.symbolic.editing import entry
from evosearch.protocols import Context
from evosearch.reading import read, readings_of
from evosearch.types import Brief, Elite, Evaluation, Example, Program, Trial

SEED = """\
def curve(x):
    return 0.5 * x + 1.5
"""
POINTS = np.linspace(0.0, 4.0, 9)
CALLS = tuple(Example("curve", (float(x),)) for x in POINTS)
TABLE = {"kind": "table", "function": "curve", "features": ["x"], "low": 0.0, "high": 4.0, "knots": 9}


def score(source):
    """Minus the squared distance from x squared; None if the program fails."""
    names = {}
    try:
        exec(compile(source, "<program>", "exec"), names)
        answers = np.array([float(names["curve"](float(x))) for x in POINTS])
    except Exception:  # noqa: BLE001 - an edit may break its program in any way
        return None
    loss = float(np.mean((answers - POINTS**2) ** 2))
    return -loss if np.isfinite(loss) else None


class Bench:
    """Evaluates here, within an allowance, and remembers what it was asked.

    Attributes:
        known: Texts that count as seen before.
    """

    def __init__(self, allowance, known=()):
        self.left = allowance
        self.known = set(known)
        self.trials = []

    async def __call__(self, *proposals):
        if len(proposals) > self.left:
            raise ValueError(f"{len(proposals)} programs were to be evaluated, and {self.left} may be")
        trials = [self._trial(proposal) for proposal in proposals]
        self.trials += trials
        return tuple(trials)

    def _trial(self, proposal):
        (reading,) = readings_of(read([proposal.program.source]), 1)
        if proposal.program.source in self.known:
            return Trial(proposal, reading, duplicate_of="before")
        self.known.add(proposal.program.source)
        self.left -= 1
        found = score(proposal.program.source)
        if found is None:
            return Trial(proposal, reading, Evaluation(Status.CRASHED))
        return Trial(proposal, reading, Evaluation(Status.OK, found))

    score = staticmethod(score)

    @property
    def scores(self):
        found = [trial.evaluation for trial in self.trials if trial.evaluation]
        return [evaluation.score for evaluation in found if evaluation.score is not None]

    @property
    def operators(self):
        return [trial.proposal.operator for trial in self.trials]


async def laboratory(name, request, limits):
    """The jailed half, in this process."""
    try:
        return getattr(entry, name.rpartition(":")[2])(request)
    except ValueError as error:
        raise CandidateError(Status.CRASHED, str(error)) from error


@pytest.fixture
def make_bench():
    return Bench


@pytest.fixture
def make_context():
    def make(  # noqa: PLR0913 - one a part of the context
        bench, *, sources=(SEED,), seed=1, templates=(), packages=("numpy",), laboratory=laboratory, **more
    ):
        parents = tuple(
            Elite(Program(source), Evaluation(Status.OK, score(source)), (place,))
            for place, source in enumerate(sources)
        )
        return Context(
            index=1,
            seed=(seed, 1),
            problem=None,
            parents=parents,
            inspirations=(),
            brief=Brief(
                "fit a curve",
                {"kind": "program", "templates": list(templates), "packages": list(packages)},
                entry=("curve",),
            ),
            allowance=bench.left,
            spent=0,
            laboratory=laboratory,
            bench=bench,
            calls=CALLS,
            **more,
        )

    return make
