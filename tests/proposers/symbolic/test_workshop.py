"""Requests to the jailed half, and replies that are not believed."""

import asyncio
import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import CandidateError, Status
from evosearch.proposers.symbolic.editing import entry
from evosearch.proposers.symbolic.workshop import Child, Constants, Filling, Reduction, Workshop
from evosearch.protocols import Context
from evosearch.types import Brief, Example

SOURCE = """\
import numpy as np


def priority(item, bins):
    gap = bins - item
    return 0.25 * gap - 3.0
"""
DONOR = "import numpy as np\n\n\ndef priority(item, bins):\n    return np.sqrt(bins) * 7.5\n"
CALLS = tuple(Example("priority", (30.0 + one, np.array([40.0 + one, 70.0, 100.0]))) for one in range(5))
WEIGHTS = {"constant": 1.0, "crossover": 2.0}

CHILD = {"source": "x = 1\n", "operator": "constant+crossover", "donors": [1], "structural": True}
CUT = {"source": "x = 1\n", "operator": "reduce", "same": True}
FILLING = {"source": "x = 1\n", "operator": "table"}
ASKS = {
    "children": lambda shop: shop.children(SOURCE, [DONOR, DONOR], weights=WEIGHTS, count=2),
    "constants": lambda shop: shop.constants(SOURCE),
    "vary": lambda shop: shop.vary(SOURCE, Constants((0, 1), (0.5, 2.0), ("float", "float")), [[1.0, 2.0], [0.5, 0.5]]),
    "reductions": lambda shop: shop.reductions(SOURCE, 2),
    "fill": lambda shop: shop.fill(SOURCE, None, 2),
}
HONEST = {
    "children": ({"children": [CHILD], "rejected": {}}, (Child("x = 1\n", "constant+crossover", (1,), True),)),
    "constants": (
        {"places": [0, 2], "values": [0.5, 3], "kinds": ["float", "int"]},
        Constants((0, 2), (0.5, 3), ("float", "int")),
    ),
    "vary": ({"sources": ["a", "b"]}, ("a", "b")),
    "reductions": ({"children": [CUT]}, (Reduction("x = 1\n", "reduce", True),)),
    "fill": ({"programs": [FILLING]}, (Filling("x = 1\n", "table"),)),
}
LONG = "x" * 2**20 + "y"
FORGED = {
    "children": [
        *({"children": rows} for rows in (None, 3, {}, [CHILD] * 3, [None], [[]], ["x"])),
        *({"children": [CHILD | {"source": text}]} for text in (None, 1, ["x"], LONG)),
        *({"children": [CHILD | {"operator": name}]} for name in (None, 1, "", "seed", "constant+", "\x1b[2J", ["x"])),
        {"children": [CHILD | {"operator": "+".join(["constant"] * 6)}]},
        *({"children": [CHILD | {"donors": used}]} for used in (None, 1, [2], [-1], [True], [0.0], ["0"], [0] * 3)),
        *({"children": [CHILD | {"structural": flag}]} for flag in (None, 1, "yes")),
    ],
    "constants": [
        {"places": [0], "values": [1.0], "kinds": []},
        {"places": [], "values": [1.0], "kinds": ["float"]},
        *({"places": [place], "values": [1.0], "kinds": ["float"]} for place in (None, -1, 10_000, 0.0, "0")),
        *(
            {"places": [0], "values": [value], "kinds": ["float"]}
            for value in (None, "1", True, math.nan, math.inf, 10**400, [1.0])
        ),
        *({"places": [0], "values": [1.0], "kinds": [kind]} for kind in (None, "complex", 1, ["float"])),
        {"places": [0] * 10_001, "values": [1.0] * 10_001, "kinds": ["float"] * 10_001},
    ],
    "vary": [{"sources": rows} for rows in (None, "ab", ["a"], ["a"] * 3, ["a", None], ["a", LONG])],
    "reductions": [
        *({"children": rows} for rows in (None, [CUT] * 3, [None])),
        *({"children": [CUT | {"operator": name}]} for name in (None, "table", ["reduce"], {})),
        {"children": [CUT | {"same": 1}]},
    ],
    "fill": [
        *({"programs": rows} for rows in (None, [FILLING] * 3, [3])),
        *({"programs": [FILLING | {"operator": name}]} for name in (None, "reduce", "seed", 1)),
        {"programs": [FILLING | {"source": 5}]},
    ],
}
ANY_REPLY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["children", "values", "kinds", "sources", "programs", "source", "operator", "donors"]),
            inner,
            max_size=5,
        )
    ),
)


class Laboratory:
    """Runs the jailed half here, or gives the reply that it is told to; remembers what it was asked."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []

    async def __call__(self, name, request, limits):
        self.asked.append((name, request))
        return self.replies.pop(0) if self.replies else getattr(entry, name.rpartition(":")[2])(request)


def ask(name, laboratory):
    context = Context(
        index=1,
        seed=(1, 1),
        problem=None,
        parents=(),
        inspirations=(),
        brief=Brief("", entry=("priority",)),
        allowance=9,
        spent=0,
        laboratory=laboratory,
        calls=CALLS,
    )
    return asyncio.run(ASKS[name](Workshop(context)))


@pytest.mark.parametrize("name", ASKS)
def test_a_reply_is_read(name):
    reply, read = HONEST[name]
    assert ask(name, Laboratory(reply)) == read


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        *((name, reply) for name in ASKS for reply in (None, 5, math.nan, "children", [], {}, [["children", []]])),
        *((name, reply) for name, replies in FORGED.items() for reply in replies),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_is_no_reply_is_refused(name, reply):
    with pytest.raises(CandidateError, match="the reply is not the library's own: expected ") as caught:
        ask(name, Laboratory(reply))
    assert caught.value.status is Status.PROTOCOL


@given(st.sampled_from(sorted(ASKS)), ANY_REPLY)
def test_whatever_comes_is_read_or_refused(name, reply):
    # Any other error would end the run.
    with suppress(CandidateError):
        ask(name, Laboratory(reply))


def test_what_the_jailed_half_replies_is_read():
    children = ask("children", Laboratory())
    assert len(children) == 2
    assert all(child.source != SOURCE and child.operator for child in children)
    assert ask("constants", Laboratory()).values == (0.25, 3.0)
    assert ["1.0 * gap - 2.0" in source for source in ask("vary", Laboratory())] == [True, False]
    assert all(cut.source for cut in ask("reductions", Laboratory()))
    assert {filling.operator for filling in ask("fill", Laboratory())} <= {"table", "weighted_sum", "threshold"}


def test_the_jailed_half_hears_of_the_recorded_calls():
    laboratory = Laboratory()
    ask("constants", laboratory)
    ((name, request),) = laboratory.asked
    assert name == "evosearch.proposers.symbolic.editing.entry:constants"
    assert [call["function"] for call in request["calls"]] == ["priority"] * 5


def test_no_two_requests_draw_alike():
    async def run(shop):
        return [await ASKS["children"](shop) for _ in range(3)]

    laboratory = Laboratory()
    context = Context(1, (1, 1), None, (), (), Brief(""), 9, 0, laboratory, calls=CALLS)
    asyncio.run(run(Workshop(context)))
    assert [request["seed"] for _, request in laboratory.asked] == [[1, 1, 1], [1, 1, 2], [1, 1, 3]]
