import pytest

from evosearch import registry
from evosearch.types import Recipe

#: Scores the answer; a program may ask the judge to take its time.
EVALUATE = """
import time

def evaluate(candidate, split, seed):
    answer = candidate.call("solve", seed)
    if answer == "bug":
        raise RuntimeError("a bug in the judge")
    return answer
"""
SETTINGS = {"cpu_seconds": 1, "wall_seconds": 30, "memory_mb": 256}


@pytest.fixture
def recipe(tmp_path):
    """A custom task of two files."""
    (tmp_path / "seed.py").write_text("def solve(seed): return 0")
    (tmp_path / "evaluate.py").write_text(EVALUATE)
    return Recipe("custom", "test", str(tmp_path), SETTINGS)


@pytest.fixture
def task(recipe):
    return registry.make_task(recipe)
