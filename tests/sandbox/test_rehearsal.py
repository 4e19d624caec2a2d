"""A judgement that is watched tells real calls, spread evenly, and no more than some dozens."""

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from evosearch import registry
from evosearch.sandbox import rehearsal
from evosearch.sandbox.rehearsal import CALL_BYTES, CALLS, Rehearsal
from evosearch.types import Example, Program, Recipe

SEED = "def add(numbers, k):\n    return [number + k for number in numbers.tolist()]\n"
EVALUATE = """\
import numpy as np

def evaluate(candidate):
    numbers = np.zeros(2)
    for k in range(300):
        numbers[:] = candidate.call("add", numbers, k)
    return float(numbers.sum())
"""


@pytest.fixture
def rehearse(tmp_path):
    """The calls that the judge of a small task makes of a program."""

    def rehearse(program=SEED, evaluate=EVALUATE):
        (tmp_path / "seed.py").write_text(SEED)
        (tmp_path / "evaluate.py").write_text(evaluate)
        recipe = Recipe("custom", "adding", str(tmp_path), {"packages": ["numpy"]})

        async def run():
            executor = registry.make_executor("local", registry.make_task(recipe), recipe, workers=1)
            try:
                return await executor.rehearse(Program(program), 0)
            finally:
                await executor.aclose()

        return asyncio.run(run())

    return rehearse


def test_it_tells_calls_from_the_first_to_the_last_with_the_arguments_as_they_were(rehearse):
    calls = rehearse()
    steps = [call.arguments[1] for call in calls]
    assert CALLS / 3 < len(calls) <= CALLS
    assert steps == list(range(0, 300, steps[1]))
    # The judge writes every answer into the array that it sends: each call is to show it as it was then.
    assert [call.arguments[0].tolist() for call in calls] == [[k * (k - 1) / 2] * 2 for k in steps]
    assert {call.function for call in calls} == {"add"}
    assert rehearse()[-1].arguments[1] == steps[-1]


def test_of_a_program_without_a_score_nothing_is_told(rehearse):
    assert rehearse("def add(numbers, k):\n    raise ValueError(k)\n") == ()
    assert rehearse(evaluate="def evaluate(candidate):\n    candidate.call('add', 1, 2)\n") == ()


def test_arguments_that_are_too_long_are_left_out():
    process = SimpleNamespace(expect_silence=lambda: None, send=lambda frame: None, receive=lambda end: None)
    watched = Rehearsal(process, None)
    watched._note(bytes(CALL_BYTES + 1))
    assert watched.told() == []


@pytest.mark.parametrize(
    "message",
    [
        None,
        {},
        {"calls": 1},
        {"calls": [["f", 1]]},
        {"calls": [["f g", []]]},
        {"calls": [["f", []]], "more": 1},
        {"calls": [["f", []]] * (CALLS + 1)},
    ],
)
def test_what_is_no_such_message_is_not_believed(message):
    with pytest.raises(ValueError, match="judge's"):
        rehearsal.read(message)


def test_a_message_becomes_examples():
    (example,) = rehearsal.read({"calls": [["f", [1, np.arange(2)]]]})
    assert (example.function, example.arguments[0]) == ("f", 1)
    assert isinstance(example, Example)
