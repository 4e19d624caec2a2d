"""Programs with parameters: a table over a feature, a weighted sum of features, two sums and a threshold.

Where edits of a priority mostly leave every rank as it is, a template's constants move it step by step: on bin packing
18 numbers of a table found what no free edit did.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Final

import numpy as np

from evosearch.proposers.symbolic.editing.behaviour import STEPS, Call, counted, run
from evosearch.proposers.symbolic.editing.kinds import FLOAT, Kind, kind_of
from evosearch.proposers.symbolic.editing.parent import Parent, parsed
from evosearch.proposers.symbolic.editing.syntax import (
    Function,
    copied,
    functions,
    imported,
    is_bare_text,
    unparsed,
)

KINDS: Final = ("table", "weighted_sum", "threshold")
#: Knots of a table where nothing is said.
KNOTS: Final = 12
#: Features of a sum of our own.
TERMS: Final = 4
#: Knots and terms at most.
MOST: Final = 64


@dataclass(frozen=True, slots=True)
class Template:
    """The structure of a program whose constants are free.

    Attributes:
        kind: table, weighted_sum or threshold.
        function: Whose body it is.
        features: Python expressions over the function's parameters.
        ranges: The least and the greatest value of each feature that a table or threshold shall know.
        knots: Values of a table.
        scalar: Whether the result is one number rather than an array.
    """

    kind: str
    function: str
    features: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    knots: int = KNOTS
    scalar: bool = False

    @classmethod
    def of(cls, table: Mapping[str, Any], parent: Parent, source: str) -> "Template":
        """Read a task's template; ranges that are not given are those of the recorded calls.

        Raises:
            ValueError: It is none, or the program has no such function.
        """
        kind, function, features = table["kind"], table["function"], tuple(table["features"])
        if kind not in KINDS or not features or len(features) > MOST:
            raise ValueError(
                f"expected a template of kind {', '.join(KINDS)} and 1 to {MOST} features, got {table!r:.200}"
            )
        if not all(map(_is_expression, features)):
            raise ValueError(f"expected Python expressions as features, got {features!r:.200}")
        if function not in {one.name for one in functions(parent.tree)}:
            raise ValueError(f"expected the function of a template in the program, found no {function!r}")
        tree = parsed(source)
        ranges = [_range(_values(tree, function, feature, parent.calls)) for feature in features]
        low, high = table.get("low"), table.get("high")
        bounds = tuple((old[0] if low is None else low, old[1] if high is None else high) for old in ranges)
        scalar = any(kind_of(value).is_number for call, value in parent.results() if call.function == function)
        return cls(kind, function, features, bounds, min(table.get("knots") or KNOTS, MOST), scalar)

    def body(self, random: Random | None) -> ast.expr:
        """The expression that the function returns: a plain one, or one with drawn constants."""
        match self.kind:
            case "table":
                text = " + ".join(self._table(place, random) for place in range(len(self.features)))
            case "weighted_sum":
                text = self._sum(random)
            case _:
                low, high = self.ranges[0]
                share = 0.5 if random is None else random.uniform(0.05, 0.95)
                threshold = _spelt(low + share * (high - low))
                first, second = self._sum(random), self._sum(random)
                # Two halves that are alike would leave nothing to tell them apart by.
                second = f"({second}) * 0.5" if random is None else second
                test = f"({self.features[0]}) < {threshold}"
                text = f"{first} if {test} else {second}" if self.scalar else f"np.where({test}, {first}, {second})"
        return ast.parse(text, mode="eval").body

    def _table(self, place: int, random: Random | None) -> str:
        low, high = self.ranges[place]
        if random is None:
            values = [1 - knot / max(self.knots - 1, 1) for knot in range(self.knots)]
        else:
            values = _walk(self.knots, random)
        knots = ", ".join(map(_spelt, values))
        bounds = f"np.linspace({_spelt(low)}, {_spelt(high)}, {self.knots})"
        return f"np.interp({self.features[place]}, {bounds}, np.array([{knots}]))"

    def _sum(self, random: Random | None) -> str:
        terms = []
        for feature, (low, high) in zip(self.features, self.ranges, strict=True):
            # Each feature weighs alike, whatever its unit.
            scale = 1 / (high - low) if high > low else 1.0
            weight = scale if random is None else random.gauss(0, 1) * scale
            terms.append(f"{_spelt(weight)} * ({feature})")
        return " + ".join(terms)


def _walk(length: int, random: Random) -> list[float]:
    """A smooth random line: a random walk with a trend, averaged over neighbours."""
    trend, value = random.gauss(0, 1), 0.0
    values = []
    for _ in range(length + 2):
        value += random.gauss(0, 0.5) + trend / length
        values.append(value)
    return [sum(values[place : place + 3]) / 3 for place in range(length)]


def _spelt(value: float) -> str:
    """A number in four significant digits, in brackets if it is negative."""
    text = repr(float(f"{value:.4g}"))
    return f"({text})" if value < 0 else text


def filled(parent: Parent, template: Template, random: Random | None) -> str:
    """The program with a template for the body of its function.

    Args:
        parent: The program.
        template: What comes in.
        random: Where constants are drawn from; the plain ones if None.
    """
    return _with_body(parent.tree, template.function, template.body(random))


def _with_body(tree: ast.Module, name: str, result: ast.expr) -> str:
    twin = copied(tree)
    function = next(one for one in functions(twin) if one.name == name)
    function.body = [*function.body[: int(is_bare_text(function.body[0]))], ast.Return(result)]
    if imported(twin).get("numpy") != "np":
        twin.body.insert(_after_head(twin), ast.Import([ast.alias("numpy", "np")]))
    return unparsed(twin)


def _after_head(tree: ast.Module) -> int:
    """After the docstring and imports from the future, which must come first."""
    heads = [
        place
        for place, statement in enumerate(tree.body)
        if (place == 0 and is_bare_text(statement)) or getattr(statement, "module", None) == "__future__"
    ]
    return max(heads, default=-1) + 1


@dataclass(frozen=True, slots=True)
class _Offer:
    """A function that returns numbers.

    Attributes:
        function: Its name.
        ranges: Expression over its parameters -> the least and the greatest value.
        whole: The expressions that have the shape of the result.
        scalar: Whether that is one number.
    """

    function: str
    ranges: Mapping[str, tuple[float, float]]
    whole: Sequence[str]
    scalar: bool

    def template(self, kind: str, random: Random) -> Template:
        """A template over some of the expressions, one of them at least of the shape of the result."""
        first = random.choice(self.whole)
        others = [feature for feature in self.ranges if feature != first]
        count = 0 if kind == "table" else random.randint(1, TERMS - 1)
        features = (first, *random.sample(others, min(count, len(others))))
        return Template(
            kind, self.function, features, tuple(map(self.ranges.__getitem__, features)), KNOTS, self.scalar
        )


def own_templates(parent: Parent, source: str, random: Random, count: int) -> list[Template]:
    """Templates for whichever functions returned numbers, over numeric parameters and simple combinations of them."""
    names = sorted({call.function for call in parent.calls})
    offers = [offer for name in names if (offer := _offer(parent, source, name)) and offer.whole]
    return [random.choice(offers).template(KINDS[place % 3], random) for place in range(count)] if offers else []


def _offer(parent: Parent, source: str, name: str) -> _Offer | None:
    results = [value for call, value in parent.results() if call.function == name]
    function = next((one for one in functions(parent.tree) if one.name == name), None)
    if function is None or not all(_is_numeric(kind_of(value), floats=name in parent.floats) for value in results):
        return None
    tree = parsed(source)
    ranges: dict[str, tuple[float, float]] = {}
    whole = []
    for feature in _combinations(_terms(function, parent)):
        values = _values(tree, name, feature, parent.calls)
        low, high = _range(values)
        if low < high:
            ranges[feature] = (low, high)
            if all(np.shape(value) == np.shape(result) for value, result in zip(values, results, strict=True)):
                whole.append(feature)
    return _Offer(name, ranges, whole, kind_of(results[0]).is_number)


def _is_numeric(kind: Kind, *, floats: bool) -> bool:
    return kind == FLOAT or (kind.is_number and floats) or (kind.name == "array" and kind.item == FLOAT)


def _terms(function: Function, parent: Parent) -> list[str]:
    """Numbers that can be read off the parameters and stand beside the result."""
    found: list[str] = []
    for place, argument in enumerate([*function.args.posonlyargs, *function.args.args]):
        pairs = [(call, value) for call, value in parent.results() if call.function == function.name]
        kinds = [(kind_of(call.arguments[place]), value) for call, value in pairs if place < len(call.arguments)]
        name = argument.arg
        if kinds and all(_stands_beside(kind, value) for kind, value in kinds):
            found.append(name)
        elif kinds and all(kind.item and kind.item.is_number for kind, _ in kinds):
            found += [f"np.mean({name})", f"np.max({name})", f"np.min({name})"]
    return found


def _stands_beside(kind: Kind, result: Any) -> bool:
    return kind.is_number or (kind.name == "array" and kind.shape == np.shape(result))


def _combinations(terms: Sequence[str]) -> list[str]:
    """Terms, differences and ratios of neighbours, and logarithms."""
    pairs = [*((two, one) for one, two in pairwise(terms)), *pairwise(terms)]
    differences = [f"{one} - {two}" for one, two in pairs]
    ratios = [f"{one} / (np.abs({two}) + 1.0)" for one, two in pairs]
    return [*differences, *terms, *ratios, *(f"np.log1p(np.abs({term}))" for term in terms)]


def _values(tree: ast.Module, name: str, feature: str, calls: Sequence[Call]) -> list[Any]:
    """What an expression over the parameters of a function is in each of its calls."""
    mine = [call for call in calls if call.function == name]
    probe = ast.parse(_with_body(tree, name, ast.parse(feature, mode="eval").body))
    return run(counted(probe), mine, STEPS).returned


def _range(values: Sequence[Any]) -> tuple[float, float]:
    """The 2nd and the 98th percentile; 0 and 1 where there are no numbers."""
    rows = [np.ravel(value) for value in values if np.asarray(value).dtype.kind in "biuf"]
    seen = np.concatenate(rows).astype(float) if rows else np.zeros(0)
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return 0.0, 1.0
    low, high = np.percentile(seen, (2, 98))
    return float(low), float(high)


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
