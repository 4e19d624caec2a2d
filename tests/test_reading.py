import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.reading import ENTRY, STYLES, read, read_one
from evosearch.types import Reading


def test_the_answer_holds_the_fields_of_a_reading():
    sources = ["def sol(n):\n    return n + 12", "def sol("]
    assert [Reading(**fields) for fields in read(sources)] == [read_one(source) for source in sources]
    module, _, function = ENTRY.partition(":")
    assert (module, function) == (read.__module__, read.__name__)


@pytest.mark.parametrize(
    ("style", "body"),
    [
        ("literal", "return [1, -2, 'a']"),
        ("literal", "return n"),
        ("operator", "return n + 1"),
        ("operator", "return n[0]"),
        ("operator", "return 1 if n else 2"),
        ("operator", "return -n"),
        ("operator", "return f'{n}'"),
        ("call", "return len(n) + 1"),
        ("comprehension", "return sum([x for x in n])"),
        ("comprehension", "return {x: 1 for x in n}"),
        ("for", "for x in [y for y in n]: pass"),
        ("while", "while n:\n        for x in n: pass"),
        ("recursion", "while n: return sol(n - 1)"),
        ("recursion", "return (lambda x: sol(x))(n)"),
    ],
)
def test_the_style_is_the_richest_construct(style, body):
    assert read_one(f"def sol(n):\n    {body}").style == style
    assert style in STYLES


@pytest.mark.parametrize(
    ("used", "source"),
    [
        ("none", "def sol(a, b):\n    return 1"),
        ("none", "def sol():\n    return 1"),
        ("none", "x = 1"),
        ("none", "def sol(a):\n    a = 3"),
        ("some", "def sol(a, b):\n    return b"),
        ("all", "def sol(a, b):\n    return [a for _ in range(b)]"),
        ("all", "def sol(*items, scale=1, **rest):\n    return items, scale, rest"),
        # The entry is the last function at the top level.
        ("all", "def helper(x):\n    return 1\n\ndef sol(a):\n    return helper(a)"),
        ("none", "def helper(x):\n    return x\n\ndef sol(a):\n    return helper(3)"),
    ],
)
def test_which_inputs_are_used(used, source):
    assert read_one(source).inputs_used == used


def test_nodes_and_literal_bytes():
    reading = read_one("def sol(n):\n    return n + 12")
    # Module, function, its parameters, n; return, sum, n, +, 12.
    assert (reading.nodes, reading.literal_bytes) == (9, 2)
    assert reading.description_length == 9.25
    assert read_one("def sol():\n    return 'äb'").literal_bytes == 3


def test_docstrings_annotations_and_comments_weigh_nothing():
    plain = read_one("def sol(n):\n    return n")
    assert read_one('"""Module."""\n\ndef sol(n: int) -> int:\n    """Return it."""\n    return n  # done') == plain


def test_a_rule_is_shorter_than_the_list_it_makes():
    written = read_one(f"def sol():\n    return {list(range(999))}")
    assert read_one("def sol():\n    return list(range(999))").description_length < written.description_length / 50


@pytest.mark.parametrize(
    "source",
    [
        "def sol(",
        "x = '\0'",
        "(" * 1000,
        "(" * 150 + ")" * 150 + "(",
        "-" * 200_000 + "1",
        "x" + ".x" * 50_000,
        "x = 1" + " + 1" * 20_000,
        "'''",
        "\ud800",
        "if 1:\n\tx\n        y",
        "x = 0777",
    ],
)
def test_what_cannot_be_read_is_told_by_its_text(source):
    reading = read_one(source)
    assert not reading.parsed
    assert reading.normal_form != read_one(source + "#").normal_form
    assert reading == Reading(reading.normal_form, parsed=False)


def test_programs_that_only_the_compiler_refuses_are_read():
    for source in ("return 1", "def f():\n    nonlocal x", "break", "def f(x, x): return x", "await x", "global x", ""):
        assert read_one(source).parsed


def test_integer_literals_may_have_any_length():
    assert read(["x = " + "9" * 10_000])[0]["literal_bytes"] == 10_000


def test_a_doubtful_escape_is_no_warning():
    assert read_one("x = '\\d'").parsed


@given(st.text(max_size=200))
def test_any_text_can_be_read(source):
    assert read_one(source) == read_one(source)
