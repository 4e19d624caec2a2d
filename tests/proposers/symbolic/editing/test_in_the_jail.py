"""The same requests where they are made: in a jailed process, with numpy arrays on the wire."""

import asyncio

import pytest

from evosearch.proposers.symbolic.editing import entry
from evosearch.types import Limits

LIMITS = Limits(cpu_seconds=10.0, wall_seconds=120.0)
REQUESTS = {
    "children": {"count": 3},
    "constants": {},
    "vary": {"places": list(range(8)), "vectors": [[1.5, 0.25, -2.0, 0.5, 2.0, 0.125, 3.0, 1.0]]},
    "reductions": {"count": 3},
    "fill": {"count": 3, "template": None},
}


@pytest.mark.parametrize("function", sorted(REQUESTS))
def test_a_jailed_process_gives_the_reply_that_this_one_gives(function, laboratory, domains):
    domain = domains["optimizer"]
    request = domain.request(**REQUESTS[function])
    reply = asyncio.run(laboratory(f"{entry.__name__}:{function}", request, LIMITS))
    assert reply == getattr(entry, function)(request)
