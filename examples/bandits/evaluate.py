"""Which arm of a bandit to pull: regret over many runs side by side, one half Bernoulli, the other Gaussian."""

import numpy as np

ARMS, HORIZON = 10, 1_000
#: Seed of the arms and rewards, and the runs of each family.
DATA = {"train": (1, 120), "validation": (2, 120), "test": (11, 1_000)}


def pull(rng, means):
    """A reward for each run: 0 or 1 in the first half of the runs, the mean and normal noise in the other."""
    bernoulli, gaussian = np.split(means, 2)
    return np.concatenate([rng.random(len(bernoulli)) < bernoulli, gaussian + rng.standard_normal(len(gaussian))])


def chosen(candidate, means, pulls, spread, step):
    """The arm with the highest index in each run, the first among equals."""
    answer = np.asarray(candidate.call("index", means, pulls, spread, float(step)), dtype=float)
    if answer.shape != means.shape or np.isnan(answer).any():
        raise ValueError(f"expected an array of numbers of shape {means.shape}, got shape {answer.shape} or NaN")
    return answer.argmax(axis=1)


def play(candidate, seed, runs):
    """Regret of each run, and at each step the share of runs that did not pull the arm that looked best."""
    rng, rows = np.random.default_rng(seed), np.arange(2 * runs)
    truth = np.concatenate([rng.random((runs, ARMS)), 0.5 * rng.standard_normal((runs, ARMS))])
    gaps = truth.max(axis=1, keepdims=True) - truth
    # Every arm is pulled once before the program is asked.
    sums = np.stack([pull(rng, truth[:, arm]) for arm in range(ARMS)], axis=1)
    pulls, squares = np.ones_like(sums), np.square(sums).sum(axis=1)
    regret, explored = gaps.sum(axis=1), np.zeros(HORIZON)
    for step in range(ARMS, HORIZON):
        means = sums / pulls
        variance = (squares - (means * sums).sum(axis=1)) / max(step - ARMS, 1)
        arm = chosen(candidate, means, pulls, np.sqrt(np.maximum(variance, 0))[:, None], step)
        rewards = pull(rng, truth[rows, arm])
        regret += gaps[rows, arm]
        explored[step] = np.mean(means[rows, arm] < means.max(axis=1))
        sums[rows, arm] += rewards
        pulls[rows, arm] += 1
        squares += rewards**2
    return regret, explored


def evaluate(candidate, split):
    regret, explored = play(candidate, *DATA[split])
    # Pairs of runs, one of each family, in 20 lots.
    cases = -np.mean(regret.reshape(2, 20, -1), axis=(0, 2))
    bernoulli, gaussian = (float(family.mean()) for family in np.split(regret, 2))
    return {
        "score": -(bernoulli + gaussian) / 2,
        "cases": cases.tolist(),
        "metrics": {"bernoulli_regret": bernoulli, "gaussian_regret": gaussian},
        "features": {
            "explored": float(explored.mean()),
            "late": float(explored[HORIZON // 2 :].sum() / max(explored.sum(), 1e-9)),
        },
        "feedback": f"mean regret {bernoulli:.1f} on Bernoulli arms, {gaussian:.1f} on Gaussian ones",
    }
