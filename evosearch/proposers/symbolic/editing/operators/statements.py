"""Edits of the order of statements, and new ones."""

import ast
from collections.abc import Mapping

from evosearch.proposers.symbolic.editing.draft import Draft
from evosearch.proposers.symbolic.editing.growing import DEPTH
from evosearch.proposers.symbolic.editing.kinds import Kind
from evosearch.proposers.symbolic.editing.liveness import Reads, first_bound, following, is_read
from evosearch.proposers.symbolic.editing.sites import Block, Site
from evosearch.proposers.symbolic.editing.syntax import copied, scope, set_kind, set_scope


def insert(draft: Draft) -> bool:
    """Give a name a new value where the old one is still to be read: most other assignments would change nothing."""
    places = [(block, place) for block in draft.blocks() for place in range(block.first, len(block.statements))]
    draft.random.shuffle(places)
    reads = Reads()
    live = ((block, place, names) for block, place in places if (names := _live(block, place, reads)))
    block, place, names = next(live, (None, 0, []))
    if block is None:
        return False
    seen = scope(block.statements[place])
    target = draft.random.choice(names)
    value = _value(draft, target, seen)
    if value is None:
        return False
    statement = ast.Assign([ast.Name(target, ast.Store())], value, lineno=0)
    block.statements.insert(place, set_scope(statement, seen))
    return True


def _value(draft: Draft, target: str, seen: Mapping[str, Kind]) -> ast.expr | None:
    """Mostly something made of the old value."""
    wanted = seen[target]
    if draft.random.random() < 0.7:
        return draft.grower.idiom(wanted, seen, DEPTH, around=set_kind(ast.Name(target, ast.Load()), wanted))
    return draft.grower.grow(wanted, seen)


def _live(block: Block, place: int, reads: Reads) -> list[str]:
    """The names bound before a statement whose value is read from there on."""
    seen = scope(block.statements[place])
    return [name for name in seen if is_read(name, following(block, place), reads)]


def swap(draft: Draft) -> bool:
    """Exchange two neighbouring statements."""
    places = [
        (block.statements, place)
        for block in draft.blocks()
        for place in range(block.first, len(block.statements) - 1)
        if not isinstance(block.statements[place + 1], ast.Return | ast.Break | ast.Continue)
        and not first_bound(block.statements[place], block.statements[place + 1 : place + 2])
    ]
    if not places:
        return False
    statements, place = draft.random.choice(places)
    statements[place], statements[place + 1] = statements[place + 1], statements[place]
    return True


def dup(draft: Draft) -> bool:
    """Repeat an assignment with another target or argument."""
    places = [
        (block.statements, place)
        for block in draft.blocks()
        for place, statement in enumerate(block.statements)
        if isinstance(statement, ast.Assign | ast.AugAssign) and scope(statement)
    ]
    if not places:
        return False
    statements, place = draft.random.choice(places)
    twin = copied(statements[place])
    statements.insert(place + 1, twin)
    return _retarget(draft, twin) if draft.random.random() < 0.3 else _reread(draft, twin)


def _retarget(draft: Draft, statement: ast.stmt) -> bool:
    seen = scope(statement)
    match statement:
        case ast.Assign(targets=[ast.Name(id=old) as target]) | ast.AugAssign(target=ast.Name(id=old) as target):
            others = [name for name in seen if name != old and (old not in seen or seen[name] == seen[old])]
            if others:
                target.id = draft.random.choice(others)
            return bool(others)
        case _:
            return False


def _reread(draft: Draft, statement: ast.stmt) -> bool:
    inside: list[Site] = [site for site in draft.sites() if site.statement is statement]
    if not inside:
        return False
    site = draft.random.choice(inside)
    grown = draft.grow(site, 1)
    if grown is not None:
        site.put(grown)
    return grown is not None
