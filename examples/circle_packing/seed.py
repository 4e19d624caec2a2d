import numpy as np


def start():
    """26 points, x and y of each: five rows of six, the last one cut short, all a little off their places."""
    grid = [((column + 0.5) / 6, (row + 0.5) / 5) for row in range(5) for column in range(6)]
    return np.array(grid[:26]) + 0.001 * np.sin(7.0 * np.arange(52).reshape(26, 2))


def relaxed(points, steps=100, swell=0.001, push=0.3, shrink=0.15):
    """Circles swell, less and less; where they overlap they push one another apart and shrink."""
    radii = np.full(26, 0.06)
    for step in range(steps):
        apart = points[:, None] - points
        distance = np.sqrt((apart**2).sum(axis=2)) + np.eye(26)
        overlap = np.maximum(radii[:, None] + radii - distance, 0) * (1 - np.eye(26))
        low, high = np.maximum(radii[:, None] - points, 0), np.maximum(points + radii[:, None] - 1, 0)
        points = points + push * ((apart * (overlap / distance)[:, :, None]).sum(axis=1) + 2 * (low - high))
        radii = radii + swell * (1 - step / steps) - shrink * (overlap.sum(axis=1) + (low + high).sum(axis=1))
    return points, radii


def fitted(points, radii):
    """Radii shrunk until no circles overlap, and then swollen one by one, the smallest first."""
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)) + 9 * np.eye(26)
    edge = np.minimum(points, 1 - points).min(axis=1)
    radii = np.clip(radii, 1e-9, edge)
    radii = radii * np.minimum(1, (distance / (radii[:, None] + radii)).min(axis=1))
    for circle in np.argsort(radii):
        radii[circle] = min(edge[circle], (distance[circle] - radii).min())
    return radii


def pack():
    points, radii = relaxed(start())
    return np.column_stack([points, fitted(points, radii)])
