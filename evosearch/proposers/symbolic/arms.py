"""The arms of the search: each a generator that tries one candidate, or does a little work, between two yields."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from random import Random
from typing import Any, Final

from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.exhaustion import STEPS, Program
from evosearch.proposers.symbolic.expressions import Expression, program
from evosearch.proposers.symbolic.harvest import Harvest
from evosearch.proposers.symbolic.judging import UNFIT, Judge
from evosearch.proposers.symbolic.mutation import Mutation
from evosearch.proposers.symbolic.population import Population
from evosearch.proposers.symbolic.values import Values

LEARN_EVERY: Final = 50
"""Values between two looks at what the best of them are compared with."""
VALUES_KEPT: Final = 24
EXPRESSIONS_KEPT: Final = 60
EXHAUSTION_STEPS: Final = 8_000_000
"""Steps that all exhaustive programs of a puzzle may take together on its first instance."""
STEPS_PER_APPLICATION: Final = 60
"""What applying one rule on one instance is charged, so that work without verdicts ends too."""
STEPS_PER_VALUE: Final = 60
"""What making up one value is charged."""
STEPS_PER_OFFSPRING: Final = 200
"""What varying one expression is charged, besides the rules it applies."""


class Arms:
    """What the arms of one puzzle share: the judge, the populations, the header of its programs.

    Args:
        judge: Counts and grades.
        header: ``def sol(a=..., ...):`` with the first instance's inputs.
    """

    def __init__(self, judge: Judge, header: str) -> None:
        self.judge = judge
        self.header = header
        self.answer_type = judge.answer_type
        self.instances = len(judge.predicates)
        self.values: Population[Any] = Population(VALUES_KEPT)
        self.expressions: Population[Expression] = Population(EXPRESSIONS_KEPT)

    def try_value(self, value: Any, arm: str = "value") -> None:
        """Judge a literal answer."""
        distance = self.judge.judge([value] * self.instances, partial(literal, self.header, value), arm)
        if distance is not None and distance < UNFIT:
            self.values.add((distance, _bulk(value)), value)

    def try_expression(self, node: Expression, arm: str) -> None:
        """Judge an expression; its answer to the first instance joins the values."""
        distance = self.judge.judge(node.values, partial(render, self.header, node), arm)
        if distance is None or distance >= UNFIT:
            return
        self.values.add((distance, _bulk(node.values[0])), node.values[0])
        if self.judge.solved:
            self.expressions.add((*self.judge.mean_distance(node.values), node.size), node)
        else:
            self.expressions.add((1.0, distance, node.size), node)

    def enumerate(self, enumeration: Enumeration) -> Iterator[None]:
        """Try all expressions, cheapest first."""
        applied = 0
        for node in enumeration.expressions():
            self.judge.charge(STEPS_PER_APPLICATION * self.instances * (enumeration.applied - applied))
            applied = enumeration.applied
            if node is not None and node.type == self.answer_type:
                self.try_expression(node, "enumeration")
            yield

    def evolve_values(self, values: Values, random: Random, harvest: Harvest, seeds: Sequence[Any]) -> Iterator[None]:
        """Evolve literal answers towards less distance."""
        for seed in seeds:
            self.try_value(seed)
            yield
        for turn in count(1):
            if turn % LEARN_EVERY == 0 and len(self.values):
                for value in harvest.learn(self.values.draw(random, 4)):
                    self.try_value(value)
                    yield
            self.try_value(self._next_value(values, random))
            self.judge.charge(STEPS_PER_VALUE)
            yield

    def _next_value(self, values: Values, random: Random) -> Any:
        choice = random.random()
        if not len(self.values) or choice < 0.08:
            return values.new(self.answer_type)
        if choice < 0.16:
            return values.cross(self.answer_type, self.values.draw(random), self.values.draw(random))
        return values.mutate(self.answer_type, self.values.draw(random))

    def evolve_expressions(self, mutation: Mutation, random: Random) -> Iterator[None]:
        """Evolve expressions: subtree mutation, wrapping, hoisting and crossover."""
        while True:
            self.judge.charge(STEPS_PER_OFFSPRING + 3 * STEPS_PER_APPLICATION * self.instances)
            if len(self.expressions):
                node = mutation.offspring(self.expressions.draw(random, 3), self.expressions.draw(random, 3))
                if node is not None:
                    self.try_expression(node, "expression")
            yield

    def exhaust(self, programs: Iterator[str]) -> Iterator[None]:
        """Try programs that go through all answers of a kind."""
        spent = 0
        for source in programs:
            if spent >= EXHAUSTION_STEPS:
                return
            program = Program(source)
            answers = [program.run(self.judge.predicates[0].defaults)]
            spent += STEPS - program.meter.left
            if answers[0] is not None:
                answers += [program.run(predicate.defaults) for predicate in self.judge.predicates[1:]]
                self.judge.judge(answers, partial(str, source), "exhaustion")
            else:
                self.judge.miss()
            yield


def literal(header: str, value: Any) -> str:
    """Return the source of ``sol`` for a literal answer."""
    return f"{header}\n    return {value!r}"


def render(header: str, node: Expression) -> str:
    return program(header, node.source())


def _bulk(value: Any) -> float:
    """Return roughly how long a literal is: of two equally good ones the shorter goes first."""
    if type(value) is list or type(value) is str:
        return float(len(value))
    return 0.0
