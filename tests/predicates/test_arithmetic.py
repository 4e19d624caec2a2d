"""Literal arithmetic: what `eval` says, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.predicates.arithmetic import evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8*8-1", 63),
        (" 7 // 2 % 2", 1),
        ("-2 ** 2", -4),
        ("1 < 2 < 3", True),
        ("[1, 'a' + 'b', (2.5,)]", [1, "ab", (2.5,)]),
        ("not 0", True),
    ],
)
def test_a_formula_has_the_value_python_gives_it(text, value):
    assert evaluate(text) == value


@given(
    st.recursive(
        st.integers(0, 99).map(str),
        lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(
            lambda three: f"({three[0]} {three[1]} {three[2]})"
        ),
        max_leaves=8,
    )
)
def test_it_agrees_with_eval_on_integer_formulas(text):
    assert evaluate(text) == eval(text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getpid()",
        "().__class__",
        "x + 1",
        "lambda: 1",
        "[i for i in [1]]",
        "'%999999999d' % 1",
        "1 in [1]",
        "f'{1}'",
        "",
        "1 +",
        "1 / 0",
        "'a' + 1",
        "9 ** 9 ** 9",
        "10 ** 100000",
        "'a' * 1000000",
        "[0] * 10 ** 7",
        "(" * 500 + "1" + ")" * 500,
        "1" * 30_000,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"arithmetic|formula"):
        evaluate(text)
