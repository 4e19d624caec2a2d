import itertools
import operator


def solve():
    pairs = itertools.groupby(sorted("mississippi"))
    sums = list(itertools.accumulate(range(1, 10), operator.mul))
    return [[[letter, len(list(group))] for letter, group in pairs], sums, len(list(itertools.permutations(range(6))))]
