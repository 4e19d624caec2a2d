import gc
import sys
import weakref


class Node:
    pass


def solve():
    ended = []
    for number in range(3):
        one, other = Node(), Node()
        one.other, other.other = other, one
        weakref.finalize(one, ended.append, number)
    del one, other
    gc.collect()
    return [sorted(ended), sys.getsizeof([]) > 0, gc.isenabled()]
