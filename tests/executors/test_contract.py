"""What every executor promises, built in or not: registered is tested."""

import asyncio

import pytest

from evosearch import registry
from evosearch.errors import CandidateError, SandboxError, Status, TaskError
from evosearch.protocols import Executor
from evosearch.types import Limits, Program, Reading, Recipe

READING = Reading("0123456789abcdef")
SLEEPER = Program("import time\ndef solve(seed): time.sleep(1000)")
LIMITS = Limits(cpu_seconds=0.5, wall_seconds=2)


@pytest.fixture(params=registry.names("executors"))
def use(request, task, recipe):
    """Runs an async function with an executor, and closes the executor."""

    def use(work, workers=2, recipe=recipe, task=task):
        async def main():
            executor = registry.make_executor(request.param, task, recipe, workers=workers)
            try:
                async with asyncio.timeout(120):
                    return await work(executor)
            finally:
                await executor.aclose()

        return asyncio.run(main())

    return use


def evaluate(executor, source, seed=1):
    program = source if isinstance(source, Program) else Program(source)
    return executor.evaluate(program, READING, "train", seed)


def test_it_is_an_executor(use):
    async def work(executor):
        assert isinstance(executor, Executor)
        assert executor.workers == 2

    use(work)


def test_a_program_is_scored(use):
    async def work(executor):
        return await evaluate(executor, "def solve(seed):\n print('hi')\n return seed * 2", seed=21)

    evaluation = use(work)
    assert (evaluation.status, evaluation.score, evaluation.log) == (Status.OK, 42.0, "hi\n")
    assert 0 < evaluation.cpu_seconds <= evaluation.wall_seconds


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def solve(seed): return 1 / 0", Status.CRASHED),
        ("def solve(seed):\n while True: pass", Status.TIMEOUT_CPU),
        ("import os\ndef solve(seed): os._exit(0)", Status.NO_RESULT),
        ("def solve(seed): return (seed,)", Status.INVALID_OUTPUT),
        ("def solve(seed): return 'bug'", Status.INFRA),
    ],
)
def test_what_a_program_does_is_a_status_and_never_an_exception(use, source, status):
    assert use(lambda executor: evaluate(executor, source)).status is status


def test_many_at_once_are_queued(use):
    async def work(executor):
        return await asyncio.gather(*(evaluate(executor, "def solve(seed): return seed", seed) for seed in range(12)))

    assert [evaluation.score for evaluation in use(work)] == list(range(12))


def test_the_same_evaluation_has_the_same_outcome(use):
    async def work(executor):
        source = "def solve(seed): raise ValueError([hash('a'), object(), {'b', 'c'}])"
        first, second = await asyncio.gather(evaluate(executor, source), evaluate(executor, source))
        assert (first.status, first.feedback) == (second.status, second.feedback)

    use(work)


def test_cancelling_frees_the_worker(use):
    async def work(executor):
        await evaluate(executor, "def solve(seed): return 1")
        sleeping = asyncio.create_task(evaluate(executor, SLEEPER))
        await asyncio.sleep(0.2)
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        return await evaluate(executor, "def solve(seed): return 7")

    assert use(work, workers=1).score == 7


def test_a_library_function_runs(use):
    async def work(executor):
        return await executor.run("statistics:median", [3, 1, 2], LIMITS)

    assert use(work) == 2


def test_a_library_function_that_fails_has_a_status(use):
    async def work(executor):
        with pytest.raises(CandidateError) as caught:
            await executor.run("time:sleep", 1_000, LIMITS)
        return caught.value.status

    assert use(work) is Status.TIMEOUT_WALL


def test_a_task_that_judges_cannot_make_is_an_error_and_no_evaluation(use, tmp_path, task):
    (tmp_path / "evaluate.py").write_text("def evaluate(candidate:")
    recipe = Recipe("custom", "test", str(tmp_path))

    async def work(executor):
        with pytest.raises(TaskError, match="SyntaxError"):
            await evaluate(executor, "def solve(seed): return 1")

    use(work, recipe=recipe)


def test_closing_ends_what_runs_and_what_waits(use):
    async def work(executor):
        await evaluate(executor, "def solve(seed): return 1")
        tasks = [asyncio.create_task(evaluate(executor, SLEEPER)) for _ in range(4)]
        await asyncio.sleep(0.2)
        await executor.aclose()
        assert [type(error) for error in await asyncio.gather(*tasks, return_exceptions=True)] == [SandboxError] * 4

    use(work)


def test_a_closed_executor_says_so(use):
    async def work(executor):
        await executor.aclose()
        await executor.aclose()
        with pytest.raises(SandboxError, match="closed"):
            await evaluate(executor, "def solve(seed): return 1")
        with pytest.raises(SandboxError, match="closed"):
            await executor.run("math:sqrt", 1, LIMITS)

    use(work)
