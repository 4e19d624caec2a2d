"""A replay takes over what a clock said."""

import asyncio

from evosearch.errors import Status
from evosearch.executors.recorded import RecordedExecutor
from evosearch.protocols import Executor
from evosearch.types import Evaluation, Limits, Program, Reading


class Quick:
    """On this machine nothing times out."""

    workers = 3

    def __init__(self):
        self.closed = False

    async def evaluate(self, program, reading, split, seed):
        return Evaluation(Status.OK, 1.0)

    async def run(self, entry, request, limits):
        return [entry, request]

    async def check(self):
        pass

    async def aclose(self):
        self.closed = True


SLOW = Evaluation(Status.TIMEOUT_CPU, feedback="10 s of CPU time are used up")


def test_a_recorded_timeout_is_taken_over_and_all_else_is_run():
    quick = Quick()
    executor = RecordedExecutor(quick, {Program("slow").id: SLOW})

    async def evaluate(source):
        return await executor.evaluate(Program(source), Reading("0" * 16), "train", 0)

    assert isinstance(executor, Executor)
    assert asyncio.run(evaluate("slow")) == SLOW
    assert asyncio.run(evaluate("quick")).score == 1.0
    assert executor.workers == 3
    assert asyncio.run(executor.run("a:b", 1, Limits())) == ["a:b", 1]
    asyncio.run(executor.check())
    asyncio.run(executor.aclose())
    assert quick.closed
