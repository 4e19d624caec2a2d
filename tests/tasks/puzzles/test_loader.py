from pathlib import Path

import pytest

from evosearch.errors import TaskError
from evosearch.tasks.puzzles import loader

SAT = "def sat(answer: int):\n    return answer == 3"


def test_the_format_is_told_by_the_path(write, record):
    assert loader.load(write([record()])).puzzles[0].name == "Square"
    path = write(SAT, "folder/three.py")
    assert loader.load(path).puzzles[0].name == "three"
    assert loader.load(path.parent).puzzles[0].name == "three"


def test_without_a_path_it_is_the_collection():
    assert loader.load().puzzles == loader.load(loader.COLLECTION).puzzles


def test_a_path_to_nothing():
    with pytest.raises(TaskError, match=r"expected puzzles at nowhere\.json, but there is nothing") as caught:
        loader.load(Path("nowhere.json"))
    assert caught.value.hint == "give a JSON file in P3's format, a Python file, or a folder of Python files"
