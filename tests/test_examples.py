"""The tasks in examples/ run as they are, and score as their records say."""

import asyncio
import runpy
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evosearch import config, registry
from evosearch.reading import read_one
from evosearch.types import Program

EXAMPLES = Path(__file__).parent.parent / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/evosearch.toml"))
#: What a program of each task is asked for: its function, with the names that a formula may use.
FUNCTIONS = {
    "bandits": "index(means, pulls, spread, step)",
    "bin_packing": "priority(item, bins)",
    "cache_eviction": "score(age, freq, life, clock)",
    "cap_sets": "priority(vectors, n)",
    "circle_packing": "pack()",
    "schedules": "schedule(t, steps)",
}
ZEROS, ONES = "(vectors == 0).sum(axis=1)", "(vectors == 1).sum(axis=1)"
#: Neighbours on the cycle of all coordinates but the first, both of which are not zero.
PAIRS = "((vectors[:, 1:] != 0) & np.roll(vectors[:, 1:] != 0, 1, axis=1)).sum(axis=1)"


def program(name, formula):
    """A program of the task that returns the value of a formula."""
    return f"import numpy as np\n\n\ndef {FUNCTIONS[name]}:\n    return {formula}\n"


@cache
def judged(name, source, split):
    """The evaluation of a program in the jail; without a source, of the seed."""
    recipe = config.load(EXAMPLES / name, environment={}, flags={}).recipe()
    task = registry.make_task(recipe)
    tried = task.seeds()[0] if source is None else Program(source)
    executor = registry.make_executor("local", task, recipe, workers=1)

    async def evaluate():
        try:
            return await executor.evaluate(tried, read_one(tried.source), split, 0)
        finally:
            await executor.aclose()

    return asyncio.run(evaluate())


def score(name, formula=None, split="train"):
    return judged(name, None if formula is None else program(name, formula), split)


def judge(name):
    """What evaluate.py defines, to be called in this process."""
    return SimpleNamespace(**runpy.run_path(str(EXAMPLES / name / "evaluate.py")))


def test_every_example_is_listed_and_explains_itself():
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(FOLDERS) == set(FUNCTIONS)
    for name in FOLDERS:
        assert f"({name})" in listed
        assert f"evosearch run examples/{name}" in (EXAMPLES / name / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FOLDERS)
def test_the_seed_of_every_example_gets_a_score(name):
    evaluation = score(name)
    assert evaluation.status == "ok", evaluation.feedback
    assert evaluation.features
    assert evaluation.score == pytest.approx(evaluation.score if name == "circle_packing" else mean(evaluation.cases))


def mean(numbers):
    return sum(numbers) / len(numbers)


@pytest.mark.parametrize(
    ("name", "formula", "known"),
    [
        ("bandits", "means + np.sqrt(2 * np.log(step) / pulls)", -124.4),  # UCB1
        ("bandits", "means + 0.7 * np.sqrt(np.maximum(np.log(100 / pulls), 0) / pulls)", -40.9),  # MOSS, scaled
        ("bin_packing", "np.zeros(len(bins))", -5.19),  # first fit
        ("bin_packing", "-bins", -4.49),  # best fit
        ("cache_eviction", "-age", 0.0),  # the least recently used page
        ("cache_eviction", "-life", -0.174),  # first in, first out
        ("cache_eviction", "freq / age", 0.143),
        ("cap_sets", "np.zeros(len(vectors))", (16 / 20 + 32 / 45 + 64 / 112) / 3),
        ("schedules", "np.ones(len(t))", 0.770),
        ("schedules", "1 - t / steps", 0.961),
    ],
)
def test_known_programs_have_their_known_scores(name, formula, known):
    evaluation = score(name, formula)
    assert evaluation.score == pytest.approx(known, abs=0.05 if abs(known) > 2 else 0.001), evaluation.feedback


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("bandits", "means"),
        ("bin_packing", "-bins"),
        ("cache_eviction", "freq / age"),
        ("schedules", "1 - t / steps"),
    ],
)
def test_other_data_are_held_out(name, formula):
    train, test = score(name, formula), score(name, formula, "test")
    assert test.status == "ok", test.feedback
    assert test.score != train.score
    assert test.score == pytest.approx(train.score, rel=0.25)


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("answer", ["'no number'", "None", "np.zeros(3)", "[[1.0], [2.0, 3.0]]", "{'a': 1}"])
def test_an_answer_of_another_kind_is_no_answer(name, answer):
    evaluation = score(name, answer)
    assert evaluation.status == "invalid_output"
    assert evaluation.feedback


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("bandits", "means * np.nan", "expected an array of numbers of shape (240, 10)"),
        ("bin_packing", "bins * np.nan", "expected 1 numbers for 1 bins"),
        ("cache_eviction", "age[:, :10]", "expected an array of numbers of shape"),
        ("cap_sets", "vectors", "expected 81 numbers, got an array of shape (81, 4)"),
        ("circle_packing", "np.full((26, 3), np.inf)", "expected finite numbers of shape (26, 3)"),
        ("schedules", "t * np.inf", "expected 150 finite numbers"),
    ],
)
def test_a_refusal_says_what_was_expected(name, answer, expected):
    assert expected in score(name, answer).feedback


def test_a_bin_that_wastes_no_item_is_where_best_fit_puts_it():
    assert score("bin_packing", "-bins").features["best_fit"] == 1.0
    assert score("bin_packing", "bins").features["unforced"] > 0.9


def test_caps_as_large_as_can_be_in_six_dimensions():
    # The 112-cap: three coordinates, by a block design, or all six with an even number of ones.
    zeros, ones, pairs = ZEROS, ONES, PAIRS
    evaluation = score("cap_sets", f"4.0 * ({zeros} == n - 3) * ({pairs} == 1) + 2 * ({zeros} == 0) + {ones} % 2")
    assert evaluation.metrics["n6"] == 112


def test_no_line_is_in_a_cap():
    vectors = np.stack(np.meshgrid(*[range(3)] * 4), axis=-1).reshape(-1, 4)
    vectors = vectors[np.lexsort(vectors.T[::-1])]
    rng = np.random.default_rng(0)
    for _ in range(5):
        cap = judge("cap_sets").greedy_cap(rng.random(81), vectors)
        triples = (cap[:, None, None] + cap[:, None] + cap) % 3
        assert np.count_nonzero((triples == 0).all(axis=-1)) == len(cap), "only a vector with itself"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("circles[3] += [0.001, 0, 0]", "circles 3 and 4 overlap by 0.00"),
        ("circles[:, 0] += 0.5", "crosses the edge of the square by"),
        ("circles[7, 2] = -1", "circle 7 has the negative radius -1"),
        ("circles[:, 2] += 1e-9", "crosses the edge of the square by"),
    ],
)
def test_circles_that_overlap_score_nothing(change, said):
    grid = "[((i % 6 + 0.5) / 6, (i // 6 + 0.5) / 6, 1 / 12 - 1e-15) for i in range(26)]"
    source = f"import numpy as np\n\n\ndef pack():\n    circles = np.array({grid})\n    {change}\n    return circles\n"
    evaluation = judged("circle_packing", source, "train")
    assert evaluation.score == 0.0
    assert said in evaluation.feedback


@pytest.mark.parametrize("problem", judge("schedules").PROBLEMS, ids=lambda problem: problem.__name__)
def test_gradients_are_gradients(problem):
    """The derivative of a gradient is symmetric, and a small step against it lowers the loss."""
    training = problem(np.random.default_rng(0), 2)
    rng = np.random.default_rng(1)
    weights = training.start + 0.1 * rng.standard_normal(training.start.shape)
    first, second = rng.standard_normal((2, *weights.shape))

    def change(direction):
        ahead, behind = (training.gradient(weights + sign * 1e-5 * direction, 3) for sign in (1, -1))
        return (ahead - behind) / 2e-5

    assert (first * change(second)).sum(axis=1) == pytest.approx((second * change(first)).sum(axis=1), rel=1e-6)
    slope = np.mean([training.gradient(weights, step) for step in range(training.steps)], axis=0)
    assert (training.loss(weights - 1e-4 * slope) < training.loss(weights)).all()


def test_the_linear_decay_of_each_problem_is_its_measure():
    task = judge("schedules")
    for problem in task.PROBLEMS:
        training = problem(np.random.default_rng(0), 64)
        decay = 1 - np.arange(training.steps) / training.steps
        best = max(task.train(training, 0.01 * 2**k * decay).mean() for k in (2, 3, 4, 5))
        assert best == pytest.approx(task.REFERENCE[problem.__name__], abs=0.001)
