"""How parents are drawn."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.archive.clusters import ByCluster
from evosearch.archive.open_ended import ScoreChild
from evosearch.archive.pools import Pool
from evosearch.archive.selection import Curiosity, SelectionOptions, Tournament, Uniform, selector
from evosearch.errors import Status
from evosearch.randomness import generator
from evosearch.types import Elite, Evaluation, Program

SELECTIONS = {
    **{name: selector(SelectionOptions(name), 0.0) for name in ("uniform", "curiosity", "score", "tournament")},
    "score_child": lambda: ScoreChild(0.0, None, by_children=True),
    "by_cluster": lambda: ByCluster(0.1, 30),
}


def elite(number, score=1.0):
    return Elite(Program(f"{number}"), Evaluation(Status.OK, score), (number, 0, 0))


def shares(selection, draws=4_000, k=1):
    rng = generator(11)
    counts = Counter(selection.draw(rng, k)[0] for _ in range(draws))
    return {slot: count / draws for slot, count in sorted(counts.items())}


@pytest.mark.parametrize("name", SELECTIONS)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 3) | st.none()), max_size=60), st.integers(0, 12))
def test_a_pool_draws_different_elites_that_it_holds_and_all_of_them_if_asked(name, changes, k):
    """A change puts an elite into one of ten niches, or empties it; each is credited as well."""
    pool, held = Pool(SELECTIONS[name]()), {}
    for number, score in changes:
        if score is not None:
            held[number] = elite(number, float(score))
            pool.put(held[number])
            pool.credit(held[number].niche, kept=score > 0)
        elif number in held:
            pool.discard(held.pop(number).niche)
    drawn = pool.select(generator(k), k)
    assert len(drawn) == min(k, len(held)) == len({one.niche for one in drawn})
    assert all(held[one.niche[0]] == one for one in drawn)
    assert drawn == pool.select(generator(k), k)
    assert {one.niche for one in pool} == {one.niche for one in held.values()}


def test_uniform_draws_every_elite_alike():
    selection = Uniform()
    for number in range(4):
        selection.put(number, elite(number, float(number)))
    assert shares(selection) == pytest.approx(dict.fromkeys(range(4), 0.25), rel=0.1)


def test_score_draws_in_proportion_to_the_score_above_the_floor():
    selection = selector(SelectionOptions("score"), 1.0)()
    for number, score in enumerate((2.0, 4.0, 0.0)):
        selection.put(number, elite(number, score))
    assert shares(selection) == pytest.approx({0: 0.25, 1: 0.75}, rel=0.1)
    assert set(selection.draw(generator(1), 3)) == {0, 1, 2}


def test_curiosity_follows_whose_children_are_kept():
    selection = Curiosity()
    for number in range(3):
        selection.put(number, elite(number))
    for _ in range(2):
        selection.credit(0, kept=True)
        selection.credit(1, kept=False)
    assert shares(selection) == pytest.approx({0: 3 / 4.1, 1: 0.1 / 4.1, 2: 1 / 4.1}, rel=0.15)
    selection.put(0, elite(0, 2.0))
    assert shares(selection) == pytest.approx({0: 1 / 2.1, 1: 0.1 / 2.1, 2: 1 / 2.1}, rel=0.15)


def test_a_tournament_among_all_is_won_by_the_best():
    selection = Tournament(rivals=4)
    for number, score in enumerate((1.0, 9.0, 5.0, 9.0)):
        selection.put(number, elite(number, score))
    assert {selection.draw(generator(seed), 1)[0] for seed in range(20)} == {1}


def test_the_better_half_wins_most_tournaments():
    selection = Tournament(rivals=3)
    for number in range(10):
        selection.put(number, elite(number, float(number)))
    share = shares(selection)
    assert sum(share.get(number, 0.0) for number in range(5, 10)) == pytest.approx(1 - 10 / 120, abs=0.02)


def test_score_child_is_the_papers_formula():
    """Scores 0, 0.5 and 1 of 1, the last with three children that were kept."""
    selection = ScoreChild(0.0, None, by_children=True)
    for number, score in enumerate((0.0, 0.5, 1.0)):
        selection.put(number, elite(number, score))
    for kept in (True, True, True, False):
        selection.credit(2, kept=kept)
    weights = {0: 0.0066929, 1: 0.5, 2: 0.9933071 / 4}
    total = sum(weights.values())
    assert shares(selection, 8_000) == pytest.approx({slot: w / total for slot, w in weights.items()}, abs=0.015)


def test_a_new_best_score_weighs_all_anew():
    early, late = (ScoreChild(0.0, None, by_children=True) for _ in range(2))
    for number, score in enumerate((1.0, 2.0, 4.0)):
        early.put(number, elite(number, score))
    for number, score in enumerate((4.0, 2.0, 1.0)):
        late.put(number, elite(number, score))
    share, mirrored = shares(early), shares(late)
    assert [share.get(slot, 0.0) for slot in (0, 1, 2)] == pytest.approx(
        [mirrored.get(slot, 0.0) for slot in (2, 1, 0)], abs=0.03
    )


def test_who_has_the_perfect_score_is_no_parent():
    selection = ScoreChild(0.0, 1.0, by_children=False)
    for number, score in enumerate((1.0, 0.5, 1.5)):
        selection.put(number, elite(number, score))
    assert selection.draw(generator(1), 3) == [1]
