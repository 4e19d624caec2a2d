import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import CandidateError, Status
from evosearch.proposers.symbolic import batch, replies

FOUND = {"source": "def sol():\n    return 1", "arm": "value"}
ANY_REPLY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["tried", "programs", "source", "arm", "x"]), inner, max_size=5)
    ),
)
NO_REPLIES = [None, 5, math.nan, "tried", [], [["tried", 1], ["programs", []]], {}]


def search_reply(**changes):
    return {"tried": 7, "programs": [FOUND], "distance": 0.5} | changes


def refused(read, reply, **allowed):
    with pytest.raises(CandidateError) as caught:
        read(reply, **allowed)
    assert caught.value.status is Status.PROTOCOL
    return str(caught.value)


def test_a_reply_of_a_search():
    tried, programs = replies.read_search(search_reply(), tries=7, returned=3)
    assert tried == 7
    assert programs == (replies.Found(FOUND["source"], "value"),)


@pytest.mark.parametrize(
    "reply",
    [
        *NO_REPLIES,
        *(search_reply(tried=tried) for tried in (-1, -1000, 8, 10**400, 7.0, math.nan, True, "7", None, [7])),
        *(search_reply(programs=programs) for programs in (None, 3, "", {}, {"0": FOUND}, [FOUND] * 4)),
        *(search_reply(programs=[program]) for program in (None, 1, "pass", [], {}, [FOUND])),
        *(search_reply(programs=[FOUND | {"arm": arm}]) for arm in (None, 1, "", "seed", "\x1b[2J", ["value"], {})),
        *(search_reply(programs=[FOUND | {"source": text}]) for text in (None, 1, ["x"], "x" * 2**20 + "y")),
    ],
    ids=lambda reply: repr(reply)[:60],
)
def test_what_is_no_reply_of_a_search(reply):
    assert "expected" in refused(replies.read_search, reply, tries=7, returned=3)


@given(ANY_REPLY)
def test_whatever_comes_is_read_or_refused(reply):
    # Any other error would end the run.
    with suppress(CandidateError):
        replies.read_search(reply, tries=7, returned=3)


@pytest.mark.parametrize("spent", [0, 100])
@pytest.mark.parametrize("body", ["x - a == 30", "x * x == a * a + 2", "str(x) == str(a)[::-1]"])
def test_what_a_batch_replies_is_read(spent, body):
    request = {
        "instances": [f"def sat(x: int, a={a}):\n    return {body}" for a in (12, 7)],
        "answer_type": "int",
        "allowance": 60,
        "spent": spent,
        "seed": [1, 2],
        "parents": [],
        "solutions": ["def sol(a):\n    return a + 1"],
        "solved": False,
        "returned": 3,
    }
    reply = batch.search(request)
    tried, programs = replies.read_search(reply, tries=60, returned=3)
    assert tried == reply["tried"]
    assert [found.source for found in programs] == [program["source"] for program in reply["programs"]]
