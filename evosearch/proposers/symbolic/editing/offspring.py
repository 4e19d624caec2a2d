"""The children of one program: edited, checked, run on recorded calls, and tried again until one behaves anew."""

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from evosearch.proposers.symbolic.editing.behaviour import Call
from evosearch.proposers.symbolic.editing.draft import Donor, Draft
from evosearch.proposers.symbolic.editing.liveness import tidy
from evosearch.proposers.symbolic.editing.operators import OPERATORS
from evosearch.proposers.symbolic.editing.parent import WORK, Parent, Verdict, parsed
from evosearch.proposers.symbolic.editing.syntax import copied, unparsed
from evosearch.proposers.symbolic.editing.tracing import annotate
from evosearch.reading import read_one

#: Tries at one child.
TRIES: Final = 50
#: Chance that no further edit follows one.
LAST: Final = 0.6
#: Edits of one child at most.
MOST_EDITS: Final = 5
#: Nodes that a child may have more than its parent, where nothing else is said: so many while the parent is small, and
#: so many at least. The size of a small program is some 1.5 KB.
GROWTH, GROWTH_OF_LARGE, SMALL = 60, 10, 400


@dataclass(frozen=True, slots=True)
class Child:
    """A try at a child.

    Attributes:
        verdict: What came of it.
        operators: The edits, in order.
        donors: Positions of the donors that something was taken from.
        source: Its text; empty if it is no good.
    """

    verdict: Verdict
    operators: tuple[str, ...] = ()
    donors: tuple[int, ...] = ()
    source: str = ""

    @property
    def structural(self) -> bool:
        """Whether more than constants changed."""
        return any(name != "constant" for name in self.operators)


@dataclass(slots=True)
class Offspring:
    """Makes children of one parent.

    Attributes:
        parent: Whose.
        donors: Sources of other programs.
        calls: Recorded calls, to learn the kinds of a donor's expressions from.
        random: Where draws come from.
        weights: Operator -> weight; the default where there is none.
        cap: Nodes that a child may have.
        rejected: Reason -> how many tries ended so.
    """

    parent: Parent
    donors: Sequence[str]
    calls: Sequence[Call]
    random: Random
    weights: Mapping[str, float] = field(default_factory=dict)
    cap: int | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    _read: dict[int, Donor | None] = field(default_factory=dict)
    _known: set[Any] = field(default_factory=set)
    _forms: set[str] = field(default_factory=set)
    _tree: ast.Module = field(init=False)
    _work: int = 0

    def __post_init__(self) -> None:
        self._tree = tidy(copied(self.parent.tree))
        source = unparsed(self._tree)
        self._known = {source, self.parent.print}
        self._forms = {read_one(source).normal_form, read_one(unparsed(self.parent.tree)).normal_form}

    def children(self, count: int) -> list[Child]:
        """At most so many children that run, and behave unlike the parent and each other."""
        found: list[Child] = []
        for _ in range(count):
            for _ in range(TRIES):
                if self._work > WORK:
                    return found
                child = self.attempt()
                if not child.verdict.reason:
                    found.append(child)
                    break
                self.rejected[child.verdict.reason] += 1
        return found

    def attempt(self, operators: Sequence[str] = ()) -> Child:
        """One try at a child.

        Args:
            operators: The edits to make, in order; by default one and a geometric number more, drawn by weight.
        """
        draft = Draft(copied(self._tree), self.random, self._drawn(), self.parent.entry)
        done = tuple(name for name in operators or self._plan() if OPERATORS[name][1](draft))
        if not done:
            return Child(Verdict("no_place"), tuple(operators))
        source = unparsed(tidy(draft.tree))
        if source in self._known:
            return Child(Verdict("same_text"), done)
        self._known.add(source)
        verdict = self._novel(self.parent.judge(draft.tree, self._limit()), source)
        self._work += verdict.work
        return Child(verdict, done, tuple(draft.used), "" if verdict.reason else source)

    def _limit(self) -> int:
        """Nodes that a child may have; its parent's in any case, so that one that is too large can still be edited."""
        size = self.parent.size
        if self.cap is not None:
            return max(self.cap, size)
        return size + max(GROWTH_OF_LARGE, min(GROWTH, SMALL - size))

    def _plan(self) -> list[str]:
        names = list(OPERATORS)
        weights = [max(self.weights.get(name, default), 0.0) for name, (default, _) in OPERATORS.items()]
        planned = self.random.choices(names, weights)
        while len(planned) < MOST_EDITS and self.random.random() >= LAST:
            planned += self.random.choices(names, weights)
        return planned

    def _novel(self, verdict: Verdict, source: str) -> Verdict:
        """Refuse what behaves like the parent or a sibling; where nothing was run, what has their normal form."""
        if verdict.reason:
            return verdict
        if self.parent.calls:
            # Programs of one normal form behave alike, so what behaves anew has a new one.
            alike = verdict.print in self._known
            self._known.add(verdict.print)
            return Verdict("same_behaviour", work=verdict.work) if alike else verdict
        form = read_one(source).normal_form
        if form in self._forms:
            return Verdict("same_form", work=verdict.work)
        self._forms.add(form)
        return verdict

    def _drawn(self) -> list[Donor]:
        """A donor, read when it is first drawn: to trace one costs as much as several tries."""
        if not self.donors:
            return []
        place = self.random.randrange(len(self.donors))
        if place not in self._read:
            self._read[place] = self._donor(place)
        donor = self._read[place]
        return [] if donor is None else [donor]

    def _donor(self, place: int) -> Donor | None:
        try:
            tree = parsed(self.donors[place])
        except ValueError:
            return None
        calls = self.calls if self.parent.calls else ()
        works = annotate(tree, calls)
        # Of one that fails on all calls nothing is known, while all is known of where its parts would go.
        return Donor(tree, place) if not calls or max(works) >= 0 else None
