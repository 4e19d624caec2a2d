"""Whatever a step holds, it is read as it was written."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.errors import Status
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import (
    Attempt,
    Evaluation,
    Finding,
    Outcome,
    Placement,
    Program,
    Proposal,
    Reading,
    ReplyOutcome,
    Step,
    Trial,
    Usage,
)

text = st.text(st.characters(), max_size=20)
maybe_text = st.none() | text
counts = st.integers(0, 2**63 - 1)
amounts = st.floats(0, allow_nan=False)
finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.dictionaries(text, st.floats(allow_nan=False), max_size=3)

# A program's id separates problem and source by a NUL, and takes no problem for an empty name.
problems = st.none() | st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=20)
programs = st.builds(Program, text, problems)
messages = st.dictionaries(st.sampled_from(["role", "content", "name"]), text)
proposals = st.builds(
    Proposal,
    programs,
    text,
    st.lists(text, max_size=3).map(tuple),
    maybe_text,
    st.lists(messages, max_size=3).map(tuple),
    maybe_text,
)
readings = st.builds(Reading, text, st.booleans(), counts, counts, text, text)
evaluations = st.sampled_from(Status).flatmap(
    lambda status: st.builds(
        Evaluation,
        st.just(status),
        finite if status is Status.OK else st.none(),
        numbers,
        st.dictionaries(text, finite | text, max_size=3),
        text,
        amounts,
        amounts,
        text,
    )
)
niches = st.lists(st.integers() | text, max_size=3).map(tuple)
placements = st.builds(Placement, st.sampled_from(Outcome), st.none() | niches, maybe_text)
trials = st.builds(Trial, proposals, readings, st.none() | evaluations, st.none() | placements, maybe_text)
usages = st.builds(Usage, counts, counts, counts, amounts, amounts, counts)
attempts = st.builds(Attempt, text, text, st.sampled_from(ReplyOutcome), text, counts, st.none() | counts, usages, text)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
findings = st.builds(Finding, text, json_values)
steps = st.builds(
    Step,
    st.just(0),
    maybe_text,
    counts,
    st.lists(trials, max_size=3).map(tuple),
    usages,
    text,
    st.booleans(),
    usages,
    st.lists(attempts, max_size=3).map(tuple),
    st.lists(findings, max_size=3).map(tuple),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=4))
def test_steps_come_back_as_they_were_recorded(drawn):
    recorded = [replace(step, index=k) for k, step in enumerate(drawn)]
    identity = Identity("sorting", "custom", "f00d", 1, 16, "grid")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with Store.open(path, identity=identity) as store:
            run = store.begin_run(RunRecord("symbolic"))
            for step in recorded:
                store.record(step, run)
            assert list(store.steps()) == recorded
        with Store.read(path) as store:
            assert list(store.steps()) == recorded
            # Equal is not enough for numbers: 0.0 == -0.0, and an archive's digest tells them apart.
            scores = [one.evaluation and one.evaluation.score for step in store.steps() for one in step.trials]
            wanted = [one.evaluation and one.evaluation.score for step in recorded for one in step.trials]
            assert repr(scores) == repr(wanted)
            # What is drawn as an attempt points to calls that were never made.
            assert all(fault.startswith("attempt ") for fault in store.faults())


def test_a_text_proposed_twice_is_one_program_with_two_trials(store, trial, step):
    first, again = trial("return 1", 1.0), trial("return 1", duplicate_of="abc")
    store.record(step(0, first, again), 1)
    assert list(store.steps()) == [step(0, first, again)]
    assert [one.trial for one in store.trials(first.proposal.program.id)] == [first, again]


def test_a_message_that_is_said_again_is_stored_once(store, path, step):
    system = {"role": "system", "content": "Sort faster." * 100}
    asked = [{"role": "user", "content": f"attempt {k}"} for k in range(3)]
    for k in range(3):
        proposal = Proposal(Program(f"{k}"), "mutate", model="m", prompt=(system, asked[k]), reply="same reply")
        store.record(step(k, Trial(proposal, Reading(f"{k}")), Trial(proposal, Reading(f"{k}"))), 1)
    with closing(sqlite3.connect(path)) as plain:
        said = plain.execute("SELECT role, count(*) FROM messages GROUP BY role ORDER BY role").fetchall()
    assert said == [("assistant", 1), ("system", 1), ("user", 3)]
    prompts = [one.proposal.prompt for step in store.steps() for one in step.trials]
    assert prompts == [(system, asked[k]) for k in range(3) for _ in range(2)]
