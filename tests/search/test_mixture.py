"""Mixtures of Gaussians find the clusters that points were drawn from."""

import numpy as np
import pytest

from evosearch.randomness import generator
from evosearch.search.mixture import Mixture, best_fit, fit

ROUND = np.array([[0.0, 0.0], [5.0, 5.0]])


def clusters(*means, each=60, seed=1):
    rng = generator(seed)
    return np.concatenate([rng.normal(mean, 0.3, size=(each, len(mean))) for mean in means])


def test_the_means_and_shares_of_two_clusters_are_found():
    points = np.concatenate([clusters((0.0, 0.0), each=90), clusters((5.0, 5.0), each=30)])
    mixture = fit(points, 2, generator(3))
    order = np.argsort(mixture.means[:, 0])
    assert mixture.means[order] == pytest.approx(ROUND, abs=0.2)
    assert mixture.weights[order] == pytest.approx([0.75, 0.25], abs=0.02)


def test_akaikes_criterion_wants_a_gaussian_for_each_cluster():
    for means in ([(0.0, 0.0)], [(0.0, 0.0), (5.0, 5.0)], [(0.0, 0.0), (5.0, 5.0), (0.0, 5.0)]):
        points = clusters(*means)
        best = best_fit(points, 4, generator(2))
        assert len(best.weights) >= len(means)
        assert best.aic(points) <= fit(points, 1, generator(2)).aic(points)


def test_a_density_in_the_first_dimensions_is_that_of_the_marginal():
    mixture = Mixture(np.array([1.0]), np.array([[1.0, 7.0]]), np.array([[[4.0, 1.0], [1.0, 9.0]]]))
    found = mixture.log_densities(np.array([[3.0]]), dimensions=1)
    assert found == pytest.approx(np.array([[-0.5 - np.log(2.0) - 0.5 * np.log(2 * np.pi)]]))


def test_equal_points_make_no_singular_gaussian():
    mixture = fit(np.ones((30, 3)), 2, generator(1))
    assert np.isfinite(mixture.log_likelihoods(np.ones((1, 3)))).all()


def test_equal_points_give_equal_fits():
    points = clusters((0.0, 0.0), (5.0, 5.0))
    first, second = (best_fit(points, 4, generator(9)) for _ in range(2))
    assert np.array_equal(first.means, second.means)
