"""Nothing that a candidate wrote can steer a terminal."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from evosearch.report.printable import one_line, printable, to_json


def test_escape_sequences_become_visible():
    assert printable("\x1b[2J\x9b31m\x7f\r") == r"\x1b[2J\x9b31m\x7f\r"


def test_marks_that_turn_the_direction_of_writing_become_visible():
    assert printable("a\u202eb\u2066c") == r"a\u202eb\u2066c"


def test_a_source_keeps_its_lines_and_tabs():
    assert printable("def f():\n\treturn 'é漢'\n") == "def f():\n\treturn 'é漢'\n"


def test_one_line_is_one_line_of_a_width():
    assert one_line("a\n\tb") == r"a\n\tb"
    assert one_line("abcdef", 4) == "abc…"


def test_json_is_ascii_and_has_null_for_what_is_not_finite():
    assert to_json({"a": [float("nan"), 1.5, ("\x9b", float("inf"))]}) == r'{"a": [null, 1.5, ["\u009b", null]]}'


@given(st.text(st.characters()))
def test_no_control_character_is_left_of_any_text(text):
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n"]
    assert len(one_line(text).splitlines()) <= 1
    shown.encode("utf-8")
