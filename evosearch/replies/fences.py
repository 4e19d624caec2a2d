"""Splits a reply into its fenced blocks: by the rules of CommonMark, and past the ways in which models break them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_THOUGHT: Final = re.compile(r"\s*<(think|thinking|thought|reasoning)>")
_CODE_KEYS: Final = ("code", "program", "source", "python", "solution")
_OPENING: Final = re.compile(r"[ \t]*(`{3,}|~{3,})([^`]*)$")
_OPENING_AFTER_WORDS: Final = re.compile(r"[^`]*[^`\s][ \t]*(`{3,})(python|py)[ \t]*$", re.IGNORECASE)
_CLOSING_AFTER_CODE: Final = re.compile(r"([^`]*[^`\s])[ \t]*(`{3,})[ \t]*$")
_TAG: Final = re.compile(r"[\w+#.-]+")
_QUOTES_OR_COMMENT: Final = re.compile("\"\"\"|'''|#")


@dataclass(slots=True)
class Block:
    """One fenced block.

    Attributes:
        language: The fence's tag in lower case, `py` for a file of that kind; empty if it has none.
        lines: What stands in it.
        closed: Whether its end was found.
    """

    language: str
    lines: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def text(self) -> str:
        """What stands in it."""
        return "\n".join(self.lines)


def without_thoughts(text: str) -> tuple[str, bool]:
    """Cut away what a model thought aloud before it answered.

    Returns:
        The rest, and whether there is one: a thought that never ends leaves none.
    """
    place = 0
    while thought := _THOUGHT.match(text, place):
        tag = f"</{thought[1]}>"
        end = text.find(tag, thought.end())
        if end < 0:
            return "", False
        place = end + len(tag)
    rest = text[place:]
    # Some templates put the opening tag into the prompt, so that the reply holds the closing one alone.
    if "<think>" not in rest:
        before, tag, after = rest.partition("</think>\n")
        if tag and "\n" in before:
            return after, True
        if rest.rstrip().endswith("</think>"):
            return "", False
    return rest, True


def unwrapped(text: str) -> str:
    """The code in a reply that is a JSON object with one, alone or as its only block; any other reply as it is."""
    whole = text.strip()
    if not whole.startswith("{"):
        found = blocks(whole.split("\n"))
        if len(found) != 1 or found[0].language not in ("json", ""):
            return text
        whole = found[0].text.strip()
    if not (whole.startswith("{") and whole.endswith("}")):
        return text
    try:
        fields = json.loads(whole, strict=False)
    except (ValueError, RecursionError):
        return text
    return next((fields[key] for key in _CODE_KEYS if isinstance(fields.get(key), str)), text)


def blocks(lines: list[str]) -> list[Block]:
    """All fenced blocks of a reply, in order.

    A fence inside a string of three quotes does not close a block; but if that leaves the block open to the end of
    the reply, then the quotes were misread, and the first fence closes it after all.
    """
    found = list(_split(lines, mind_quotes=True))
    if found and not found[-1].closed:
        found = list(_split(lines, mind_quotes=False))
    return found


def _split(lines: list[str], *, mind_quotes: bool) -> Iterator[Block]:
    block, fence, quotes = None, "", _Quotes()
    for line in lines:
        if block is None:
            opening = _OPENING.match(line) or _OPENING_AFTER_WORDS.match(line)
            if opening:
                block, fence, quotes = Block(_language(opening[2])), opening[1], _Quotes()
            continue
        inside = mind_quotes and quotes.open
        closing = None if inside else _closing(line, fence)
        if closing is None:
            block.lines.append(line)
            quotes.read(line)
            continue
        block.lines += [closing] if closing else []
        block.closed = True
        yield block
        block = None
    if block is not None:
        yield block


def _closing(line: str, fence: str) -> str | None:
    """What stands on a line before the fence that closes a block; None if the line does not close it."""
    bare = line.strip()
    if len(bare) >= len(fence) and bare == fence[0] * len(bare):
        return ""
    after_code = _CLOSING_AFTER_CODE.match(line) if fence[0] == "`" else None
    return after_code[1] if after_code and len(after_code[2]) >= len(fence) else None


class _Quotes:
    """Whether a string of three quotes is open, judged by the quotes alone."""

    def __init__(self) -> None:
        self._open = ""

    @property
    def open(self) -> bool:
        return bool(self._open)

    def read(self, line: str) -> None:
        place = 0
        while place < len(line):
            if self._open:
                end = line.find(self._open, place)
                if end < 0:
                    return
                self._open, place = "", end + 3
                continue
            start = _QUOTES_OR_COMMENT.search(line, place)
            if start is None or start[0] == "#":
                return
            self._open, place = start[0], start.end()


def _language(info: str) -> str:
    found = _TAG.search(info)
    tag = found[0].lower() if found else ""
    return "py" if tag.endswith(".py") else tag.removeprefix("language-")
