"""What every registered proposer promises (`protocols.Proposer`), on a task of every domain.

One that asks models asks a real client of a server on loopback; each is tried on the turns that are free and on those
that are paid for.
"""

import asyncio
import tomllib
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

from evosearch import prompts, registry
from evosearch.errors import CandidateError, Status
from evosearch.models.ensemble import Ensemble
from evosearch.models.spec import ModelSpec
from evosearch.protocols import Context, Equipment, NoBench, Proposer
from evosearch.testing import ModelServer
from evosearch.types import Elite, Evaluation, Funds, Proposal, Reading, Recipe, Trial, Usage

#: Whether a proposer's turns are paid for, where all are or none is.
TURNS = {"model": (True,), "symbolic": (False,)}


class Forgetful:
    """A record that keeps nothing, so that every call is made."""

    name = "forgetful"

    def find(self, digest):
        return None

    def keep(self, call):
        pass


class Bench:
    """Has programs evaluated by an executor, within an allowance; a text that was seen before costs nothing."""

    def __init__(self, executor, allowance):
        self.executor = executor
        self.left = allowance
        self.trials = []

    async def __call__(self, *proposals):
        if len(proposals) > self.left:
            raise ValueError(f"{len(proposals)} programs were to be evaluated, and {self.left} may be")
        self.trials += [await self._trial(proposal) for proposal in proposals]
        return tuple(self.trials[len(self.trials) - len(proposals) :])

    async def _trial(self, proposal):
        reading = Reading(proposal.program.id)
        if any(trial.reading == reading for trial in self.trials):
            return Trial(proposal, reading, duplicate_of=proposal.program.id)
        self.left -= 1
        return Trial(proposal, reading, await self.executor.evaluate(proposal.program, reading, "train", 1))

    @property
    def tried(self):
        return [trial.proposal for trial in self.trials]


@pytest.fixture(
    params=[(name, paid) for name in registry.names("proposers") for paid in TURNS.get(name, (False, True))],
    ids=lambda case: f"{case[0]}-{'paid' if case[1] else 'free'}",
)
def case(request):
    return request.param


@pytest.fixture
def name(case):
    return case[0]


@pytest.fixture
def paid(case):
    return case[1]


@pytest.fixture(scope="module", params=registry.names("tasks"))
def work(request, tmp_path_factory):
    """A task as `evosearch init` writes it, and an executor of it."""
    folder = tmp_path_factory.mktemp("task")
    for file, text in registry.domain(request.param).scaffold(None, "mine").items():
        (folder / file).write_text(text)
    settings = tomllib.loads((folder / "evosearch.toml").read_text())
    recipe = Recipe(request.param, settings["name"], str(folder), settings.get(request.param, {}))
    task = registry.make_task(recipe)
    executor = registry.make_executor("local", task, recipe, workers=1)
    seeds = task.seeds()
    calls = asyncio.run(executor.rehearse(seeds[0], 1)) if seeds else ()
    yield task, executor, calls
    asyncio.run(executor.aclose())


@pytest.fixture
def task(work):
    return work[0]


@pytest.fixture
def context(work, paid):
    task, executor, calls = work
    problem = task.problems[-1].name if task.problems else None
    evaluation = Evaluation(Status.OK, 0.0)
    parents = tuple(Elite(seed, evaluation, (0,)) for seed in task.seeds() if seed.problem == problem)

    def context(index=1, allowance=60):
        return Context(
            index=index,
            seed=(1, index),
            problem=problem,
            parents=parents,
            inspirations=(),
            brief=task.brief(problem),
            allowance=allowance,
            spent=0,
            laboratory=executor.run,
            bench=Bench(executor, allowance),
            calls=calls,
            report=partial(task.report, problem=problem),
            paid=paid,
        )

    return context


@pytest.fixture
def server(task):
    """A model that changes the first seed, or writes a first program; each time in another way."""
    before = next((seed.source for seed in task.seeds()), "")

    def script(asked):
        return f"```python\n{before}\n\ndef sol(*inputs):\n    return {asked.seed}\n```"

    with ModelServer(script) as server:
        yield server


@pytest.fixture
def make(name, task, server):
    """A proposer with all that a run would give it."""
    operators = [(registry.make_operator(operator), 1.0) for operator in registry.names("operators")]
    fill = prompts.Library(task.domain, None).fill

    @asynccontextmanager
    async def make():
        spec = ModelSpec("openai:test", target="test", base_url=server.base_url)
        models = Ensemble([spec], record=Forgetful(), connect=lambda spec: registry.load("models", spec.scheme)(spec))
        try:
            yield registry.make_proposer(name, Equipment(models, operators, fill=fill, samples=2))
        finally:
            await models.aclose()

    return make


@pytest.fixture
def propose(make):
    def propose(*contexts):
        async def run():
            async with make() as proposer:
                return [await proposer.propose(given) for given in contexts]

        return asyncio.run(run())

    return propose


@pytest.fixture
def forecast(make):
    def forecast(given):
        async def run():
            async with make() as proposer:
                return proposer.forecast(given)

        return asyncio.run(run())

    return forecast


def test_it_fulfils_the_protocol(make):
    async def run():
        async with make() as proposer:
            assert isinstance(proposer, Proposer)
            assert proposer.regimen.rungs or proposer.regimen.turn
            assert list(proposer.regimen.rungs) == sorted(proposer.regimen.rungs)

    asyncio.run(run())


def test_its_name_is_the_registered_one(make, name):
    async def run():
        async with make() as proposer:
            assert proposer.name == name

    asyncio.run(run())


@pytest.mark.parametrize("allowance", [1, 2, 60])
def test_it_returns_programs_for_the_problem_within_its_allowance(propose, context, allowance):
    given = context(allowance=allowance)
    (batch,) = propose(given)
    assert batch.usage.evaluations + len(batch.proposals) <= given.bench.left
    assert batch.proposals or given.bench.tried or batch.usage.evaluations
    known = {elite.program.id for elite in (*given.parents, *given.inspirations)}
    for proposal in (*given.bench.tried, *batch.proposals):
        assert isinstance(proposal, Proposal)
        assert proposal.program.problem == given.problem
        assert proposal.operator
        assert set(proposal.parents) <= known
        known.add(proposal.program.id)


def test_equal_contexts_give_equal_batches_and_others_do_not(propose, context):
    contexts = [context(1), context(1), context(2)]
    batches = propose(*contexts)
    outcomes = [(batch, given.bench.tried) for batch, given in zip(batches, contexts, strict=True)]
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


def test_without_a_bench_it_still_proposes(propose, context):
    (batch,) = propose(replace(context(), bench=NoBench()))
    assert batch.proposals


def test_its_calls_are_forecast_and_every_reply_is_counted(propose, forecast, context, server):
    given = context()
    expected = forecast(given)
    assert server.requests == []
    (batch,) = propose(given)
    assert Funds(expected.most.calls, expected.most.tokens).cover(replace(batch.usage, unpriced=0))
    assert (expected.first == Usage()) == (server.requests == [])
    assert len(server.requests) == batch.usage.calls
    assert batch.proposals or given.bench.tried
    assert len({attempt.call for attempt in batch.attempts}) == batch.usage.calls
    assert sum((attempt.usage for attempt in batch.attempts), Usage()).calls == batch.usage.calls


def test_without_funds_it_asks_nothing(propose, context, server):
    (batch,) = propose(replace(context(), funds=Funds(0, 0, 0)))
    assert server.requests == []
    assert batch.usage.calls == 0


def test_a_lost_laboratory_is_a_note_not_an_error(propose, context):
    async def lost(entry, request, limits):
        raise CandidateError(Status.MEMORY, "out of memory")

    given = replace(context(), laboratory=lost)
    (batch,) = propose(given)
    assert batch.proposals == ()
    assert "memory" in batch.note
    assert given.bench.tried == []
    assert batch.usage.evaluations <= given.allowance
