import functools
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque


@functools.cache
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@functools.singledispatch
def kind(value):
    return "other"


@kind.register
def _(value: int):
    return "int"


def solve():
    places = defaultdict(list)
    for place, letter in enumerate("abracadabra"):
        places[letter].append(place)
    recent = deque(range(10), maxlen=3)
    merged = ChainMap({"a": 1}, {"a": 2, "b": 3})
    counted = dict(Counter("abracadabra").most_common(2))
    return [
        fibonacci(200),
        dict(places),
        list(recent),
        merged["b"],
        counted,
        [kind(1), kind("x")],
        list(OrderedDict(a=1)),
    ]
