"""What a file claims is derived again."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from evosearch.store import Store
from evosearch.types import Program, Proposal, Reading, Trial


@pytest.fixture
def recorded(store, step, call, attempt):
    prompt = ({"role": "user", "content": "Sort."},)
    proposal = Proposal(Program("return sorted(x)"), "mutate", ("abc",), "m", prompt, "reply")
    store.calls(1).keep(call("Sort faster."))
    for k in range(3):
        tried = (attempt(call("Sort faster."), position=0),)
        store.record(replace(step(k, Trial(proposal, Reading("n"))), attempts=tried), 1)
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
        ("UPDATE calls SET sample = 7", "is not what its address says"),
        ("UPDATE calls SET model = 'another'", "is not what its address says"),
        ("UPDATE calls SET settings = '{}'", "is not what its address says"),
        ("DELETE FROM call_messages", "is not what its address says"),
        ("DELETE FROM calls", "attempt 0 of step 0 points to call '"),
        ("UPDATE attempts SET choice = 1 WHERE step = 2", "attempt 0 of step 2 points to choice 1 of call"),
        ("UPDATE attempts SET position = 1 WHERE step = 1", "attempt 0 of step 1 points to trial 1 of the step"),
        ("DELETE FROM steps WHERE k = 1", "1 of the steps 0 to 2 are missing"),
    ],
)
def test_a_change_is_found(recorded, change, fault):
    with closing(sqlite3.connect(recorded)) as plain, plain:
        assert plain.execute(change).rowcount > 0
    with Store.read(recorded) as store:
        assert any(fault in line for line in store.faults())
