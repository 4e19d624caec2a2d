"""Programs that try all answers of a kind."""

import pytest

from evosearch.predicates.distance import Predicate
from evosearch.proposers.symbolic.exhaustion import Program, exhaustive_programs
from evosearch.proposers.symbolic.harvest import Harvest


def programs(source, answer_type):
    predicate = Predicate(source)
    return list(exhaustive_programs(source, predicate, answer_type, Harvest(source, predicate, answer_type)))


@pytest.mark.parametrize(
    ("answer_type", "source"),
    [
        ("int", "def sat(n: int, a=391):\n    assert 1 < n < a\n    return a % n == 0"),
        ("str", "def sat(s: str, word='loop'):\n    return sorted(s) == sorted(word) and s[0] == 'p'"),
        ("List[int]", "def sat(p: List[int], k=5):\n    return sorted(p) == list(range(k)) and p[1] > p[0] > 2"),
        ("List[bool]", "def sat(xs: List[bool], n=4):\n    return len(xs) == n and sum(xs) == 2 and xs[0] and xs[3]"),
        (
            "List[str]",
            "def sat(xs: List[str], w=['a', 'b', 'c']):\n    return len(xs) == 2 and xs[0] > xs[1] and xs[1] in w",
        ),
        ("List[List[int]]", "def sat(q: List[List[int]], n=4):\n    return len(q) == n and all(i != j for i, j in q)"),
    ],
)
def test_one_of_them_finds_an_answer_that_plain_python_accepts(answer_type, source):
    answers = [Program(text).run(Predicate(source).defaults) for text in programs(source, answer_type)]
    accepted = [answer for answer in answers if answer is not None]
    assert accepted
    assert all(Predicate(source).holds(answer) for answer in accepted)


def test_a_program_solves_other_inputs_too():
    source = "def sat(n: int, a=391):\n    return 1 < n < a and a % n == 0"
    assert Program(programs(source, "int")[0]).run((15,)) == 3


def test_a_predicate_that_changes_its_inputs_is_not_copied():
    assert programs("def sat(n: int, xs=[1]):\n    return xs.pop() == n", "int") == []


def test_a_program_that_never_ends_gives_no_answer():
    assert Program("def sol():\n    return next(x for x in iter(int, 1) if x)").run(()) is None
