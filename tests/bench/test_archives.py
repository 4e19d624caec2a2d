"""What placing and selecting cost; reported, never asserted.

    pytest -m bench -s -o faulthandler_timeout=0 tests/bench/test_archives.py

Every offer of a filling takes a niche of its own, so the archive holds as many elites as there were offers. Then the
same niches are contested, with new scores. All times are CPU time; programs and evaluations are made beforehand. The
largest size is the variable ARCHIVE_ELITES, a million by default, which takes some ten minutes and 2 GB;
without a timeout, as a filling of that size may take longer than a test that hangs is given.
"""

import gc
import os
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isqrt
from typing import Any

import numpy as np
import pytest

from evosearch import registry
from evosearch.archive.cvt import centroids
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Program

pytestmark = pytest.mark.bench

LARGEST = int(os.environ.get("ARCHIVE_ELITES", "1000000"))
SIZES = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= LARGEST]
CHUNK, CONTESTED, SELECTED, PARENTS = 20_000, 10_000, 500, 8
CENTROIDS = 1_000
#: Edges between which a Voronoi archive stretches nothing: its axes are the unit interval as it is.
UNIT_EDGES = (0.25, 0.5, 0.75)


def grid_axes(size):
    side = isqrt(size - 1) + 1
    return tuple(Axis(name, edges=tuple(range(1, side))) for name in "xy")


def grid_place(number, size):
    side = isqrt(size - 1) + 1
    return {"features": {"x": number % side + 0.5, "y": number // side + 0.5}}


def cvt_axes(size):
    kinds = Axis("kind", categories=tuple(str(kind) for kind in range(size // CENTROIDS)))
    return (kinds, *(Axis(name, edges=UNIT_EDGES) for name in "xy"))


def cvt_place(number, size):
    x, y = centroids(CENTROIDS, 2)[number % CENTROIDS].tolist()
    return {"features": {"kind": str(number // CENTROIDS), "x": x, "y": y}}


def signature(number, size):
    return {"cases": (float(number),)}


def ten_cases(number, size):
    """Ten programs a problem, each the best on another case."""
    own = number % 10
    return {"features": {"problem": str(number // 10)}, "cases": (*[0.0] * own, 1.0, *[0.0] * (9 - own))}


def problems(size):
    return (Axis("problem", categories=tuple(str(number) for number in range(size // 10))),)


def no_axes(size):
    return ()


def nothing(number, size):
    return {}


@dataclass(frozen=True)
class Variant:
    """A kind with options, and where its offers belong."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    axes: Callable = grid_axes
    place: Callable = grid_place

    def archive(self, size):
        return registry.make_archive(self.kind, self.axes(size), score_floor=0.0, options=self.options)

    def offers(self, numbers, size, seed):
        """Offers of some niches, each program a child of an earlier one; the same for the same arguments."""
        rng = generator(seed)
        for number, score, earlier in zip(numbers, rng.random(len(numbers)), rng.random(len(numbers)), strict=True):
            told = self.place(number, size)
            problem = told.get("features", {}).get("problem")
            parent = Program(f"1:{int(earlier * number)}", problem).id
            evaluation = Evaluation(score=float(score), **told)
            yield Program(f"{seed}:{number}", problem), evaluation, (parent,) if number else ()


APART = {"reset_every": 0}  # resets would keep the archive from filling
VARIANTS = {
    "grid": Variant("grid"),
    "grid, score": Variant("grid", {"selection": "score"}),
    "grid, tournament": Variant("grid", {"selection": "tournament"}),
    "grid, curiosity": Variant("grid", {"selection": "curiosity"}),
    "cvt": Variant("cvt", {"cells": CENTROIDS}, cvt_axes, cvt_place),
    "islands": Variant("islands", APART),
    "islands, clusters": Variant("islands", {**APART, "clusters": True}, no_axes, signature),
    "open_ended": Variant("open_ended", {}, no_axes, nothing),
    "pareto, 10 cases": Variant("pareto", {}, problems, ten_cases),
    "seeds": Variant("seeds", {}, no_axes, nothing),
    "best": Variant("best", {}, no_axes, nothing),
}


def seconds_of(call, items):
    begin = time.process_time()
    for item in items:
        call(item)
    return time.process_time() - begin


def place_all(archive, offers):
    return seconds_of(lambda offer: archive.place(*offer), offers)


def filling(variant, size):
    """As many offers as there are niches, in random order; by chunks, as they take more memory than an archive."""
    order = generator(5).permutation(size).tolist()
    for first in range(0, size, CHUNK):
        offers = variant.offers(order[first : first + CHUNK], size, 1)
        yield [offer[:2] for offer in offers] if variant.kind == "seeds" else list(offers)


def fill(variant, archive, size):
    """Returns the seconds that placing took."""
    return sum(place_all(archive, offers) for offers in filling(variant, size))


def contested(variant, size):
    numbers = generator(6).integers(size, size=CONTESTED).tolist()
    return list(variant.offers(numbers, size, 2))


def select_all(archive, problem=None):
    return seconds_of(lambda seed: archive.select(seed, PARENTS, problem), [generator(n) for n in range(SELECTED)])


@pytest.mark.parametrize("name", VARIANTS)
def test_placing_and_selecting(name):
    """CPU microseconds; that of a selection is for eight elites of all."""
    variant = VARIANTS[name]
    print(f"\n{name:<18} {'elites':>9} {'fill us':>8} {'contest us':>10} {'select us':>9} {'fold s':>7}")
    for size in SIZES:
        archive = variant.archive(size)
        seconds = fill(variant, archive, size)
        held = len(archive)
        placing = place_all(archive, contested(variant, size)) / CONTESTED
        selecting = select_all(archive) / SELECTED
        print(
            f"{name:<18} {held:>9,} {seconds / size * 1e6:>8.1f} {placing * 1e6:>10.1f} {selecting * 1e6:>9.1f}"
            f" {seconds:>7.2f}"
        )
        del archive
        gc.collect()


def test_a_fold_with_migrations_and_resets():
    """Islands at their defaults, as a resumed run folds them."""
    for size in SIZES:
        variant = Variant("islands")
        archive = variant.archive(size)
        seconds = fill(variant, archive, size)
        print(f"\nislands, resets: {size:,} offers in {seconds:.2f} s, {len(archive):,} elites at the end")


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "best"])
def test_memory(name):
    """Bytes that an archive itself takes for each elite: not the program's text, not the evaluation."""
    size = min(LARGEST, 100_000)
    archive = VARIANTS[name].archive(size)
    chunks = list(filling(VARIANTS[name], size))
    tracemalloc.start()
    for offers in chunks:
        place_all(archive, offers)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"\n{name:<18} {taken / len(archive):>7.0f} bytes an elite, {len(archive):,} elites")


@pytest.fixture
def ribs():
    try:
        import ribs.archives
    except ImportError:
        pytest.fail("this bench measures pyribs beside us: pip install ribs (0.12.0 was measured), or leave it out")
    return ribs.archives


def beside(what, size, ours, theirs):
    print(f"{what:<28} {size:>9,} {ours * 1e6:>8.1f} {theirs * 1e6:>8.1f} {theirs / ours:>7.1f}")


def measures_of(evaluation):
    return np.array([evaluation.features["x"], evaluation.features["y"]])


def measure_beside(what, variant, size, theirs):
    """Fill both alike, contest the same cells one by one, and draw eight elites of all, in turns."""
    archive = variant.archive(size)
    fill(variant, archive, size)
    for offers in filling(variant, size):
        scores = np.array([evaluation.score for _, evaluation, _ in offers])
        theirs.add(np.zeros((len(offers), 1)), scores, np.array([measures_of(offer[1]) for offer in offers]))
    offers = contested(variant, size)
    arrays = [(np.zeros(1), evaluation.score, measures_of(evaluation)) for _, evaluation, _ in offers]
    rounds = [
        (
            place_all(archive, offers[first : first + 1_000]) / 1_000,
            seconds_of(lambda offer: theirs.add_single(*offer), arrays[first : first + 1_000]) / 1_000,
            select_all(archive) / SELECTED,
            seconds_of(lambda _: theirs.sample_elites(PARENTS), range(SELECTED)) / SELECTED,
        )
        for first in range(0, 5_000, 1_000)
    ]
    ours_placing, theirs_placing, ours_selecting, theirs_selecting = np.median(rounds, axis=0)
    beside(f"{what}: place, add_single", size, ours_placing, theirs_placing)
    beside(f"{what}: select, sample_elites", size, ours_selecting, theirs_selecting)


def test_beside_pyribs(ribs):
    """The same cells, scores and offers; medians of five rounds in turns."""
    print(f"\n{'':<28} {'elites':>9} {'ours us':>8} {'ribs us':>8} {'ratio':>7}")
    for size in SIZES:
        side = isqrt(size - 1) + 1
        ranges = [(0, side), (0, side)]
        archive = ribs.GridArchive(solution_dim=1, dims=[side, side], ranges=ranges, seed=1)
        measure_beside("grid", VARIANTS["grid"], side * side, archive)
    archive = ribs.CVTArchive(solution_dim=1, centroids=centroids(CENTROIDS, 2), ranges=[(0, 1), (0, 1)], seed=1)
    measure_beside("cvt", VARIANTS["cvt"], CENTROIDS, archive)
