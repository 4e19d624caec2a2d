"""Elites that are drawn together: those of a problem, and those of all."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from evosearch.archive.selection import Selection
from evosearch.types import Elite, Niche


class Pool:
    """Elites by niche, in slots from which a selection draws.

    Args:
        selection: How they are drawn; it belongs to this pool alone.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._elites: list[Elite] = []
        self._slots: dict[Niche, int] = {}

    def __len__(self) -> int:
        return len(self._elites)

    def __iter__(self) -> Iterator[Elite]:
        """The elites in the order in which their niches were first filled."""
        return (self._elites[slot] for slot in self._slots.values())

    def get(self, niche: Niche) -> Elite | None:
        """The elite of a niche."""
        slot = self._slots.get(niche)
        return None if slot is None else self._elites[slot]

    def put(self, elite: Elite) -> None:
        """Let an elite have its niche, whoever holds it."""
        slot = self._slots.setdefault(elite.niche, len(self._elites))
        self._elites[slot : slot + 1] = (elite,)
        self._selection.put(slot, elite)

    def discard(self, niche: Niche) -> None:
        """Empty a niche."""
        slot = self._slots.pop(niche)
        last = self._elites.pop()
        if slot < len(self._elites):
            self._elites[slot] = last
            self._slots[last.niche] = slot
        self._selection.discard(slot)

    def credit(self, niche: Niche, *, kept: bool) -> None:
        """Credit the elite of a niche with what became of its child."""
        self._selection.credit(self._slots[niche], kept=kept)

    def select(self, rng: np.random.Generator, k: int) -> tuple[Elite, ...]:
        """Up to k different elites."""
        return tuple(self._elites[slot] for slot in self._selection.draw(rng, k))


class Pools:
    """One pool of all elites, and one of each problem.

    Args:
        selector: Makes the selection of a pool.
        by_id: Whether elites are looked up by their program's id; they are in any case if the selection learns.
    """

    def __init__(self, selector: Callable[[], Selection], *, by_id: bool = False) -> None:
        selection = selector()
        self._selector = selector
        self._all = Pool(selection)
        self._of_problem: dict[str, Pool] = {}
        self._learns = selection.learns
        self._niches: dict[str, Niche] | None = {} if by_id or selection.learns else None

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Elite]:
        return iter(self._all)

    def __contains__(self, program: str) -> bool:
        """Whether it holds a program, by its id."""
        return self._niches is not None and program in self._niches

    def get(self, niche: Niche) -> Elite | None:
        """The elite of a niche."""
        return self._all.get(niche)

    def put(self, elite: Elite) -> None:
        """Let an elite have its niche, whoever holds it."""
        if self._niches is not None:
            if (holder := self._all.get(elite.niche)) is not None:
                self._niches.pop(holder.program.id, None)
            self._niches[elite.program.id] = elite.niche
        for pool in self._pools_of(elite):
            pool.put(elite)

    def discard(self, elite: Elite) -> None:
        """Empty the niche of an elite."""
        if self._niches is not None:
            self._niches.pop(elite.program.id, None)
        for pool in self._pools_of(elite):
            pool.discard(elite.niche)

    def credit(self, programs: Sequence[str], *, kept: bool) -> None:
        """Credit each of some programs, by their ids, with what became of their child, if it is held."""
        if not self._learns or self._niches is None:
            return
        for program in dict.fromkeys(programs):
            if (niche := self._niches.get(program)) is not None and (elite := self._all.get(niche)) is not None:
                for pool in self._pools_of(elite):
                    pool.credit(niche, kept=kept)

    def select(self, rng: np.random.Generator, k: int, problem: str | None) -> tuple[Elite, ...]:
        """Up to k different elites, of one problem if one is named."""
        pool = self._all if problem is None else self._of_problem.get(problem)
        return () if pool is None else pool.select(rng, k)

    def _pools_of(self, elite: Elite) -> tuple[Pool, ...]:
        problem = elite.program.problem
        if problem is None:
            return (self._all,)
        if problem not in self._of_problem:
            self._of_problem[problem] = Pool(self._selector())
        return self._all, self._of_problem[problem]
