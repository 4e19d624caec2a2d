import pytest

from evosearch.errors import PuzzleError
from evosearch.predicates import steps
from evosearch.tasks.puzzles import rules
from evosearch.tasks.puzzles.puzzle import Place

PLACE = Place("puzzles.json", 3, "Some:0")


def check(source):
    return rules.check_function(rules.definition(rules.parse(source, PLACE), PLACE), PLACE)


def refusal(source):
    with pytest.raises(PuzzleError) as caught:
        check(source)
    assert str(caught.value).startswith("puzzles.json, record 3, 'Some:0': rule ")
    assert caught.value.hint
    return str(caught.value).partition("rule ")[2]


def test_what_a_good_predicate_asks_for():
    signature = check("def sat(answer: List[int], words=['a'], *, n=-1.5):\n    return True".replace("*, ", ""))
    assert signature.answer_type == "List[int]"
    assert signature.parameters == ("words", "n")
    assert signature.arguments == (["a"], -1.5)
    assert not signature.remarks


@pytest.mark.parametrize("annotation", ["list[int]", "'List[int]'", "List[int]"])
def test_the_spellings_of_a_list(annotation):
    assert check(f"def sat(answer: {annotation}):\n    return True").answer_type == "List[int]"


def test_the_longest_integers_and_deepest_lists_that_cross_into_the_jail():
    longest, deepest = "9" * rules.MAX_DIGITS, "[" * 64 + "]" * 64
    assert check(f"def sat(answer: int, n={longest}):\n    return True").arguments == (10**rules.MAX_DIGITS - 1,)
    assert check(f"def sat(answer: int, n={deepest}):\n    return True").parameters == ("n",)


def test_nested_functions_may_do_what_sat_itself_may_not():
    source = "def sat(answer: int):\n    def items():\n        yield 1\n    return answer in items()"
    assert check(source).parameters == ()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def sat(answer: int)\n    return True", "E3 at 1:21: expected Python, got expected ':'"),
        ("def sat(answer: int):\n    return '\0'", "E3"),
        ("def sat(answer: int):\n    return " + "(" * 300 + ")" * 300, "E3"),
        ("def sat(answer: int):\n    return " + "-" * 100_000 + "1", "E3"),
        (
            "def sat(answer: int):\n    return True" + "\n" * 2**18,
            "E3: expected at most 262,144 characters, got 262,181",
        ),
        ("def sat(answer: int, n=" + "7" * 20_001 + "):\n    return True", "E3"),
        (
            "def sat(answer: int):\n    return 0x" + "f" * 20_000,
            "E3 at 2:12: expected integers of at most 20,000 digits",
        ),
        (
            "def sat(answer: int):\n" + "    answer\n" * 20_000 + "    yield 1",
            "E4 at 20002:5: expected a function that",
        ),
        (
            "def sat(answer: int, n=" + "[" * 66 + "]" * 66 + "):\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a JSON value, got lists and dictionaries more than 64 deep",
        ),
        (
            r"def sat(answer: int, n=['\ud800']):" + "\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a JSON value, got a string with a lone surrogate",
        ),
        ("import os\ndef sat(answer: int):\n    return True", "E4 at 1:1: expected exactly one statement"),
        ("def sat(answer: int):\n    return True\nprint(1)", "E4 at 3:1: expected exactly one statement"),
        ("def f(answer: int):\n    return True", "E4 at 1:1: expected exactly one statement at the top level"),
        ("", "E4: expected exactly one statement at the top level, `def sat(answer: T, ...)`, got nothing"),
        ("async def sat(answer: int):\n    return True", "E4 at 1:1: expected `def sat`, got an async function"),
        ("def sat(answer: int):\n    yield True\n    return True", "E4 at 2:5: expected a function that returns"),
        ("@staticmethod\ndef sat(answer: int):\n    return True", "E4 at 1:2: decorators are not allowed"),
        ("def sat(answer: int, *rest):\n    return True", "E4 at 1:23: expected plain parameters, got 'rest'"),
        ("def sat(answer: int, **rest):\n    return True", "E4 at 1:24: expected plain parameters, got 'rest'"),
        ("def sat(answer: int, *, n=1):\n    return True", "E4 at 1:25: expected plain parameters, got 'n'"),
        ("def sat(answer: int, /, n=1):\n    return True", "E4 at 1:9: expected plain parameters, got 'answer'"),
        ("def sat():\n    return True", "E5: expected a first parameter, the answer, got none"),
        ("def sat(answer):\n    return True", "E5 at 1:9: expected a type on the first parameter, got plain 'answer'"),
        ("def sat(answer: Dict[int, int]):\n    return True", "E5 at 1:9: the answer's type: expected bool"),
        ("def sat(answer: Set[int]):\n    return True", "E5 at 1:9: the answer's type: expected bool"),
        ("def sat(answer: List):\n    return True", "E5 at 1:9: the answer's type: expected bool"),
        ("def sat(answer: int, n):\n    return True", "E5 at 1:22: the input 'n' has no default value"),
        ("def sat(answer: int = 1):\n    return True", "E5 at 1:23: expected the answer to have no default value"),
        (
            "def sat(answer: int, n=len('a')):\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a literal",
        ),
        (
            "def sat(answer: int, n=(1, 2)):\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a JSON value",
        ),
        (
            "def sat(answer: int, n={1, 2}):\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a JSON value",
        ),
        (
            "def sat(answer: int, n=b'x'):\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a JSON value",
        ),
        (
            "def sat(answer: int, n=1e999):\n    return True",
            "E5 at 1:24: expected the default of 'n' to be a JSON value",
        ),
        ("def sat(answer: int, n={1: 2, '1': 3}):\n    return True", "E5 at 1:24: expected the default of 'n'"),
        ("def sat(answer: int):\n    answer == 1", "E6 at 1:1: no `return` gives a value"),
        ("def sat(answer: int):\n    return", "E6 at 1:1: no `return` gives a value"),
        ("def sat(answer: int):\n    return None", "E6 at 1:1: no `return` gives a value"),
        (
            "def sat(answer: int):\n    def inner():\n        return 1\n    inner()",
            "E6 at 1:1: no `return` gives a value",
        ),
        ("def sat(answer: int):\n    import os\n    return True", "E7 at 2:5: expected an import of collections"),
        ("def sat(answer: int):\n    from . import x\n    return True", "E7 at 2:5: expected an import of collections"),
        ("def sat(answer: int):\n    return open('f').read()", "E7 at 2:12: the name 'open' is not allowed"),
        ("def sat(answer: int):\n    return print(answer)", "E7 at 2:12: the name 'print' is not allowed"),
        ("def sat(answer: int):\n    return answer.__class__ is int", "E7 at 2:12: the attribute '__class__' is not"),
        ("def sat(answer: int):\n    class A: pass\n    return True", "E7 at 2:5: the class 'A' is not allowed"),
    ],
)
def test_refusals(source, message):
    assert refusal(source).startswith(message)


@pytest.mark.parametrize("name", sorted(rules.FORBIDDEN_NAMES))
def test_a_forbidden_name_is_one_that_is_missing_where_a_predicate_runs(name):
    assert name not in steps.namespace(steps.Meter())["__builtins__"] or name == "__import__"
    assert refusal(f"def sat(answer: int):\n    return {name}(answer)").startswith("E7")


@pytest.mark.parametrize("name", sorted(rules.ALLOWED_MODULES))
def test_an_allowed_module_is_there_where_a_predicate_runs(name):
    assert check(f"def sat(answer: int):\n    import {name}\n    return True").answer_type == "int"
    assert steps.import_module(name)
