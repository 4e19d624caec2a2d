import numpy as np


def solve():
    ones = np.ones(25_000_000)  # 200 MB
    ones[::2] += 1
    return float(ones.sum())
