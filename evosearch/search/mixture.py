"""A mixture of Gaussians, fitted by expectation maximisation (Bishop 2006, section 9.2.2)."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

#: Rounds of expectation and maximisation; on some hundred points in three dimensions they settle well before.
ROUNDS: Final = 40
#: Added to every variance, so that equal points make no singular Gaussian.
REGULARISATION: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Mixture:
    """Gaussians with full covariances.

    Attributes:
        weights: Their shares, shape (k,).
        means: Shape (k, d).
        covariances: Shape (k, d, d).
    """

    weights: Array
    means: Array
    covariances: Array

    def log_densities(self, points: Array, dimensions: int | None = None) -> Array:
        """The log density of each Gaussian at each point, shape (n, k), in the first dimensions alone."""
        d = self.means.shape[1] if dimensions is None else dimensions
        columns = []
        for mean, covariance in zip(self.means[:, :d], self.covariances[:, :d, :d], strict=True):
            root = np.linalg.cholesky(covariance)
            whitened = np.linalg.solve(root, (points[:, :d] - mean).T)
            columns.append(
                -0.5 * np.sum(whitened**2, axis=0) - np.sum(np.log(np.diag(root))) - 0.5 * d * np.log(2 * np.pi)
            )
        return np.stack(columns, axis=1)

    def log_likelihoods(self, points: Array) -> Array:
        """The log density of the mixture at each point, shape (n,)."""
        likelihoods: Array = np.logaddexp.reduce(self.log_densities(points) + np.log(self.weights), axis=1)
        return likelihoods

    def aic(self, points: Array) -> float:
        """Akaike's criterion: the lower, the better the fit for its number of parameters."""
        k, d = self.means.shape
        parameters = k - 1 + k * d + k * d * (d + 1) // 2
        return float(2 * parameters - 2 * np.sum(self.log_likelihoods(points)))


def fit(points: Array, components: int, rng: np.random.Generator) -> Mixture:
    """Fit a mixture of so many Gaussians.

    Args:
        points: Shape (n, d); n is at least `components`.
        components: The number of Gaussians.
        rng: Draws the points that the means begin at.
    """
    count, d = points.shape
    spread = np.atleast_2d(np.cov(points, rowvar=False, bias=True)) + REGULARISATION * np.eye(d)
    start = points[np.sort(rng.choice(count, components, replace=False))]
    mixture = Mixture(np.full(components, 1 / components), start, np.repeat(spread[None], components, axis=0))
    for _ in range(ROUNDS):
        joint = mixture.log_densities(points) + np.log(mixture.weights)
        mixture = _maximised(points, np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None]))
    return mixture


def _maximised(points: Array, shares: Array) -> Mixture:
    """The likeliest mixture if each point belongs to each Gaussian by so much."""
    # A Gaussian that lost all its points keeps a trace of one, so that no mean is undefined.
    totals = shares.sum(axis=0) + 1e-9
    means = (shares.T @ points) / totals[:, None]
    centred = points[None] - means[:, None]
    covariances = np.einsum("nk,kni,knj->kij", shares, centred, centred) / totals[:, None, None]
    return Mixture(totals / totals.sum(), means, covariances + REGULARISATION * np.eye(points.shape[1]))


def best_fit(points: Array, most: int, rng: np.random.Generator) -> Mixture:
    """The mixture of 1 to `most` Gaussians that Akaike's criterion prefers; the smaller of equals."""
    fits = [fit(points, components, rng) for components in range(1, min(most, len(points)) + 1)]
    return min(fits, key=lambda mixture: mixture.aic(points))
