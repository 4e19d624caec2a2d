"""Four small domains: a program to edit, and calls as a judge makes them."""

from dataclasses import dataclass

import numpy as np
import pytest

BIN_PACKING = '''\
import numpy as np


def priority(item, bins):
    """Best fit, with a bonus for a bin that the item fills."""
    gap = bins - item
    score = -gap
    score = np.where(gap < 2.0, score * 0.5, score)
    return score
'''

OPTIMIZER = '''\
import numpy as np


def train(weights, gradient, state, step):
    """Adam."""
    first = 0.9 * state["first"] + 0.1 * gradient
    second = 0.99 * state["second"] + 0.01 * gradient**2
    rate = 0.05 / (1.0 + 0.01 * step)
    direction = first / (np.sqrt(second) + 1e-08)
    weights = weights - rate * direction
    return weights, {"first": first, "second": second}
'''

CAP_SET = '''\
def priority(element: tuple[int, ...], n: int) -> float:
    """Ones weigh by their place."""
    score = 0.0
    for place in range(n):
        if element[place] == 1:
            score += 0.5 * place
        else:
            score -= 0.25
    return score + element.count(2)
'''

PAGING = '''\
import numpy as np


def recency(age, clock):
    return 1.0 - age / (clock + 1.0)


def score(age, frequency, life, clock):
    """Evict what is seldom asked for."""
    rate = frequency / (life + 1.0)
    return rate + 0.1 * recency(age, clock)
'''


@dataclass(frozen=True)
class Domain:
    """A program and calls of it."""

    name: str
    source: str
    entry: str
    calls: tuple[dict, ...]

    def request(self, **more):
        """What the entry functions take."""
        base = {"source": self.source, "donors": [], "calls": list(self.calls), "entry": [self.entry], "weights": {}}
        return {**base, "seed": [1], "count": 4, **more}


@pytest.fixture(scope="session")
def domains():
    return all_domains()


def all_domains():
    """The four of them; equal each time."""
    rng = np.random.default_rng(0)
    return {
        domain.name: domain
        for domain in (
            Domain("bin packing", BIN_PACKING, "priority", tuple(_packings(rng))),
            Domain("optimizer", OPTIMIZER, "train", tuple(_steps(rng))),
            Domain("cap set", CAP_SET, "priority", tuple(_elements(rng))),
            Domain("paging", PAGING, "score", tuple(_evictions(rng))),
        )
    }


def call(function, *arguments):
    return {"function": function, "arguments": list(arguments)}


def _packings(rng):
    for bins in (1, 4, 9, 17, 30, 41):
        item = float(rng.integers(10, 60))
        yield call("priority", item, item + rng.integers(0, 101 - int(item), bins).astype(float))


def _steps(rng):
    for step in range(4):
        state = {"first": rng.normal(size=8), "second": rng.random(8)}
        yield call("train", rng.normal(size=8), rng.normal(size=8), state, step)


def _elements(rng):
    for n in (3, 4, 4, 5, 6, 6, 6, 6):
        yield call("priority", tuple(rng.integers(0, 3, n).tolist()), n)


def _evictions(rng):
    for clock in (5, 50, 500, 3000):
        life = rng.integers(1, clock + 1, 20).astype(float)
        yield call("score", np.floor(life * rng.random(20)), 1 + rng.integers(0, 9, 20).astype(float), life, clock)
