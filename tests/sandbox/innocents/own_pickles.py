import copyreg
import marshal
import pickle


class Node:
    def __init__(self, value, rest=None):
        self.value, self.rest = value, rest


def solve():
    chain = Node(1, Node(2, Node([3, {"x": (4,)}])))
    again = pickle.loads(pickle.dumps(chain))
    return [again.rest.rest.value[0], marshal.loads(marshal.dumps([1, "a"])), copyreg.dispatch_table is not None]
