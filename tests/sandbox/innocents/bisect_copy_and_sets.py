import bisect
import copy


def solve():
    ordered = []
    for value in (5, 1, 4, 1, 3):
        bisect.insort(ordered, value)
    nested = {"a": [1, {2, 3}]}
    other = copy.deepcopy(nested)
    other["a"][1].add(4)
    words = {"pear", "fig", "apple", "date"}
    return [
        ordered,
        bisect.bisect(ordered, 3),
        sorted(nested["a"][1]),
        sorted(other["a"][1]),
        list(words),
        sorted(words),
    ]
