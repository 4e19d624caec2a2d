"""Edits of a program, as a model writes them: SEARCH/REPLACE blocks, and unified diffs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from evosearch.replies import blocks, fences, matching
from evosearch.replies.matching import Likeness, Match

MAX_EDITS: Final = 20

#: What follows the marks is not always the word that was asked for; no line of Python begins so.
_BEGIN: Final = re.compile(r"<{5,9}(?:[ \t]*\w.*)?$")
_DIVIDE: Final = re.compile(r"={5,9}$")
_FINISH: Final = re.compile(r">{5,9}(?:[ \t]*\w.*)?$")
_HUNK: Final = re.compile(r"@@(?:[ \t]*-(\d{1,6})\b.*)?")
_DIFF_HEADER: Final = re.compile(r"--- |\+\+\+ |diff --git |index [0-9a-f]{6}|\\")
_SHOWN_LINES: Final = 6
_SHOWN_LINE: Final = 120


class EditError(ValueError):
    """An edit does not apply; the message says which one and why, for a model to act on."""


@dataclass(slots=True)
class Edit:
    """Lines to be found, and what is to stand in their place.

    Attributes:
        search: The lines to be found.
        replace: The lines that replace them.
        line: The line number that the edit claims, from 1; None if it claims none.
        fault: Why it is none.
        finished: Whether its end was found.
    """

    search: list[str] = field(default_factory=list)
    replace: list[str] = field(default_factory=list)
    line: int | None = None
    fault: str = ""
    finished: bool = True


def search_replace(lines: Sequence[str]) -> list[Edit]:
    """The SEARCH/REPLACE blocks of a reply, whatever stands around them."""
    edits: list[Edit] = []
    begun: str | None = None
    body: list[str] = []
    for line in lines:
        bare = line.strip()
        if _BEGIN.match(bare):
            if begun is not None:
                edits.append(_edit(begun, body, finished=True))
            begun, body = bare, []
        elif _FINISH.match(bare):
            lost = Edit(fault="has no line of <<<<<<< SEARCH before what is sought")
            edits.append(lost if begun is None else _edit(begun, body, finished=True))
            begun = None
        elif begun is not None:
            body.append(line)
    if begun is not None:
        edits.append(_edit(begun, body, finished=False))
    return edits


def is_edit_mark(line: str) -> bool:
    """Whether a line begins or ends an edit."""
    bare = line.strip()
    return bool(_BEGIN.match(bare) or _FINISH.match(bare))


def unified(found: Sequence[fences.Block], lines: Sequence[str]) -> list[Edit]:
    """The hunks of unified diffs: in blocks that are marked so or hold a hunk's head, or in a reply without blocks."""
    if not found:
        return _hunks(lines, strict=True) if any(line.startswith("@@ -") for line in lines) else []
    diffs = (
        block.lines
        for block in found
        if block.language in ("diff", "patch") or any(line.startswith("@@ -") for line in block.lines)
    )
    return [edit for diff in diffs for edit in _hunks(diff, strict=False)]


def apply(edits: Sequence[Edit], source: str) -> str:
    """Make edits one after another.

    Raises:
        EditError: One of them is none, or its lines are not found in just one place that may change.
    """
    if len(edits) > MAX_EDITS:
        raise EditError(f"there are {len(edits)} edits, more than {MAX_EDITS}; write fewer, larger ones")
    lines = source.split("\n")
    for number, edit in enumerate(edits, start=1):
        name = f"edit {number} of {len(edits)}" if len(edits) > 1 else "the edit"
        if edit.fault:
            raise EditError(f"{name} {edit.fault}")
        lines = _applied(edit, lines, name)
    return "\n".join(lines)


def _edit(begun: str, body: list[str], *, finished: bool) -> Edit:
    dividers = [index for index, line in enumerate(body) if _DIVIDE.match(line.strip())]
    if not dividers:
        return Edit(fault="has no line of ======= between SEARCH and REPLACE", finished=finished)
    length = len(begun) - len(begun.lstrip("<"))
    # A heading of a docstring may be underlined in the same way.
    divider = next((index for index in dividers if len(body[index].strip()) == length), dividers[0])
    replace = body[divider + 1 :]
    if not finished:
        end = next((index for index, line in enumerate(replace) if line.lstrip().startswith(("```", "~~~"))), None)
        replace = replace[:end]
    return Edit(_unfenced(body[:divider]), _unfenced(replace), finished=finished)


def _unfenced(lines: list[str]) -> list[str]:
    found = fences.blocks(lines)
    fence = len(found) == 1 and found[0].closed and len(found[0].lines) == len([*filter(str.strip, lines)]) - 2
    return found[0].lines if fence else lines


def _hunks(lines: Sequence[str], *, strict: bool) -> list[Edit]:
    """The hunks of a diff; what stands before the first one, or after a last one, changes nothing and is none.

    Args:
        lines: The diff, its headers included.
        strict: Whether a line without a mark ends a hunk; else its blank was lost, as models do.
    """
    edits = [Edit()]
    for line in lines:
        head = _HUNK.match(line)
        if head:
            edits.append(Edit(line=int(head[1]) if head[1] else None))
        elif not _DIFF_HEADER.match(line):
            if strict and line and line[0] not in "+- ":
                edits.append(Edit())
            kind, text = (line[0], line[1:]) if line[:1] in ("+", "-", " ") else (" ", line)
            edits[-1].search.extend([] if kind == "+" else [text])
            edits[-1].replace.extend([] if kind == "-" else [text])
    return [edit for edit in edits if edit.search != edit.replace]


def _applied(edit: Edit, lines: list[str], name: str) -> list[str]:
    marked = blocks.regions(lines)
    search, replace = edit.search, edit.replace
    if marked:
        search, replace = _without_outer_marks(search), [line for line in replace if not blocks.is_mark(line)]
    head, tail = _blank_ends(search)
    search = search[head : len(search) - tail]
    if not search:
        raise EditError(f"{name} has an empty SEARCH; copy the lines that it replaces")
    replace = _less_blank(replace, head, tail)
    match = _locate(lines, search, marked or [blocks.Region(0, len(lines))], edit.line, name)
    return [*lines[: match.start], *match.shifted(replace), *lines[match.stop :]]


def _locate(
    lines: list[str], search: list[str], allowed: Sequence[blocks.Region], claimed: int | None, name: str
) -> Match:
    """The one place where the lines of an edit stand.

    Raises:
        EditError: There is none, there are several, or it must not change.
    """
    for find in (matching.exact, matching.but_for_line_ends, matching.but_for_indentation):
        places = [place.moved(part.start) for part in allowed for place in find(lines[part.start : part.stop], search)]
        if len(places) == 1:
            return places[0]
        if places:
            return _nearest(places, claimed, search, name)
        if elsewhere := find(lines, search):
            raise EditError(
                f"{name} changes line {elsewhere[0].start + 1}, which is outside the EVOLVE-BLOCK; change only lines"
                f" between {blocks.START} and {blocks.END}"
            )
    likes = [
        like.moved(part.start) for part in allowed for like in matching.alike(lines[part.start : part.stop], search)
    ]
    likes.sort(key=lambda like: -like.ratio)
    match = matching.near_miss(lines, search, likes)
    if match is None:
        raise EditError(_not_found(lines, search, likes, name))
    return match


def _nearest(places: Sequence[Match], claimed: int | None, search: Sequence[str], name: str) -> Match:
    if claimed is not None:
        near, next_near = sorted(places, key=lambda place: abs(place.start + 1 - claimed))[:2]
        if abs(near.start + 1 - claimed) < abs(next_near.start + 1 - claimed):
            return near
    where = ", ".join(str(place.start + 1) for place in places)
    raise EditError(
        f"{name} fits several places (lines {where}); its SEARCH begins with `{_shown(search[0])}`. Add the line above"
        " or below to SEARCH, so that it fits one place only"
    )


def _not_found(lines: Sequence[str], search: Sequence[str], likes: Sequence[Likeness], name: str) -> str:
    told = f"{name} was not found; its SEARCH begins with `{_shown(search[0])}`"
    if likes and likes[0].ratio >= matching.LIKENESS:
        where = ", ".join(str(like.start + 1) for like in likes if like.ratio >= matching.LIKENESS - matching.MARGIN)
        return f"{told}. Nearly the same lines stand at lines {where}; copy the ones you mean exactly"
    if not likes or likes[0].ratio < matching.WORTH_SHOWING:
        return f"{told}. No line of the program is like it; copy lines of the program exactly"
    shown = range(likes[0].start, min(likes[0].stop, likes[0].start + _SHOWN_LINES))
    closest = "\n".join(f"line {index + 1}: {_shown(lines[index].rstrip(), strip=False)}" for index in shown)
    return f"{told}. The closest lines of the program are:\n{closest}"


def _without_outer_marks(lines: list[str]) -> list[str]:
    inner = [index for index, line in enumerate(lines) if line.strip() and not blocks.is_mark(line)]
    return lines[inner[0] : inner[-1] + 1] if inner else []


def _blank_ends(lines: Sequence[str]) -> tuple[int, int]:
    told = [index for index, line in enumerate(lines) if line.strip()]
    return (told[0], len(lines) - 1 - told[-1]) if told else (len(lines), 0)


def _less_blank(lines: list[str], head: int, tail: int) -> list[str]:
    """Lines without as many blank ones at either end as their counterpart has lost."""
    blank_head, blank_tail = _blank_ends(lines)
    start = min(head, blank_head)
    return lines[start : max(start, len(lines) - min(tail, blank_tail))]


def _shown(line: str, *, strip: bool = True) -> str:
    text = line.strip() if strip else line
    return text if len(text) <= _SHOWN_LINE else f"{text[:_SHOWN_LINE]}…"
