"""One batch of the embedded search on one puzzle: JSON-able values in, JSON-able values out.

Runs inside a jailed child. Equal requests give equal replies: work is counted in tries and steps, never timed.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from evosearch.predicates.distance import Predicate
from evosearch.proposers.symbolic.answers import type_of
from evosearch.proposers.symbolic.arms import Arms, Patience
from evosearch.proposers.symbolic.climbing import climbing_programs
from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.exhaustion import exhaustive_programs
from evosearch.proposers.symbolic.expressions import Expression, leaf
from evosearch.proposers.symbolic.grammar import RULE_METER, rules_for, types_around
from evosearch.proposers.symbolic.harvest import SIMPLE, Harvest
from evosearch.proposers.symbolic.judging import STEPS_PER_TRY, UNFIT, Judge
from evosearch.proposers.symbolic.mutation import Mutation
from evosearch.proposers.symbolic.reading import answer_of, expressions_of
from evosearch.proposers.symbolic.statements import blocks_for, loop_types
from evosearch.proposers.symbolic.values import Values
from evosearch.proposers.symbolic.weights import rule_weights

SHARES: Final[tuple[tuple[int, dict[str, int]], ...]] = (
    (40, {"enumeration": 2, "value": 1, "expression": 0}),
    (100, {"enumeration": 2, "value": 2, "expression": 1}),
    (1_000, {"enumeration": 2, "value": 3, "expression": 2, "statements": 1}),
    (10**9, {"enumeration": 1, "value": 5, "expression": 3, "statements": 1}),
)
"""How tries are divided among the arms, up to which try of a puzzle."""
SHARES_SOLVED: Final = {"enumeration": 2, "value": 0, "expression": 3, "statements": 2}
"""Once the first instance is solved, only programs can do better."""
PROGRAMS_FROM: Final = 40
"""The try of a puzzle from which whole programs are tried."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How hard whole programs are tried.

    Attributes:
        until: The try of the puzzle from which on it is another stage's turn.
        turns: Answers that a climbing program looks at.
        climbing: How long climbing programs may take.
        exhaustion: How long exhaustive programs may take.
    """

    until: int
    turns: int
    climbing: Patience
    exhaustion: Patience


STAGES: Final = (
    Stage(PROGRAMS_FROM, 2_000, Patience(700_000, 2_500_000), Patience(150_000, 1_500_000)),
    Stage(400, 6_000, Patience(1_500_000, 3_000_000), Patience(600_000, 4_000_000)),
)
"""Of a hundred programs that solve a puzzle, ninety take less than the first stage allows; trying them harder than in
the second brings nothing."""
STEPS_PER_RULE_STEP: Final = 4
"""A step inside a rule runs an interpreted body, which costs some four steps of a predicate."""
DONORS: Final = 8
"""Programs of other puzzles whose parts are borrowed."""
CONSTANTS: Final = 12
"""Constants of each type that become leaves of expressions."""


def search(request: dict[str, Any]) -> dict[str, Any]:
    """Search for programs that solve a puzzle.

    Args:
        request: ``instances`` (sources of ``sat``, first instance first), ``answer_type``, ``allowance`` (distinct
            candidates), ``spent`` (candidates tried in earlier batches), ``seed`` (integers), ``parents`` (programs
            from earlier batches, best first), ``solutions`` (programs that solved other puzzles of this type: rules
            are weighted by what they use, and the first `DONORS` are borrowed from),
            ``solved`` (the first instance is solved: look for a program that solves all), ``returned`` (programs).

    Returns:
        ``tried`` (candidates), ``programs`` (``source``, ``solved`` instances, mean ``distance``, ``found_at``,
        ``arm``; best first) and the least ``distance`` on the first instance.

    Raises:
        SyntaxError: An instance is no Python.
        ValueError: An instance is no ``sat``, or the answer type is unknown.
    """
    sys.set_int_max_str_digits(0)
    judge = Judge(request["instances"], request["answer_type"], request["allowance"])
    _Batch(request, judge).run()
    return {
        "tried": judge.tried,
        "programs": judge.programs(request["returned"]),
        "distance": min(judge.best, UNFIT),
    }


class _Batch:
    """The arms of one puzzle and whose turn it is."""

    def __init__(self, request: dict[str, Any], judge: Judge) -> None:
        self.judge = judge
        self.request = request
        self.spent: int = request["spent"]
        source = request["instances"][0]
        first = judge.predicates[0]
        harvest = Harvest(source, first, judge.answer_type)
        self.leaves = leaves(judge, harvest)
        names = [judge.answer_type, *(node.type for node in self.leaves)]
        types = types_around(names)
        self.enumeration = Enumeration(rules_for(types), self.leaves, len(judge.predicates))
        blocks = blocks_for(loop_types(judge.answer_type, types), judge.answer_type)
        for scope in sorted({scope for rule in blocks for scope in rule.scopes if scope}):
            self.enumeration.declare(scope)
        self.arms = Arms(judge, header(first.parameters, first.defaults))
        random = Random(":".join(map(str, request["seed"])))
        values = Values(harvest.pool, harvest.characters(), random)
        mutation = Mutation(self.enumeration, random, rule_weights(self.enumeration.rules, request["solutions"]))
        seeds = [] if self.spent else harvest.pool[judge.answer_type][:30]
        self.turns: dict[str, Iterator[None]] = {
            "enumeration": self.arms.enumerate(self.enumeration),
            "value": self.arms.evolve_values(values, random, harvest, seeds),
            "expression": self.arms.evolve_expressions(mutation, random),
            "statements": self.arms.evolve_statements(mutation, blocks, random),
        }
        self._open_programs(source, first, harvest)
        self.steps = judge.steps_left
        self.tried = dict.fromkeys(self.turns, 0)
        self.worked = dict.fromkeys(self.turns, 0.0)

    def _open_programs(self, source: str, first: Predicate, harvest: Harvest) -> None:
        """Open the arms of whole programs, which are tried harder in each rung."""
        stage = next((stage for stage in STAGES if self.spent < stage.until), None)
        if stage is None:
            return
        kind, seed = self.judge.answer_type, 1 + self.spent
        climbing = climbing_programs(source, first, kind, harvest, turns=stage.turns, seed=seed)
        self.turns["climbing"] = self.arms.run_programs(climbing, "climbing", stage.climbing)
        exhaustive = exhaustive_programs(source, first, kind, harvest)
        self.turns["exhaustion"] = self.arms.run_programs(exhaustive, "exhaustion", stage.exhaustion)

    def run(self) -> None:
        self._revive()
        self._borrow()
        while not self.judge.finished and self.turns:
            self._step(self._next_arm())

    def _revive(self) -> None:
        """Judge once more, uncounted, what earlier batches counted: parents and the start of the enumeration."""
        judge = self.judge
        judge.counting = False
        for source in self.request["parents"]:
            answer = answer_of(source)
            if answer is not None:
                self.arms.try_value(answer)
            for node in self._adopted(source)[:1]:
                self.arms.try_expression(node, "expression")
        known = enumerated(self.spent)
        until = len(judge) + known
        # The work that enumeration was allowed then: where its tries were dear, it did not get as far.
        reserve = max(judge.steps_left - STEPS_PER_TRY * known, judge.steps_left // 2)
        while len(judge) < until and judge.steps_left > reserve and not judge.complete and "enumeration" in self.turns:
            self._step("enumeration")
        judge.counting = True

    def _borrow(self) -> None:
        """Try what fits of programs that solved other puzzles."""
        for source in self.request["solutions"][:DONORS]:
            for node in self._adopted(source):
                if not self.judge.finished:
                    self.arms.try_expression(node, "expression")

    def _adopted(self, source: str) -> list[Expression]:
        """Take the parts of a program into the bank; return those that could be answers, the greatest first."""
        nodes = expressions_of(source, self.leaves)
        for node in nodes:
            self.enumeration.adopt(node)
        return [node for node in nodes if node.type == self.judge.answer_type]

    def _step(self, arm: str) -> None:
        judge = self.judge
        tried, left, spent = judge.tried, judge.steps_left, RULE_METER.spent
        try:
            next(self.turns[arm])
        except StopIteration:
            del self.turns[arm]
        judge.charge(STEPS_PER_RULE_STEP * (RULE_METER.spent - spent))
        self.tried[arm] += judge.tried - tried
        self.worked[arm] += (left - judge.steps_left) / STEPS_PER_TRY

    def _next_arm(self) -> str:
        """Return the arm that is furthest behind its share of the tries, or of the steps where its tries are dear."""
        position = self.spent + self.judge.tried
        dear = self.judge.steps_left < self.steps // 2
        for arm in ("climbing", "exhaustion"):
            if arm in self.turns and (dear or position >= PROGRAMS_FROM):
                return arm
        shares = SHARES_SOLVED if self.judge.solved or self.request["solved"] else shares_at(position)
        behind = [
            (max(self.tried[arm], self.worked[arm]) / shares[arm], arm)
            for arm in shares
            if shares[arm] and arm in self.turns
        ]
        return min(behind)[1] if behind else min(self.turns)


def shares_at(position: int) -> dict[str, int]:
    """Return how tries are divided at a try of the puzzle."""
    return next(shares for until, shares in SHARES if position < until)


def enumerated(spent: int) -> int:
    """Return the share of enumeration in the first `spent` tries of a puzzle."""
    total = 0
    begin = 0
    for until, shares in SHARES:
        tries = max(min(spent, until) - begin, 0)
        total += tries * shares["enumeration"] // sum(shares.values())
        begin = until
    return total


def header(parameters: Sequence[str], defaults: Sequence[object]) -> str:
    """Return the first line of ``sol``: the parameters of ``sat`` but the answer, with their values."""
    inputs = ", ".join(f"{name}={value!r}" for name, value in zip(parameters, defaults, strict=True))
    return f"def sol({inputs}):"


def leaves(judge: Judge, harvest: Harvest) -> list[Expression]:
    """Return the inputs, then constants: those of the source, and the simplest of each type."""
    count = len(judge.predicates)
    found = []
    for position, name in enumerate(judge.predicates[0].parameters):
        values = [predicate.defaults[position] for predicate in judge.predicates]
        kind = type_of(values[0])
        if kind is not None:
            found.append(leaf(kind, name, values, 1, varies=True))
    constants: list[tuple[Any, int]] = [(value, 1) for value in harvest.constants]
    constants += [(value, 2) for kind in sorted(SIMPLE) for value in SIMPLE[kind]]
    counts: dict[str, int] = {}
    for value, cost in constants:
        kind = type_of(value)
        if kind is None or counts.get(kind, 0) >= CONSTANTS:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        text = repr(value)
        found.append(leaf(kind, f"({text})" if text.startswith("-") else text, [value] * count, cost, varies=False))
    return found
