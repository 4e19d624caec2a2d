import numpy as np


def priority(vectors, n):
    """How soon each vector is to be tried. All alike is the order of counting: 2**n."""
    return np.zeros(len(vectors))
