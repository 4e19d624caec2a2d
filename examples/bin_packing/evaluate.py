"""Online bin packing by a priority, on Weibull instances; after Romera-Paredes et al., Nature 625 (2024).

The rule here: a program sees the bins in use and one empty bin. FunSearch lets it see as many empty bins as there are
items; both rules are the same for a priority that looks at each bin alone.
"""

import numpy as np

CAPACITY = 100
#: Seed of the sizes, instances, items of each; `test` is the shape of FunSearch's Weibull 5k data.
DATA = {"train": (1, 2, 1_250), "validation": (2, 2, 1_250), "test": (11, 5, 5_000)}


def instances(split):
    """Sizes of the items of each instance: Weibull, shape 3, scale 45, rounded into 1..100."""
    seed, number, items = DATA[split]
    rng = np.random.default_rng(seed)
    return [np.clip(np.rint(45 * rng.weibull(3, items)), 1, CAPACITY) for _ in range(number)]


def pack(candidate, items):
    """The number of bins used, and the shares of items put where best fit would and into an empty bin without need."""
    free = np.full(len(items) + 1, float(CAPACITY))
    used = tightest = unforced = 0
    for item in items.tolist():
        # Bins are opened in order, so the one after those in use is the empty bin.
        fits = np.flatnonzero(free[: used + 1] >= item)
        bins = free[fits]
        wanted = np.asarray(candidate.call("priority", item, bins), dtype=float)
        if wanted.shape != bins.shape or np.isnan(wanted).any():
            raise ValueError(f"expected {len(bins)} numbers for {len(bins)} bins, got shape {wanted.shape} or NaN")
        chosen = fits[wanted.argmax()]
        tightest += bool(free[chosen] == bins.min())
        unforced += bool(chosen == used and len(bins) > 1)
        free[chosen] -= item
        used += bool(chosen == used)
    return used, tightest / len(items), unforced / len(items)


def evaluate(candidate, split):
    excess, shares = [], []
    for items in instances(split):
        used, *share = pack(candidate, items)
        excess.append(100 * (used / np.ceil(items.sum() / CAPACITY) - 1))
        shares.append(share)
    tightest, unforced = np.mean(shares, axis=0)
    return {
        "score": -float(np.mean(excess)),
        "cases": [-float(percent) for percent in excess],
        "metrics": {"worst_excess_percent": float(max(excess))},
        "features": {"best_fit": float(tightest), "unforced": float(unforced)},
        "feedback": "bins beyond the lower bound: " + ", ".join(f"{percent:.2f} %" for percent in excess),
    }
