import json
from pathlib import Path

import pytest

import evosearch
from evosearch.errors import PuzzleError
from evosearch.tasks.puzzles import official

P3 = Path(evosearch.__file__).parents[2] / "shared" / "p3"
REAL_FILES = {"puzzles.json": (397, 1715), "397puzzles.json": (397, 397), "138puzzles.json": (135, 135)} | {
    "30puzzles.json": (27, 27)
}
PRESENT = [name for name in sorted(REAL_FILES) if (P3 / name).exists()]

SETS_SAT = "def sat(answer: Set[int]):\n    return len(answer) == 3"
EVAL_SAT = "def sat(answer: str):\n    return eval(answer) == 24"
KEYS_SAT = "def sat(answer: int, graph={1: 2}):\n    return graph[answer] == 2"


def sat(body="return answer == 1", parameters="answer: int, bound=10"):
    return f"def sat({parameters}):\n    {body}"


def test_instances_of_one_problem_are_grouped_in_order(record, write):
    other = sat("return answer == word", "answer: str, word='a'")
    path = write(
        [
            record(),
            record(name="Word:0", sat=other, ans_type="str", sol_bodies=[]),
            record(name="Square:1", sat=sat("return answer > bound", "answer: int, bound=99"), weight=2.5),
        ]
    )
    suite = official.load(path)
    assert [puzzle.name for puzzle in suite.puzzles] == ["Square", "Word"]
    square = suite.puzzles[0]
    assert [instance.arguments for instance in square.instances] == [(10,), (99,)]
    assert [instance.seconds for instance in square.instances] == [1.0, 2.5]
    assert square.docstring == "Find a square\nabove the bound."
    assert square.theme == "numbers"
    assert square.header == "def sol(bound):"
    assert square.references == ("def sol(bound):\n    return (int(bound**0.5) + 1) ** 2",)
    assert suite.warnings == ()


def test_arguments_go_in_the_order_of_sat_whatever_the_header_says(record, write):
    source = sat("return True", "answer: int, a=1, b=2")
    puzzle = official.load(write([record(sat=source, sol_header="def sol(b=2, a=1):")])).puzzles[0]
    assert puzzle.parameters == ("a", "b")
    assert puzzle.instances[0].arguments == (1, 2)


def test_only_the_last_of_several_instances_is_held_out(record, write):
    several = [record(name=f"Square:{k}", sat=sat(parameters=f"answer: int, bound={k}")) for k in range(3)]
    puzzle = official.load(write(several)).puzzles[0]
    assert puzzle.train == puzzle.instances[:2]
    assert puzzle.held_out == puzzle.instances[2:]
    single = official.load(write(several[:1])).puzzles[0]
    assert (single.train, single.held_out) == (single.instances, ())


def test_the_optional_fields_may_be_missing(record, write):
    bare = record(sol_docstring=..., sol_bodies=..., module=..., notes=..., weight=...)
    puzzle = official.load(write([bare])).puzzles[0]
    assert (puzzle.docstring, puzzle.theme, puzzle.references) == ("", "", ())
    assert puzzle.instances[0].seconds == 1.0


def test_weights_below_one_do_not_shorten_the_time_and_huge_ones_are_bounded(record, write):
    weights = [0.2, 1000]
    puzzle = official.load(write([record(name=f"Square:{k}", weight=weight) for k, weight in enumerate(weights)]))
    assert [instance.seconds for instance in puzzle.puzzles[0].instances] == [1.0, 20.0]


def test_integer_literals_may_have_any_length(record, write):
    puzzle = official.load(write([record(sat=sat(parameters=f"answer: int, bound={'9' * 9000}"))])).puzzles[0]
    assert puzzle.instances[0].arguments[0] == 10**9000 - 1


def test_a_byte_order_mark_is_no_mistake(record, tmp_path):
    path = tmp_path / "puzzles.json"
    path.write_text(json.dumps([record()]), encoding="utf-8-sig")
    assert len(official.load(path).puzzles) == 1


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"name": "Square"}, "1 names without `:k`, each taken for a problem with one instance: Square"),
        ({"sat": EVAL_SAT, "ans_type": "str"}, "1 puzzles call eval, which knows literal arithmetic only: Square"),
        ({"sat": KEYS_SAT}, "a program gets them with string keys, as in JSON: Square"),
    ],
)
def test_what_is_accepted_with_a_warning(record, write, changes, warning):
    suite = official.load(write([record(**changes)]))
    assert len(suite.puzzles) == 1
    assert len(suite.warnings) == 1
    assert suite.warnings[0].endswith(warning)


def test_integer_keys_become_strings_as_in_json(record, write):
    assert official.load(write([record(sat=KEYS_SAT)])).puzzles[0].instances[0].arguments == ({"1": 2},)


def test_puzzles_that_ask_for_a_set_are_left_out_with_a_warning(record, write):
    asks_for_set = record(name="Three:0", sat=SETS_SAT, ans_type="Set[int]")
    suite = official.load(write([record(), asks_for_set]))
    assert [puzzle.name for puzzle in suite.puzzles] == ["Square"]
    assert "left out: Three:0" in suite.warnings[0]
    with pytest.raises(PuzzleError, match="got only ones that are left out"):
        official.load(write([asks_for_set]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no json", "rule E1: expected JSON, got Expecting value: line 1 column 1"),
        ("[" * 100_000, "rule E1: expected JSON, got brackets nested too deeply"),
        ("{}", "rule E1: expected a JSON array of records, got an object"),
        ('"text"', "rule E1: expected a JSON array of records, got a string"),
        ("[1]", "record 0: rule E1: expected an object, got a number"),
        ("[null]", "record 0: rule E1: expected an object, got null"),
        ("[]", "rule E2: expected puzzles, got an empty array"),
    ],
)
def test_a_file_that_is_no_array_of_records_is_refused(write, content, message):
    with pytest.raises(PuzzleError) as caught:
        official.load(write(content))
    assert message in str(caught.value)
    assert caught.value.hint


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "puzzles.json"
    path.write_bytes(b"[\xff]")
    with pytest.raises(PuzzleError, match="rule E1: expected UTF-8, got invalid start byte at byte 1"):
        official.load(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ...}, "the field 'name' is missing"),
        ({"sat": ...}, "the field 'sat' is missing"),
        ({"ans_type": ...}, "the field 'ans_type' is missing"),
        ({"sol_header": ...}, "the field 'sol_header' is missing"),
        ({"name": 5}, "expected the field 'name' to be a string, got a number"),
        ({"name": ""}, "expected a name, got an empty string"),
        ({"sat": None}, "expected the field 'sat' to be a string, got null"),
        ({"ans_type": ["int"]}, "expected the field 'ans_type' to be a string, got an array"),
        ({"sol_docstring": {}}, "expected the field 'sol_docstring' to be a string, got an object"),
        ({"module": 1.5}, "expected the field 'module' to be a string, got a number"),
        ({"sol_bodies": "return 1"}, "expected the field 'sol_bodies' to be an array of strings"),
        ({"sol_bodies": [1]}, "expected the field 'sol_bodies' to be an array of strings"),
        ({"weight": "1"}, "expected the field 'weight' to be a number, got a string"),
        ({"weight": True}, "expected the field 'weight' to be a number, got a boolean"),
        ({"weight": 0}, "expected the field 'weight' to be finite and greater than 0, got 0"),
        ({"weight": -1.0}, "expected the field 'weight' to be finite and greater than 0, got -1.0"),
        ({"weight": float("nan")}, "expected the field 'weight' to be finite and greater than 0, got nan"),
        ({"weight": 10**400}, "expected the field 'weight' to be finite and greater than 0, got inf"),
        ({"name": "\ud800"}, "expected the field 'name' to be text, got a lone surrogate"),
        ({"sat": "\ud800"}, "expected the field 'sat' to be text, got a lone surrogate"),
        ({"sol_docstring": "\ud800"}, "expected the field 'sol_docstring' to be text, got a lone surrogate"),
        ({"sol_bodies": ["\ud800"]}, "expected the field 'sol_bodies' to be an array of strings"),
        ({"weight": float("inf")}, "expected the field 'weight' to be finite and greater than 0, got inf"),
    ],
)
def test_e1_fields_that_are_missing_or_of_the_wrong_type(record, write, changes, message):
    with pytest.raises(PuzzleError) as caught:
        official.load(write([record(), record(**{"name": "Other:0"} | changes)]))
    assert "record 1" in str(caught.value)
    assert f"rule E1: {message}" in str(caught.value)


def test_e2_a_name_twice(record, write):
    with pytest.raises(PuzzleError, match=r"record 1, 'Square:0': rule E2: expected unique names.*record 0"):
        official.load(write([record(), record()]))


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"sat": sat("return True", "a: str, bound=10"), "ans_type": "str"}, "the answer type of 'Square:0', int, got"),
        ({"sat": sat("return True", "a: int, limit=10")}, "the inputs of 'Square:0', bound, got limit"),
    ],
)
def test_e2_instances_that_are_no_instances_of_one_problem(record, write, second, message):
    with pytest.raises(PuzzleError, match="rule E2") as caught:
        official.load(write([record(), record(name="Square:1", **second)]))
    assert message in str(caught.value)


def test_e5_the_declared_answer_type(record, write):
    with pytest.raises(PuzzleError, match="rule E5: ans_type is str, but sat's first parameter is int"):
        official.load(write([record(ans_type="str")]))
    with pytest.raises(PuzzleError, match="rule E5: ans_type: expected bool, int, float, str or List"):
        official.load(write([record(ans_type="Dict[int, int]")]))


def test_a_refusal_says_file_record_name_rule_place_and_what_to_do(record, write):
    path = write([record(), record(name="Bad:0", sat="def sat(answer: int):\n    import os\n    return True")])
    with pytest.raises(PuzzleError) as caught:
        official.load(path)
    assert str(caught.value).startswith(f"{path}, record 1, 'Bad:0': rule E7 at 2:5: expected an import of collections")
    assert caught.value.hint == "do without it: a predicate only computes"


@pytest.mark.parametrize("name", PRESENT)
def test_the_real_files_load(name):
    suite = official.load(P3 / name)
    instances = sum(len(puzzle.instances) for puzzle in suite.puzzles)
    assert (len(suite.puzzles), instances) == REAL_FILES[name]
    assert all(puzzle.header.startswith("def sol(") for puzzle in suite.puzzles)
