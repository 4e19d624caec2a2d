"""Searching over numbers: hill-climbing and CMA-ES, without a trace of global randomness."""

import asyncio
import math
import subprocess
import sys

import numpy as np
import pytest

from evosearch.proposers.symbolic.line.ascent import Cloud, adapt, climb, generation_size


def near(vector):
    """Best at 2 in every coordinate, each of which weighs more than the one before."""
    return -float(np.sum((1 + np.arange(len(vector))) * (vector - 2.0) ** 2))


class Judge:
    """Scores vectors and remembers what it was asked."""

    def __init__(self, score=near):
        self.score = score
        self.asked = []

    async def __call__(self, vectors):
        self.asked.append(np.array(vectors))
        return [self.score(vector) for vector in vectors]

    @property
    def best(self):
        return max(self.score(vector) for generation in self.asked for vector in generation)


def start(size):
    return Cloud(np.zeros(size), np.ones(size))


def climbed(judge, tries=200, seed=1, size=4):
    return asyncio.run(climb(start(size), near(np.zeros(size)), judge, np.random.default_rng(seed), tries))


def adapted(judge, generations=80, seed=1, size=8):
    return asyncio.run(
        adapt(start(size), judge, np.random.default_rng(seed), generations),
    )


def test_a_climb_ends_at_the_top():
    judge = Judge()
    cloud = climbed(judge)
    assert near(cloud.mean) == judge.best > -0.01
    assert cloud.spread.max() < 0.5


def test_a_climb_tries_one_vector_at_a_time_and_no_more_than_it_may():
    judge = Judge()
    climbed(judge, tries=17)
    assert [len(vectors) for vectors in judge.asked] == [1] * 17


def test_a_climb_drifts_over_a_plateau():
    cloud = climbed(Judge(lambda vector: near(np.zeros(4))))
    assert np.abs(cloud.mean).max() > 0.5


def test_a_climb_stays_where_nothing_has_a_score():
    cloud = climbed(Judge(lambda vector: None))
    assert (cloud.mean == 0).all()


def test_cma_es_ends_at_the_top():
    judge = Judge()
    cloud = adapted(judge)
    assert judge.best > -0.01
    assert np.abs(cloud.mean - 2).max() < 0.1
    assert cloud.spread.max() < 0.2


def test_cma_es_tries_a_generation_side_by_side():
    judge = Judge()
    adapted(judge, generations=3)
    assert [len(vectors) for vectors in judge.asked] == [generation_size(8)] * 3 == [10] * 3


def test_cma_es_passes_over_vectors_without_a_score():
    judge = Judge(lambda vector: None if vector[0] > 3 else near(vector))
    cloud = adapted(judge)
    assert np.abs(cloud.mean - 2).max() < 0.1


def test_cma_es_ends_where_nothing_has_a_score():
    judge = Judge(lambda vector: None)
    cloud = adapted(judge)
    assert len(judge.asked) == 1
    assert (cloud.mean == 0).all()


def test_cma_es_that_is_broken_off_goes_on_from_its_cloud():
    judge, cloud, rng = Judge(), start(8), np.random.default_rng(1)
    for _ in range(20):
        cloud = asyncio.run(adapt(cloud, judge, rng, 4))
    assert judge.best > -0.01


def test_a_flat_landscape_leaves_a_cloud_that_can_be_gone_on_from():
    cloud = adapted(Judge(lambda vector: 0.0), generations=30)
    assert np.isfinite(cloud.mean).all()
    assert (cloud.spread > 0).all()


@pytest.mark.parametrize("search", [climbed, adapted])
def test_equal_seeds_search_alike_and_leave_numpys_own_generator_alone(search):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the state that must not move
    judges = [Judge(), Judge(), Judge()]
    one, two, other = search(judges[0]), search(judges[1]), search(judges[2], seed=2)
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(one.spread, two.spread)
    assert not np.array_equal(one.mean, other.mean)
    assert all(np.array_equal(*pair) for pair in zip(judges[0].asked, judges[1].asked, strict=True))
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002 - the state that must not move


def test_cma_es_writes_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    adapted(Judge())
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_cma_is_loaded_by_those_who_use_it():
    code = "import evosearch.proposers.symbolic.proposer, sys; sys.exit('cma' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], check=False).returncode == 0


def test_a_generation_grows_with_the_logarithm_of_the_numbers():
    assert [generation_size(size) for size in (2, 10, 26, 100)] == [6, 10, 13, 17]
    assert generation_size(50) == 4 + int(3 * math.log(50))


def test_a_generation_that_mostly_fails_alike_was_too_bold():
    drawn = []

    async def evaluate(vectors):
        drawn.append(np.std([vector[0] for vector in vectors]))
        return [1.0 if np.abs(vector).max() < 0.02 else 0.0 for vector in vectors]

    cloud = Cloud(np.zeros(8), np.ones(8))
    end = asyncio.run(adapt(cloud, evaluate, np.random.default_rng(1), 6, score=1.0))
    assert drawn[-1] < drawn[0] / 50
    assert np.abs(end.mean).max() < 0.05
