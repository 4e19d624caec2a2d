"""Which elites a proposal starts from: drawn by rank, so that the best is preferred and the others have a chance."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from evosearch.protocols import Context
from evosearch.randomness import generator
from evosearch.types import Elite, Program

_T = TypeVar("_T")
#: Sets the draws of an opening apart from those that chose its operator and model, which are from the proposal's own
#: generator. Not 0: `SeedSequence` takes entropy with zeros at its end for the same without them.
_OPENING = 1


def draws(context: Context) -> np.random.Generator:
    """A fresh generator for an opening; equal on every call."""
    return generator(*context.seed, _OPENING)


def ranked(choices: Sequence[_T], rng: np.random.Generator) -> _T:
    """One of some choices, the best first: linear ranking (Baker 1985), the weights of n choices being n, …, 2, 1."""
    weights = np.arange(len(choices), 0, -1)
    return choices[int(rng.choice(len(choices), p=weights / weights.sum()))]


def one_parent(context: Context) -> tuple[Elite, ...]:
    """One elite of the context's parents, drawn by rank; none if there are none."""
    return (ranked(context.parents, draws(context)),) if context.parents else ()


def elsewhere(elite: Elite, elites: Sequence[Elite]) -> list[Elite]:
    """Those of some elites that are of another niche, in order."""
    return [other for other in elites if other.niche != elite.niche]


def sampled(elites: Sequence[Elite], most: int, rng: np.random.Generator) -> list[Elite]:
    """Up to `most` of some elites, all equally likely, in their order."""
    chosen = rng.permutation(len(elites))[:most]
    return [elites[place] for place in sorted(chosen)]


def programs(elites: Sequence[Elite]) -> tuple[Program, ...]:
    """The programs of some elites."""
    return tuple(elite.program for elite in elites)
