"""What a file claims is derived again."""

import sqlite3
from contextlib import closing

import pytest

from evosearch.store import Store
from evosearch.types import Program, Proposal, Reading, Trial


@pytest.fixture
def recorded(store, step):
    prompt = ({"role": "user", "content": "Sort."},)
    proposal = Proposal(Program("return sorted(x)"), "mutate", ("abc",), "m", prompt, "reply")
    for k in range(3):
        store.record(step(k, Trial(proposal, Reading("n"))), 1)
    assert store.faults() == ()
    store.close()
    return store.path


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE messages SET content = 'Sort!' WHERE role = 'user'", "message b2:"),
        ("UPDATE messages SET extra = '{\"name\":\"x\"}' WHERE role = 'assistant'", "message b2:"),
        ("UPDATE programs SET source = 'return x'", "is not what its address says"),
        ("UPDATE programs SET problem = 'p'", "is not what its address says"),
        ("DELETE FROM messages WHERE role = 'user'", "of prompts points to a row of messages that is missing"),
        ("DELETE FROM steps WHERE k = 1", "1 of the steps 0 to 2 are missing"),
    ],
)
def test_a_change_is_found(recorded, change, fault):
    with closing(sqlite3.connect(recorded)) as plain, plain:
        assert plain.execute(change).rowcount > 0
    with Store.read(recorded) as store:
        assert any(fault in line for line in store.faults())
