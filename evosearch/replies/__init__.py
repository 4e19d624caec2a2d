"""Finds the program in a model's reply: text in, text out. Nothing is parsed or run here, and time is linear.

fences      thoughts, JSON around it, fenced blocks
programs    which of the blocks is the program
edits       SEARCH/REPLACE blocks and unified diffs, made in the parent
matching    which lines of the parent an edit means
blocks      EVOLVE-BLOCKs: what is outside stays the parent's
"""

from dataclasses import dataclass
from typing import Final, Literal

from evosearch.replies import blocks, edits, fences, programs
from evosearch.replies.edits import Edit, EditError
from evosearch.types import ReplyOutcome

MAX_SOURCE: Final = 100_000
"""Characters of a program."""
MAX_REPLY: Final = 1_000_000
"""Characters of a reply that are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a reply.

    Attributes:
        outcome: `program`, or why there is none.
        source: The program's text; None if there is none.
        detail: What is wrong, in words for a model to learn from. It may quote the reply and the parent.
    """

    outcome: ReplyOutcome
    source: str | None = None
    detail: str = ""


def find(
    text: str, *, finish: str, form: Literal["program", "diff"], parent: str | None, entry: tuple[str, ...]
) -> Found:
    """Find the program in a reply. Never raises, whatever the reply is.

    A whole program is taken where edits were asked for, and the other way round.

    Args:
        text: The reply.
        finish: Why it ended: `stop`, `length`, or the provider's own word.
        form: What was asked for: a whole program, or edits of the parent.
        parent: The source that edits are made in, and that the program must differ from; None if there is none.
        entry: Names that the program has to define; empty if they are not known.
    """
    if len(text) > MAX_REPLY:
        return Found(ReplyOutcome.TOO_LONG, detail=f"the reply has {len(text):,} characters; {MAX_REPLY:,} are allowed")
    rest, answered = fences.without_thoughts(_one_newline(text))
    if not rest.strip():
        return _nothing(text, finish, answered=answered)
    lines = _one_newline(fences.unwrapped(rest)).split("\n")
    reply = _Reply(lines, fences.blocks(lines), cut=finish == "length")
    changes = edits.search_replace(lines) or edits.unified(reply.blocks, lines)
    candidate = _program(reply, parent, entry, beside_edits=bool(changes))
    if changes and (form == "diff" or candidate is None):
        edited = _edited(changes, parent, entry, cut=reply.cut)
        # Edits that fail do no harm if the whole program stands beside them.
        if edited.source is not None or candidate is None:
            return edited
    if candidate is None:
        return _no_program(reply, finish)
    return _finished(programs.with_imports(candidate, parent) if parent else candidate, parent)


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply without thoughts, its fenced blocks, and whether it was cut off."""

    lines: list[str]
    blocks: list[fences.Block]
    cut: bool


def _program(reply: _Reply, parent: str | None, entry: tuple[str, ...], *, beside_edits: bool) -> str | None:
    """The whole program in a reply, if it holds one that was not cut off."""
    if not reply.blocks:
        return None if reply.cut or beside_edits else programs.unfenced(reply.lines) or None
    ended = [block for block in reply.blocks if block.closed or not reply.cut]
    usable = [block for block in ended if not any(map(edits.is_edit_mark, block.lines))]
    source = programs.program(programs.python_blocks(usable), entry, parent)
    if source is None:
        return None
    whole = programs.is_whole(source, entry, parent)
    if beside_edits:
        return source if entry and whole else None
    if len(ended) < len(reply.blocks):
        # What was cut off may be the answer, and this the parent that it quotes.
        return source if whole and not _equal(source, parent) else None
    return source


def _edited(changes: list[Edit], parent: str | None, entry: tuple[str, ...], *, cut: bool) -> Found:
    if cut and not changes[-1].finished:
        return Found(
            ReplyOutcome.TRUNCATED, detail="the reply was cut off inside an edit; write fewer or shorter edits"
        )
    if len(changes) == 1 and not any(map(str.strip, changes[0].search)):
        # A diff of a new file is a whole program.
        source = programs.source_of(changes[0].replace)
        if source and programs.is_whole(source, entry, parent):
            return _finished(source, parent)
    if parent is None:
        return Found(ReplyOutcome.DIFF_FAILED, detail="there is no program to edit; write a whole program")
    try:
        return _finished(edits.apply(changes, parent), parent)
    except EditError as error:
        return Found(ReplyOutcome.DIFF_FAILED, detail=str(error))


def _finished(source: str, parent: str | None) -> Found:
    """A program that was found, fitted into its parent's blocks."""
    if parent is not None:
        try:
            source = blocks.restore(source, parent)
        except blocks.LostBlocksError as error:
            return Found(ReplyOutcome.LOST_BLOCKS, detail=str(error))
    if len(source) > MAX_SOURCE:
        detail = f"the program has {len(source):,} characters; {MAX_SOURCE:,} are allowed"
        return Found(ReplyOutcome.TOO_LONG, detail=detail)
    if _equal(source, parent):
        return Found(ReplyOutcome.UNCHANGED, source, "the program is the one that was to be changed")
    return Found(ReplyOutcome.PROGRAM, source.rstrip() + "\n")


def _nothing(text: str, finish: str, *, answered: bool) -> Found:
    if finish == "length":
        return Found(ReplyOutcome.TRUNCATED, detail="the limit of tokens was used up before the answer began")
    if finish == "content_filter":
        return Found(ReplyOutcome.CONTENT_FILTER, detail="the provider filtered the reply")
    if answered and not text.strip():
        return Found(ReplyOutcome.EMPTY, detail="the reply is empty")
    return Found(ReplyOutcome.NO_CODE, detail="the reply holds thoughts and no answer; write the program after them")


def _no_program(reply: _Reply, finish: str) -> Found:
    if reply.cut and not (reply.blocks and reply.blocks[-1].closed):
        return Found(
            ReplyOutcome.TRUNCATED, detail="the reply was cut off before the program ended; write a shorter one"
        )
    if finish == "content_filter":
        return Found(ReplyOutcome.CONTENT_FILTER, detail="the provider filtered the reply")
    language = programs.foreign_language(reply.blocks)
    if language:
        return Found(ReplyOutcome.WRONG_LANGUAGE, detail=f"the reply is written in {language}; write Python")
    return Found(
        ReplyOutcome.NO_CODE, detail="the reply holds no Python code; write the program in one ```python block"
    )


def _equal(source: str, parent: str | None) -> bool:
    return parent is not None and _without_line_ends(source) == _without_line_ends(parent)


def _without_line_ends(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().split("\n")]


def _one_newline(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
