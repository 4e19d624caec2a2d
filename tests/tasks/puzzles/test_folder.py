import ast

import pytest

from evosearch.errors import PuzzleError, TaskError
from evosearch.tasks.puzzles import folder, rules
from evosearch.tasks.puzzles.loader import COLLECTION
from evosearch.tasks.puzzles.puzzle import Place

ONE = '''
def sat(answer: int, bound=10):
    """Find a square above the bound.

    difficulty: easy
    """
    root = round(answer**0.5)  # a comment of its author
    return answer > bound and root**2 == answer


def sol(bound):
    return (int(bound**0.5) + 1) ** 2


INSTANCES = [{"bound": 1000}, {"bound": 50}]
'''
SEVERAL = '''
"""Puzzles over strings."""

import math
from typing import List


def sat_words(answer: List[str], count=2, letter="a"):
    """Find words."""
    return len(answer) == count and all(letter in word for word in answer)


def sol_words(count=2, letter="a"):
    return [letter] * count


def sat_factor(answer: int, n=15): return 1 < answer < n and math.gcd(answer, n) == answer


INSTANCES = {"words": [{"count": 5}]}
'''


def test_a_file_with_one_puzzle_is_named_after_the_file(write):
    puzzle = folder.load(write(ONE, "square.py")).puzzles[0]
    assert (puzzle.name, puzzle.theme, puzzle.difficulty) == ("square", "square", "easy")
    assert puzzle.docstring == "Find a square above the bound."
    assert [instance.arguments for instance in puzzle.instances] == [(10,), (1000,), (50,)]
    assert puzzle.instances[1].source == (
        "def sat(answer: int, bound=1000):\n"
        "    root = round(answer**0.5)  # a comment of its author\n"
        "    return answer > bound and root**2 == answer"
    )
    assert puzzle.references == ("def sol(bound):\n    return (int(bound**0.5) + 1) ** 2",)


def test_a_file_with_several_puzzles(write):
    words, factor = folder.load(write(SEVERAL, "strings.py")).puzzles
    assert (words.name, factor.name) == ("words", "factor")
    assert words.answer_type == "List[str]"
    assert [instance.arguments for instance in words.instances] == [(2, "a"), (5, "a")]
    assert words.theme == factor.theme == "strings"
    assert factor.references == ()


def test_an_instance_stands_alone_with_its_imports_inside(write):
    factor = folder.load(write(SEVERAL, "strings.py")).puzzles[1]
    source = factor.instances[0].source
    assert source.splitlines()[:2] == ["def sat(answer: int, n=15):", "    import math"]
    place = Place("strings.py")
    assert rules.check_function(rules.definition(rules.parse(source, place), place), place).arguments == (15,)


def test_a_folder_is_read_in_the_order_of_names_and_other_files_are_ignored(write):
    write(ONE, "folder/b_square.py")
    write(SEVERAL, "folder/a_strings.py")
    write("no Python at all", "folder/README.md")
    path = write("this is (no Python", "folder/_draft.py")
    assert [puzzle.name for puzzle in folder.load(path.parent).puzzles] == ["words", "factor", "b_square"]


def test_nothing_of_a_file_is_run(write, tmp_path):
    hostile = f"def sat(answer: int, n=open({str(tmp_path / 'made')!r}, 'w')):\n    return True"
    with pytest.raises(PuzzleError, match="rule E5 at 1:24: expected the default of 'n' to be a literal"):
        folder.load(write(hostile, "hostile.py"))
    assert not (tmp_path / "made").exists()


def test_windows_line_ends_are_no_mistake(tmp_path):
    path = tmp_path / "square.py"
    path.write_bytes(ONE.replace("\n", "\r\n").encode())
    assert "\r" not in folder.load(path).puzzles[0].instances[0].source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def sat(answer: int)\n  return True", "rule E3 at 1:21: expected Python, got expected ':'"),
        ("x = 1\n" + ONE, "rule E4 at 1:1: expected a part of a puzzle, got `x = 1`"),
        ("def helper():\n    pass\n" + ONE, "rule E4 at 1:1: expected `sat`, `sat_<name>`, `sol` or `sol_<name>`"),
        ("class A:\n    pass\n" + ONE, "rule E4 at 1:1: expected a part of a puzzle, got `class A:`"),
        ("import os\n" + ONE, "rule E7 at 1:1: expected an import of collections"),
        (ONE + ONE, "rule E2 at 17:1: the function 'sat' is defined twice"),
        ("def sol_lost():\n    return 1", "rule E4 at 1:1: the solution 'sol_lost' belongs to no puzzle"),
        ("INSTANCES = {'lost': []}", "rule E4: INSTANCES names 'lost', but there is no such puzzle"),
        (ONE.replace('bound": 1000', 'limit": 1000'), "rule E5: INSTANCES gives 'limit', which is no input"),
        (ONE.replace("[{", "[3, {"), "rule E5 at 15:13: expected INSTANCES to be [{input: value}, ...]"),
        (ONE.replace("1000}", "len('a')}"), "rule E5 at 15:13: expected INSTANCES to be a literal"),
        (
            ONE.replace("def sol(bound)", "def sol()"),
            "rule E5 at 11:1: expected 'sol' to take the inputs of its puzzle",
        ),
        ("def sat(answer: int):\n    import os\n    return True", "'file': rule E7 at 2:5: expected an import"),
    ],
)
def test_refusals(write, source, message):
    path = write(source, "file.py")
    with pytest.raises(PuzzleError) as caught:
        folder.load(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert caught.value.hint


def test_a_name_in_two_files(write):
    write(SEVERAL, "folder/a.py")
    path = write(SEVERAL, "folder/b.py")
    with pytest.raises(PuzzleError, match=r"b\.py, 'words': rule E2: expected unique names.*a\.py, 'words'"):
        folder.load(path.parent)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "square.py"
    path.write_bytes(b"\xff")
    with pytest.raises(PuzzleError, match="rule E1: expected UTF-8"):
        folder.load(path)


def test_instances_that_are_more_text_than_a_file_can_ask_for(write):
    body = "    assert answer != 1\n" * 5_000
    source = f"def sat(answer: int, n=1):\n{body}    return answer > n\n\n\nINSTANCES = [{'{},' * 1_000}]"
    with pytest.raises(PuzzleError, match="rule E5 at 1:1: the instances of its puzzles come to more than 16,777,216"):
        folder.load(write(source, "many.py"))


def test_a_docstring_that_is_no_text(write):
    puzzle = folder.load(write(ONE.replace("Find a", r"Find \ud800 a"), "square.py")).puzzles[0]
    assert puzzle.docstring == r"Find \ud800 a square above the bound."


def test_a_folder_without_puzzles(tmp_path):
    with pytest.raises(TaskError, match=r"expected puzzles in .*, found none") as caught:
        folder.load(tmp_path)
    assert "end in .py" in caught.value.hint


def test_the_collection_of_the_package_loads():
    puzzles = folder.load(COLLECTION).puzzles
    assert len(puzzles) > 50
    for puzzle in puzzles:
        for instance in puzzle.instances:
            assert [type(node) for node in ast.parse(instance.source).body] == [ast.FunctionDef]
