"""EVOLVE-BLOCKs: the parts of a program that may change, between comments `# EVOLVE-BLOCK-START` and `-END`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

START: Final = "EVOLVE-BLOCK-START"
END: Final = "EVOLVE-BLOCK-END"

_NAMED: Final = re.compile(r"[ \t]*(?:async[ \t]+def|def|class)[ \t]+(\w+)")


class LostBlocksError(ValueError):
    """A reply cannot be fitted into the blocks of its parent; the message says why, for a model to read."""


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that may change: from `start` up to `stop`, its marks left out."""

    start: int
    stop: int


def is_mark(line: str) -> bool:
    """Whether a line begins or ends a block."""
    bare = line.lstrip()
    return bare.startswith("#") and (START in bare or END in bare)


def regions(lines: Sequence[str]) -> list[Region]:
    """The blocks of a program; one that is never ended goes on to the end of the text."""
    found: list[Region] = []
    start: int | None = None
    for index, line in enumerate(lines):
        if not is_mark(line):
            continue
        if START in line and start is None:
            start = index + 1
        elif END in line and start is not None:
            found.append(Region(start, index))
            start = None
    if start is not None:
        found.append(Region(start, len(lines)))
    return found


def restore(source: str, parent: str) -> str:
    """Put what a reply has in its blocks into its parent, whose outside stays.

    A reply without marks to a parent with one block may be the whole program, its outside as it was, or the block's
    content alone: it is that if it defines something of the block's and nothing of what is outside.

    Raises:
        LostBlocksError: It cannot be told what belongs where.
    """
    new, old = source.rstrip().split("\n"), parent.split("\n")
    ours, theirs = regions(old), regions(new)
    if not ours:
        return source
    if len(ours) == len(theirs):
        return _joined(old, ours, [new[region.start : region.stop] for region in theirs])
    if len(ours) == 1 and not theirs:
        return _joined(old, ours, [_content(new, old, ours[0])])
    raise LostBlocksError(
        f"the program has {_blocks(len(ours))}, the reply has {len(theirs)}; keep every line with {START} or {END}"
    )


def _joined(old: Sequence[str], ours: Sequence[Region], contents: Sequence[Sequence[str]]) -> str:
    lines: list[str] = []
    place = 0
    for region, content in zip(ours, contents, strict=True):
        lines += [*old[place : region.start], *content]
        place = region.stop
    return "\n".join([*lines, *old[place:]])


def _content(new: Sequence[str], old: Sequence[str], block: Region) -> list[str]:
    before, after = _told(old[: block.start]), _told(old[block.stop :])
    told = [index for index, line in enumerate(new) if line.strip() and not is_mark(line)]
    texts = [new[index].rstrip() for index in told]
    whole = len(texts) >= len(before) + len(after)
    if whole and texts[: len(before)] == before and texts[len(texts) - len(after) :] == after and (before or after):
        inner = told[len(before) : len(told) - len(after)]
        return list(new[inner[0] : inner[-1] + 1]) if inner else []
    inside, outside = _names(old[block.start : block.stop]), _names([*old[: block.start], *old[block.stop :]])
    given = _names(new)
    if given & outside or (inside and not given & inside):
        raise LostBlocksError(
            f"the reply has no lines {START} and {END}, and changes the program outside them; keep both lines, and"
            " change only what is between them"
        )
    return _indented(new, old[block.start : block.stop])


def _told(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip() and not is_mark(line)]


def _names(lines: Sequence[str]) -> set[str]:
    return {match[1] for line in lines if (match := _NAMED.match(line))}


def _indented(new: Sequence[str], inside: Sequence[str]) -> list[str]:
    """A block's content as deep as it was; a reply has its common indentation removed."""
    depths = [len(line) - len(line.lstrip()) for line in inside if line.strip()]
    indent = next((line[: min(depths)] for line in inside if line.strip()), "") if depths else ""
    return [indent + line if line.strip() else line for line in new]


def _blocks(count: int) -> str:
    return "1 EVOLVE-BLOCK" if count == 1 else f"{count} EVOLVE-BLOCKs"
