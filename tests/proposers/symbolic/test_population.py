"""The best survive."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from evosearch.proposers.symbolic.population import Population


@given(st.lists(st.integers(0, 100), min_size=1))
def test_the_least_fit_leave_first(numbers):
    population = Population(5)
    for number in numbers:
        population.add((float(number),), number)
    drawn = {population.draw(Random(seed)) for seed in range(60)}
    assert drawn <= set(sorted(numbers)[:5])
    assert len(population) == min(len(numbers), 5)


def test_of_equals_the_newcomer_stays():
    population = Population(1)
    population.add((1.0,), "old")
    assert population.add((1.0,), "new")
    assert population.draw(Random(0)) == "new"
    assert not population.add((2.0,), "worse")
