import math
import random


def length(tour, cities):
    return sum(math.dist(cities[a], cities[b]) for a, b in zip(tour, tour[1:] + tour[:1], strict=True))


def solve():
    rng = random.Random(3)
    cities = [(rng.random(), rng.random()) for _ in range(25)]
    tour = list(range(25))
    best = length(tour, cities)
    for step in range(4_000):
        i, j = sorted(rng.sample(range(25), 2))
        other = tour[:i] + tour[i:j][::-1] + tour[j:]
        found = length(other, cities)
        if found < best or rng.random() < math.exp((best - found) / (0.1 / (1 + step))):
            tour, best = other, found
    return [tour, best]
