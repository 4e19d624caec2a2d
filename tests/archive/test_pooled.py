"""What archives have in common."""

from math import fsum

from hypothesis import given
from hypothesis import strategies as st

from evosearch.archive.pooled import MOST_QUALITY, QualitySum
from evosearch.errors import Status
from evosearch.types import Elite, Evaluation, Program

SCORE = st.floats(allow_nan=False, allow_infinity=False)


def elite(score):
    return Elite(Program("p"), Evaluation(Status.OK, score), (0,))


@given(st.lists(SCORE, max_size=6), st.lists(SCORE, max_size=6), st.floats(-1e3, 1e3))
def test_what_is_added_and_taken_away_leaves_nothing_in_the_sum(staying, leaving, floor):
    quality = QualitySum(floor)
    for score in (*leaving, *staying):
        quality.add(elite(score))
    for score in leaving:
        quality.discard(elite(score))
    assert float(quality) == fsum(min(max(0.0, score - floor), MOST_QUALITY) for score in staying)
