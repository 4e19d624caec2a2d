"""Recorded calls as a text file."""

import io
import json
import re
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch import __version__
from evosearch.errors import ArchiveForeignError, ArchiveFromFutureError, ArchiveMissingError, Status
from evosearch.models import cassette
from evosearch.models.cassette import Cassette, is_cassette
from evosearch.models.recording import Source
from evosearch.types import Call, Evaluation, Reply, Request, Turn, Usage

CALL = Call(
    Request("small", ({"role": "user", "content": "sort"},), {"temperature": 0.5, "stop": ["\n"]}, 7),
    Reply(("def f(): ...", "no"), ("stop", "length"), 10, 20, 5, model="small-1"),
    usd=0.25,
    price="settings",
    seconds=1.5,
    tries=2,
    dropped=("seed",),
)

PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
#: All that a str can hold, but for two lone surrogates that stand for one letter together.
texts = st.text(st.characters(exclude_categories=())).map(lambda text: PAIR.sub(r"\1 \2", text))
finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
messages = st.lists(st.fixed_dictionaries({"role": texts, "content": texts}), max_size=3).map(tuple)
counts = st.integers(0, 10**12)
several = st.lists(texts, max_size=3).map(tuple)
calls = st.builds(
    Call,
    st.builds(Request, texts, messages, st.dictionaries(texts, json_values, max_size=3), st.integers()),
    st.builds(Reply, several, several, counts, counts, counts, st.booleans(), texts, texts),
    st.none() | finite,
    texts,
    finite,
    counts,
    several,
)


def written(*calls, run=None):
    stream = io.StringIO()
    assert cassette.write(stream, run or {}, calls) == len(calls)
    return stream.getvalue()


def damaged(change):
    """A cassette whose call was changed by a function of its row."""
    header, line = written(CALL).splitlines()
    row = json.loads(line)
    change(row)
    return f"{header}\n{json.dumps(row)}\n"


def refusal(tmp_path, content):
    path = tmp_path / "run.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ArchiveForeignError) as error:
        Cassette.read(path)
    assert str(error.value).startswith(str(path))
    return str(error.value).removeprefix(str(path))


@settings(deadline=None)
@given(st.lists(calls, max_size=4, unique_by=lambda call: call.request.digest), st.dictionaries(texts, json_values))
def test_everything_comes_back_as_it_was(tmp_path_factory, recorded, run):
    path = tmp_path_factory.getbasetemp() / "everything.jsonl"
    path.write_text(written(*recorded, run=run), encoding="ascii")
    tape = Cassette.read(path)
    assert list(tape.calls.values()) == recorded
    assert tape.run == run
    for call in recorded:
        assert repr(tape.find(call.request.digest)) == repr(call)  # tells 1 from 1.0 and from True
    assert written(*tape.calls.values(), run=tape.run) == path.read_text(encoding="ascii")


def test_it_is_a_source_of_a_replay(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text(written(CALL, run={"seed": 1}))
    tape = Cassette.read(path)
    assert isinstance(tape, Source)
    assert (tape.name, tape.run) == (str(path), {"seed": 1})
    assert tape.find(CALL.request.digest) == CALL
    assert tape.find("00" * 16) is None


def test_a_line_can_be_read_by_any_tool():
    header, line = map(json.loads, written(CALL, run={"seed": 1}).splitlines())
    assert header == {"cassette": 1, "evosearch": __version__, "run": {"seed": 1}}
    assert line == {
        "digest": CALL.request.digest,
        "request": {
            "model": "small",
            "messages": [{"role": "user", "content": "sort"}],
            "settings": {"temperature": 0.5, "stop": ["\n"]},
            "sample": 7,
        },
        "reply": {
            "texts": ["def f(): ...", "no"],
            "finishes": ["stop", "length"],
            "prompt_tokens": 10,
            "completion_tokens": 20,
            "cached_tokens": 5,
            "counted": True,
            "model": "small-1",
            "refusal": "",
        },
        "usd": 0.25,
        "price": "settings",
        "seconds": 1.5,
        "tries": 2,
        "dropped": ["seed"],
    }


def test_calls_are_written_one_at_a_time():
    stream, seen = io.StringIO(), []

    def recorded():
        for sample in range(3):
            seen.append(stream.getvalue().count("\n"))
            yield Call(Request("m", (), {}, sample), Reply(("x",)))

    cassette.write(stream, {}, recorded())
    assert seen == [1, 2, 3]


def test_what_is_an_archive_is_told_by_its_beginning(tmp_path):
    tape, archive, empty = tmp_path / "tape", tmp_path / "archive", tmp_path / "empty"
    tape.write_text(written())
    with sqlite3.connect(archive) as connection:
        connection.execute("CREATE TABLE runs (id)")
    connection.close()
    empty.touch()
    assert is_cassette(tape)
    assert not any(is_cassette(path) for path in (archive, empty, tmp_path / "missing", tmp_path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.pop("usd"), "a call to be an object with the keys digest, request"),
        (lambda row: row.update(note=1), "got the keys digest, request, reply, usd"),
        (lambda row: row.update(usd="free"), "a call.usd to be float, got str"),
        (lambda row: row.update(tries=True), "a call.tries to be int, got bool"),
        (lambda row: row.update(reply=[]), "a call.reply to be dict, got list"),
        (lambda row: row["reply"].update(texts=[1]), "reply.texts to be a list of texts"),
        (lambda row: row["reply"].update(counted=1), "reply.counted to be bool, got int"),
        (lambda row: row["request"].update(messages=["sort"]), "each message to be an object of texts"),
        (lambda row: row["request"].update(sample=1.0), "request.sample to be int, got float"),
        (lambda row: row["request"].update(sample=8), "the request of digest"),
        (lambda row: row["request"]["messages"][0].update(content="sort!"), "the request of digest"),
        (lambda row: row["request"]["settings"].update(temperature=0.6), "the request of digest"),
    ],
)
def test_a_call_that_was_changed_is_refused_with_its_line(tmp_path, change, message):
    told = refusal(tmp_path, damaged(change))
    assert told.startswith(", line 2: expected ")
    assert message in told


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"digest":', "expected one JSON object, got something else at column"),
        (b"\n", "expected one JSON object"),
        (b"[1]\n", "a call to be an object with the keys digest, request, reply, usd, price"),
        (b'{"usd": NaN}\n', "numbers that are finite, got NaN"),
        (b'{"usd": 1e999}\n', "numbers that are finite, got 1e999"),
        (b'{"usd": ' + b"9" * 5_000 + b"}\n", "digits"),
        (b'{"usd": "\xff"}\n', "expected text, got another byte at column 10"),
        (b"[" * 1_000_000 + b"\n", "recursion"),
    ],
)
def test_what_is_no_call_is_refused_with_its_line(tmp_path, line, message):
    told = refusal(tmp_path, written(CALL).encode() + line)
    assert told.startswith(", line 3: ")
    assert message in told


def test_a_file_cut_off_in_the_middle_is_refused(tmp_path):
    assert refusal(tmp_path, written(CALL)[:-20]).startswith(", line 2: expected one JSON object")


def test_a_call_that_is_there_twice_is_refused(tmp_path):
    header, line = written(CALL).splitlines()
    assert "line 3: expected each call once" in refusal(tmp_path, f"{header}\n{line}\n{line}\n")


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b'{"cassette": true, "evosearch": "1", "run": {}}\n', b"SQLite format 3\0"]
)
def test_what_is_no_cassette_is_refused_at_its_first_line(tmp_path, content):
    assert refusal(tmp_path, content).startswith(", line 1: expected ")


def test_a_line_without_end_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(cassette, "LONGEST_LINE", 1_000)
    assert "line 2: expected at most 1000 bytes" in refusal(tmp_path, written().encode() + b" " * 1_001)


def test_a_newer_format_asks_for_a_newer_version(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text('{"cassette": 2, "pages": []}\n')
    with pytest.raises(ArchiveFromFutureError, match="format 2") as error:
        Cassette.read(path)
    assert "update" in error.value.hint


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(ArchiveMissingError, match=r"run\.jsonl: No such file"):
        Cassette.read(tmp_path / "run.jsonl")


def test_how_a_run_was_dealt_out_comes_back(tmp_path):
    turns = (Turn(1), Turn(3, Usage(calls=2, tokens=900, usd=0.25, unpriced=1), opened=1))
    path = tmp_path / "run.jsonl"
    with path.open("w") as file:
        cassette.write(file, {"turns": cassette.turn_rows(turns)}, [])
    assert Cassette.read(path).turns == turns
    assert Cassette("old.jsonl").turns is None


@pytest.mark.parametrize("turns", [3, [3], [{"calls": -1}], [{"calls": "many"}], [{"wishes": 3}], [{"opened": None}]])
def test_a_run_that_cannot_have_been_dealt_out_so_is_refused(turns):
    with pytest.raises(ArchiveForeignError, match=r"old\.jsonl, line 1: run\.turns"):
        _ = Cassette("old.jsonl", {"turns": turns}).turns


def test_evaluations_that_timed_out_come_back(tmp_path):
    slow = Evaluation(Status.TIMEOUT_CPU, feedback="too slow", cpu_seconds=10.0, wall_seconds=11, log="so far")
    path = tmp_path / "tape.jsonl"
    with path.open("w") as stream:
        cassette.write(stream, {"timeouts": cassette.timeout_rows({"0123": slow})}, [CALL])
    assert Cassette.read(path).timeouts == {"0123": slow}
    path.write_text(path.read_text().replace('"timeout_cpu"', '"no status"'))
    with pytest.raises(ArchiveForeignError, match=r"line 1: run\.timeouts"):
        _ = Cassette.read(path).timeouts
