"""Moves of a single number."""

import ast
from random import Random

from evosearch.proposers.symbolic.editing.draft import Draft
from evosearch.proposers.symbolic.editing.sites import Site, defaults
from evosearch.proposers.symbolic.editing.syntax import as_number, kind, number, set_kind, short


def constant(draft: Draft) -> bool:
    """Move one number: a float by a power of two, an integer mostly by one."""
    places = numbers([*draft.sites(), *defaults(draft.tree)])
    if not places:
        return False
    site = draft.random.choice(places)
    value = as_number(site.node)
    assert value is not None
    known = kind(site.node)
    moved = moved_float(value, draft.random) if isinstance(value, float) else moved_integer(value, draft.random)
    site.put(number(moved) if known is None else set_kind(number(moved), known))
    return moved != value


def numbers(found: list[Site]) -> list[Site]:
    """The sites of numbers; a negative one counts once, with its sign."""
    signed = {id(site.node.operand) for site in found if isinstance(site.node, ast.UnaryOp)}
    return [site for site in found if as_number(site.node) is not None and id(site.node) not in signed]


def moved_integer(value: int, random: Random) -> int:
    """A whole number near to another: one more or less, or twice or half of it."""
    if random.random() < 0.7:
        return value + random.choice((-1, 1))
    return random.choice((value * 2, value // 2, -value))


def moved_float(value: float, random: Random) -> float:
    """A float of the same order: times a power of two; of one in (0.5, 1) the distance to 1 is moved so."""
    draw = random.random()
    if draw < 0.02:
        return -value
    if draw < 0.05:
        return short(random.gauss(0, 1))
    if value == 0:
        return short(10 ** random.uniform(-4, 0))
    factor = 2 ** random.gauss(0, random.choice((0.15, 0.5, 1.0)))
    if 0.5 < value < 1:
        # The rate of a moving average says how long it remembers by its distance to 1.
        return short(1 - min((1 - value) * factor, 1.0))
    return short(value * factor)
