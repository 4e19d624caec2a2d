"""Online bin packing by a priority, on Weibull instances; after Romera-Paredes et al., Nature 625 (2024).

The rule here: a program sees the bins in use and one empty bin. FunSearch lets it see as many empty bins as there are
items; both rules are the same for a priority that looks at each bin alone.
"""

import numpy as np

CAPACITY = 100
INSTANCES = 3
ITEMS = 1_000


def instances(seed):
    """Sizes of the items of each instance: Weibull, shape 3, scale 45, rounded into 1..100."""
    rng = np.random.default_rng(seed)
    return [np.clip(np.rint(45 * rng.weibull(3, ITEMS)), 1, CAPACITY) for _ in range(INSTANCES)]


def pack(candidate, items):
    """The number of bins used, and how often the choice was best fit's."""
    free, as_best_fit = np.array([]), 0
    for item in items:
        fits = np.flatnonzero(free >= item)
        bins = np.append(free[fits], float(CAPACITY))
        wanted = np.asarray(candidate.call("priority", float(item), bins), dtype=float)
        if wanted.shape != bins.shape or np.isnan(wanted).any():
            raise ValueError(f"expected {len(bins)} numbers for {len(bins)} bins, got an array of shape {wanted.shape}")
        chosen = int(np.argmax(wanted))
        as_best_fit += chosen == int(np.argmin(bins))
        if chosen == len(fits):
            free = np.append(free, CAPACITY - item)
        else:
            free[fits[chosen]] -= item
    return len(free), as_best_fit / len(items)


def evaluate(candidate):
    excess, shares = [], []
    for items in instances(seed=1):
        bins, share = pack(candidate, items)
        excess.append(100 * (bins / np.ceil(items.sum() / CAPACITY) - 1))
        shares.append(share)
    return {
        "score": -float(np.mean(excess)),
        "metrics": {"worst_excess_percent": float(max(excess))},
        "features": {"best_fit": float(np.mean(shares)), "size": candidate.facts.reading.nodes},
        "feedback": "bins beyond the lower bound: " + ", ".join(f"{percent:.2f} %" for percent in excess),
    }
