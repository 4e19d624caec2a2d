"""The proposer and what comes out of the jail; what it promises when all is well is in tests/contracts."""

import asyncio

import pytest

from evosearch import registry
from evosearch.errors import CandidateError, Status
from evosearch.proposers.symbolic.proposer import SymbolicProposer
from evosearch.protocols import Context
from evosearch.types import Batch, Brief, Elite, Evaluation, Program, Recipe, Usage

HONEST = "def sat(x: int, a=5):\n    return x * x == -a"
# Writes one frame with the reply it likes, as the only answer of its process, and ends it.
FORGES = """
def sat(x: int, a=5):
    import collections
    modules = collections._sys.modules
    frames = modules["evosearch.sandbox.frames"]
    body = b'{"id":1,"answer":{reply}}'
    modules["os"].write(3, frames._PREFIX.pack(frames._MARK, len(body), 0) + body)
    modules["os"]._exit(0)
    return x == a
"""
PROGRAM = '{"source":"def sol(a): return 1","arm":"value"}'
FORGED = {
    "no dictionary": "5",
    "nothing in it": "{}",
    "a budget that grows": '{"tried":-1000,"programs":[]}',
    "more tries than allowed": '{"tried":58,"programs":[]}',
    "no number": '{"tried":NaN,"programs":[]}',
    "programs of the wrong type": '{"tried":1,"programs":[{"source":["x"],"arm":"value"}]}',
    "more programs than asked for": f'{{"tried":1,"programs":[{",".join([PROGRAM] * 4)}]}}',
}


def context(laboratory, kind="predicate", instance=HONEST, allowance=60):
    parent = Elite(Program("def f(x):\n    return x + 1\n"), Evaluation(Status.OK, 0.5), (0,))
    material = {"kind": kind, "instances": [instance], "answer_type": "int", "arguments": ["a"]}
    return Context(
        index=1,
        seed=(1, 1),
        problem="mine",
        parents=(parent,) if kind != "predicate" else (),
        inspirations=(),
        brief=Brief("find a number", material),
        allowance=allowance,
        spent=0,
        laboratory=laboratory,
    )


def proposed(given):
    return asyncio.run(SymbolicProposer().propose(given))


def replying(reply):
    async def laboratory(entry, request, limits):
        return reply

    return laboratory


async def lost(entry, request, limits):
    raise CandidateError(Status.MEMORY, "out of memory")


def in_jail(instance):
    async def run():
        recipe = Recipe("puzzles", "puzzles")
        executor = registry.make_executor("local", registry.make_task(recipe), recipe, workers=1)
        try:
            return await SymbolicProposer().propose(context(executor.run, instance=instance))
        finally:
            await executor.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize("allowance", [1, 3, 60])
def test_a_lost_batch_costs_the_whole_allowance(allowance):
    batch = proposed(context(lost, allowance=allowance))
    assert batch == Batch(usage=Usage(evaluations=allowance), note="the batch was lost: memory: out of memory")


@pytest.mark.parametrize("reply", [None, 5, {}, [], {"tried": -1000, "programs": []}, {"tried": 1, "programs": [{}]}])
def test_a_reply_that_is_not_the_librarys_own_is_a_lost_batch(reply):
    batch = proposed(context(replying(reply)))
    assert batch.proposals == ()
    assert batch.usage == Usage(evaluations=60)
    assert batch.note.startswith("the batch was lost: protocol: the reply is not the library's own: expected ")


def test_an_honest_predicate_in_the_jail():
    batch = in_jail(HONEST)
    assert len(batch.proposals) == 3
    assert 0 < batch.usage.evaluations <= 57


@pytest.mark.parametrize("forged", FORGED)
def test_a_predicate_that_writes_the_reply_loses_its_batch(forged):
    batch = in_jail(FORGES.replace("{reply}", FORGED[forged]))
    assert batch.proposals == ()
    assert batch.usage == Usage(evaluations=60)
    assert "the reply is not the library's own" in batch.note
