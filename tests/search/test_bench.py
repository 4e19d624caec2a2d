"""The bench of one proposal."""

import asyncio

import pytest

from evosearch.errors import Status
from evosearch.registry import make_archive
from evosearch.search.bench import EngineBench
from evosearch.search.ledger import Ledger
from evosearch.types import Evaluation, Program, Proposal, Reading


class Dawdling:
    """Evaluates what comes later sooner."""

    def __init__(self):
        self.evaluated = 0

    async def evaluate(self, program, reading, split, seed):
        self.evaluated += 1
        for _ in range(20 - 5 * self.evaluated):
            await asyncio.sleep(0)
        return Evaluation(Status.OK, 1.0)


def bench_of(executor, allowance):
    ledger = Ledger(make_archive("grid", (), score_floor=0.0), (), None)
    return EngineBench(executor, ledger, seed=0, horizon=0, allowance=allowance)


def proposal(source):
    return Proposal(Program(source), "edit", reading=Reading(normal_form=source))


def tried(bench):
    return [trial.proposal.program.source for trial in bench.trials]


def test_calls_at_the_same_time_are_answered_in_order_and_share_what_is_left():
    async def both():
        return await asyncio.gather(
            bench(proposal("a"), proposal("b")),
            bench(proposal("c"), proposal("d")),
            bench(proposal("e")),
            return_exceptions=True,
        )

    executor = Dawdling()
    bench = bench_of(executor, 3)
    answers = asyncio.run(both())
    assert tried(bench) == ["a", "b", "e"]
    assert isinstance(answers[1], ValueError)
    assert (executor.evaluated, bench.left) == (3, 0)


def test_what_is_under_way_when_the_proposer_returns_is_waited_for_and_nothing_comes_after_it():
    async def leave_something_behind():
        behind = asyncio.create_task(bench(proposal("behind")))
        await asyncio.sleep(0)
        await bench.judge([proposal("returned")])
        assert behind.done()
        with pytest.raises(ValueError, match="1 programs were to be evaluated, and 0 may be"):
            await bench(proposal("late"))

    bench = bench_of(Dawdling(), 5)
    asyncio.run(leave_something_behind())
    assert tried(bench) == ["behind", "returned"]
