"""Edits that leave less."""

import ast

from evosearch.proposers.symbolic.editing.draft import Draft, parts
from evosearch.proposers.symbolic.editing.kinds import fits
from evosearch.proposers.symbolic.editing.liveness import first_bound, following
from evosearch.proposers.symbolic.editing.sites import Block
from evosearch.proposers.symbolic.editing.syntax import Function, copied, kind


def delete(draft: Draft) -> bool:
    """Delete a statement, or put an operand or argument in the place of an expression."""
    if draft.random.random() < 0.5 and _delete_statement(draft):
        return True
    places = [(site, found) for site in draft.sites() if (found := parts(site.node))]
    if not places:
        return False
    site, found = draft.random.choice(places)
    site.put(draft.random.choice(found))
    return True


def _delete_statement(draft: Draft) -> bool:
    places = [
        (block, place)
        for block in draft.blocks()
        for place in deletable(block)
        if not first_bound(block.statements[place], following(block, place + 1))
    ]
    if not places:
        return False
    block, place = draft.random.choice(places)
    del block.statements[place]
    return True


def deletable(block: Block) -> list[int]:
    """Positions of the statements that may go: no docstring, not the last of a block, and no final return."""
    places = range(block.first, len(block.statements))
    if len(places) < 2:
        return []
    return [
        place for place in places if not isinstance(block.statements[place], (ast.Return, ast.Global, ast.Nonlocal))
    ]


def hoist(draft: Draft) -> bool:
    """Put an expression from deep inside another in its place, or move a statement out of its block or into another."""
    if draft.random.random() < 0.3 and _move_statement(draft):
        return True
    places = [(site, found) for site in draft.sites() if (found := _inside(site.node))]
    if not places:
        return False
    site, found = draft.random.choice(places)
    site.put(copied(draft.random.choice(found)))
    return True


def _inside(node: ast.expr) -> list[ast.expr]:
    """Expressions of the same kind below the operands of an expression."""
    wanted = kind(node)
    if wanted is None or isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return []
    direct = set(map(id, ast.iter_child_nodes(node)))
    found = [inner for inner in ast.walk(node) if isinstance(inner, ast.expr) and inner is not node]
    return [
        inner
        for inner in found
        if id(inner) not in direct and (its := kind(inner)) and its.editable and fits(its, wanted)
    ]


def _move_statement(draft: Draft) -> bool:
    """Out of a loop or branch, before or after it, or into one that stands beside."""
    moves = [*_ways_out(draft), *_ways_in(draft)]
    if not moves:
        return False
    source, place, target, where = draft.random.choice(moves)
    target.insert(where, source.pop(place))
    return True


_Move = tuple[list[ast.stmt], int, list[ast.stmt], int]


def _ways_out(draft: Draft) -> list[_Move]:
    found: list[_Move] = []
    for block in draft.blocks():
        if block.above is None or len(block.statements) < 2 or block.owner is not block.anchor:
            continue
        where = block.above.statements.index(block.anchor)
        for place in _movable(block):
            found += [(block.statements, place, block.above.statements, where + after) for after in (0, 1)]
    return found


def _ways_in(draft: Draft) -> list[_Move]:
    found: list[_Move] = []
    for block in draft.blocks():
        for place in _movable(block):
            for neighbour in block.statements[max(place - 1, 0) : place + 2]:
                if isinstance(neighbour, ast.For | ast.While | ast.If):
                    before = place < block.statements.index(neighbour)
                    found.append((block.statements, place, neighbour.body, 0 if before else len(neighbour.body)))
    return found


def _movable(block: Block) -> list[int]:
    fixed = (ast.Return, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, *Function.__args__)
    return [
        place for place in range(block.first, len(block.statements)) if not isinstance(block.statements[place], fixed)
    ]
