import random
import secrets


def solve():
    rng = random.Random(42)
    random.seed(5)
    known = [rng.random(), rng.gauss(0, 1), rng.sample(range(100), 5), rng.choices("abc", k=4), random.randrange(1000)]
    return [known, len(random.SystemRandom().randbytes(8)), len(secrets.token_hex(8))]
