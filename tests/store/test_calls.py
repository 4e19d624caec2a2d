"""A call is in the file from the moment it is kept, and is found again as it was."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.errors import ArchiveForeignError, ArchiveNotWritableError, UnknownNameError
from evosearch.store import Identity, RunRecord, Store, Use
from evosearch.types import Call, Reply, ReplyOutcome, Request, Usage

text = st.text(st.characters(), max_size=20)
counts = st.integers(0, 2**63 - 1)
amounts = st.floats(0, allow_nan=False, allow_infinity=False)
messages = st.dictionaries(st.sampled_from(["role", "content", "name"]), text, min_size=1)
texts = st.lists(text, max_size=3).map(tuple)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text
requests = st.builds(
    Request,
    text,
    st.lists(messages, max_size=3).map(tuple),
    st.dictionaries(text, scalars | st.lists(scalars, max_size=2) | st.dictionaries(text, scalars, max_size=2)),
    st.integers(-(2**63), 2**63 - 1),
)
replies = st.builds(Reply, texts, texts, counts, counts, counts, st.booleans(), text, text)
calls = st.builds(Call, requests, replies, st.none() | amounts, text, amounts, counts, texts)


@settings(max_examples=30, deadline=None)
@given(st.lists(calls, max_size=4, unique_by=lambda call: call.request.digest))
def test_calls_come_back_as_they_were_kept(drawn):
    identity = Identity("sorting", "custom", "f00d", 1, 16, "grid")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with Store.open(path, identity=identity) as store:
            book = store.calls(store.begin_run(RunRecord("model")))
            for call in drawn:
                book.keep(call)
            assert [book.find(call.request.digest) for call in drawn] == drawn
        with Store.read(path) as store:
            assert [store.calls().find(call.request.digest) for call in drawn] == drawn
            assert list(store.recorded_calls()) == drawn
            assert store.faults() == ()


@pytest.fixture
def book(store):
    return store.calls(1)


def test_a_call_that_was_never_made_is_not_found(book, call):
    assert book.find(call("Sort.").request.digest) is None


def test_it_is_in_the_file_at_once(book, path, call):
    book.keep(call("Sort."))
    with Store.read(path) as reader:
        assert reader.calls().find(call("Sort.").request.digest) == call("Sort.")


def test_keeping_it_again_changes_nothing(book, store, call):
    first, again = call("Sort.", usd=0.5), call("Sort.", "another reply", usd=0.25)
    book.keep(first)
    book.keep(again)
    book.keep(first)
    assert list(store.recorded_calls()) == [first]


def test_a_book_is_called_after_its_file(book, path):
    assert book.name == str(path)


def test_what_is_said_again_is_stored_once(book, path, call):
    for k in range(3):
        book.keep(call("Sort.", "the same reply", sample=k))
    with closing(sqlite3.connect(path)) as plain:
        said = plain.execute("SELECT role, count(*) FROM messages GROUP BY role ORDER BY role").fetchall()
    assert said == [("assistant", 1), ("user", 1)]


def test_calls_are_read_in_the_order_of_arrival_however_many_there_are(book, store, call):
    kept = [call(f"{k}") for k in range(200)]
    for one in kept:
        book.keep(one)
    assert list(store.recorded_calls()) == kept
    assert [stored.call for stored in store.latest_calls(3)] == kept[:-4:-1]


def test_a_file_that_is_only_read_takes_no_call(book, path, call, tmp_path, identity):
    book.keep(call("Sort."))
    with Store.read(path) as reader:
        for book_of_a_reader in (reader.calls(), reader.calls(1)):
            with pytest.raises(ArchiveNotWritableError):
                book_of_a_reader.keep(call("Sort faster."))
        assert list(reader.recorded_calls()) == [call("Sort.")]


def test_a_file_of_the_first_schema_is_a_record_without_calls(path, call):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as plain:
        plain.executescript(Path(__file__).with_name("schema_v1.sql").read_text(encoding="utf-8"))
    with Store.read(path) as reader:
        assert reader.calls().find(call("Sort.").request.digest) is None
        with pytest.raises(ArchiveNotWritableError, match="open for reading alone"):
            reader.calls(1).keep(call("Sort."))


def test_a_row_that_cannot_be_understood_is_a_damaged_file(book, store, path, call):
    book.keep(call("Sort."))
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("UPDATE calls SET settings = '{'")
    with pytest.raises(ArchiveForeignError, match="is damaged"):
        book.find(call("Sort.").request.digest)
    with pytest.raises(ArchiveForeignError, match="is damaged"):
        list(store.recorded_calls())


def test_a_call_is_shown_with_what_became_of_it(store, call, trial, step, attempt):
    asked = call("Sort.", "text", "more text")
    program, digest = trial("text", 1.0), asked.request.digest
    tried = (
        attempt(asked, position=0, usage=asked.usage),
        attempt(asked, ReplyOutcome.SYNTAX_ERROR, choice=1, detail="line 3"),
    )
    store.calls(1).keep(asked)
    assert store.call(digest[:6]).uses == ()
    store.record(replace(step(0, program), attempts=tried), 1)
    stored = store.call(digest[:6].upper())
    assert (stored.digest, stored.run, stored.call) == (digest, 1, asked)
    assert stored.uses == (Use(0, tried[0], program.proposal.program.id), Use(0, tried[1], None))


def test_a_digest_that_is_not_there_offers_some_that_are(store, book, call):
    with pytest.raises(UnknownNameError) as caught:
        store.call("abc")
    assert caught.value.hint == "the archive holds no call yet"
    book.keep(call("Sort."))
    with pytest.raises(UnknownNameError, match="no call has a digest that starts with 'zz'") as caught:
        store.call("zz")
    assert caught.value.hint == f"near it are {call('Sort.').request.digest}"


def test_the_latest_calls_may_be_those_of_one_model(book, store, call):
    kept = [call("Sort.", model=model) for model in ("small", "größer")] + [call("Sort faster.", model="small")]
    for one in kept:
        book.keep(one)
    assert [stored.call for stored in store.latest_calls(9, "small")] == [kept[2], kept[0]]
    assert store.latest_calls(9, "none") == ()


def test_what_no_step_has_used_is_unsettled(book, store, call, step, attempt):
    used, waiting, unpriced = call("a", usd=0.5), call("b", usd=0.25), call("c", usd=None)
    for one in (used, waiting, unpriced):
        book.keep(one)
    store.record(replace(step(0), attempts=(attempt(used, ReplyOutcome.EMPTY),)), 1)
    assert store.unsettled() == waiting.usage + unpriced.usage
    store.record(replace(step(1), attempts=(attempt(waiting), attempt(unpriced))), 1)
    assert store.unsettled() == Usage()


def test_a_program_cost_what_was_said_up_to_it(store, call, trial, step, attempt):
    thought, first, again, more = (call(name, usd=0.25) for name in ("think", "write", "mend", "write another"))
    for one in (thought, first, again, more):
        store.calls(1).keep(one)
    made = [trial(f"{k}", 1.0) for k in range(2)]
    tried = (
        attempt(thought, ReplyOutcome.THOUGHT),
        attempt(first, ReplyOutcome.SYNTAX_ERROR),
        attempt(first, ReplyOutcome.EMPTY, choice=1),
        attempt(again, position=0),
        attempt(more, position=1),
    )
    store.record(replace(step(0, *made), attempts=tried), 1)
    stored = store.program(made[0].proposal.program.id)
    assert stored.cost == thought.usage + first.usage + again.usage
    assert [one.call for one in store.calls_behind(stored)] == [thought, first, again]


def test_a_program_cost_nothing_without_a_model_and_nobody_knows_what_if_the_call_is_gone(
    store, call, trial, step, attempt
):
    free, made = trial("free", 1.0), trial("made", 1.0)
    made = replace(made, proposal=replace(made.proposal, model="m"))
    store.record(replace(step(0, free, made), attempts=(attempt(call("lost"), position=1),)), 1)
    assert [store.program(one.proposal.program.id).cost for one in (free, made)] == [Usage(), None]
    assert store.calls_behind(store.program(made.proposal.program.id)) == ()
