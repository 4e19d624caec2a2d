"""Cap sets: greedily by priority, vectors over {0, 1, 2} no three of which add up to zero; after FunSearch (2024).

One program is judged in dimensions 4, 5 and 6. There is no held-out data: a cap is a cap.
"""

import itertools

import numpy as np

#: Size of the largest cap set of each dimension (OEIS A090245).
MAXIMUM = {4: 20, 5: 45, 6: 112}


def greedy_cap(priorities, vectors):
    """The cap set got by taking vectors by falling priority, the first among equals, while no line is closed."""
    digits = 3 ** np.arange(vectors.shape[1])[::-1]
    allowed, taken = np.ones(len(vectors), dtype=bool), np.empty_like(vectors)
    size = 0
    for chosen in np.argsort(-priorities, kind="stable").tolist():
        if allowed[chosen]:
            # Two vectors and what completes their line: the three add up to zero.
            allowed[-(taken[:size] + vectors[chosen]) % 3 @ digits] = False
            taken[size] = vectors[chosen]
            size += 1
    return taken[:size]


def evaluate(candidate):
    sizes, shares, zeros, kinds = {}, [], [], []
    for dimension, maximum in MAXIMUM.items():
        vectors = np.array(list(itertools.product(range(3), repeat=dimension)))
        priorities = np.asarray(candidate.call("priority", vectors, dimension), dtype=float)
        if priorities.shape != (len(vectors),) or np.isnan(priorities).any():
            raise ValueError(f"expected {len(vectors)} numbers, got an array of shape {priorities.shape} or NaN")
        cap = greedy_cap(priorities, vectors)
        sizes[f"n{dimension}"] = len(cap)
        shares.append(len(cap) / maximum)
        zeros.append(np.mean(cap == 0))
        kinds.append(np.log(len(np.unique(priorities))) / np.log(len(vectors)))
    return {
        "score": float(np.mean(shares)),
        "cases": shares,
        "metrics": sizes,
        "features": {"zeros": float(np.mean(zeros)), "kinds": float(np.mean(kinds))},
        "feedback": ", ".join(f"{size} of {most}" for size, most in zip(sizes.values(), MAXIMUM.values(), strict=True)),
    }
