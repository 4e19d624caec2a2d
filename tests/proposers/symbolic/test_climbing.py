"""Programs that search for an answer by the branch distance of their predicate."""

import ast

import pytest

from evosearch.predicates.distance import Predicate
from evosearch.proposers.symbolic.climbing import climbing_programs, library
from evosearch.proposers.symbolic.exhaustion import Program
from evosearch.proposers.symbolic.harvest import Harvest

PERMUTATION = "def sat(s: str, word='tacocat'):\n    return sorted(s) == sorted(word) and s[:3] == 'oat'"
QUEENS = """
def sat(q: List[int], n=6):
    assert sorted(q) == list(range(n))
    return len({i + c for i, c in enumerate(q)}) == n == len({i - c for i, c in enumerate(q)})
"""
MUTATES = (
    "def sat(xs: List[int], pile=[1, 2, 3]):\n    pile.append(4)\n    return xs.pop() == len(pile) and sum(xs) == 31"
)


def programs(source, answer_type, turns=4_000):
    predicate = Predicate(source)
    harvest = Harvest(source, predicate, answer_type)
    return climbing_programs(source, predicate, answer_type, harvest, turns=turns, seed=1)


@pytest.mark.parametrize(
    ("source", "answer_type"),
    [
        ("def sat(n: int, a=123456):\n    return n * n > a and n % 7 == 3 and n < 400", "int"),
        ("def sat(x: float, a=7.5):\n    return abs(x * 3 - a) < 1e-3", "float"),
        ("def sat(b: bool, a=False):\n    return b is not a", "bool"),
        (PERMUTATION, "str"),
        (QUEENS, "List[int]"),
        (MUTATES, "List[int]"),
        (
            "def sat(q: List[List[int]], k=3):\n    return len(q) == k and all(len(r) == 2 and sum(r) == 9 for r in q)",
            "List[List[int]]",
        ),
    ],
)
def test_one_of_them_finds_an_answer_that_plain_python_accepts(source, answer_type):
    predicate = Predicate(source)
    answers = [Program(text).run(predicate.defaults) for text in programs(source, answer_type)]
    assert any(predicate.holds(answer) for answer in answers)


def test_a_program_solves_other_instances_and_runs_without_counting():
    for size in (5, 8):
        answers = []
        for text in programs(QUEENS, "List[int]"):
            space = {}
            exec(text, space)
            answers.append(space["sol"](size))
        assert any(Predicate(QUEENS.replace("n=6", f"n={size}")).holds(answer) for answer in answers)


def test_what_a_program_carries_is_compiled_once_and_changes_nothing():
    text = programs(PERMUTATION, "str")[1]
    whole, parted = Program(text), Program(text, library())
    assert whole.run(("tacocat",)) == parted.run(("tacocat",))
    assert text.startswith(library())


def test_a_program_that_cannot_succeed_ends_and_returns_its_best():
    source = "def sat(xs: List[int]):\n    return len(xs) == 3 and sum(xs) > 10 and sum(xs) < 10"
    for text in programs(source, "List[int]", 200):
        answer = Program(text).run(())
        assert isinstance(answer, list)


def test_the_library_is_plain_code_without_annotations_and_docstrings():
    tree = ast.parse(library())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation]
    assert {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} == {"math"}


def test_a_predicate_that_evaluates_text_is_left_alone():
    assert programs("def sat(s: str):\n    return eval(s) == 7", "str") == []
