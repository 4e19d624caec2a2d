"""Draws in proportion to weights that change, in logarithmic time."""

from array import array

import numpy as np
from numpy.typing import NDArray


class SumTree:
    """The weights of things numbered 0, 1, …: a full binary tree in which every node is the sum of its children.

    A node is always made anew from its two children, so nothing drifts: after any changes the tree is the same, to the
    bit, as one that was just filled with the same weights. It takes 16 to 32 bytes a weight.
    """

    def __init__(self) -> None:
        # Node 1 is the root, and the children of node i are 2i and 2i + 1; so the leaves begin at their number.
        self._nodes = array("d", (0.0, 0.0))
        self._leaves = 1
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> float:
        if not 0 <= number < self._count:
            raise IndexError(f"there are {self._count} weights, and none is numbered {number}")
        return self._nodes[self._leaves + number]

    def __setitem__(self, number: int, weight: float) -> None:
        """Change a weight; the first free number adds one.

        Raises:
            IndexError: The number is neither a weight's nor the first free one.
            ValueError: The weight is negative or not finite.
        """
        if not 0 <= number <= self._count:
            raise IndexError(f"the first free number is {self._count}, got {number}")
        if not 0.0 <= weight < np.inf:
            raise ValueError(f"a weight must be finite and not negative, got {weight}")
        if number == self._leaves:
            self.fill(np.append(np.frombuffer(self._nodes)[self._leaves :], 0.0))
        self._count = max(self._count, number + 1)
        self._change(number, weight)

    @property
    def total(self) -> float:
        """The sum of all weights."""
        return self._nodes[1]

    def pop(self) -> float:
        """Take the last weight away."""
        weight = self[self._count - 1]
        self._change(self._count - 1, 0.0)
        self._count -= 1
        return weight

    def fill(self, weights: NDArray[np.float64]) -> None:
        """Take these weights, shape (n,), in place of all others; linear in n."""
        self._count = len(weights)
        self._leaves = 1 << max(0, self._count - 1).bit_length()
        nodes = np.zeros(2 * self._leaves)
        nodes[self._leaves : self._leaves + self._count] = weights
        level = self._leaves
        while level > 1:
            children = nodes[level : 2 * level]
            level //= 2
            nodes[level : 2 * level] = children[::2] + children[1::2]
        self._nodes = array("d", nodes.tobytes())

    def draw(self, rng: np.random.Generator, k: int) -> list[int]:
        """Up to k different numbers, one after another, each in proportion to the weights of those that are left.

        What has weight 0 is never drawn. The tree is not changed.
        """
        drawn: list[int] = []
        without: dict[int, float] = {}
        for share in rng.random(min(k, self._count)).tolist():
            total = without.get(1, self._nodes[1])
            if total <= 0.0:
                break
            drawn.append(self._find(share * total, without))
            self._leave_out(drawn[-1], without)
        return drawn

    def _change(self, number: int, weight: float) -> None:
        nodes = self._nodes
        node = self._leaves + number
        nodes[node] = weight
        while node > 1:
            node >>= 1
            nodes[node] = nodes[2 * node] + nodes[2 * node + 1]

    def _find(self, rest: float, without: dict[int, float]) -> int:
        """The number at which the running sum of weights passes `rest`; the nodes of `without` count as they say."""
        nodes = self._nodes
        node = 1
        while node < self._leaves:
            node *= 2
            left = without.get(node, nodes[node])
            # By rounding, `rest` may reach the very end of the sum: there must be something on the right as well.
            if rest >= left and without.get(node + 1, nodes[node + 1]) > 0.0:
                rest -= left
                node += 1
        return node - self._leaves

    def _leave_out(self, number: int, without: dict[int, float]) -> None:
        nodes = self._nodes
        node = self._leaves + number
        without[node] = 0.0
        while node > 1:
            left = node & ~1
            node >>= 1
            without[node] = without.get(left, nodes[left]) + without.get(left + 1, nodes[left + 1])
