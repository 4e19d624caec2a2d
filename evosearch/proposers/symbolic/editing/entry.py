"""What the controller asks for: JSON values and numpy arrays in, JSON values out. Runs in the jail.

Equal requests give equal replies for honest programs: work is counted in tries and steps, never timed.
"""

import warnings
from collections.abc import Callable
from functools import wraps
from random import Random
from typing import Any

from evosearch.proposers.symbolic.editing import reductions as reducing
from evosearch.proposers.symbolic.editing.behaviour import calls_of
from evosearch.proposers.symbolic.editing.constants import Constants
from evosearch.proposers.symbolic.editing.offspring import Offspring
from evosearch.proposers.symbolic.editing.parent import Parent, parsed
from evosearch.proposers.symbolic.editing.templates import KINDS, Template, filled, own_templates

_Entry = Callable[[dict[str, Any]], dict[str, Any]]


def _quiet(entry: _Entry) -> _Entry:
    """What edited programs warn of is no news for whoever runs the search."""

    @wraps(entry)
    def run(request: dict[str, Any]) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return entry(request)

    return run


@_quiet
def children(request: dict[str, Any]) -> dict[str, Any]:
    """Make children of a program.

    Args:
        request: `source`, the parent; `donors`, sources of other programs; `calls`, each with `function` and
            `arguments`, recorded when a judge ran such a program; `entry`, names that must stay defined; `weights`,
            operator -> weight (the default where there is none); `seed`, integers; `count`, of children; `size`
            (optional), nodes that a child may have, if its parent has no more.

    Returns:
        `children`, each with `source`, `operator` (edits joined by `+`), `donors` (positions of those used) and
        `structural` (more than constants changed); `rejected`, reason -> number of tries.

    Raises:
        ValueError: The parent is no Python.
    """
    calls = calls_of(request["calls"])
    parent = Parent(request["source"], calls, request["entry"])
    random = Random(repr(list(request["seed"])))
    offspring = Offspring(parent, request["donors"], calls, random, request["weights"], request.get("size"))
    made = offspring.children(request["count"])
    rows = [
        {
            "source": child.source,
            "operator": "+".join(child.operators),
            "donors": list(child.donors),
            "structural": child.structural,
        }
        for child in made
    ]
    return {"children": rows, "rejected": dict(sorted(offspring.rejected.items()))}


@_quiet
def constants(request: dict[str, Any]) -> dict[str, Any]:
    """Find the numbers of a program that are worth polishing.

    Args:
        request: `source`; `calls`, as for `children`: with them, numbers whose change does nothing or breaks the
            program are left out.

    Returns:
        `places` among all its numbers, in the order of the text; `values`, and `kinds`, `float` or `int` for each.

    Raises:
        ValueError: It is no Python.
    """
    found = Constants(request["source"], calls_of(request["calls"]))
    return {"places": found.places, "values": found.values, "kinds": found.kinds}


@_quiet
def vary(request: dict[str, Any]) -> dict[str, Any]:
    """Write other numbers into a program, in six significant digits, so that its text stays short.

    Args:
        request: `source`; `places`, as `constants` told them; `vectors`, lists of values, one for each place.

    Returns:
        `sources`, one for each vector, spelt as `ast.unparse` does.

    Raises:
        ValueError: It is no Python, has no number at a place, or a vector has not one value for each place, or one
            that is not finite.
    """
    found = Constants(request["source"], (), request["places"])
    return {"sources": [found.varied(vector) for vector in request["vectors"]]}


@_quiet
def reductions(request: dict[str, Any]) -> dict[str, Any]:
    """Make shorter versions of a program, each by one deletion.

    Args:
        request: `source`; `calls`, as for `children`; `count`, of children; `entry` (optional), names that must stay
            defined, all functions of the calls in any case.

    Returns:
        `children`, shortest first, each with `source`, `operator` (`reduce`) and `same` (it does what its parent does
        on the calls; false where there are none).

    Raises:
        ValueError: It is no Python.
    """
    calls = calls_of(request["calls"])
    parent = Parent(request["source"], calls, _entries(request))
    made = reducing.reductions(parent, request["count"])
    return {"children": [{"source": one.source, "operator": "reduce", "same": one.same} for one in made]}


@_quiet
def fill(request: dict[str, Any]) -> dict[str, Any]:
    """Make programs with many constants from a template: where a search over constants may start.

    Args:
        request: `source`, the seed, whose function gets a new body; `calls`, as for `children`; `seed`, integers;
            `count`, of programs; `template` (optional) with `kind` (`table`, `weighted_sum` or `threshold`),
            `function`, `features` (expressions over its parameters, numpy as `np`), and, where they are known, `low`,
            `high` and `knots`. Without one, templates are made over the numbers that the recorded calls show.

    Returns:
        `programs`, each with `source` and `operator` (the template's kind), plain ones first; they run on the calls.

    Raises:
        ValueError: The seed is no Python, or the template is none.
    """
    source, count = request["source"], request["count"]
    parent = Parent(source, calls_of(request["calls"]))
    random = Random(repr(list(request["seed"])))
    if request.get("template"):
        templates = [Template.of(request["template"], parent, source)] * (2 * count)
    else:
        templates = own_templates(parent, source, random, 2 * count)
    found: dict[str, str] = {}
    for place, template in enumerate(templates):
        if len(found) == count:
            break
        plain = place < (1 if request.get("template") else len(KINDS))
        text = filled(parent, template, None if plain else random)
        # A template that a task offers is trusted to return what the task takes.
        if parent.judge(parsed(text)).reason in ("", "kind" if request.get("template") else ""):
            found.setdefault(text, template.kind)
    return {"programs": [{"source": text, "operator": kind} for text, kind in found.items()]}


def _entries(request: dict[str, Any]) -> list[str]:
    return sorted({*request.get("entry", ()), *(row["function"] for row in request["calls"])})
