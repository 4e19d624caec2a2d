import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import CandidateError, Status
from evosearch.reading import (
    ENTRY,
    EXAMINE,
    MAX_FAULT,
    MAX_NAMES,
    STYLES,
    Examination,
    examinations_of,
    examine,
    read,
    read_one,
    readings_of,
)
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


def examined(source):
    [row] = examine([source])
    return Examination.of(json.loads(json.dumps(row)))


def test_what_is_examined_is_read_too():
    assert examined("def sol(n):\n    return n").reading == read_one("def sol(n):\n    return n")
    module, _, function = EXAMINE.partition(":")
    assert (module, function) == (examine.__module__, examine.__name__)


@pytest.mark.parametrize(
    ("source", "defines"),
    [
        ("def f(a):\n    b = 1\n    def g(): pass\nclass C:\n    d = 1", ("C", "f")),
        ("import a.b as c, d.e\nfrom f import g as h", ("c", "d", "h")),
        ("a, (b, *c) = d = e\nf: int = 1\ng += 1", ("a", "b", "c", "d", "f", "g")),
        (
            "if x:\n    def a(): pass\nelse:\n    a = None\ntry:\n    import b\nexcept E as c:\n    pass",
            ("a", "b", "c"),
        ),
        ("for i in y: pass\nwith open() as f: pass\nz = [k for k in y]\nw = lambda v: v", ("f", "i", "w", "z")),
        ("async def f(): pass", ("f",)),
        ("", ()),
    ],
)
def test_what_a_program_defines_at_its_top_level(source, defines):
    assert examined(source).defines == defines


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1\ndef f(:\n    pass", "line 2: invalid syntax: def f(:"),
        ("f(", "line 1: '(' was never closed: f("),
        ("def f():\nreturn 1", "line 2: expected an indented block after function definition on line 1: return 1"),
        ("x = '\0'", "null bytes"),
        ("x = '\ud800'", "surrogates"),
        ("(" * 1000, "too many nested parentheses"),
        ("-" * 200_000 + "1", "nested too deeply"),
    ],
)
def test_why_a_text_is_no_program(source, fault):
    examination = examined(source)
    assert fault in examination.fault
    assert not examination.reading.parsed
    assert examination.defines == ()


def test_what_is_told_is_bounded():
    assert len(examined(f"x = {'(' * 50}\n" + "y" * 10_000 + " z").fault) <= MAX_FAULT
    many = examined("\n".join(f"x{i} = 1" for i in range(2 * MAX_NAMES)) + f"\n{'z' * 5_000} = 1")
    assert len(many.defines) == MAX_NAMES


ROW = {
    "reading": {
        "normal_form": "0123456789abcdef",
        "parsed": True,
        "nodes": 3,
        "literal_bytes": 0,
        "style": "call",
        "inputs_used": "all",
    },
    "defines": ["f"],
    "fault": "",
}


def test_a_sane_answer_is_believed():
    assert Examination.of(ROW) == Examination(Reading(**ROW["reading"]), ("f",))
    assert examinations_of([ROW, ROW], 2) == [Examination.of(ROW)] * 2
    assert readings_of([ROW["reading"]], 1) == [Reading(**ROW["reading"])]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("normal_form", "0123456789ABCDEF"),
        ("normal_form", "x" * 10**6),
        ("normal_form", 7),
        ("parsed", 1),
        ("nodes", -1),
        ("nodes", 2**40),
        ("nodes", True),
        ("nodes", 3.0),
        ("literal_bytes", float("inf")),
        ("style", "brilliant"),
        ("style", ["call"]),
        ("inputs_used", None),
        ("colour", "red"),
    ],
)
def test_a_reading_that_is_nonsense_is_refused(key, value):
    reading = ROW["reading"] | {key: value}
    for take in (lambda: readings_of([reading], 1), lambda: Examination.of(ROW | {"reading": reading})):
        with pytest.raises(CandidateError, match="the parser was expected to tell") as caught:
            take()
        assert caught.value.status is Status.PROTOCOL
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "row",
    [
        None,
        [],
        {},
        ROW | {"more": 1},
        ROW | {"defines": "f"},
        ROW | {"defines": ["f", 1]},
        ROW | {"defines": ["f" * 10_000]},
        ROW | {"defines": ["f"] * (MAX_NAMES + 1)},
        ROW | {"fault": None},
        ROW | {"fault": "x" * 10_000},
        ROW | {"fault": "line 1: but it parsed"},
        ROW | {"reading": ROW["reading"] | {"parsed": False}},
        ROW | {"reading": None},
    ],
)
def test_an_examination_that_is_nonsense_is_refused(row):
    with pytest.raises(CandidateError) as caught:
        Examination.of(row)
    assert caught.value.status is Status.PROTOCOL


@pytest.mark.parametrize("rows", [None, [], [ROW["reading"]] * 2, {"0": ROW["reading"]}, "x"])
def test_an_answer_of_another_length_is_refused(rows):
    with pytest.raises(CandidateError, match="a list of 1"):
        readings_of(rows, 1)
