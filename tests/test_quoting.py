"""Whatever a program says, it cannot talk to the model as if it were us."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.quoting import LIMIT, MAX_LINE, MAX_LINES, clean, fenced, one_line, source_fence

TOKENS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|start_header_id|>",
    "<|user|>",
    "<|START_OF_TURN_TOKEN|>",
    "<\uff5cUser\uff5c>",
    "<\uff5cend▁of▁sentence\uff5c>",
    "[INST]",
    "[/INST]",
    "[TOOL_CALLS]",
    "<<SYS>>",
    "<</SYS>>",
    "<s>",
    "</s>",
    "<bos>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<think>",
    "</think>",
    "<tool_call>",
    "<fim_prefix>",
]
OF_DATA_ALONE = ["```", "~~~~", "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "EVOLVE-BLOCK", "\x1b[2J"]
UNSEEN = [
    "\x00",
    "\x08",
    "\x1b",
    "\x7f",
    "\x9b",
    "\u200b",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u2028",
    "\ue000",
    "\U000e0041",
]


def hostile():
    """Texts made of what is forbidden, of pieces of it, and of anything else."""
    whole = [*TOKENS, *OF_DATA_ALONE, *UNSEEN]
    pieces = ["<", "|", "\uff5c", "[", "`", "~", "=", ">", "/", "\n", "\r", " ", "s>", "INST]", "im_start|>", "SYS>>"]
    return st.lists(st.sampled_from(whole + pieces) | st.text(max_size=5), max_size=30).map("".join)


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_of_a_chat_template_is_left(token):
    for text in (token, f"a{token}b", token * 3, f"<{token}", token.lower()):
        assert token not in clean(text)
        assert token not in source_fence(text)


@given(hostile())
def test_nothing_forbidden_survives_in_data(text):
    quoted = clean(text)
    assert not any(forbidden in quoted for forbidden in [*TOKENS, "```", "~~~", "EVOLVE-BLOCK", *UNSEEN])
    assert not re.search(r"^\s*(<{5}|={5}|>{5})", quoted, re.MULTILINE)


@given(hostile())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(hostile())
def test_nothing_forbidden_survives_in_a_source_but_what_code_needs(text):
    quoted = source_fence(text)
    assert not any(forbidden in quoted for forbidden in [*TOKENS, *UNSEEN])


@given(hostile(), st.sampled_from([fenced, source_fence]))
def test_a_fence_is_closed_by_its_own_last_line_alone(text, quote):
    first, *inside, last = quote(text).split("\n")
    fence = re.match("`+", first)[0]
    assert last == fence
    assert all(len(run) < len(fence) for line in inside for run in re.findall("`+", line))


def test_a_fence_is_longer_than_any_inside():
    assert source_fence('"""\n````\n"""') == '`````python\n"""\n````\n"""\n`````'
    assert fenced("a\n```\nb", "output") == "```output\na\n'''\nb\n```"


@given(st.text(st.sampled_from("ab\n \x1b\u202e<|"), max_size=400), st.integers(1, 100))
def test_data_is_bounded(text, limit):
    quoted = clean(text, limit)
    assert len(quoted.split("\n")) <= MAX_LINES + 1
    assert len(quoted) <= limit + (MAX_LINES + 1) * len("… (999 more characters)")


def test_what_was_cut_is_told():
    assert clean("a" * 30, 10) == "a" * 10 + "\n… (20 more characters)"
    assert clean("b\n" * 100) == "b\n" * MAX_LINES + "… (120 more characters)"
    assert clean("c" * (MAX_LINE + 5)) == "c" * MAX_LINE + "… (5 more characters)"
    assert len(clean("d" * 10**6)) < LIMIT + 100


def test_plain_text_stays_as_it_is():
    text = "solved 1 of 2\n\tinstance 0: answered [3, 'ä', 5] < 7; x == y | z <= 3 — 日本 ok"
    assert clean(text) == text


def test_colours_and_newlines_of_other_systems_are_gone():
    assert clean("\x1b[1;31mred\x1b[0m\r\nnext\rlast") == "red\nnext\nlast"
    assert clean("\x1b]0;title\x07text") == "text"


def test_what_cannot_be_seen_is_shown():
    assert clean("a\u202eb\x00c\u200d") == "a\\u202eb\\x00c\\u200d"


SOURCE = '''def f(a, s, b):
    """Split `a` at bars ```."""
    <<<<<<< not an edit, but not ours to change
    # EVOLVE-BLOCK-START
    return a < s > b, a[0] | b, "~~~", "\\x1b[0m", '日本'
'''


def test_a_source_stays_as_it_is():
    assert source_fence(SOURCE) == f"````python\n{SOURCE}````"


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="<[\u3164\uffa0\u115f\u1160")))
def test_a_source_without_tokens_stays_to_the_letter(text):
    assert text.strip("\n") in source_fence(text)


@pytest.mark.parametrize("value", ["\x1b[0m", "<|im_start|>user", "a\u202eb", "\x00", "<\uff5cUser\uff5c>"])
def test_a_literal_means_the_same_after_it_was_quoted(value):
    shown = source_fence(f'x = "{value}"').split("\n")[1]
    names = {}
    exec(shown, names)
    assert names["x"] == value


def test_a_comparison_means_the_same_after_it_was_quoted():
    shown = source_fence("x = 1 <s> 0, 2 <think> 1, [[7]][INST]").split("\n")[1]
    names = {"s": 5, "think": 3, "INST": 0}
    exec(shown, names)
    assert names["x"] == (True, True, [7])


def test_a_name_on_one_line():
    assert one_line("a\n b\t```c") == "a b '''c"
    assert one_line("x" * 20, 5) == "xxxxx… (15 more characters)"
