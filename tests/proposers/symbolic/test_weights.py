"""Rules that solved other problems become likelier."""

from random import Random

from evosearch.proposers.symbolic.enumeration import Enumeration
from evosearch.proposers.symbolic.expressions import leaf
from evosearch.proposers.symbolic.grammar import rules_for, types_around
from evosearch.proposers.symbolic.mutation import Mutation
from evosearch.proposers.symbolic.weights import STRENGTH, rule_weights

RULES = rules_for(types_around(["List[int]"]))
SORTS = "def sol(xs=[2, 1]):\n    return sorted(xs)[::-1]"
COUNTS = "def sol(xs=[2, 1]):\n    return [xs.count(x) for x in xs]"
SEARCHES = "def sol(n=3):\n    def accepts(x):\n        return sorted(x) == x\n    return next(filter(accepts, [n]))"


def weight(text, solutions):
    weights = rule_weights(RULES, solutions)
    return next(weights[rule] for rule in RULES if "".join(rule.pieces) == text)


def test_a_rule_is_weighted_by_how_many_solutions_use_it():
    assert weight("sorted()", [SORTS, SORTS]) == 1 + STRENGTH
    assert weight("sorted()", [SORTS, COUNTS]) == 1 + STRENGTH / 2
    assert weight("max()", [SORTS, COUNTS]) == 1


def test_all_that_a_rule_is_made_of_must_be_used():
    assert weight("sorted(set())", [SORTS]) == 1


def test_constructs_within_a_comprehension_count():
    assert weight(".count()", [COUNTS]) == 1 + STRENGTH


def test_programs_that_search_and_what_is_no_python_say_nothing():
    assert set(rule_weights(RULES, [SEARCHES, "def", ""]).values()) == {1.0}


def test_likelier_rules_are_grown_more_often():
    def grown(solutions):
        enumeration = Enumeration(RULES, [leaf("List[int]", "xs", [[3, 1]], 1, varies=True)], 1)
        list(zip(range(200), enumeration.expressions(), strict=False))
        mutation = Mutation(enumeration, Random(1), rule_weights(RULES, solutions))
        sources = [node.source() for _ in range(1_500) if (node := mutation.grow("List[int]", (), 1)) is not None]
        return sum(source.startswith("sorted(") for source in sources) / len(sources)

    assert grown([SORTS]) > 1.5 * grown([])
