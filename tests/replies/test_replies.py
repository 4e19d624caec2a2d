"""What models really answer, and what is found in it."""

import sys
from textwrap import dedent
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.replies import MAX_REPLY, MAX_SOURCE, find, programs
from evosearch.types import ReplyOutcome

F1 = "def f(x):\n    return x + 1\n"
PARENT = '''import math


def scale(x):
    """Scale it."""
    y = x * 2
    return y


def f(x):
    total = 0
    for i in range(x):
        total += scale(i)
    return total
'''
BLOCKS = """import math
# EVOLVE-BLOCK-START
def f(x):
    return x
# EVOLVE-BLOCK-END
def main():
    return f(1)
"""


def look(text, finish="stop", form="program", parent=None, entry=("f",)):
    return find(text, finish=finish, form=form, parent=parent, entry=entry)


def told(text):
    return dedent(text).lstrip("\n")


WHOLE = {
    "a fenced block": "```python\n" + F1 + "```",
    "a tag in capitals": "```Python\n" + F1 + "```",
    "py": "```py\n" + F1 + "```",
    "no tag": "```\n" + F1 + "```",
    "an unknown tag": "```tool_code\n" + F1 + "```",
    "a file name as tag": "```program.py\n" + F1 + "```",
    "attributes after the tag": '```python title="f.py"\n' + F1 + "```",
    "pandoc's tag": "```{.python}\n" + F1 + "```",
    "tildes": "~~~python\n" + F1 + "~~~",
    "four backticks": "````python\n" + F1 + "````",
    "prose around": "Sure! Here it is:\n\n```python\n" + F1 + "```\n\nIt adds 1 to `x`.",
    "a fence that is never closed": "```python\n" + F1,
    "a fence after words": "Here is the code: ```python\n" + F1 + "```",
    "a fence closed on the last line of code": "```python\ndef f(x):\n    return x + 1```\nDone.",
    "Windows line ends": "```python\r\n" + F1.replace("\n", "\r\n") + "```\r\n",
    "a byte order mark": "\ufeff```python\n" + F1 + "```",
    "blanks at line ends": "```python\ndef f(x):\n    return x + 1   \n\n\n```",
    "an indented list item": "1. The program:\n\n    ```python\n    def f(x):\n        return x + 1\n    ```",
    "a doctest session": "```pycon\n>>> def f(x):\n...     return x + 1\n...\n>>> f(1)\n2\n```",
    "code alone": F1,
    "code and prose without a fence": "Here it is.\n\n" + F1 + "\nThis adds one to x.",
    "code that is indented as Markdown has it": "The function:\n\n    def f(x):\n        return x + 1\n\nThat is all.",
    "JSON": '{"code": "def f(x):\\n    return x + 1\\n"}',
    "JSON with real line ends": '{"explanation": "adds", "code": "def f(x):\n    return x + 1\n"}',
    "JSON in a block": '```json\n{"program": "def f(x):\\n    return x + 1\\n"}\n```',
    "a fence in JSON": '{"code": "```python\\ndef f(x):\\n    return x + 1\\n```"}',
    "a thought first": "<think>\nMaybe\n```python\ndef f(x): return 0\n```\n</think>\n```python\n" + F1 + "```",
    "several thoughts": "<think>a</think>\n<thinking>b</thinking>\n```python\n" + F1 + "```",
    "a thought without its opening tag": "Let me see.\n```python\ndef f(x): 0\n```\n</think>\n\n```python\n"
    + F1
    + "```",
    "an example of use after it": "```python\n" + F1 + "```\nUse it:\n```python\nprint(f(3))\n```",
    "output after it": "```python\n" + F1 + "```\nIt prints\n```\n4\n```",
    "a shell command before it": "```bash\npip install numpy\n```\n```python\n" + F1 + "```",
    "an older version before it": "The old one:\n```python\ndef f(x):\n    return x\n```\nThe new one:\n```python\n"
    + F1
    + "```",
    "the same in another language": "```python\n" + F1 + "```\nIn JavaScript:\n```js\nconst f = x => x + 1\n```",
    "a diff of a new file": "```diff\n--- /dev/null\n+++ b/f.py\n@@ -0,0 +1,2 @@\n+def f(x):\n+    return x + 1\n```",
}


@pytest.mark.parametrize("reply", [pytest.param(text, id=name) for name, text in WHOLE.items()])
def test_a_whole_program_is_found(reply):
    found = look(reply)
    assert (found.outcome, found.source) == (ReplyOutcome.PROGRAM, F1)


PARTS = {
    "imports first": (
        "```python\nimport math\n```\n```python\ndef f(x):\n    return math.sqrt(x)\n```",
        "import math\n\n\ndef f(x):\n    return math.sqrt(x)\n",
    ),
    "a helper afterwards": (
        "```python\ndef f(x):\n    return helper(x)\n```\nwith\n```python\ndef helper(x):\n    return x\n```",
        "def helper(x):\n    return x\n\n\ndef f(x):\n    return helper(x)\n",
    ),
    "a constant": (
        "```python\nLIMIT = 3\n```\n```python\ndef f(x):\n    return min(x, LIMIT)\n```",
        "LIMIT = 3\n\n\ndef f(x):\n    return min(x, LIMIT)\n",
    ),
    "a helper that is not used": (
        "```python\ndef other(x):\n    return x\n```\n```python\ndef f(x):\n    return x\n```",
        "def f(x):\n    return x\n",
    ),
    "a variable of an example": (
        "```python\ndef f(x):\n    total = x\n    return total\n```\n```python\ntotal = 3\n```",
        "def f(x):\n    total = x\n    return total\n",
    ),
    "a name that is assigned": ("```python\nf = lambda x: x + 1\n```", "f = lambda x: x + 1\n"),
    "a fence inside a docstring": (
        '```python\ndef f(x):\n    """As in\n    ```\n    f(1)\n    ```\n    """\n    return x\n```\nDone.',
        'def f(x):\n    """As in\n    ```\n    f(1)\n    ```\n    """\n    return x\n',
    ),
    "quotes in a comment": (
        '```python\ndef f(x):  # no """ here\n    return x\n```\nDone, isn\'t it?',
        'def f(x):  # no """ here\n    return x\n',
    ),
    "tabs": ("```python\n\tdef f(x):\n\t\treturn x\n```", "def f(x):\n\treturn x\n"),
    "another name, which the parser in the jail will see": (
        "```python\ndef g(x):\n    return x\n```",
        "def g(x):\n    return x\n",
    ),
}


@pytest.mark.parametrize(("reply", "source"), [pytest.param(*case, id=name) for name, case in PARTS.items()])
def test_which_blocks_make_the_program(reply, source):
    found = look(reply)
    assert (found.outcome, found.source) == (ReplyOutcome.PROGRAM, source)


def test_two_entries_in_two_blocks():
    reply = "```python\ndef f(x):\n    return x\n```\n```python\ndef g(x):\n    return x\n```"
    assert look(reply, entry=("f", "g")).source == "def f(x):\n    return x\n\n\ndef g(x):\n    return x\n"


def test_without_a_known_entry_it_is_the_block_that_defines_what_the_parent_does():
    reply = "```python\n" + F1 + "```\nTo try it:\n```python\ndef test():\n    assert f(1) == 2\n```"
    assert look(reply, entry=(), parent=PARENT).source == F1
    assert look(reply, entry=(), parent="def test():\n    pass\n").source.endswith(
        "def test():\n    assert f(1) == 2\n"
    )


NOTHING = {
    "empty": ("", "stop", ReplyOutcome.EMPTY, "empty"),
    "blanks": (" \n\t\n", "stop", ReplyOutcome.EMPTY, "empty"),
    "nothing but hidden thoughts": ("", "length", ReplyOutcome.TRUNCATED, "used up before the answer"),
    "prose": ("I am sorry, I cannot do that.", "stop", ReplyOutcome.NO_CODE, "no Python code"),
    "prose with words of Python": (
        "class imbalance is what\nimport duties and from here import\ndef is short",
        "stop",
        ReplyOutcome.NO_CODE,
        "no Python code",
    ),
    "output alone": ("```\n4 5 6\n```", "stop", ReplyOutcome.NO_CODE, "no Python code"),
    "a shell command": ("```bash\npython f.py\n```", "stop", ReplyOutcome.NO_CODE, "no Python code"),
    "an empty block": ("```python\n```", "stop", ReplyOutcome.NO_CODE, "no Python code"),
    "a thought that never ends": ("<think>\nLet me", "stop", ReplyOutcome.NO_CODE, "thoughts and no answer"),
    "a thought that was cut": ("<think>\nLet me", "length", ReplyOutcome.TRUNCATED, "used up before the answer"),
    "a thought and nothing": ("<think>\nLet me\n</think>\n", "stop", ReplyOutcome.NO_CODE, "thoughts and no answer"),
    "JavaScript": ("```js\nconst f = x => x\n```", "stop", ReplyOutcome.WRONG_LANGUAGE, "written in js; write Python"),
    "C++": ("```cpp\nint f(int x) { return x; }\n```", "stop", ReplyOutcome.WRONG_LANGUAGE, "written in cpp"),
    "a block that was cut": ("```python\ndef f(x):\n    ret", "length", ReplyOutcome.TRUNCATED, "was cut off"),
    "code that was cut": ("def f(x):\n    ret", "length", ReplyOutcome.TRUNCATED, "was cut off"),
    "prose that was cut": ("Let me think about", "length", ReplyOutcome.TRUNCATED, "was cut off"),
    "filtered": ("I", "content_filter", ReplyOutcome.CONTENT_FILTER, "filtered"),
    "filtered whole": ("", "content_filter", ReplyOutcome.CONTENT_FILTER, "filtered"),
    "too long a program": (
        "```python\ndef f(x): 1\n" + "#\n" * MAX_SOURCE + "```",
        "stop",
        ReplyOutcome.TOO_LONG,
        "100,000 are",
    ),
    "too long a reply": ("x" * (MAX_REPLY + 1), "stop", ReplyOutcome.TOO_LONG, "1,000,000 are allowed"),
    "an edit of nothing": (
        "<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE",
        "stop",
        ReplyOutcome.DIFF_FAILED,
        "no program to edit",
    ),
}


@pytest.mark.parametrize(
    ("reply", "finish", "outcome", "detail"), [pytest.param(*case, id=name) for name, case in NOTHING.items()]
)
def test_why_there_is_no_program(reply, finish, outcome, detail):
    found = look(reply, finish)
    assert (found.outcome, found.source) == (outcome, None)
    assert detail in found.detail


def test_a_program_that_ended_before_the_reply_was_cut_is_taken():
    assert look("```python\n" + F1 + "```\nThis works bec", "length").source == F1
    assert look("```python\n" + F1 + "```\nTry:\n```python\nprint(f(", "length").source == F1


def test_a_quoted_parent_is_not_taken_for_the_answer_that_was_cut():
    reply = f"The old one:\n```python\n{F1}```\nThe new one:\n```python\ndef f(x):\n"
    assert look(reply, "length", parent=F1).outcome is ReplyOutcome.TRUNCATED


@pytest.mark.parametrize("change", [lambda source: source, lambda source: source.replace("\n", "  \n") + "\n\n"])
def test_a_program_that_is_its_parent(change):
    found = look(f"```python\n{change(PARENT)}```", parent=PARENT)
    assert found.outcome is ReplyOutcome.UNCHANGED


# Edits


def edit(search, replace, marks=7):
    return f"{'<' * marks} SEARCH\n{search}\n{'=' * marks}\n{replace}\n{'>' * marks} REPLACE"


DOUBLE = edit("    y = x * 2", "    y = x * 3")
TRIPLED = PARENT.replace("x * 2", "x * 3")

EDITS = {
    "an edit": DOUBLE,
    "an edit in a fence": f"I triple it.\n\n```python\n{DOUBLE}\n```\nDone.",
    "an edit in a fence of a diff": f"```diff\n{DOUBLE}\n```",
    "five marks": edit("    y = x * 2", "    y = x * 3", 5),
    "nine marks": edit("    y = x * 2", "    y = x * 3", 9),
    "marks of unequal length": "<<<<<<< SEARCH\n    y = x * 2\n=====\n    y = x * 3\n>>>>>> REPLACE",
    "marks without words": "<<<<<<<\n    y = x * 2\n=======\n    y = x * 3\n>>>>>>>",
    "marks in lower case": "<<<<<<< search\n    y = x * 2\n=======\n    y = x * 3\n>>>>>>> replace",
    "marks with other words": "<<<<<<< ORIGINAL\n    y = x * 2\n=======\n    y = x * 3\n>>>>>>> UPDATED",
    "no end": "```\n<<<<<<< SEARCH\n    y = x * 2\n=======\n    y = x * 3\n```\nThat is all.",
    "fences inside": edit("```python\n    y = x * 2\n```", "```python\n    y = x * 3\n```"),
    "blank lines around": edit("\n    y = x * 2\n\n", "\n    y = x * 3\n\n"),
    "blanks at line ends": edit("    y = x * 2   \n    return y ", "    y = x * 3\n    return y"),
    "no indentation": edit("y = x * 2\nreturn y", "y = x * 3\nreturn y"),
    "too much indentation": edit("        y = x * 2", "        y = x * 3"),
    "a word wrong in many": edit(
        'def scale(x):\n    """Scales it."""\n    y = x * 2', 'def scale(x):\n    """Scale it."""\n    y = x * 3'
    ),
    "a line left out": edit(PARENT[11:].replace('    """Scale it."""\n', "").strip(), TRIPLED[11:].strip()),
    "Windows line ends": DOUBLE.replace("\n", "\r\n"),
    "two edits in order": edit("    y = x * 2", "    y = x * 4") + "\n\n" + edit("    y = x * 4", "    y = x * 3"),
    "a unified diff": "```diff\n--- a/f.py\n+++ b/f.py\n@@ -6,2 +6,2 @@\n-    y = x * 2\n+    y = x * 3\n"
    "     return y\n```",
    "a unified diff without a fence": "Here:\n\n@@ -6,1 +6,1 @@\n-    y = x * 2\n+    y = x * 3\n\nThis triples.",
    "a diff without heads": "```diff\n-    y = x * 2\n+    y = x * 3\n```",
    "a diff that lost its blanks": '```diff\n@@ -1,7 +1,7 @@\nimport math\n\n\ndef scale(x):\n     """Scale it."""\n'
    "-    y = x * 2\n+    y = x * 3\n```",
    "a whole program": f"```python\n{TRIPLED}```",
    "an edit that fails beside the whole program": edit("nothing of it", "x") + f"\n```python\n{TRIPLED}```",
}  # fmt: skip


@pytest.mark.parametrize("form", ["diff", "program"])
@pytest.mark.parametrize("reply", [pytest.param(text, id=name) for name, text in EDITS.items()])
def test_an_edit_is_made_whatever_was_asked_for(reply, form):
    found = look(reply, form=form, parent=PARENT)
    assert (found.outcome, found.source, found.detail) == (ReplyOutcome.PROGRAM, TRIPLED, "")


def test_a_replacement_moves_with_the_lines_it_replaces():
    reply = edit(
        "for i in range(x):\n    total += scale(i)", "for i in range(x):\n    if i:\n        total += scale(i)"
    )
    expected = PARENT.replace("        total += scale(i)\n", "        if i:\n            total += scale(i)\n")
    assert look(reply, form="diff", parent=PARENT).source == expected


def test_lines_are_deleted_by_an_empty_replacement():
    reply = '<<<<<<< SEARCH\n    """Scale it."""\n=======\n>>>>>>> REPLACE'
    assert look(reply, form="diff", parent=PARENT).source == PARENT.replace('    """Scale it."""\n', "")


def test_a_hunk_of_a_diff_says_which_of_two_equal_places_it_means():
    parent = "def f(x):\n    x += 1\n    x *= 2\n    x -= 3\n    x += 1\n    return x\n"
    hunk = "```diff\n@@ -{},1 +{},1 @@\n-    x += 1\n+    x += 5\n```"
    lines = parent.split("\n")
    for number in (2, 5):
        expected = "\n".join("    x += 5" if index + 1 == number else line for index, line in enumerate(lines))
        assert look(hunk.format(number, number), form="diff", parent=parent).source == expected


FAILS = {
    "not there": (
        edit("    while queue:", "    while q:"),
        "the edit was not found; its SEARCH begins with `while queue:`. No line of the program is like it",
    ),
    "like something": (
        edit("    for i in range(n):\n        result += scale(i)", "    pass"),
        "The closest lines of the program are:\nline 12:     for i in range(x):\nline 13:         total += scale(i)",
    ),
    "the second of two": (DOUBLE + "\n" + edit("queue.pop()", "queue.popleft()"), "edit 2 of 2 was not found"),
    "empty": (edit("\n", "x = 1"), "the edit has an empty SEARCH"),
    "no divider": ("<<<<<<< SEARCH\n    y = x * 2\n>>>>>>> REPLACE", "has no line of ======="),
    "no beginning": ("```python\n=======\n    y = x * 3\n>>>>>>> REPLACE\n```", "has no line of <<<<<<< SEARCH"),
    "too many": ((DOUBLE + "\n") * 21, "there are 21 edits, more than 20"),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "detail"), [pytest.param(*case, id=name) for name, case in FAILS.items()])
def test_an_edit_that_fails_says_what_to_do(reply, detail):
    found = look(reply, form="diff", parent=PARENT)
    assert (found.outcome, found.source) == (ReplyOutcome.DIFF_FAILED, None)
    assert detail in found.detail


def test_an_edit_that_fits_two_places_is_not_guessed():
    parent = "def f(x):\n    x += 1\n    x *= 2\n    x += 1\n    return x\n"
    found = look(edit("    x += 1", "    x += 5"), form="diff", parent=parent)
    assert found.outcome is ReplyOutcome.DIFF_FAILED
    assert "fits several places (lines 2, 4)" in found.detail
    assert look(edit("    x += 1\n    x *= 2", "    x = 0"), form="diff", parent=parent).source.count("x += 1") == 1


def test_two_lines_that_are_nearly_what_is_sought_are_not_guessed():
    parent = "def f(a):\n    total_night = sum(a) + 1\n    total_light = sum(a) + 1\n    return total_night\n"
    found = look(edit("    total_fight = sum(a) + 1", "    pass"), form="diff", parent=parent)
    assert "Nearly the same lines stand at lines" in found.detail


def test_an_edit_that_was_cut_off():
    reply = DOUBLE + "\n<<<<<<< SEARCH\n    total = 0\n=======\n    tot"
    assert look(reply, "length", form="diff", parent=PARENT).outcome is ReplyOutcome.TRUNCATED
    assert look(DOUBLE + "\nThis is bec", "length", form="diff", parent=PARENT).source == TRIPLED


def test_an_edit_that_changes_nothing():
    assert look(edit("    y = x * 2", "    y = x * 2"), parent=PARENT).outcome is ReplyOutcome.UNCHANGED


def test_an_underlined_heading_is_no_divider():
    parent = 'def f(x):\n    """\n    Title\n    =====\n    """\n    return x\n'
    reply = edit('    Title\n    =====\n    """\n    return x', '    Title\n    =====\n    """\n    return -x')
    assert look(reply, form="diff", parent=parent).source == parent.replace("return x", "return -x")


# EVOLVE-BLOCKs

NEW_BLOCKS = BLOCKS.replace("    return x\n", "    return x * 2\n")
IN_BLOCKS = {
    "an edit inside": edit("    return x", "    return x * 2"),
    "an edit with the marks in it": edit(
        "# EVOLVE-BLOCK-START\ndef f(x):\n    return x\n# EVOLVE-BLOCK-END",
        "# EVOLVE-BLOCK-START\ndef f(x):\n    return x * 2\n# EVOLVE-BLOCK-END",
    ),
    "the whole program": f"```python\n{NEW_BLOCKS}```",
    "the whole program, changed outside": f"```python\n{NEW_BLOCKS.replace('f(1)', 'f(2)')}```",
    "the block with its marks": "```python\n# EVOLVE-BLOCK-START\ndef f(x):\n    return x * 2\n# EVOLVE-BLOCK-END\n```",
    "the block's content": "```python\ndef f(x):\n    return x * 2\n```",
    "the whole program without marks": "```python\nimport math\n"
    "def f(x):\n    return x * 2\n\ndef main():\n    return f(1)\n```",
}


@pytest.mark.parametrize("reply", [pytest.param(text, id=name) for name, text in IN_BLOCKS.items()])
def test_only_what_is_in_the_block_changes(reply):
    found = look(reply, form="diff", parent=BLOCKS)
    assert (found.outcome, found.source) == (ReplyOutcome.PROGRAM, NEW_BLOCKS)


def test_an_edit_outside_the_block_is_refused():
    found = look(edit("    return f(1)", "    return f(2)"), form="diff", parent=BLOCKS)
    assert found.outcome is ReplyOutcome.DIFF_FAILED
    assert "changes line 7, which is outside the EVOLVE-BLOCK" in found.detail


def test_a_line_that_stands_inside_and_outside_means_the_one_inside():
    parent = BLOCKS.replace("return f(1)", "return x")
    assert look(edit("    return x", "    return 7"), form="diff", parent=parent).source == parent.replace(
        "x\n#", "7\n#"
    )


def test_a_rewrite_without_marks_that_changes_the_outside_loses_the_block():
    found = look("```python\nimport math\ndef f(x):\n    return 2\n\ndef main():\n    return f(2)\n```", parent=BLOCKS)
    assert (found.outcome, found.source) == (ReplyOutcome.LOST_BLOCKS, None)
    assert "keep both lines" in found.detail


def test_a_rewrite_with_another_number_of_blocks_loses_them():
    parent = BLOCKS + "# EVOLVE-BLOCK-START\nA = 1\n# EVOLVE-BLOCK-END\n"
    found = look(f"```python\n{NEW_BLOCKS}```", parent=parent)
    assert found.outcome is ReplyOutcome.LOST_BLOCKS
    assert "the program has 2 EVOLVE-BLOCKs, the reply has 1" in found.detail


def test_the_content_of_a_block_inside_a_function_is_indented_as_it_was():
    parent = "def f(x):\n    # EVOLVE-BLOCK-START\n    y = x\n    # EVOLVE-BLOCK-END\n    return y\n"
    assert look("```python\ny = x * 2\n```", parent=parent).source == parent.replace("y = x", "y = x * 2")


# Hostile replies

PIECES = [
    "```", "```python\n", "~~~\n", "\n", "    ", "def f(x):\n", "return x\n", "<<<<<<< SEARCH\n", "=======\n",
    ">>>>>>> REPLACE\n", "@@ -1,3 +1,3 @@\n", "+", "-", "<think>", "</think>\n", "# EVOLVE-BLOCK-START\n", '"""', "#",
    "# EVOLVE-BLOCK-END\n", ">>> ", "... ", "{", '{"code": "', '"}', "import math\n", "\r", "\x00", "\ud800",
    "y = x * 2\n",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join),
    st.sampled_from(["stop", "length", "content_filter", ""]),
    st.sampled_from(["program", "diff"]),
    st.sampled_from([None, "", PARENT, BLOCKS]),
    st.sampled_from([(), ("f",), ("f", "scale")]),
)
def test_it_never_raises_and_a_program_has_a_source(text, finish, form, parent, entry):
    found = look(text, finish, form, parent, entry)
    if found.outcome is ReplyOutcome.PROGRAM:
        assert found.source.strip()
        assert found.source.endswith("\n")
        assert found.detail == ""
    else:
        assert found.detail


def work(text, **given):
    """How many lines of Python run while a reply is looked at."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        look(text, **given)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece", [*PIECES, '"""\n', "```python\n```\n", "```\n", "<think></think>", "@@ -1\n+a\n", DOUBLE + "\n"]
)
def test_the_work_grows_no_faster_than_the_reply(piece):
    short, long = (work(piece * count, parent=PARENT, form="diff") for count in (500, 1000))
    assert long <= 2.5 * short + 5_000


def test_a_long_parent_is_looked_through_once_and_not_for_every_block(monkeypatch):
    parent = "".join(f"def part{number}(x):\n    return x\n" for number in range(500))
    looked = []
    defined = programs._DEFINED
    counting = SimpleNamespace(findall=lambda text: looked.append(len(text)) or defined.findall(text))
    monkeypatch.setattr(programs, "_DEFINED", counting)
    look("```python\nx\n```\n" * 1_000, parent=parent, entry=())
    assert looked.count(len(parent)) <= 3


@settings(max_examples=20)
@given(st.sampled_from(PIECES), st.sampled_from(PIECES))
def test_a_huge_reply_of_one_kind_is_looked_at(one, other):
    text = (one + other) * (200_000 // len(one + other))
    assert look(text, parent=PARENT, form="diff").outcome in ReplyOutcome


def test_imports_that_the_reply_leaves_out_are_its_parents():
    parent = (
        "import math\nfrom random import (\n    seed,\n)\nimport numpy as np\n\n\ndef f(x):\n    return np.zeros(x)\n"
    )
    found = look("```python\ndef f(x):\n    return np.ones(x)\n```", parent=parent)
    assert found.source == "import numpy as np\n\ndef f(x):\n    return np.ones(x)\n"
    its_own = "import numpy as np\n\n\ndef f(x):\n    return np.ones(x) * math.pi\n"
    assert look(f"```python\n{its_own}```", parent=parent).source == f"import math\n\n{its_own}"
    local = "def f(x):\n    import numpy as np\n    return np.ones(x)\n"
    assert look(f"```python\n{local}```", parent=parent).source == f"import numpy as np\n\n{local}"
