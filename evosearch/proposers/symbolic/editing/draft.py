"""A draft: the tree of a child under work, with what operators ask about it."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from evosearch.proposers.symbolic.editing.growing import Grower, fitting
from evosearch.proposers.symbolic.editing.kinds import Kind, fits
from evosearch.proposers.symbolic.editing.sites import Block, Site, blocks, sites
from evosearch.proposers.symbolic.editing.syntax import as_number, imported, kind, scope


@dataclass(frozen=True, slots=True)
class Donor:
    """A program to take parts from.

    Attributes:
        tree: Its tree, annotated.
        place: Its position among the donors, None for the parent itself.
    """

    tree: ast.Module
    place: int | None


class Draft:
    """The tree of a child under work.

    Attributes:
        tree: The tree; operators change it in place.
        random: Where operators draw from.
        entry: Names that must stay defined.
        used: Positions of the donors that something was taken from.

    Args:
        tree: A copy of the annotated parent.
        random: Where to draw from.
        donors: Programs to take parts from.
        entry: Names that must stay defined.
    """

    def __init__(
        self, tree: ast.Module, random: Random, donors: Sequence[Donor] = (), entry: Sequence[str] = ()
    ) -> None:
        self.tree = tree
        self.random = random
        self.entry = tuple(entry)
        self.used: list[int] = []
        self._donors = donors
        modules = imported(tree)
        known = {short: modules[name] for short, name in (("np", "numpy"), ("math", "math")) if name in modules}
        self.grower = Grower(random, known, _numbers(tree))

    def sites(self, *types: type[ast.expr]) -> list[Site]:
        """The places whose expression has a known kind, of these types of nodes if any are given."""
        found = [site for site in sites(self.tree) if (known := kind(site.node)) and known.editable]
        return [site for site in found if isinstance(site.node, types)] if types else found

    def blocks(self) -> list[Block]:
        """The blocks of functions that were reached."""
        return [block for block in blocks(self.tree) if any(map(scope, block.statements[block.first :]))]

    def scope(self, site: Site) -> Mapping[str, Kind]:
        """The names that an expression may read, with their kinds."""
        names = scope(site.statement)
        return {**names, **self._bound_inside(site)} if site.inner else names

    def names(self, site: Site) -> list[str]:
        """The names that may stand for an expression, without one that stands there already."""
        known = kind(site.node)
        current = site.node.id if isinstance(site.node, ast.Name) else None
        return [name for name in fitting(known, self.scope(site)) if name != current] if known else []

    def grow(self, site: Site, depth: int) -> ast.expr | None:
        """An expression that may stand at a site."""
        known = kind(site.node)
        return self.grower.grow(known, self.scope(site), depth) if known else None

    def donor(self) -> Donor:
        """A donor, the parent itself where there is none."""
        return self.random.choice(self._donors) if self._donors else Donor(self.tree, None)

    def take_from(self, donor: Donor) -> None:
        """Note that something of a donor is in the draft."""
        if donor.place is not None and donor.place not in self.used:
            self.used.append(donor.place)

    def _bound_inside(self, site: Site) -> dict[str, Kind]:
        """The names that comprehensions and lambdas around a site bind."""
        found: dict[str, Kind] = {}
        for other in sites(self.tree):
            node = other.node
            if other.statement is site.statement and isinstance(node, ast.Name) and node.id in site.inner:
                known = kind(node)
                if known and known.editable:
                    found[node.id] = known
        return found


def parts(node: ast.expr) -> list[ast.expr]:
    """The expressions that are operands, arguments or items of an expression, and may stand for it."""
    known = kind(node)
    if known is None:
        return []
    match node:
        case ast.Call(args=arguments, keywords=keywords, func=func):
            owner = [func.value] if isinstance(func, ast.Attribute) else []
            found = [*owner, *arguments, *(keyword.value for keyword in keywords)]
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            found = []
        case _:
            found = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return [part for part in found if (its := kind(part)) and its.editable and fits(its, known)]


def _numbers(tree: ast.Module) -> list[float]:
    found = (as_number(site.node) for site in sites(tree))
    return sorted({float(value) for value in found if value is not None and abs(value) < 1e12})
