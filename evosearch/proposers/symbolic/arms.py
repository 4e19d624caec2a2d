"""The arms of the search: each a generator that tries one candidate, or does a little work, between two yields."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from typing import Any, Final

from evosearch.proposers.symbolic.climbing import library
from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.exhaustion import Program
from evosearch.proposers.symbolic.expressions import Expression, program
from evosearch.proposers.symbolic.grammar import Rule
from evosearch.proposers.symbolic.harvest import Harvest
from evosearch.proposers.symbolic.judging import UNFIT, Judge
from evosearch.proposers.symbolic.mutation import Mutation
from evosearch.proposers.symbolic.population import Population
from evosearch.proposers.symbolic.values import Values

LEARN_EVERY: Final = 50
"""Values between two looks at what the best of them are compared with."""
VALUES_KEPT: Final = 24
EXPRESSIONS_KEPT: Final = 60
BLOCKS_FIRST: Final = 20
"""Programs of several statements that are made up before any is varied."""
NEW_BLOCKS: Final = 0.2
"""The share of them that is made up later."""
STEPS_PER_STEP: Final = 4
"""Steps of a program that count as one of the batch, where a step stands for more work."""
STEPS_PER_APPLICATION: Final = 60
"""What applying one rule on one instance is charged, so that work without verdicts ends too."""
STEPS_PER_VALUE: Final = 60
"""What making up one value is charged."""
STEPS_PER_OFFSPRING: Final = 200
"""What varying one expression is charged, besides the rules it applies."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long whole programs may take.

    Attributes:
        each: Steps of one program on one instance.
        together: Steps of all of them on the first instance, after which no other begins.
    """

    each: int
    together: int


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
        self.blocks: Population[Expression] = Population(EXPRESSIONS_KEPT)

    def try_value(self, value: Any, arm: str = "value") -> None:
        """Judge a literal answer."""
        distance = self.judge.judge(value, lambda: [value] * self.instances, partial(literal, self.header, value), arm)
        if distance is not None and distance < UNFIT:
            self.values.add((distance, _bulk(value)), value)

    def try_expression(self, node: Expression, arm: str) -> None:
        """Judge an expression; its answer to the first instance joins the values."""
        distance = self.judge.judge(node.first, lambda: node.values, partial(render, self.header, node), arm)
        if distance is None or distance >= UNFIT:
            return
        self.values.add((distance, _bulk(node.first)), node.first)
        population = self.blocks if node.rule is not None and node.rule.block else self.expressions
        if self.judge.solved:
            population.add((*self.judge.mean_distance(node.values), node.size), node)
        else:
            population.add((1.0, distance, node.size), node)

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
            evaluated = self.instances if self.judge.solved else 1
            self.judge.charge(STEPS_PER_OFFSPRING + 3 * STEPS_PER_APPLICATION * evaluated)
            if len(self.expressions):
                node = mutation.offspring(self.expressions.draw(random, 3), self.expressions.draw(random, 3))
                if node is not None:
                    self.try_expression(node, "expression")
            yield

    def evolve_statements(self, mutation: Mutation, blocks: Sequence[Rule], random: Random) -> Iterator[None]:
        """Evolve programs of several statements: new ones, and the variation and crossover of their holes."""
        while blocks:
            self.judge.charge(STEPS_PER_OFFSPRING + 3 * STEPS_PER_APPLICATION)
            if len(self.blocks) < BLOCKS_FIRST or random.random() < NEW_BLOCKS:
                node = mutation.fill(random.choice(blocks))
            else:
                node = mutation.offspring(self.blocks.draw(random, 3), self.blocks.draw(random, 3))
            if node is not None:
                self.try_expression(node, "statements")
            yield

    def run_programs(self, sources: Iterable[str], arm: str, patience: Patience) -> Iterator[None]:
        """Try whole programs until they have taken too many steps together on the first instance."""
        left = patience.together
        prelude = library() if arm == "climbing" else ""
        for source in sources:
            if left <= 0:
                return
            program = Program(source, prelude)
            answer = program.run(self.judge.predicates[0].defaults, patience.each)
            used = patience.each - program.meter.left
            left -= used
            self.judge.charge(used // STEPS_PER_STEP)
            if answer is None:
                self.judge.miss()
            else:
                self._try_program(program, answer, arm, patience.each)
            yield

    def _try_program(self, program: Program, answer: Any, arm: str, steps: int) -> None:
        """Judge a program by its answer to the first instance, and if that is right, to the others until one fails."""
        first, *others = self.judge.predicates
        answers = [answer]
        solved = [first.holds(answer)]
        for predicate in others:
            answers.append(program.run(predicate.defaults, steps) if all(solved) else None)
            solved.append(all(solved) and predicate.holds(answers[-1]))
        # A program that solves one instance at most is worth no more than its answer, and takes longer to judge.
        shown = partial(str, program.source) if sum(solved) > 1 else partial(literal, self.header, answer)
        distance = self.judge.judge(answer, lambda: answers, shown, arm)
        if distance is not None and distance < UNFIT:
            self.values.add((distance, _bulk(answer)), answer)


def literal(header: str, value: Any) -> str:
    """Return the source of ``sol`` for a literal answer."""
    return f"{header}\n    return {value!r}"


def render(header: str, node: Expression) -> str:
    return program(header, node.body())


def _bulk(value: Any) -> float:
    """Return roughly how long a literal is: of two equally good ones the shorter goes first."""
    if type(value) is list or type(value) is str:
        return float(len(value))
    return 0.0
