"""How fast AdamW is to learn from step to step, on six small problems of different kinds.

Each problem is trained from several starts at once: weights are an array (starts, weights). The score of a problem is
log(loss before / loss after) over the same for a linear decay whose rate was tuned for that problem alone, so 1 is as
good as that; both losses have a thousandth of the first one added, so that nothing is won by going on to zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

RATE, BETA1, BETA2, DECAY, EPSILON = 0.08, 0.7, 0.95, 0.001, 1e-8
#: Seed of the data, the starts and the batches, and the number of starts.
DATA = {"train": (1, 8), "validation": (2, 8), "test": (11, 32)}
#: log(loss before / loss after) of a linear decay with the best of the rates 0.01 · 2^k: seed 0, mean of 64 starts.
REFERENCE = {
    "quadratic": 4.042,
    "valley": 6.387,
    "logistic": 0.359,
    "deep_linear": 6.796,
    "factors": 6.236,
    "network": 1.454,
}


@dataclass(frozen=True)
class Training:
    """`gradient(weights, step)` is of one batch, `loss(weights)` the true one or that of other data."""

    steps: int
    start: np.ndarray
    gradient: Callable
    loss: Callable


def quadratic(rng, starts, size=100):
    """A noisy quadratic with curvatures 1, 1/2, 1/3, ..."""
    curvature = 1 / np.arange(1.0, size + 1)
    noise = 0.3 * np.sqrt(curvature) * rng.standard_normal((150, starts, size))
    return Training(
        150,
        rng.standard_normal((starts, size)),
        lambda weights, step: curvature * weights + noise[step],
        lambda weights: 0.5 * (curvature * weights**2).sum(axis=1),
    )


def valley(rng, starts, size=10):
    """Rosenbrock's function in ten dimensions, divided by ten; no noise."""

    def gradient(weights, step):
        here, there = weights[:, :-1], weights[:, 1:]
        slope = np.zeros_like(weights)
        slope[:, 1:] = 20 * (there - here**2)
        slope[:, :-1] += -40 * here * (there - here**2) - 0.2 * (1 - here)
        return slope

    def loss(weights):
        here, there = weights[:, :-1], weights[:, 1:]
        return (10 * (there - here**2) ** 2 + 0.1 * (1 - here) ** 2).sum(axis=1)

    return Training(250, 0.5 * rng.standard_normal((starts, size)), gradient, loss)


def logistic(rng, starts, size=30, batch=32):
    """Logistic regression on features of very different scales, a tenth of the labels flipped."""
    inputs = rng.standard_normal((starts, 800, size)) * np.logspace(-1.5, 0.5, size)
    teacher = rng.standard_normal((starts, size, 1)) / np.logspace(-1.5, 0.5, size)[:, None]
    labels = ((inputs @ teacher)[:, :, 0] > 0) ^ (rng.random((starts, 800)) < 0.1)
    picks = rng.integers(400, size=(150, batch))

    def gradient(weights, step):
        seen = inputs[:, picks[step]]
        error = 1 / (1 + np.exp(-(seen @ weights[:, :, None])[:, :, 0])) - labels[:, picks[step]]
        return (error[:, None] @ seen)[:, 0] / batch

    def loss(weights):
        margin = (2 * labels[:, 400:] - 1) * (inputs[:, 400:] @ weights[:, :, None])[:, :, 0]
        return np.logaddexp(0, -margin).mean(axis=1)

    return Training(150, np.zeros((starts, size)), gradient, loss)


def deep_linear(rng, starts, width=8, layers=4, batch=32):
    """A product of square matrices that is to equal another one; no noise but the batches'."""
    teacher = rng.standard_normal((starts, width, width)) / np.sqrt(width)
    inputs = rng.standard_normal((150, width, batch))

    def parts(weights):
        return weights.reshape(len(weights), layers, width, width).swapaxes(0, 1)

    def gradient(weights, step):
        matrices, values = parts(weights), [inputs[step]]
        for matrix in matrices:
            values.append(matrix @ values[-1])
        back, slopes = (values[-1] - teacher @ inputs[step]) / batch, []
        for matrix, value in zip(matrices[::-1], values[-2::-1], strict=True):
            slopes.append(back @ np.swapaxes(value, -1, -2))
            back = matrix.swapaxes(1, 2) @ back
        return np.stack(slopes[::-1], axis=1).reshape(weights.shape)

    def loss(weights):
        product = np.eye(width)
        for matrix in parts(weights):
            product = matrix @ product
        return 0.5 * ((product - teacher) ** 2).sum(axis=(1, 2))

    start = np.eye(width).ravel() + rng.standard_normal((starts, layers, width**2)) / width
    return Training(150, start.reshape(starts, -1), gradient, loss)


def factors(rng, starts, rows=30, columns=20, rank=3):
    """A matrix of low rank, of which noisy entries are seen, a fifth of them at a time."""
    truth = rng.standard_normal((starts, rows, rank)) @ rng.standard_normal((starts, rank, columns))
    noisy = truth + 0.1 * rng.standard_normal(truth.shape)
    seen = rng.random((150, rows, columns)) < 0.2

    def parts(weights):
        left, right = np.split(weights, [rows * rank], axis=1)
        return left.reshape(-1, rows, rank), right.reshape(-1, rank, columns)

    def gradient(weights, step):
        left, right = parts(weights)
        error = (left @ right - noisy) * seen[step] / 10
        slopes = (error @ right.swapaxes(1, 2), left.swapaxes(1, 2) @ error)
        return np.concatenate([slope.reshape(len(weights), -1) for slope in slopes], axis=1)

    def loss(weights):
        left, right = parts(weights)
        return ((left @ right - truth) ** 2).mean(axis=(1, 2))

    return Training(150, 0.5 * rng.standard_normal((starts, (rows + columns) * rank)), gradient, loss)


def network(rng, starts, inputs=8, hidden=16, batch=32):
    """A network with one hidden layer that is to tell four kinds of points apart, each kind in three clumps."""
    kinds = 4
    centres = 1.2 * rng.standard_normal((starts, kinds * 3, inputs))
    clump = rng.integers(kinds * 3, size=600)
    points = centres[:, clump] + 0.7 * rng.standard_normal((starts, 600, inputs))
    wanted = np.eye(kinds)[clump % kinds]
    picks = rng.integers(300, size=(150, batch))

    def parts(weights):
        first, second = np.split(weights, [inputs * hidden], axis=1)
        return first.reshape(-1, inputs, hidden), second.reshape(-1, hidden, kinds)

    def forward(weights, chosen):
        first, second = parts(weights)
        active = np.tanh(points[:, chosen] @ first)
        scores = active @ second
        scores = scores - scores.max(axis=2, keepdims=True)
        return active, scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))

    def gradient(weights, step):
        active, logs = forward(weights, picks[step])
        error = (np.exp(logs) - wanted[picks[step]]) / batch
        back = error @ parts(weights)[1].swapaxes(1, 2) * (1 - active**2)
        slopes = (points[:, picks[step]].swapaxes(1, 2) @ back, active.swapaxes(1, 2) @ error)
        return np.concatenate([slope.reshape(len(weights), -1) for slope in slopes], axis=1)

    def loss(weights):
        return -(forward(weights, np.arange(300, 600))[1] * wanted[300:]).sum(axis=2).mean(axis=1)

    start = rng.standard_normal((starts, (inputs + kinds) * hidden)) * 0.25
    return Training(150, start, gradient, loss)


PROBLEMS = (quadratic, valley, logistic, deep_linear, factors, network)


def train(training, rates):
    """AdamW with the given rate at each step; log(loss before / loss after) of each start."""
    weights = training.start
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step, rate in enumerate(rates.tolist()):
        gradient = training.gradient(weights, step)
        mean += (1 - BETA1) * (gradient - mean)
        square += (1 - BETA2) * (gradient * gradient - square)
        scale = np.sqrt(square / (1 - BETA2 ** (step + 1))) + EPSILON
        weights = weights - rate * (mean / (1 - BETA1 ** (step + 1)) / scale + DECAY * weights)
    before = training.loss(training.start)
    after = np.nan_to_num(training.loss(weights), nan=np.inf)
    return np.log(1.001 * before / (after + 0.001 * before))


@cache
def trainings(split):
    seed, starts = DATA[split]
    return {problem.__name__: problem(np.random.default_rng(seed), starts) for problem in PROBLEMS}


def rates_of(candidate, steps):
    answer = np.asarray(candidate.call("schedule", np.arange(float(steps)), float(steps)), dtype=float)
    if answer.shape != (steps,) or not np.isfinite(answer).all():
        raise ValueError(f"expected {steps} finite numbers, got an array of shape {answer.shape}, NaN or infinity")
    return answer


def evaluate(candidate, split):
    rates = {steps: rates_of(candidate, steps) for steps in (150, 250)}
    scores = {}
    with np.errstate(all="ignore"):
        for name, training in trainings(split).items():
            gains = train(training, RATE * rates[training.steps]) / REFERENCE[name]
            scores[name] = float(np.clip(gains, -0.5, 1.5).mean())
    shape = np.abs(rates[150]) / max(np.abs(rates[150]).max(), 1e-300)
    return {
        "score": float(np.mean(list(scores.values()))),
        "cases": list(scores.values()),
        "metrics": scores,
        "features": {"peak": float(shape.argmax() / 150), "tail": float(shape[120:].mean())},
        "feedback": ", ".join(f"{name} {score:.3f}" for name, score in scores.items()),
    }
