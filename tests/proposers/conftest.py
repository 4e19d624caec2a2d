"""A jail, a model's server, and what a proposal knows; the prompts are JSON, so that a script can read them."""

import asyncio
import json
from dataclasses import dataclass

import pytest

from evosearch import registry
from evosearch.errors import Status
from evosearch.models.ensemble import Ensemble
from evosearch.models.spec import ModelSpec
from evosearch.proposers.model import ModelProposer
from evosearch.protocols import Context, Equipment, Opening
from evosearch.testing import Asked, ModelServer
from evosearch.types import Batch, Brief, Call, Elite, Evaluation, Program, Proposal, Reading, Recipe, Trial

PROBLEM = "halve"
PARENT = "def sol(n):\n    return n + 1\n"


class Memory:
    """A record that keeps calls as long as the process lives."""

    name = "memory"

    def __init__(self):
        self.calls = {}

    def find(self, digest):
        return self.calls.get(digest)

    def keep(self, call):
        self.calls.setdefault(call.request.digest, call)


@dataclass(frozen=True)
class Outcome:
    """What came of a proposal: its batch, what the server was asked for it, and the calls that were kept."""

    batch: Batch
    asked: list[Asked]
    calls: list[Call]

    @property
    def outcomes(self):
        return [str(attempt.outcome) for attempt in self.batch.attempts]

    @property
    def sources(self):
        return [proposal.program.source for proposal in self.batch.proposals]


def filled(name, /, **values):
    return json.dumps({"prompt": name, **values})


@pytest.fixture
def fill():
    return filled


@pytest.fixture(scope="module")
def laboratory():
    recipe = Recipe("puzzles", "puzzles")
    executor = registry.make_executor("local", registry.make_task(recipe), recipe, workers=1)
    yield executor.run
    asyncio.run(executor.aclose())


@pytest.fixture
def fenced():
    def fenced(source):
        return f"Here it is:\n\n```python\n{source}\n```\n"

    return fenced


@pytest.fixture
def elite():
    def elite(source=PARENT, score=0.5, niche=(0,), problem=PROBLEM):
        return Elite(Program(source, problem), Evaluation(Status.OK, score), niche)

    return elite


@pytest.fixture
def failed():
    def failed(source, status=Status.CRASHED, feedback="ZeroDivisionError on line 2"):
        evaluation = Evaluation(status, feedback=feedback)
        return Trial(Proposal(Program(source, PROBLEM), "seed"), Reading(source), evaluation)

    return failed


@pytest.fixture
def context(laboratory):
    def context(*parents, index=1, **changes):
        known = {
            "index": index,
            "seed": (7, index, 1),
            "problem": PROBLEM,
            "parents": parents,
            "inspirations": (),
            "brief": Brief("halve a number", entry=("sol",)),
            "allowance": 4,
            "spent": 0,
            "laboratory": laboratory,
            "report": lambda elite: f"it scored {elite.score}",
            "paid": True,
        }
        return Context(**{**known, **changes})

    return context


@pytest.fixture
def proposed():
    """Run one proposal, of operators that are given, against a server that says what it is told to."""

    def proposed(  # noqa: PLR0913 - what differs from test to test
        given,
        script,
        *operators,
        make=ModelProposer,
        record=None,
        settings=None,
        names=("test",),
        roles=None,
        **equipment,
    ):
        async def run(server, kept):
            settled = settings or {"max_tokens": 500}
            specs = [
                ModelSpec(f"openai:{name}", target=name, base_url=server.base_url, settings=settled, retries=0)
                for name in names
            ]
            models = Ensemble(specs, record=kept, connect=connected, roles=roles)
            weighted = [(operator, 1.0) for operator in operators]
            try:
                return await make(Equipment(models, weighted, fill=filled, **equipment)).propose(given)
            finally:
                await models.aclose()

        kept = record or Memory()
        with ModelServer(script) as server:
            batch = asyncio.run(run(server, kept))
        return Outcome(batch, server.requests, list(kept.calls.values()))

    return proposed


def connected(spec):
    return registry.load("models", spec.scheme)(spec)


class Doing:
    """An operator that does what a test says, beginning with every parent of the context."""

    name = "doing"
    calls = 9

    def __init__(self, develop):
        self._develop = develop

    def suits(self, context):
        return True

    def open(self, context, fill):
        return Opening(({"role": "user", "content": "go"},), tuple(elite.program for elite in context.parents))

    async def develop(self, desk, opening):
        await self._develop(desk, opening)


@pytest.fixture
def developed(context, proposed):
    """Run one proposal of an operator that does what a test says."""

    def developed(script, develop, *parents, samples=1, settings=None, **known):
        return proposed(context(*parents, **known), script, Doing(develop), samples=samples, settings=settings)

    return developed


@pytest.fixture
def memory():
    return Memory()
