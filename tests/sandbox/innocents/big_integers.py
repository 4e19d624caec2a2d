import math


def solve():
    huge = math.factorial(3_000)
    return [len(str(huge)), pow(3, 10**6, 10**9 + 7), math.isqrt(huge) % 10**9, str(2**20_000)[-20:]]
