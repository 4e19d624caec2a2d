"""What edits come to: `pytest -m bench -s tests/bench/test_edits.py`. Figures that are reported, never asserted.

For each domain and operator: tries that changed the tree, the share of them that are valid (they run, and return the
shape of the parent, finite), and of the valid the share that behaves unlike the parent; at depth 1, from the seed, and
at depth 8, from programs eight accepted edits away. Then what the same costs with retries, as the search does it.
"""

import importlib.util
import time
import warnings
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest

from evosearch.proposers.symbolic.editing.behaviour import calls_of
from evosearch.proposers.symbolic.editing.entry import children
from evosearch.proposers.symbolic.editing.offspring import Offspring
from evosearch.proposers.symbolic.editing.operators import OPERATORS
from evosearch.proposers.symbolic.editing.parent import Parent

pytestmark = pytest.mark.bench

PLACE = Path(__file__).parents[1] / "proposers" / "symbolic" / "editing" / "conftest.py"
EACH, PARENTS, DEPTH = 60, 6, 8
#: Reasons that leave a child valid, and those of a try that changed nothing.
VALID, UNMADE = {"", "same_behaviour", "same_form"}, {"no_place", "same_text"}


def domains():
    spec = importlib.util.spec_from_file_location("domains", PLACE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.all_domains()


def descendant(domain, seed):
    """A program eight accepted edits away from the seed."""
    source = domain.source
    for generation in range(DEPTH):
        made = children(domain.request(source=source, seed=[seed, generation], count=1))["children"]
        source = made[0]["source"] if made else source
    return source


def tally(domain, sources):
    calls = calls_of(domain.calls)
    made, valid, changed, reasons = Counter(), Counter(), Counter(), Counter()
    for number, source in enumerate(sources):
        parent = Parent(source, calls, [domain.entry])
        for name in OPERATORS:
            for attempt in range(EACH // len(sources)):
                random = Random(f"{number} {name} {attempt}")
                child = Offspring(parent, [domain.source], calls, random).attempt([name])
                reason = child.verdict.reason
                made[name] += reason not in UNMADE
                valid[name] += reason in VALID
                changed[name] += not reason
                reasons[reason] += 1
    return made, valid, changed, reasons


@pytest.mark.parametrize("name", ["bin packing", "optimizer", "cap set", "paging"])
def test_what_edits_come_to(name):
    domain = domains()[name]
    depths = {1: [domain.source], DEPTH: [descendant(domain, seed) for seed in range(PARENTS)]}
    for depth, sources in depths.items():
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            made, valid, changed, reasons = tally(domain, sources)
        total = sum(made.values())
        print(f"\n{name}, depth {depth}: made {total}, valid {sum(valid.values()) / total:.3f}", end=", ")
        print(f"changed / made {sum(changed.values()) / total:.3f}; {dict(reasons)}")
        for operator in OPERATORS:
            print(f"  {operator:10} {changed[operator]:3} / {valid[operator]:3} / {made[operator]:3}")


@pytest.mark.parametrize("name", ["bin packing", "optimizer", "cap set", "paging"])
def test_what_a_child_costs(name):
    domain = domains()[name]
    for depth, source in ((1, domain.source), (DEPTH, descendant(domain, 0))):
        for count in (1, 8, 40):
            begin = time.process_time()
            reply = children(domain.request(source=source, count=count, donors=[domain.source]))
            seconds = time.process_time() - begin
            kept = len(reply["children"])
            print(
                f"\n{name}, depth {depth}: {kept} of {count}, {1e3 * seconds / max(kept, 1):.1f} ms CPU a child",
                end=" ",
            )
            print(reply["rejected"], end="")
