"""Programs become expressions again."""

import pytest

from evosearch.proposers.symbolic.expressions import leaf, program
from evosearch.proposers.symbolic.reading import answer_of, expressions_of

LEAVES = [
    leaf("List[int]", "nums", [[3, 1, 2], [9]], 1, varies=True),
    leaf("int", "x", [4, 5], 1, varies=True),
]


@pytest.mark.parametrize(
    "text",
    [
        "sorted(nums)[0] + x",
        "[y * 2 for y in nums if y % 2] + [x]",
        "max(nums, key=lambda x: -x)",
        "sum((n * x for n in nums))",
        "gcd(x, len(nums) * 2)",
    ],
)
def test_a_program_read_back_prints_the_same_answers(text):
    imports = "    from math import gcd\n" if "gcd" in text else ""
    source = f"def sol(nums=[3, 1, 2], x=4):\n{imports}    return {text}"
    whole = expressions_of(source, LEAVES)[0]
    again, original = {}, {}
    exec(source, original)
    exec(program("def sol(nums, x):", whole.body()), again)
    assert whole.values == [original["sol"](*inputs) for inputs in (([3, 1, 2], 4), ([9], 5))]
    assert whole.values == [again["sol"](*inputs) for inputs in (([3, 1, 2], 4), ([9], 5))]


def test_inputs_of_another_puzzle_are_replaced_by_ours_of_the_same_type():
    (whole, *_) = expressions_of("def sol(board=[1, 2], size=2):\n    return board[:size]", LEAVES)
    assert whole.source() == "nums[:x]"


@pytest.mark.parametrize(
    "source",
    [
        "def sol(:",
        "def sol():\n    x = 1\n    return x",
        "def sol():\n    return open('x')",
        "def sol():\n    return __import__('os').getpid()",
        "",
    ],
)
def test_what_is_no_expression_gives_none(source):
    assert expressions_of(source, LEAVES) == []


def test_a_literal_is_an_answer():
    assert answer_of("def sol(a=1):\n    return [1, -2]") == [1, -2]
    assert answer_of("def sol(a=1):\n    return a") is None
