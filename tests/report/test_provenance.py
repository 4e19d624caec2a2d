"""The header of an exported program."""

import subprocess
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.report.provenance import unwrap, wrap

SOURCE = "def helper(x):\n    return x\n\n\ndef sol(n=20):\n    return helper(n) + 1\n"
FACTS = {"problem": "sums", "score": 0.5, "parents": ["a", "b"], "model": None, "seed": 3}


def run(text, tmp_path):
    file = tmp_path / "program.py"
    file.write_text(text)
    return subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=60, check=False)


def test_the_header_is_an_inline_script_block():
    text = wrap(SOURCE, FACTS, packages=["numpy"])
    header = text[text.index("# /// script\n") : text.index("# ///\n")]
    block = tomllib.loads("".join(line[2:] + "\n" for line in header.splitlines()[1:]))
    assert block["dependencies"] == ["numpy"]
    assert block["tool"]["evosearch"] == {
        "problem": "sums",
        "score": 0.5,
        "parents": ["a", "b"],
        "seed": 3,
        "entry": "sol",
    }


def test_the_file_opens_with_a_warning():
    assert wrap(SOURCE, FACTS, packages=[]).startswith("# This program was found by a search")


def test_the_file_runs_by_itself(tmp_path):
    done = run(wrap(SOURCE, FACTS, packages=[]), tmp_path)
    assert (done.stdout, done.stderr) == ("21\n", "")


def test_a_program_that_needs_arguments_says_so(tmp_path):
    done = run(wrap("def fit(x, *, y):\n    return x\n", {}, packages=[]), tmp_path)
    assert done.stdout == "call fit(x, *, y) with arguments of your own\n"


def test_an_answer_of_many_digits_is_printed(tmp_path):
    done = run(wrap("def sol():\n    return 10**5000\n", {}, packages=[]), tmp_path)
    assert len(done.stdout) == 5002


def test_a_program_without_a_function_has_no_footer():
    assert wrap("x = 1\n", {}, packages=[]).endswith("as it was found ---\nx = 1\n")


def test_a_value_cannot_break_out_of_the_header():
    text = wrap("x = 1\n", {"problem": 'a"\n# ///\nimport os\x1b'}, packages=[])
    assert "\nimport os" not in text
    assert unwrap(text)[1] == {"problem": 'a"\\n# ///\\nimport os\\x1b'}


@pytest.mark.parametrize("text", ["", "x = 1\n", "# /// script\n# a = 1\n# ///\nx = 1\n", "# /// script\n"])
def test_another_file_is_left_as_it_is(text):
    assert unwrap(text) == (text, {})


@given(st.text() | st.just(SOURCE) | st.just(wrap(SOURCE, FACTS, packages=[])))
def test_the_source_comes_back_character_by_character(source):
    assert unwrap(wrap(source, {"seed": 1}, packages=[])) == (source, {"seed": 1})
