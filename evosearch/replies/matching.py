"""Finds the lines that an edit means: exactly, then tolerantly, but only where there is no doubt.

A model copies lines from memory: it loses blanks at line ends, shifts the indentation, drops a comment. Each stage
is tried only if the one before found nothing, and a stage that finds two places does not guess.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

LIKENESS: Final = 0.9
"""How alike two texts must be: twice their longest common subsequence over their joint length, blanks aside."""
MARGIN: Final = 0.05
"""How much more alike than any other place the best one must be."""
WORTH_SHOWING: Final = 0.4

_LEAST_CHARACTERS: Final = 10
_MOST_CHARACTERS: Final = 5_000
_COMPARED: Final = 8
_PLACES_LISTED: Final = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A run of lines.

    Attributes:
        start: Index of its first line.
        stop: Index after its last line.
        indent: How far its lines stand to the right of what was sought, as blanks to be added.
        outdent: How many leading blanks they lack.
    """

    start: int
    stop: int
    indent: str = ""
    outdent: int = 0

    def shifted(self, lines: Sequence[str]) -> list[str]:
        """Lines that are to stand where the match is, with its indentation."""
        return [self._shift(line) if line.strip() else line for line in lines]

    def moved(self, lines: int) -> "Match":
        """The same lines, told by their place in a text that has some more before them."""
        return replace(self, start=self.start + lines, stop=self.stop + lines)

    def _shift(self, line: str) -> str:
        drop = min(self.outdent, len(line) - len(line.lstrip()))
        return self.indent + line[drop:]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a run of lines is to what was sought."""

    ratio: float
    start: int
    stop: int

    def moved(self, lines: int) -> "Likeness":
        """The same lines, told by their place in a text that has some more before them."""
        return replace(self, start=self.start + lines, stop=self.stop + lines)

    def overlaps(self, other: "Likeness") -> bool:
        return self.start < other.stop and other.start < self.stop


def exact(lines: Sequence[str], sought: Sequence[str]) -> list[Match]:
    """The places where the lines stand letter by letter; at most a few."""
    return [Match(start, start + len(sought)) for start in _starts(lines, sought)]


def but_for_line_ends(lines: Sequence[str], sought: Sequence[str]) -> list[Match]:
    """The places where they stand but for blanks at line ends."""
    return exact([line.rstrip() for line in lines], [line.rstrip() for line in sought])


def but_for_indentation(lines: Sequence[str], sought: Sequence[str]) -> list[Match]:
    """The places where they stand with every line shifted equally."""
    starts = _starts([line.strip() for line in lines], [line.strip() for line in sought])
    places = (_shift(lines, sought, start) for start in starts)
    return [place for place in places if place is not None]


def alike(lines: Sequence[str], sought: Sequence[str]) -> list[Likeness]:
    """The places most like what is sought, best first, none overlapping a better one. The work is bounded."""
    bare, wanted = [line.strip() for line in lines], "\n".join(line.strip() for line in sought)
    if not _LEAST_CHARACTERS <= len(wanted) <= _MOST_CHARACTERS:
        return []
    sizes = [size for size in (len(sought), len(sought) - 1, len(sought) + 1) if 0 < size <= len(lines)]
    bounds = (bound for size in sizes for bound in _bounds(bare, wanted, size))
    compared = [
        Likeness(likeness("\n".join(bare[start : start + size]), wanted), start, start + size)
        for _, start, size in heapq.nlargest(_COMPARED, bounds)
    ]
    apart: list[Likeness] = []
    for place in sorted(compared, key=lambda one: (-one.ratio, abs(one.stop - one.start - len(sought)), one.start)):
        if not any(place.overlaps(better) for better in apart):
            apart.append(place)
    return apart


def near_miss(lines: Sequence[str], sought: Sequence[str], places: Sequence[Likeness]) -> Match | None:
    """The best of the places that are alike, if it is alike enough and no other comes near."""
    if not places or places[0].ratio < LIKENESS:
        return None
    if len(places) > 1 and places[1].ratio > places[0].ratio - MARGIN:
        return None
    best = places[0]
    return _shifted_match(best.start, best.stop, _indent_of(lines[best.start : best.stop]), _indent_of(sought))


def likeness(left: str, right: str) -> float:
    """Twice the longest common subsequence of two texts over their joint length, from 0 to 1.

    The subsequence is counted with one bit a character (Hyyrö, "Bit-parallel LCS-length computation revisited",
    2004), so hostile texts cost no more than others.
    """
    if len(left) + len(right) > 4 * _MOST_CHARACTERS:
        return 0.0
    places: dict[str, int] = {}
    bit = 1
    for character in left:
        places[character] = places.get(character, 0) | bit
        bit <<= 1
    unmatched = everything = bit - 1
    for character in right:
        step = unmatched & places.get(character, 0)
        unmatched = ((unmatched + step) | (unmatched - step)) & everything
    common = len(left) - unmatched.bit_count()
    return 2 * common / ((len(left) + len(right)) or 1)


def _bounds(bare: Sequence[str], wanted: str, size: int) -> Iterator[tuple[float, int, int]]:
    """For each run of lines the most that its likeness can be, by the characters it shares with what is wanted."""
    need, have = Counter(wanted + "\n"), Counter[str]()
    shared = length = 0
    for index, line in enumerate(bare):
        for character in line + "\n":
            shared += have[character] < need[character]
            have[character] += 1
        length += len(line) + 1
        if index >= size:
            gone = bare[index - size] + "\n"
            for character in gone:
                have[character] -= 1
                shared -= have[character] < need[character]
            length -= len(gone)
        if index >= size - 1:
            yield 2 * shared / (length + len(wanted) + 1), index - size + 1, size


def _starts(lines: Sequence[str], sought: Sequence[str]) -> list[int]:
    """Where a run of lines begins; at most a few places, since two are one too many."""
    if not sought:
        return []
    # One search in one text takes linear time, whatever the lines are.
    text, part = "\n" + "\n".join(lines) + "\n", "\n" + "\n".join(sought) + "\n"
    starts: list[int] = []
    place = text.find(part)
    while place >= 0 and len(starts) < _PLACES_LISTED:
        starts.append(text.count("\n", 0, place))
        place = text.find(part, place + 1)
    return starts


def _shift(lines: Sequence[str], sought: Sequence[str], start: int) -> Match | None:
    stop = start + len(sought)
    match = _shifted_match(start, stop, _indent_of(lines[start:stop]), _indent_of(sought))
    found = [line.rstrip() for line in lines[start:stop]]
    return match if match and found == [line.rstrip() for line in match.shifted(sought)] else None


def _shifted_match(start: int, stop: int, here: str, there: str) -> Match | None:
    if here.startswith(there):
        return Match(start, stop, indent=here[len(there) :])
    if there.startswith(here):
        return Match(start, stop, outdent=len(there) - len(here))
    return None


def _indent_of(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return first[: len(first) - len(first.lstrip())]
