"""Bottom-up enumeration of expressions by cost, keeping one expression for each distinct value.

Albarghouthi, Gulwani and Kincaid, "Recursive program synthesis" (2013), section 4, call it observational
equivalence: two expressions with equal values on all visible instances are interchangeable, so larger ones are
built from the cheaper alone. Bodies of comprehensions are enumerated likewise, over samples of what their
variables take.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from typing import Any, Final

from evosearch.proposers.symbolic.answers import item_type
from evosearch.proposers.symbolic.expressions import FAILED, Expression, apply, digest, evaluate, variable
from evosearch.proposers.symbolic.grammar import Rule, Scope

MAX_COST: Final = 9
"""Where enumeration ends; the work doubles many times before."""
MAX_BODY_COST: Final = 4
"""Greatest cost of an enumerated body; larger ones come from mutation."""
MAX_KEPT: Final = 600
"""Expressions kept of one type, scope and cost."""
SAMPLES: Final = 12
"""Sampled values of bound variables, over all instances."""
IDLE: Final = 64
"""Applications between two returns to the caller, when no new answer turns up."""

Key = tuple[Scope, str]


class Enumeration:
    """All distinct expressions of a grammar in order of cost.

    Args:
        rules: The grammar.
        leaves: Inputs and constants.
        instances: Number of visible instances.

    Attributes:
        bank: The expressions found so far by scope and type, cheapest first.
        applied: Rules applied so far.
    """

    def __init__(self, rules: Sequence[Rule], leaves: Sequence[Expression], instances: int) -> None:
        self.rules = rules
        self.instances = instances
        self.applied = 0
        self.inputs_matter = any(node.varies for node in leaves)
        self.bank: dict[Key, list[Expression]] = {}
        self._levels: dict[tuple[Scope, str, int], list[Expression]] = {}
        self._seen: dict[Scope, set[bytes]] = {(): set()}
        self._leaves = leaves
        self.scopes = sorted({scope for rule in rules for scope in rule.scopes if scope})
        self.samples: dict[Scope, list[tuple[int, tuple[Any, ...]]]] = {}
        self.by_result: dict[str, list[Rule]] = {}
        for rule in rules:
            self.by_result.setdefault(rule.result, []).append(rule)

    def expressions(self) -> Iterator[Expression | None]:
        """Yield every new expression without variables; None now and then in between."""
        for node in self._leaves:
            if self._keep(node):
                yield node
        self._open_scopes()
        for cost in range(2, MAX_COST + 1):
            for scope in self.scopes if cost <= MAX_BODY_COST else []:
                for rule in self.rules:
                    yield from self._applications(rule, cost, scope)
            for rule in self.rules:
                yield from self._applications(rule, cost, ())

    def declare(self, scope: Scope) -> None:
        """Bank the variables of a scope whose expressions are not enumerated."""
        if scope not in self.scopes:
            for position, kind in enumerate(scope):
                self.bank.setdefault((scope, kind), []).append(variable(scope, position))

    def adopt(self, node: Expression) -> None:
        """Bank an expression from elsewhere."""
        if not node.scope:
            self.bank.setdefault(((), node.type), []).append(node)

    def pick(self, random: Random, kind: str, scope: Scope = ()) -> Expression | None:
        """Draw an expression of a type that may use the variables of a scope; cheaper ones are likelier."""
        own = self.bank.get((scope, kind), [])
        if scope and (not own or random.random() < 0.3):
            own = self.bank.get(((), kind), [])
        if not own:
            return None
        # The square of a uniform number leans towards the cheap end of the list.
        return own[int(len(own) * random.random() ** 2)]

    def _keep(self, node: Expression) -> bool:
        scope = node.scope
        values: Any = node.values if not scope else self._sampled(node)
        if values is None:
            return False
        key = digest([node.type, values])
        if key in self._seen[scope]:
            return False
        level = self._levels.setdefault((scope, node.type, node.cost), [])
        if len(level) >= MAX_KEPT:
            return False
        self._seen[scope].add(key)
        level.append(node)
        self.bank.setdefault((scope, node.type), []).append(node)
        return True

    def _sampled(self, node: Expression) -> list[Any] | None:
        values = [evaluate(node, instance, frame) for instance, frame in self.samples[node.scope]]
        # A body that fails on most of what it will meet, or never changes, is of no use.
        if sum(value is FAILED for value in values) * 2 > len(values):
            return None
        return values

    def _open_scopes(self) -> None:
        """Sample the values of bound variables from the leaves, and start each scope with its variables."""
        items: dict[str, list[list[Any]]] = {}
        for node in self._leaves:
            for name, found in _parts(node):
                per_instance = items.setdefault(name, [[] for _ in range(self.instances)])
                for instance, values in enumerate(found):
                    per_instance[instance] += [value for value in values if value not in per_instance[instance]]
        for number in range(SAMPLES):
            for own in items.setdefault("int", [[] for _ in range(self.instances)]):
                if number not in own:
                    own.append(number)
        for scope in self.scopes:
            if not all(name in items for name in scope):
                continue
            self._seen[scope] = set()
            self.samples[scope] = [
                (instance, frame)
                for instance in range(self.instances)
                for frame in _frames(items, scope, instance)[: max(SAMPLES // self.instances, 3)]
            ]
            for position in range(len(scope)):
                self._keep(variable(scope, position))
        self.scopes = [scope for scope in self.scopes if scope in self.samples]

    def _applications(self, rule: Rule, cost: int, scope: Scope) -> Iterator[Expression | None]:
        budget = cost - rule.cost
        holes = len(rule.holes)
        for costs in _partitions(budget, holes):
            choices = [
                self._choices(hole, part, bound or scope, only_own=not bound and holes == 1)
                for hole, bound, part in zip(rule.holes, rule.scopes, costs, strict=True)
            ]
            if not all(choices):
                continue
            for children in product(*choices):
                if not self._promising(children, scope):
                    continue
                self.applied += 1
                if self.applied % IDLE == 0:
                    yield None
                node = apply(rule, children, self.instances)
                if node is not None and node.scope == scope and self._keep(node) and not scope:
                    yield node

    def _choices(self, kind: str, cost: int, scope: Scope, *, only_own: bool) -> list[Expression]:
        own = self._levels.get((scope, kind, cost), [])
        if not scope or only_own:
            return own
        return own + self._levels.get(((), kind, cost), [])[:20]

    def _promising(self, children: tuple[Expression, ...], scope: Scope) -> bool:
        if scope:
            return any(child.scope == scope for child in children)
        return not self.inputs_matter or any(child.varies for child in children)


def _parts(node: Expression) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield what a comprehension over this leaf would bind, by type, with the values for each instance."""
    name = item_type(node.type)
    if name is None and node.type == "str":
        name = "str"
    if name is None:
        return
    found = [list(value)[:SAMPLES] if isinstance(value, list | str) else [] for value in node.values]
    yield name, found
    if item_type(name) is not None:
        inner = [[item for row in rows for item in row][:SAMPLES] for rows in found]
        yield item_type(name) or name, inner


def _frames(items: dict[str, list[list[Any]]], scope: Scope, instance: int) -> list[tuple[Any, ...]]:
    columns = [items[name][instance][:SAMPLES] for name in scope]
    count = max(len(column) for column in columns)
    if not all(columns):
        return []
    return [tuple(column[row % len(column)] for column in columns) for row in range(count)]


def _partitions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield the ways to write `total` as a sum of `parts` positive numbers, in order."""
    if parts == 1:
        if total >= 1:
            yield (total,)
        return
    for first in range(1, total - parts + 2):
        for rest in _partitions(total - first, parts - 1):
            yield (first, *rest)
