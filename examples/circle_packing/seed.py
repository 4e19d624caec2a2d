import numpy as np


# EVOLVE-BLOCK-START
def centres():
    """26 points of the unit square, x and y of each."""
    grid = [((column + 0.5) / 6, (row + 0.5) / 5) for row in range(5) for column in range(6)]
    return np.array(grid[:26])


def radii(points):
    """A radius for every point: half the way to its nearest neighbour, and no further than the edge."""
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    edge = np.minimum(points, 1 - points).min(axis=1)
    return np.minimum(distances.min(axis=1) / 2, edge)


# EVOLVE-BLOCK-END


def pack():
    points = centres()
    return np.column_stack([points, radii(points)])
