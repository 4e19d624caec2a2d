"""26 circles in the unit square, the sum of the radii (Friedman's packing problem, as in AlphaEvolve, 2025).

The check is exact, without a tolerance, and there is no held-out data: a packing is a packing.
"""

import numpy as np

CIRCLES = 26
#: Every radius is shrunk by this before the exact check: the rounding of a program's last operation is no cheating.
ROUNDING = 1e-12
#: A circle as near as this to an edge of the square touches it.
TOUCHING = 1e-6


def overlap(circles):
    """What is wrong with a packing, in words; empty if nothing is."""
    x, y, r = circles.T
    if (r < 0).any():
        return f"circle {int(np.argmin(r))} has the negative radius {r.min():.6g}"
    edge = np.minimum.reduce([x - r, y - r, 1 - x - r, 1 - y - r])
    if (edge < 0).any():
        return f"circle {int(np.argmin(edge))} crosses the edge of the square by {-edge.min():.3g}"
    first, second = np.triu_indices(CIRCLES, k=1)
    gap = np.hypot(x[first] - x[second], y[first] - y[second]) - r[first] - r[second]
    if (gap < 0).any():
        worst = int(np.argmin(gap))
        return f"circles {first[worst]} and {second[worst]} overlap by {-gap[worst]:.3g}"
    return ""


def evaluate(candidate):
    circles = np.asarray(candidate.call("pack"), dtype=float)
    if circles.shape != (CIRCLES, 3) or not np.isfinite(circles).all():
        raise ValueError(f"expected finite numbers of shape ({CIRCLES}, 3), got shape {circles.shape}, NaN or infinity")
    circles = circles - [0, 0, ROUNDING]
    wrong = overlap(circles)
    x, y, radii = circles.T
    room = np.minimum.reduce([x, y, 1 - x, 1 - y])
    return {
        "score": 0.0 if wrong else float(radii.sum()),
        "features": {
            "spread": float(radii.std() / max(abs(radii.mean()), 1e-9)),
            "border": float(np.sum(room - radii < TOUCHING)),
        },
        "feedback": wrong or f"radii from {radii.min():.4f} to {radii.max():.4f}",
    }
