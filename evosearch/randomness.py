"""The one way to get randomness: a generator that depends on its entropy alone."""

import numpy as np


def generator(*entropy: int) -> np.random.Generator:
    """PCG64 seeded with `SeedSequence(entropy)`: equal entropy, equal stream, on every machine.

    Raises:
        ValueError: An entropy word is negative.
    """
    return np.random.default_rng(np.random.SeedSequence(entropy))
