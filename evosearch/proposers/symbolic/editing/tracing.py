"""What kind of value each expression has, and which names each statement sees: seen by running the program."""

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from evosearch.proposers.symbolic.editing.behaviour import STEPS, Call, counted, run
from evosearch.proposers.symbolic.editing.kinds import ANY, Kind, across, join, kind_of
from evosearch.proposers.symbolic.editing.scopes import Scopes
from evosearch.proposers.symbolic.editing.sites import Block, blocks, sites
from evosearch.proposers.symbolic.editing.syntax import copied, set_kind, set_scope

#: How often an expression or a statement is looked at in one call.
LOOKS: Final = 6
#: Items of an array that are as much work as one more expression, as a power of two.
ITEMS_A_STEP: Final = 6
_SEE: Final = "_see"
_STAND: Final = "_stand"


@dataclass(slots=True)
class _Notes:
    """What was seen: number of a site, or of a statement and a name -> number of the call -> kind."""

    call: int = 0
    kinds: dict[int, dict[int, Kind]] = field(default_factory=lambda: defaultdict(dict))
    names: dict[int, dict[str, dict[int, Kind]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    looks: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    work: int = 0

    def see(self, number: int, value: Any) -> Any:
        """Note the kind of an expression's value; returns the value."""
        self.work += 1 + (value.size >> ITEMS_A_STEP if isinstance(value, np.ndarray) else 0)
        if self._looks_again(number):
            _note(self.kinds[number], self.call, kind_of(value))
        return value

    def stand(self, number: int, values: Mapping[str, Any]) -> None:
        """Note the kinds of the names at a statement."""
        if self._looks_again(-1 - number):
            names = self.names[number]
            for name, value in values.items():
                _note(names[name], self.call, kind_of(value))

    def _looks_again(self, number: int) -> bool:
        key = (self.call, number)
        self.looks[key] += 1
        return self.looks[key] <= LOOKS


def _note(kinds: dict[int, Kind], call: int, kind: Kind) -> None:
    known = kinds.get(call)
    kinds[call] = kind if known is None else join(known, kind)


def annotate(tree: ast.Module, calls: Sequence[Call]) -> list[int]:
    """Note the kinds of all expressions and the scopes of all statements of a program, in the tree itself.

    Args:
        tree: The program.
        calls: What to call; without any, nothing is known, and all kinds are alike.

    Returns:
        The work of each call, in expressions evaluated; -1 for one that failed.
    """
    notes = _Notes()
    works = _trace(tree, calls, notes)
    _annotate(tree, notes if any(work >= 0 for work in works) else None)
    return works


def _annotate(tree: ast.Module, notes: _Notes | None) -> None:
    for number, site in enumerate(sites(tree)):
        if notes is None:
            set_kind(site.node, ANY)
        elif number in notes.kinds:
            set_kind(site.node, _joined(notes.kinds[number]))
    before = Scopes(tree).before
    shared = _constants(tree, notes)
    for number, statement in enumerate(_statements(blocks(tree))):
        bound = before.get(id(statement), frozenset())
        if notes is None:
            seen = dict.fromkeys(sorted(bound), ANY)
        else:
            found = notes.names.get(number, {})
            seen = {name: _joined(found[name]) for name in sorted(found) if name in bound}
        set_scope(statement, {**shared, **{name: kind for name, kind in seen.items() if kind.editable}})


def _trace(tree: ast.Module, calls: Sequence[Call], notes: _Notes) -> list[int]:
    if not calls:
        return []
    twin = copied(tree)
    listed = _statements(blocks(twin))
    for number, site in enumerate(sites(twin)):
        site.put(_call(_SEE, ast.Constant(number), site.node))
    numbers = {id(statement): number for number, statement in enumerate(listed)}
    for block in blocks(twin):
        watched = ((numbers[id(statement)], statement) for statement in block.statements)
        hooks = [(ast.Expr(_call(_STAND, ast.Constant(number), _call("locals"))), one) for number, one in watched]
        block.statements[:] = [statement for pair in hooks for statement in pair]
    code = counted(twin)
    works = []
    for number, call in enumerate(calls):
        notes.call, notes.work = number, 0
        behaviour = run(code, [call], STEPS, {_SEE: notes.see, _STAND: notes.stand})
        works.append(-1 if behaviour.failure else notes.work)
    return works


def _statements(found: list[Block]) -> list[ast.stmt]:
    return [statement for block in found for statement in block.statements]


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _joined(kinds: Mapping[int, Kind]) -> Kind:
    return across([kinds[call] for call in sorted(kinds)])


def _constants(tree: ast.Module, notes: _Notes | None) -> dict[str, Kind]:
    """Names bound once at the top level, to something to calculate with: functions may read them."""
    found: dict[str, Kind] = {}
    for number, site in enumerate(sites(tree)):
        statement = site.statement
        if site.owner is not statement or site.field != "value" or statement not in tree.body:
            continue
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if notes is None or number in notes.kinds:
                kind = ANY if notes is None else _joined(notes.kinds[number])
                if kind.editable:
                    found[name] = kind
            case _:
                pass
    return found
