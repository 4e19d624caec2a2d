"""Variation of expressions: the operators of tree-based genetic programming (Koza 1992, chapter 6)."""

from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Final

from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.expressions import Expression, apply, leaf
from evosearch.proposers.symbolic.grammar import Rule, Scope

MAX_SIZE: Final = 40
"""Nodes of an expression."""
DEPTH: Final = 2
"""Depth to which a new subtree is grown from rules before the bank fills its holes."""

Place = tuple[tuple[int, ...], Expression, Scope]


class Mutation:
    """Makes new expressions from old ones and from what enumeration has banked.

    Args:
        enumeration: The bank and the rules.
        random: Source of chance.
        weights: How likely each rule is.
    """

    def __init__(self, enumeration: Enumeration, random: Random, weights: Mapping[Rule, float]) -> None:
        self.enumeration = enumeration
        self.random = random
        self._cumulated = {
            kind: list(accumulate(weights[rule] for rule in rules)) for kind, rules in enumeration.by_result.items()
        }
        self.instances = enumeration.instances
        self._around: dict[str, list[tuple[Rule, int]]] = {}
        for rule in enumeration.rules:
            for position, hole in enumerate(rule.holes):
                if hole == rule.result:
                    self._around.setdefault(hole, []).append((rule, position))

    def offspring(self, parent: Expression, other: Expression) -> Expression | None:
        """Return a variation of `parent`, None when the attempt makes no valid expression."""
        path, old, scope = self.random.choice(places(parent))
        new = self._replacement(old, scope, other)
        if new is None or new.type != old.type:
            return None
        changed = self._rebuilt(parent, path, new)
        if changed is None or changed.scope or changed.size > MAX_SIZE:
            return None
        return changed

    def _replacement(self, old: Expression, scope: Scope, other: Expression) -> Expression | None:
        choice = self.random.random()
        if choice < 0.35:
            return self.grow(old.type, scope, self.random.randint(0, DEPTH))
        if choice < 0.6:
            return self._wrapped(old, scope)
        if choice < 0.72:
            return self._fitting(old, old.type, scope)
        if choice < 0.87:
            return self._fitting(other, old.type, scope)
        if choice < 0.95 and old.children:
            return self._sibling(old, scope)
        return self._constant(old) or self.grow(old.type, scope, 1)

    def fill(self, rule: Rule) -> Expression | None:
        """Return a rule applied to random expressions."""
        return self._filled(rule, (), self.random.randint(1, DEPTH), {})

    def grow(self, kind: str, scope: Scope, depth: int) -> Expression | None:
        """Return a random expression of a type."""
        rules = self.enumeration.by_result.get(kind)
        if depth == 0 or not rules:
            return self.enumeration.pick(self.random, kind, scope)
        return self._filled(self._rule(kind), scope, depth - 1, {})

    def _rule(self, kind: str) -> Rule:
        # Dear rules are rare ones: two are drawn, and the cheaper is taken.
        rule, again = self.random.choices(self.enumeration.by_result[kind], cum_weights=self._cumulated[kind], k=2)
        return again if again.cost < rule.cost else rule

    def _filled(self, rule: Rule, scope: Scope, depth: int, given: dict[int, Expression]) -> Expression | None:
        children = []
        for position, (hole, bound) in enumerate(zip(rule.holes, rule.scopes, strict=True)):
            child = given.get(position)
            if child is None:
                shallow = depth if self.random.random() < 0.3 else 0
                child = self.grow(hole, bound or scope, shallow)
            if child is None:
                return None
            children.append(child)
        return apply(rule, tuple(children), self.instances)

    def _wrapped(self, old: Expression, scope: Scope) -> Expression | None:
        """Put a rule around a subtree."""
        rules = self._around.get(old.type)
        if not rules:
            return None
        rule, position = self.random.choice(rules)
        if rule.scopes[position] and old.scope:
            return None
        return self._filled(rule, scope, 0, {position: old})

    def _sibling(self, old: Expression, scope: Scope) -> Expression | None:
        """Change the rule at a node, keeping its children where they fit."""
        if not self.enumeration.by_result.get(old.type):
            return None
        rule = self._rule(old.type)
        given: dict[int, Expression] = {}
        left = list(old.children)
        for position, (hole, bound) in enumerate(zip(rule.holes, rule.scopes, strict=True)):
            for child in left:
                if child.type == hole and (not child.scope or child.scope == (bound or scope)):
                    given[position] = child
                    left.remove(child)
                    break
        return self._filled(rule, scope, 0, given)

    def _fitting(self, source: Expression, kind: str, scope: Scope) -> Expression | None:
        """Return a random subtree of `source` that may stand where `scope` is bound."""
        found = [node for node in source.walk() if node.type == kind and (not node.scope or node.scope == scope)]
        return self.random.choice(found) if found else None

    def _constant(self, old: Expression) -> Expression | None:
        if old.rule is not None or old.varies or old.type not in ("int", "float"):
            return None
        value = old.first + self.random.choice((1, -1, 2, -2, 10, -10))
        if self.random.random() < 0.2:
            value = old.first * self.random.choice((2, 10, -1))
        return leaf(old.type, repr(value) if value >= 0 else f"({value!r})", [value] * self.instances, 2, varies=False)

    def _rebuilt(self, root: Expression, path: tuple[int, ...], new: Expression) -> Expression | None:
        if not path:
            return new
        first, *rest = path
        child = self._rebuilt(root.children[first], tuple(rest), new)
        if child is None:
            return None
        children = (*root.children[:first], child, *root.children[first + 1 :])
        assert root.rule is not None
        return apply(root.rule, children, self.instances)


def places(root: Expression) -> list[Place]:
    """Return every node of a tree with the way to it and the variables bound there."""
    found: list[Place] = []
    stack: list[Place] = [((), root, ())]
    while stack:
        path, node, scope = stack.pop()
        found.append((path, node, scope))
        if node.rule is not None:
            stack += [
                ((*path, position), child, bound or scope)
                for position, (child, bound) in enumerate(zip(node.children, node.rule.scopes, strict=True))
            ]
    return found
