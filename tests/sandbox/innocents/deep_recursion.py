import sys


def depth(level):
    return 0 if level == 0 else 1 + depth(level - 1)


def endless():
    return endless() + 1


def solve():
    sys.setrecursionlimit(6_000)
    try:
        endless()
    except RecursionError:
        return depth(5_000)
