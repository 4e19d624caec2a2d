"""The tasks in examples/ run as they are, and score as their records say."""

import asyncio
from pathlib import Path

import pytest

from evosearch import config, registry
from evosearch.reading import read_one
from evosearch.types import Program

EXAMPLES = Path(__file__).parent.parent / "examples"
BEST_FIT = "def priority(item, bins):\n    return -bins\n"


def score(name, source=None):
    """The evaluation of a program, by default of the seed."""
    recipe = config.load(EXAMPLES / name, environment={}, flags={}).recipe()
    task = registry.make_task(recipe)
    program = task.seeds()[0] if source is None else Program(source)
    executor = registry.make_executor("local", task, recipe, workers=1)

    async def evaluate():
        try:
            return await executor.evaluate(program, read_one(program.source), "train", 0)
        finally:
            await executor.aclose()

    return asyncio.run(evaluate())


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/evosearch.toml")))
def test_the_seed_of_every_example_gets_a_score(name):
    evaluation = score(name)
    assert evaluation.status == "ok", evaluation.feedback
    assert evaluation.features


def test_first_fit_and_best_fit_waste_what_is_known_of_them():
    first_fit, best_fit = score("bin_packing"), score("bin_packing", BEST_FIT)
    assert first_fit.score == pytest.approx(-4.91, abs=0.01)
    assert best_fit.score == pytest.approx(-4.24, abs=0.01)
    assert best_fit.features["best_fit"] == 1.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("circles[3] += [0.001, 0, 0]", "circles 3 and 4 overlap by 0.001"),
        ("circles[:, 0] += 0.5", "crosses the edge of the square by"),
        ("circles[7, 2] = -1", "circle 7 has the negative radius -1"),
    ],
)
def test_circles_that_overlap_score_nothing(change, said):
    seed = (EXAMPLES / "circle_packing" / "seed.py").read_text()
    last = "    return np.column_stack([points, radii(points)])"
    assert last in seed
    body = last.replace("return", "circles =") + f"\n    {change}\n    return circles"
    evaluation = score("circle_packing", seed.replace(last, body))
    assert evaluation.score == 0.0
    assert said in evaluation.feedback
