"""What every registered proposer promises (`protocols.Proposer`), on a task of every domain."""

import asyncio
from dataclasses import replace

import pytest

from evosearch import registry
from evosearch.errors import CandidateError, Status
from evosearch.protocols import Context, Proposer
from evosearch.types import Elite, Evaluation, Proposal


@pytest.fixture(params=registry.names("proposers"))
def proposer(request):
    return registry.make_proposer(request.param)


@pytest.fixture
def executor(task, recipe):
    executor = registry.make_executor("local", task, recipe, workers=1)
    yield executor
    asyncio.run(executor.aclose())


def context(task, executor, index=1, allowance=60):
    problem = task.problems[0].name if task.problems else None
    evaluation = Evaluation(Status.OK, 0.0)
    parents = tuple(Elite(seed, evaluation, (0,)) for seed in task.seeds() if seed.problem == problem)
    return Context(
        index=index,
        seed=(1, index),
        problem=problem,
        parents=parents,
        inspirations=(),
        brief=task.brief(problem, parents),
        allowance=allowance,
        spent=0,
        laboratory=executor.run,
    )


def test_it_fulfils_the_protocol(proposer):
    assert isinstance(proposer, Proposer)


@pytest.mark.parametrize("allowance", [1, 2, 60])
def test_it_returns_programs_for_the_problem_within_its_allowance(proposer, task, executor, allowance):
    given = context(task, executor, allowance=allowance)
    batch = asyncio.run(proposer.propose(given))
    assert batch.usage.evaluations + len(batch.proposals) <= allowance
    for proposal in batch.proposals:
        assert isinstance(proposal, Proposal)
        assert proposal.program.problem == given.problem
        assert proposal.operator
        assert set(proposal.parents) <= {elite.program.id for elite in given.parents}


def test_equal_contexts_give_equal_batches_and_others_do_not(proposer, task, executor):
    batches = [asyncio.run(proposer.propose(context(task, executor, index))) for index in (1, 1, 2)]
    assert batches[0] == batches[1]
    assert batches[0] != batches[2]


def test_a_lost_laboratory_is_a_note_not_an_error(proposer, task, executor):
    async def lost(entry, request, limits):
        raise CandidateError(Status.MEMORY, "out of memory")

    given = replace(context(task, executor), laboratory=lost)
    batch = asyncio.run(proposer.propose(given))
    assert batch.proposals == ()
    assert "memory" in batch.note
    assert batch.usage.evaluations <= given.allowance
