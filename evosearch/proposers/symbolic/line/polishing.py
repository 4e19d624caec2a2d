"""The best constants of a program. A search that is broken off is continued by a later proposal.

Programs that differ in nothing but their constants are one structure. What a later proposal needs to know of a
structure is a finding: how its constants move, and the cloud. It goes on from there, whichever of the programs the
archive offers it, as a cloud knows more than any of them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from evosearch.proposers.symbolic.line.ascent import Cloud, Evaluate, adapt, climb, generation_size
from evosearch.proposers.symbolic.line.coordinates import HANDFUL, Coordinates, Vector
from evosearch.proposers.symbolic.line.names import CLIMB, CMA
from evosearch.proposers.symbolic.line.stock import Known
from evosearch.proposers.symbolic.workshop import Constants, Workshop
from evosearch.types import Finding, digest_of

#: Whose findings these are.
OPERATOR: Final = "polish"
#: Evaluations of a hill-climb, and generations of CMA-ES, before something else gets its turn.
CLIMB_TRIES: Final = 24
GENERATIONS: Final = 4
#: Constants beyond which CMA-ES learns nothing in reasonable time, and its matrices are slow. Where a search of more of
#: them stopped is not kept either: a table of thousands would be written down again after every visit.
_MOST: Final = 100
#: Evaluations without a gain after which a structure counts as polished: in any case, and for each constant.
_PATIENCE: Final = (40, 4)
#: The part of the distance between the best and the worst elite that a visit has to gain, to count as one that did.
_GAIN: Final = 0.01
#: A cloud so small finds nothing new; the search begins again.
_SMALLEST: Final = 1e-3

#: Nothing has been tried; more is likely to pay; it is not.
Progress = Literal["new", "gaining", "spent"]
#: Evaluates programs that an operator made of one, and returns those that got a score, in order; None for the others.
Try = Callable[[str, Known, Sequence[str]], Awaitable[list[Known | None]]]


@dataclass(frozen=True, slots=True)
class Polish:
    """How far the constants of a structure have been polished.

    Attributes:
        structure: Digest of the program with 1 for every constant.
        score: The best score that was reached.
        origin: The constants where it began, which decide how each moves (`Coordinates`).
        kinds: `float` or `int` for each.
        cloud: Where the search stands.
        idle: Evaluations since it last gained something worth having.
        has_gained: Whether it ever did.
    """

    structure: str
    score: float
    origin: tuple[float, ...]
    kinds: tuple[str, ...]
    cloud: Cloud
    idle: int = 0
    has_gained: bool = False

    @classmethod
    def found(cls, finding: Finding) -> "Polish":
        """As a finding tells it."""
        data = finding.data
        cloud = Cloud(np.array(data["mean"], dtype=float), np.array(data["spread"], dtype=float))
        origin, kinds = tuple(data["origin"]), tuple(data["kinds"])
        return cls(data["structure"], data["score"], origin, kinds, cloud, data["idle"], data["has_gained"])

    @property
    def finding(self) -> Finding:
        """For later proposals."""
        data: dict[str, Any] = {
            "structure": self.structure,
            "score": self.score,
            "origin": list(self.origin),
            "kinds": list(self.kinds),
            "mean": _short(self.cloud.mean),
            "spread": _short(self.cloud.spread),
            "idle": self.idle,
            "has_gained": self.has_gained,
        }
        return Finding(OPERATOR, data)

    @property
    def is_spent(self) -> bool:
        """Whether more polishing is unlikely to pay: a first visit in vain is enough to tell."""
        least, each = _PATIENCE
        return self.idle > (least + each * len(self.origin) if self.has_gained else 0)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A program, its constants, and the digest of what it is without them."""

    known: Known
    constants: Constants
    structure: str


class Polisher:
    """Polishes programs; its methods raise CandidateError if the jailed process failed.

    Args:
        workshop: Finds and changes constants.
        try_: Evaluates programs.
        rng: Source of chance.
        findings: What earlier proposals left, in order.
        distance: Between the scores of the best and the worst elite.
    """

    def __init__(
        self,
        workshop: Workshop,
        try_: Try,
        rng: np.random.Generator,
        findings: Sequence[Finding],
        *,
        distance: float = 0.0,
    ) -> None:
        self._least_gain = _GAIN * distance
        self._workshop = workshop
        self._try = try_
        self._rng = rng
        # Where two proposals went on from one cloud at the same time, the later of their two is as good as the other.
        self._earlier = {found.data["structure"]: found for found in findings if found.operator == OPERATOR}
        self._noted: dict[str, Polish] = {}
        self._subjects: dict[str, _Subject] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What later proposals should know of this one's work."""
        return tuple(polish.finding for polish in self._noted.values() if len(polish.origin) <= _MOST)

    async def progress(self, known: Known) -> Progress:
        """How far a program has been polished; where there is nothing to polish, it is spent."""
        subject = await self._subject(known)
        polish = self._so_far(subject)
        if not subject.constants.values:
            return "spent"
        if polish is None:
            return "new"
        return "spent" if polish.is_spent else "gaining"

    async def polish(self, known: Known, left: int, *, anew: bool = False) -> None:
        """Search over the constants of a program for a while; whoever evaluates keeps what is found.

        Args:
            known: The program.
            left: Evaluations that there are at most.
            anew: Begin at the program's own constants, although a search of its structure is under way.
        """
        subject = await self._subject(known)
        if not subject.constants.values:
            return
        before = self._so_far(subject)
        polish = _begun(subject) if before is None or anew else _resumed(before, subject)
        run = _Run(subject, polish, self._workshop, self._try)
        cloud = await self._search(run, polish, left)
        has_gained = run.best > polish.score + self._least_gain
        idle = 0 if has_gained else polish.idle + run.tried
        score, has_ever = max(run.best, polish.score), polish.has_gained or has_gained
        after = replace(polish, score=score, cloud=cloud, idle=idle, has_gained=has_ever)
        if before is None or not anew or after.score >= before.score:
            self._noted[subject.structure] = after

    async def _search(self, run: "_Run", polish: Polish, left: int) -> Cloud:
        """Evaluate for a while; the cloud with which to go on another time."""
        size = generation_size(len(polish.origin))
        is_many = HANDFUL < len(polish.origin) <= _MOST
        if is_many and left >= size:
            generations = min(GENERATIONS, left // size)
            return await adapt(polish.cloud, run.evaluate_by(CMA), self._rng, generations, score=run.best)
        # It climbs from the program, which may be better than where a cloud has its middle.
        begin = Cloud(run.start, polish.cloud.spread)
        end = await climb(begin, run.best, run.evaluate_by(CLIMB), self._rng, min(CLIMB_TRIES, left))
        return polish.cloud if is_many else end

    async def _subject(self, known: Known) -> _Subject:
        if known.program.id not in self._subjects:
            source = known.program.source
            constants = await self._workshop.constants(source)
            (plain,) = await self._workshop.vary(source, constants, [[1.0] * len(constants.values)])
            self._subjects[known.program.id] = _Subject(known, constants, digest_of(plain))
        return self._subjects[known.program.id]

    def _so_far(self, subject: _Subject) -> Polish | None:
        """How far its structure has been polished, if its constants are still of the same kinds."""
        polish = self._noted.get(subject.structure)
        if polish is None and subject.structure in self._earlier:
            polish = Polish.found(self._earlier[subject.structure])
        return polish if polish is not None and polish.kinds == subject.constants.kinds else None


class _Run:
    """One search: turns vectors into programs, and remembers how good they are.

    Attributes:
        start: The program's own constants, as coordinates.
        best: The best score so far.
        tried: How many vectors there were.
    """

    def __init__(self, subject: _Subject, polish: Polish, workshop: Workshop, try_: Try) -> None:
        self._known = subject.known
        self._coordinates = Coordinates(polish.origin, polish.kinds)
        self._constants = subject.constants
        self.start = self._coordinates.encode(subject.constants.values)
        self.best = subject.known.score
        self.tried = 0
        self._workshop = workshop
        self._try = try_

    def evaluate_by(self, operator: str) -> Evaluate:
        """What a search asks for scores; its programs are said to be made by the operator."""

        async def evaluate(vectors: Sequence[Vector]) -> list[float | None]:
            values = [self._coordinates.decode(vector) for vector in vectors]
            sources = await self._workshop.vary(self._known.program.source, self._constants, values)
            found = await self._try(operator, self._known, sources)
            self.tried += len(found)
            self.best = max([self.best, *(one.score for one in found if one is not None)])
            return [None if one is None else one.score for one in found]

        return evaluate


def _begun(subject: _Subject) -> Polish:
    """At a program's own constants, with bold steps."""
    constants = subject.constants
    x = Coordinates(constants.values, constants.kinds).encode(constants.values)
    cloud = Cloud(x, np.ones(len(x)))
    return Polish(subject.structure, subject.known.score, constants.values, constants.kinds, cloud)


def _resumed(before: Polish, subject: _Subject) -> Polish:
    """Where an earlier search stopped; around the program, if something else has made it better since."""
    try:
        x = Coordinates(before.origin, before.kinds).encode(subject.constants.values)
    except ValueError:
        return replace(_begun(subject), score=max(before.score, subject.known.score))
    if before.cloud.spread.max() < _SMALLEST:
        return replace(_begun(subject), score=max(before.score, subject.known.score), idle=before.idle)
    if subject.known.score > before.score:
        return replace(before, score=subject.known.score, cloud=Cloud(x, before.cloud.spread), idle=0)
    return before


def _short(vector: Vector) -> list[float]:
    return [float(f"{one:.6g}") for one in vector]
