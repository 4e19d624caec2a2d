"""Which page leaves a full cache: 0 is as good as the least recently used one, 1 as Belady's optimum (1966).

A cache for each trace, all side by side: at each moment one call asks for the evictions of all that need one.
"""

from functools import cache

import numpy as np

PAGES, SIZE, REQUESTS = 400, 50, 800
#: There is a trace of each kind for each of these seeds.
SEEDS = {"train": (1, 2, 3, 4), "validation": (5, 6, 7, 8), "test": (21, 22, 23, 24, 25, 26, 27, 28)}
NEVER = 2 * REQUESTS


def zipf(rng, exponent=0.9):
    """Some pages are always wanted more than others."""
    weights = np.arange(1, PAGES + 1) ** -exponent
    return rng.permutation(PAGES)[rng.choice(PAGES, REQUESTS, p=weights / weights.sum())]


def scan(rng):
    """As zipf, but every now and then 75 pages are read one after another."""
    requests = zipf(rng)
    for start in range(100, REQUESTS - 100, 200):
        requests[start : start + 75] = (rng.integers(PAGES) + np.arange(75)) % PAGES
    return requests


def shift(rng):
    """As zipf, but which pages are wanted changes every 200 requests."""
    return (zipf(rng, 1.1) + np.arange(REQUESTS) // 200 * 23) % PAGES


def loop(rng):
    """Most requests go round and round half as many pages again as the cache holds."""
    place = np.cumsum(rng.random(REQUESTS) < 0.7) % (SIZE * 3 // 2)
    return np.where(rng.random(REQUESTS) < 0.7, place, zipf(rng))


def next_uses(requests):
    """When the page of each request is wanted next."""
    coming, answer = np.full(PAGES, NEVER), np.empty(REQUESTS, dtype=int)
    for time in range(REQUESTS - 1, -1, -1):
        answer[time] = coming[requests[time]]
        coming[requests[time]] = time
    return answer


def simulate(traces, scores):
    """Misses of each trace, and what was evicted: mean shares of the cache used later, and used more often, than that.

    `scores(time, known)` gets the caches that need a place: arrays (caches, pages) of when each page was last used
    (`last`), came in (`born`) and is wanted next (`due`), and of its `uses`. The lowest of a row is evicted. Caches
    start full, with pages that were used once.
    """
    rows = np.arange(len(traces))
    coming = np.array([next_uses(requests) for requests in traces])
    pages = np.tile(np.arange(SIZE), (len(traces), 1))
    place = np.full((len(traces), PAGES), -1)
    place[:, :SIZE] = pages
    last, born, uses, due = (np.full_like(pages, value) for value in (0, 0, 1, NEVER))
    misses, kept = np.zeros(len(traces), dtype=int), np.zeros((2, len(traces)))
    for time in range(1, REQUESTS):
        wanted = traces[:, time]
        slot = place[rows, wanted]
        full = np.flatnonzero(slot < 0)
        if len(full):
            known = {"last": last[full], "born": born[full], "uses": uses[full], "due": due[full]}
            out = np.argmin(scores(time, known), axis=1)
            misses[full] += 1
            kept[0, full] += (known["last"] > last[full, out][:, None]).sum(axis=1)
            kept[1, full] += (known["uses"] > uses[full, out][:, None]).sum(axis=1)
            place[full, pages[full, out]] = -1
            place[full, wanted[full]] = slot[full] = out
            pages[full, out], born[full, out], uses[full, out] = wanted[full], time, 0
        last[rows, slot], due[rows, slot] = time, coming[:, time]
        uses[rows, slot] += 1
    return misses, kept.sum(axis=1) / misses.sum() / (SIZE - 1)


@cache
def traces_of(split):
    """The traces, and the misses of the least recently used page and of Belady's on each."""
    traces = np.array(
        [kind(np.random.default_rng(seed)) for kind in (zipf, scan, shift, loop) for seed in SEEDS[split]]
    )
    lru, _ = simulate(traces, lambda _, known: known["last"])
    belady, _ = simulate(traces, lambda _, known: -known["due"])
    return traces, lru, belady


def evaluate(candidate, split):
    def scores(time, known):
        age, life = np.subtract(time, known["last"], dtype=float), np.subtract(time, known["born"], dtype=float)
        answer = np.asarray(candidate.call("score", age, known["uses"].astype(float), life, float(time)), dtype=float)
        if answer.shape != age.shape or np.isnan(answer).any():
            raise ValueError(f"expected an array of numbers of shape {age.shape}, got shape {answer.shape} or NaN")
        return answer

    traces, lru, belady = traces_of(split)
    misses, (recency, frequency) = simulate(traces, scores)
    gains = (lru - misses) / (lru - belady)
    kinds = dict(zip(("zipf", "scan", "shift", "loop"), gains.reshape(4, -1).mean(axis=1).tolist(), strict=True))
    return {
        "score": float(gains.mean()),
        "cases": gains.tolist(),
        "metrics": kinds,
        "features": {"recency": float(recency), "frequency": float(frequency)},
        "feedback": ", ".join(f"{name} {gain:.3f}" for name, gain in kinds.items()),
    }
