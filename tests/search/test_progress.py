"""What to work on next, by what work has lately brought."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.randomness import generator
from evosearch.search.progress import REFIT_EVERY, LearningProgress, Stage

STUCK = Stage(1_000, 0.1)
RISING = Stage(1_000, 0.6)


def experienced():
    progress = LearningProgress()
    for _ in range(REFIT_EVERY):
        progress.observe(STUCK, 0.0)
        progress.observe(RISING, 0.3)
    return progress


def test_stages_that_brought_progress_are_chosen_and_the_others_keep_their_floor():
    progress = experienced()
    chosen = Counter(progress.choose([STUCK, RISING], generator(seed)) for seed in range(500))
    assert 20 < chosen[0] < 80


def test_before_anything_is_known_the_choice_is_uniform():
    chosen = Counter(LearningProgress().choose([STUCK, RISING], generator(seed)) for seed in range(400))
    assert 150 < chosen[0] < 250


def test_a_stage_not_met_before_shares_the_prospects_of_its_neighbours():
    chosen = Counter(experienced().choose([Stage(900, 0.15), Stage(900, 0.55)], generator(seed)) for seed in range(500))
    assert chosen[1] > 350


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1)), min_size=25, max_size=40),
    st.integers(0, 2**32),
)
def test_equal_steps_give_equal_choices(observed, seed):
    stages = [Stage(spent, score) for spent, score, _ in observed]
    choices = []
    for _ in range(2):
        progress = LearningProgress()
        for stage, (_, _, change) in zip(stages, observed, strict=True):
            progress.observe(stage, change)
        choices.append(progress.choose(stages, generator(seed)))
    assert choices[0] == choices[1]
    assert 0 <= choices[0] < len(stages)
