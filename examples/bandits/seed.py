import numpy as np


def index(means, pulls, spread, step):
    """What to pull: in each run the arm with the highest index. A bonus of nothing for arms seldom pulled is greedy."""
    return means + 0.0 / np.sqrt(pulls)
