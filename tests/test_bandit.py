"""Which arm is pulled next."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.bandit import best_arm, choose
from evosearch.randomness import generator
from evosearch.types import Credit, Usage

ARMS = ("rewrite", "diff", "crossover")

standings_of_arms = st.dictionaries(
    st.sampled_from(ARMS),
    st.builds(
        lambda attempts, share, tokens, usd, unpriced: Credit(
            attempts, attempts, int(attempts * share), Usage(calls=attempts, tokens=tokens, usd=usd, unpriced=unpriced)
        ),
        st.integers(0, 10_000),
        st.floats(0, 1),
        st.integers(0, 10**9),
        st.floats(0, 1_000),
        st.integers(0, 1),
    ),
)


def play(success, costs, *, rounds, per_cost):
    """Pulls, by arm, of a bandit whose arms succeed and cost as said."""
    draws, standings = generator(1), {}
    for k in range(rounds):
        arm = best_arm(list(success), standings, generator(2, k), per_cost=per_cost)
        kept = int(draws.random() < success[arm])
        one = Credit(1, 1, kept, Usage(calls=1, tokens=100, usd=costs[arm]))
        standings[arm] = standings.get(arm, Credit()) + one
    return {arm: standings[arm].attempts for arm in success}


def test_weights_are_shares():
    drawn = Counter(choose(ARMS, (1, 0, 3), generator(0, k)) for k in range(4_000))
    assert drawn["diff"] == 0
    assert drawn["crossover"] == pytest.approx(3_000, rel=0.05)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3).filter(any), st.integers(0, 2**32))
def test_a_choice_depends_on_its_arguments_alone(weights, seed):
    chosen = choose(ARMS, weights, generator(seed))
    assert chosen == choose(ARMS, weights, generator(seed))
    assert weights[ARMS.index(chosen)] > 0


@pytest.mark.parametrize("weights", [(0, 0, 0), (1, -1, 1), (float("inf"), 1, 1), (float("nan"), 1, 1), (1, 1)])
def test_weights_that_make_no_sense_are_refused(weights):
    with pytest.raises(ValueError, match=r"weights|zip"):
        choose(ARMS, weights, generator(0))


@settings(deadline=None)
@given(standings_of_arms, st.booleans(), st.integers(0, 2**32))
def test_the_best_arm_depends_on_its_arguments_alone(standings, per_cost, seed):
    chosen = best_arm(ARMS, standings, generator(seed), per_cost=per_cost)
    assert chosen == best_arm(ARMS, standings, generator(seed), per_cost=per_cost)


@settings(deadline=None)
@given(standings_of_arms, st.booleans())
def test_every_arm_has_the_floor_whatever_the_credits_say(standings, per_cost):
    drawn = Counter(best_arm(ARMS, standings, generator(k), per_cost=per_cost, floor=0.6) for k in range(300))
    assert min(drawn[arm] for arm in ARMS) >= 300 * 0.6 / len(ARMS) * 0.6  # these seeds keep well above it


def test_what_was_never_tried_comes_first_and_a_window_does_not_begin_with_one_arm_alone():
    tried = {"rewrite": Credit(5, 5, 5)}
    drawn = Counter(best_arm(ARMS, tried, generator(k), per_cost=False, floor=0) for k in range(100))
    assert drawn["rewrite"] == 0
    assert min(drawn["diff"], drawn["crossover"]) > 30


def test_ties_go_to_the_first_arm():
    standings = dict.fromkeys(ARMS, Credit(5, 5, 2, Usage(calls=5, usd=0.1)))
    assert {best_arm(ARMS, standings, generator(k), per_cost=True, floor=0) for k in range(20)} == {"rewrite"}


def test_the_better_arm_comes_to_dominate():
    pulls = play({"worse": 0.1, "better": 0.5}, {"worse": 1, "better": 1}, rounds=1_000, per_cost=False)
    assert pulls["better"] > 4 * pulls["worse"]
    assert pulls["worse"] > 1_000 * 0.1 / 2 * 0.6


def test_of_two_equally_good_the_dearer_one_is_chosen_less():
    success, costs = {"dear": 0.3, "cheap": 0.3}, {"dear": 0.01, "cheap": 0.001}
    per_cost = play(success, costs, rounds=600, per_cost=True)
    assert per_cost["cheap"] > 5 * per_cost["dear"]
    per_attempt = play(success, costs, rounds=600, per_cost=False)
    assert per_attempt["cheap"] < 2 * per_attempt["dear"]


def test_money_counts_only_if_all_prices_are_known_and_none_is_nothing():
    def credit(tokens, usd, unpriced=0):
        return Credit(100, 100, 20, Usage(calls=100, tokens=tokens, usd=usd, unpriced=unpriced))

    def chosen(first, second):
        return best_arm(("a", "b"), {"a": first, "b": second}, generator(0), per_cost=True, floor=0)

    assert chosen(credit(900, usd=1), credit(300, usd=2)) == "a"
    assert chosen(credit(900, usd=1), credit(300, usd=2, unpriced=1)) == "b"
    assert chosen(credit(300, usd=2), credit(900, usd=0)) == "a"
    assert chosen(credit(0, usd=0), credit(0, usd=0)) == "a"
