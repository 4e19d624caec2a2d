"""Parts of one program put into another (crossover)."""

import ast
from collections.abc import Iterable

from evosearch.proposers.symbolic.editing.draft import Donor, Draft
from evosearch.proposers.symbolic.editing.growing import fitting
from evosearch.proposers.symbolic.editing.kinds import fits
from evosearch.proposers.symbolic.editing.scopes import loads, local_names
from evosearch.proposers.symbolic.editing.sites import Site, sites
from evosearch.proposers.symbolic.editing.syntax import Function, copied, functions, kind

_LARGEST = 40
"""Nodes of an expression that is taken."""


def crossover(draft: Draft) -> bool:
    """Take an expression of the same kind from a donor, or a whole function of the same name."""
    donor = draft.donor()
    done = draft.random.random() < 0.2 and _function(draft, donor)
    if not done:
        done = _expression(draft, donor)
    if done:
        draft.take_from(donor)
    return done


def _expression(draft: Draft, donor: Donor) -> bool:
    targets = draft.sites()
    if not targets:
        return False
    target = draft.random.choice(targets)
    wanted = kind(target.node)
    here = ast.dump(target.node)
    pool = [
        site for site in sites(donor.tree) if (its := kind(site.node)) and wanted and its.editable and fits(its, wanted)
    ]
    pool = [site for site in pool if not isinstance(site.node, ast.Constant | ast.Name) and not site.inner]
    pool = [site for site in pool if _is_small(site.node) and ast.dump(site.node) != here]
    if not pool:
        return False
    chosen = draft.random.choice(pool)
    node = _at_home(draft, target, chosen, donor)
    if node is not None:
        target.put(node)
    return node is not None


def _is_small(node: ast.expr) -> bool:
    return sum(1 for _ in ast.walk(node)) <= _LARGEST


def _at_home(draft: Draft, target: Site, chosen: Site, donor: Donor) -> ast.expr | None:
    """A copy of a donor's expression that reads names of the draft; None if some have no counterpart."""
    node = copied(chosen.node)
    seen = draft.scope(target)
    helpers = {function.name for function in functions(donor.tree)} - set(draft.entry)
    free = set(loads(node))
    bound = {name for inner in ast.walk(node) for name in _bound_by(inner)}
    counterparts: dict[str, str] = {}
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Name) or inner.id in bound or inner.id not in free:
            continue
        its = kind(inner)
        if its is None or not its.editable:
            continue
        if inner.id in seen and fits(seen[inner.id], its):
            continue
        if inner.id not in counterparts:
            names = fitting(its, seen)
            if not names:
                return None
            counterparts[inner.id] = draft.random.choice(names)
        inner.id = counterparts[inner.id]
    _bring(draft, donor, sorted(free & helpers))
    _bring_imports(draft, donor, free)
    return node


def _bound_by(node: ast.AST) -> list[str]:
    match node:
        case ast.comprehension(target=target):
            return [inner.id for inner in ast.walk(target) if isinstance(inner, ast.Name)]
        case ast.Lambda(args=arguments):
            return [argument.arg for argument in ast.walk(arguments) if isinstance(argument, ast.arg)]
        case _:
            return []


def _function(draft: Draft, donor: Donor) -> bool:
    """Take the donor's version of a function, where both have others beside it."""
    ours = {function.name: place for place, function in enumerate(draft.tree.body) if isinstance(function, Function)}
    theirs = {function.name: function for function in functions(donor.tree)}
    shared = [
        name
        for name in sorted(ours.keys() & theirs.keys())
        if ast.dump(draft.tree.body[ours[name]]) != ast.dump(theirs[name])
    ]
    if not shared or min(len(ours), len(theirs)) < 2:
        return False
    name = draft.random.choice(shared)
    draft.tree.body[ours[name]] = copied(theirs[name])
    free = set(loads_inside(theirs[name]))
    _bring(draft, donor, sorted(free & theirs.keys()))
    _bring_imports(draft, donor, free)
    return True


def loads_inside(function: Function) -> Iterable[str]:
    """The names that the body of a function reads."""
    return (node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _bring(draft: Draft, donor: Donor, names: Iterable[str]) -> None:
    """Copy functions of a donor, and those that they call, that the draft has none of that name."""
    theirs = {function.name: function for function in functions(donor.tree)}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in theirs and name not in local_names(draft.tree.body):
            place = next(
                at for at, node in enumerate([*draft.tree.body, None]) if node is None or isinstance(node, Function)
            )
            draft.tree.body.insert(place, copied(theirs[name]))
            waiting += sorted(set(loads_inside(theirs[name])))
            _bring_imports(draft, donor, set(waiting))


def _bring_imports(draft: Draft, donor: Donor, names: set[str]) -> None:
    """Copy the imports and top-level constants of a donor that bind these names, as far as the draft has none."""
    missing = names - local_names(draft.tree.body)
    brought = [
        copied(statement)
        for statement in donor.tree.body
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.Assign) and local_names([statement]) & missing
    ]
    # After a docstring and imports from the future, which must come first.
    first = next(
        (
            at
            for at, node in enumerate(draft.tree.body)
            if not isinstance(node, ast.Expr) and getattr(node, "module", "") != "__future__"
        ),
        len(draft.tree.body),
    )
    draft.tree.body[first:first] = brought
