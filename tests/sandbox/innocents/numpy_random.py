import numpy as np


def solve():
    rng = np.random.default_rng(np.random.SeedSequence([1, 2]))
    old = np.random.RandomState(3)
    unseeded = np.random.default_rng().random(3)
    known = [rng.integers(0, 100, 5).tolist(), old.permutation(6).tolist()]
    return [known, bool(((unseeded >= 0) & (unseeded < 1)).all())]
