"""Shorter versions of a program, each by one deletion: what a simplifier tries, as for Lion (Chen et al. 2023)."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from evosearch.proposers.symbolic.editing.draft import parts
from evosearch.proposers.symbolic.editing.operators.numbers import numbers
from evosearch.proposers.symbolic.editing.operators.shrinking import deletable
from evosearch.proposers.symbolic.editing.parent import WORK, WORK_OF_A_NODE, Parent
from evosearch.proposers.symbolic.editing.scopes import local_names
from evosearch.proposers.symbolic.editing.sites import blocks, sites
from evosearch.proposers.symbolic.editing.syntax import (
    Function,
    as_number,
    copied,
    kind,
    number,
    set_kind,
    size,
    unparsed,
)
from evosearch.reading import read_one


@dataclass(frozen=True, slots=True)
class Reduction:
    """A shorter program.

    Attributes:
        source: Its text.
        same: Whether it does what its parent does on the calls; not claimed where there are none.
    """

    source: str
    same: bool


@dataclass(frozen=True, slots=True)
class _Cut:
    """One deletion: the nodes that it saves, and how it is made in a copy of the program."""

    saved: int
    change: Callable[[ast.Module], None]


def reductions(parent: Parent, count: int) -> list[Reduction]:
    """At most so many reductions that compile and run, the shortest first; no two have the same normal form."""
    tree = parent.tree
    cuts = [*_unused(tree, parent.entry), *_statements(tree), *_branches(tree), *_operands(tree), *_plain(tree)]
    known = {read_one(unparsed(parent.tree)).normal_form}
    found: list[Reduction] = []
    work = 0
    for cut in sorted(cuts, key=lambda cut: -cut.saved):
        if len(found) == count or work > WORK:
            break
        shorter = copied(tree)
        cut.change(shorter)
        source = unparsed(shorter)
        work += WORK_OF_A_NODE * parent.size
        form = read_one(source).normal_form
        if form in known:
            continue
        known.add(form)
        verdict = parent.judge(shorter)
        work += verdict.work
        if not verdict.reason:
            same = bool(parent.calls) and verdict.print == parent.print
            found.append(Reduction(source, same))
    return found


def _unused(tree: ast.Module, entry: tuple[str, ...]) -> Iterator[_Cut]:
    """Functions and names at the top level that may not be needed; none where it is not known what is."""
    for place, statement in enumerate(tree.body if entry else ()):
        defines = isinstance(statement, (*Function.__args__, ast.ClassDef, ast.Assign))
        if defines and not local_names([statement]) & set(entry):
            yield _Cut(size(statement), partial(_drop, place=place))


def _drop(twin: ast.Module, place: int) -> None:
    del twin.body[place]


def _statements(tree: ast.Module) -> Iterator[_Cut]:
    for index, block in enumerate(blocks(tree)):
        for place in deletable(block):
            saved = size(block.statements[place])
            yield _Cut(saved, partial(_replace, block=index, place=place, field=""))


def _branches(tree: ast.Module) -> Iterator[_Cut]:
    """One branch in the place of a condition; the inside in that of `with`."""
    for index, block in enumerate(blocks(tree)):
        for place, statement in enumerate(block.statements):
            fields: tuple[str, ...] = ()
            match statement:
                case ast.If(orelse=[_, *_]):
                    fields = ("body", "orelse")
                case ast.If() | ast.With():
                    fields = ("body",)
                case _:
                    pass
            for field in fields:
                saved = size(statement) - sum(map(size, getattr(statement, field)))
                yield _Cut(saved, partial(_replace, block=index, place=place, field=field))


def _replace(twin: ast.Module, block: int, place: int, field: str) -> None:
    """Put the statements of a field in the place of the statement that has it."""
    statements = blocks(twin)[block].statements
    statements[place : place + 1] = getattr(statements[place], field) if field else []


def _operands(tree: ast.Module) -> Iterator[_Cut]:
    for index, site in enumerate(sites(tree)):
        for place, part in enumerate(parts(site.node)):
            yield _Cut(size(site.node) - size(part), partial(_promote, index=index, part=place))


def _promote(twin: ast.Module, index: int, part: int) -> None:
    site = sites(twin)[index]
    site.put(parts(site.node)[part])


def _plain(tree: ast.Module) -> Iterator[_Cut]:
    """Nought or one in the place of another number."""
    for place, site in enumerate(numbers(sites(tree))):
        value = as_number(site.node)
        assert value is not None
        for plain in (0, 1):
            if abs(value) != plain:
                written = float(plain) if isinstance(value, float) else plain
                yield _Cut(size(site.node) - 1, partial(_write, place=place, value=written))


def _write(twin: ast.Module, place: int, value: float) -> None:
    site = numbers(sites(twin))[place]
    known = kind(site.node)
    site.put(set_kind(number(value), known) if known else number(value))
