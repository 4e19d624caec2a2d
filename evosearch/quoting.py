r"""Quotes hostile text in a prompt, so that it cannot talk to the model as if it were us.

A program's answer, its exceptions, what it printed, and its very source may hold what a model obeys: the tokens that
end a turn and begin another, a fence that closes ours, escape sequences, characters that cannot be seen. Nothing of
that kind leaves here. Two ways of quoting:

* Data (`clean`, `fenced`) is bounded in characters and lines, and whatever has a meaning in a prompt is broken up.
* A program's source (`source_fence`) stays as it is, since a model is to copy lines of it, but for two things. Control
  characters and the like are written as Python writes them in a literal (`\x1b`), where they mean the same. Tokens of
  chat templates lose their shape: `<|im_start|>` becomes `\x3c|im_start|>`, which in a literal is the same text, and
  `<s>` becomes `< s>`, which in code is the same comparison.
"""

import re
from typing import Final

LIMIT: Final = 2_000
"""Characters of quoted data, unless a caller says otherwise."""
MAX_LINES: Final = 40
MAX_LINE: Final = 300
"""Characters of one line of quoted data."""

#: Sequences of a terminal: colours and cursor movements, and titles of windows. They carry nothing.
_TERMINAL: Final = re.compile("(?:\x1b\\[|\x9b)[0-9:;<=>?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b\n]*\x07?")
#: C0 without tab and newline, DEL and C1; what cannot be seen, turns the direction of writing or ends a line in some
#: readers; private use, where some templates keep their tokens; lone surrogates; tags.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ue000-\uf8ff\ud800-\udfff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
#: ChatML, Llama 3, Phi and all others with a bar, DeepSeek's fullwidth bar among them.
_BAR: Final = re.compile("<(?=[|\uff5c])")
#: Llama 2 and Mistral ([INST], <<SYS>>, [TOOL_CALLS]), sentence marks, Gemma's turns, thoughts, tools.
_TAG: Final = re.compile(
    r"\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|IMG|SUFFIX|PREFIX|MIDDLE)\])"
    r"|<(?=<?/?(?:SYS)>)"
    r"|<(?=/?(?:s|bos|eos|pad|unk|mask|think|thinking|thought|reasoning|tool_call|tool_response|tools|function_calls"
    r"|start_of_turn|end_of_turn|fim_prefix|fim_middle|fim_suffix|fim_pad|file_sep|repo_name"
    r"|endoftext|start_of_role|end_of_role|end_of_text|begin_of_text|system|assistant|user|human)>)",
    re.IGNORECASE,
)
#: What replies are made of: fences, and the marks of edits.
_FENCE: Final = re.compile("`{3,}|~{3,}")
_EDIT_MARK: Final = re.compile(r"^([ \t]*)([<=>])(?=[<=>]{4})", re.MULTILINE)
_BLOCK_MARK: Final = re.compile("EVOLVE-BLOCK")


def clean(text: str, limit: int = LIMIT) -> str:
    """Make data harmless, and short.

    Args:
        text: Anything.
        limit: Characters that are kept; at most `MAX_LINES` lines of `MAX_LINE` characters each.

    Returns:
        Text that no chat template, fence or edit mark is found in. Where something was cut a note says how much; the
        notes come on top of the limit.
    """
    return _bounded(_neutral(text).strip("\n"), limit)


def fenced(text: str, language: str = "", limit: int = LIMIT) -> str:
    """Clean data inside a fence that it cannot close.

    Args:
        text: Anything.
        language: What the fence is marked with.
        limit: As in `clean`.
    """
    return _fence(clean(text, limit), language)


def source_fence(source: str, language: str = "python") -> str:
    """A program's source in a fence longer than any run of backticks in it; see the module for what changes."""
    return _fence(_break_tokens(_visible(_one_newline(source))).strip("\n"), language)


def one_line(text: str, limit: int = MAX_LINE) -> str:
    """Clean data on a single line: a name, or a value."""
    return _cut(_neutral(" ".join(text.split())), limit)


def _fence(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _neutral(text: str) -> str:
    text = _break_tokens(_visible(_TERMINAL.sub("", _one_newline(text))))
    text = _FENCE.sub(lambda run: "'" * len(run[0]), text)
    text = _EDIT_MARK.sub(r"\1\2 ", text)
    return _BLOCK_MARK.sub("EVOLVE BLOCK", text)


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _visible(text: str) -> str:
    return _UNSEEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def _break_tokens(text: str) -> str:
    return _TAG.sub(lambda match: f"{match[0]} ", _BAR.sub(r"\\x3c", text))


def _bounded(text: str, limit: int) -> str:
    lines = text[:limit].split("\n")[:MAX_LINES]
    left = len(text) - len("\n".join(lines))
    kept = "\n".join(_cut(line, MAX_LINE) for line in lines)
    return f"{kept}\n… ({left:,} more characters)" if left else kept


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[:length]}… ({len(line) - length:,} more characters)"
