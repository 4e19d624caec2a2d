from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.proposers.operators.parents import draws, elsewhere, one_parent, programs, ranked, sampled
from evosearch.randomness import generator


def test_the_better_the_rank_the_likelier_the_choice_and_none_is_never_chosen():
    counted = Counter(ranked("abcd", generator(seed)) for seed in range(2000))
    assert [letter for letter, _ in counted.most_common()] == list("abcd")
    # 4, 3, 2 and 1 tenths of 2000, give or take four standard deviations.
    assert all(
        count == pytest.approx(expected, abs=90)
        for count, expected in zip((counted[letter] for letter in "abcd"), (800, 600, 400, 200), strict=True)
    )


def test_one_parent_is_one_of_the_parents_or_none(context, elite):
    assert one_parent(context()) == ()
    parents = [elite(f"def sol(n): return {number}") for number in range(4)]
    chosen = {one_parent(context(*parents, index=index))[0].program for index in range(1, 99)}
    assert chosen == set(programs(parents))


def test_an_opening_draws_anew_and_apart_from_the_proposal(context):
    given = context()
    assert draws(given).random() == draws(given).random()
    assert draws(given).random() != given.generator().random()


@settings(max_examples=50)
@given(count=st.integers(0, 9), most=st.integers(0, 9), seed=st.integers(0, 10**6))
def test_a_sample_is_a_part_in_order(count, most, seed):
    some = sampled(list(range(count)), most, generator(seed))
    assert len(some) == min(count, most)
    assert some == sorted(set(some))


def test_elsewhere_are_those_of_other_niches_in_order(elite):
    here, there, beyond = elite(niche=(0, 1)), elite(niche=(0, 2)), elite(niche=(1, 1))
    assert elsewhere(here, [beyond, here, there, elite("x = 1", niche=(0, 1))]) == [beyond, there]


def test_programs_of_elites(elite):
    assert programs([elite("x = 1"), elite("x = 2")]) == (elite("x = 1").program, elite("x = 2").program)
