"""Any text, number and message comes back from a column exactly."""

import json
import math
import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evosearch.store.columns import (
    from_features,
    from_json,
    from_message,
    from_text,
    message_digest,
    to_features,
    to_json,
    to_message,
    to_text,
)

any_text = st.text(st.characters())
messages = st.dictionaries(st.sampled_from(["role", "content", "name"]) | any_text, any_text)


def through_sqlite(value: object) -> object:
    with sqlite3.connect(":memory:") as connection:
        (back,) = connection.execute("SELECT ?", (value,)).fetchone()
    connection.close()
    return back


@given(any_text)
@example("nul \0 and after")
@example("\ud83d\ude00")
@example("\udcff")
def test_any_text_survives(text):
    assert to_text(through_sqlite(from_text(text))) == text


@pytest.mark.parametrize("text", ["", "def f():\n    return 1\n", "größer ≤ 😀"])
def test_text_that_people_can_read_stays_readable(text):
    assert from_text(text) == text


@pytest.mark.parametrize("text", ["a\0b", "a\ud800"])
def test_text_that_sqlite_would_cut_or_refuse_is_a_blob(text):
    assert isinstance(from_text(text), bytes)


@given(st.dictionaries(any_text, st.floats(allow_nan=False) | any_text))
@example({"zero": -0.0, "tiny": 5e-324, "huge": math.inf, "low": -math.inf})
def test_features_survive(features):
    back = to_features(through_sqlite(from_features(features)))
    assert back == features
    assert repr(back) == repr(features)


def test_what_is_not_a_number_survives_among_metrics():
    back = to_features(from_features({"loss": math.nan, "steps": 3.0}))
    assert math.isnan(back["loss"])
    assert back["steps"] == 3.0


def test_numbers_beyond_json_stay_json_that_sqlite_can_read():
    column = from_json({"loss": [math.inf, -math.inf, math.nan, 1.5], "text": "Infinity"})
    with sqlite3.connect(":memory:") as connection:
        rows = connection.execute("SELECT value FROM json_each(?, '$.loss')", (column,)).fetchall()
    connection.close()
    assert rows == [(math.inf,), (-math.inf,), (None,), (1.5,)]
    assert to_json(column) == {"loss": [math.inf, -math.inf, None, 1.5], "text": "Infinity"}


@given(messages)
def test_a_message_survives(message):
    _, *columns = from_message(message)
    assert to_message(*(through_sqlite(column) for column in columns)) == message


@given(messages)
def test_a_digest_depends_on_the_entries_and_not_on_their_order(message):
    reversed_message = dict(reversed(message.items()))
    assert message_digest(message) == message_digest(reversed_message)
    assert message_digest(message) != message_digest(message | {"content": message.get("content", "") + "!"})


def test_a_digest_names_its_algorithm_and_stays_what_it_is():
    assert message_digest({"role": "user", "content": "hello"}) == "b2:484b0dac5fa5fb2005ed87e696e530d8"


def test_the_entries_beside_role_and_content_are_kept_as_json():
    row = from_message({"role": "tool", "content": "42", "name": "calculator"})
    assert (row.role, row.content) == ("tool", "42")
    assert json.loads(row.extra) == {"name": "calculator"}
