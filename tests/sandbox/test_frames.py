import contextlib
import json
import struct
from collections import Counter, OrderedDict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from evosearch.sandbox import frames
from evosearch.sandbox.frames import Assembler, FrameError, FrameTooBigError, InvalidValueError, decode, encode

TEXT = st.text()
ATOMS = st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats() | TEXT
ARRAYS = hnp.arrays(
    hnp.boolean_dtypes()
    | hnp.integer_dtypes(endianness="=")
    | hnp.floating_dtypes(endianness="=")
    | hnp.complex_number_dtypes(endianness="=")
    | hnp.byte_string_dtypes(min_len=1, max_len=4)
    | hnp.unicode_string_dtypes(endianness="=", min_len=1, max_len=4),
    hnp.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=3),
)
JSON = st.recursive(ATOMS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)
VALUES = st.recursive(ATOMS | ARRAYS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=10)

#: A loaded machine is no failure.
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def same(one, two):
    """Equal to the type and to the bit, but for the payload of a NaN."""
    if type(one) is not type(two):
        return False
    if isinstance(one, list):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, dict):
        return list(one) == list(two) and all(map(same, one.values(), two.values()))
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes()
    if isinstance(one, float):
        return repr(one) == repr(two)
    return one == two


def frame(head, body=b""):
    """A frame as a hostile program would write it."""
    return struct.pack(">4sII", b"evo1", len(head), len(body)) + head + body


@relaxed
@given(JSON)
def test_json_values_come_out_as_they_went_in(value):
    assert same(decode(encode(value)), value)


@relaxed
@given(VALUES)
def test_so_do_arrays_anywhere_inside(value):
    assert same(decode(encode(value)), value)


@relaxed
@given(VALUES, st.data())
def test_changed_bytes_decode_or_raise_the_one_error(value, data):
    changed = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(changed) - 1))
        changed[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FrameError):
        decode(bytes(changed))


@relaxed
@given(st.binary(max_size=200))
def test_any_bytes_decode_or_raise_the_one_error(data):
    with contextlib.suppress(FrameError):
        decode(frame(data))


@relaxed
@given(VALUES, VALUES, st.integers(1, 7))
def test_frames_arrive_in_pieces_of_any_size(first, second, size):
    assembler, arrived = Assembler(), []
    stream = encode(first) + encode(second)
    for start in range(0, len(stream), size):
        assembler.feed(stream[start : start + size])
        while (value := assembler.take()) is not frames.NOTHING:
            arrived.append(value)
    assert same(arrived, [first, second])
    assert not assembler.partial


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", None, [], {}, np.float64(1), np.int32(1), np.True_, np.str_("1")])
def test_types_stay_exact(value):
    assert type(decode(encode([value]))[0]) is type(value)


def test_an_array_that_arrives_can_be_written_to():
    array = decode(encode(np.arange(6).reshape(2, 3).T))
    array += 1
    assert array.tolist() == [[1, 4], [2, 5], [3, 6]]


def test_a_big_endian_array_keeps_its_numbers():
    assert decode(encode(np.array([1, 2], ">i4"))).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("value", "culprit"),
    [
        ((1, 2), "tuple"),
        ({1, 2}, "set"),
        ([1, [b"x"]], "bytes"),
        (1j, "complex"),
        (object(), "object"),
        (OrderedDict(a=1), "OrderedDict"),
        (Counter("a"), "Counter"),
        ({1: 2}, "key of type 'int'"),
        (np.array([1, "a"], object), "dtype object"),
        (np.array(["2026-01-01"], "M8[D]"), "datetime64"),
        (np.zeros(2, "i4,f8"), "dtype"),
        ("\ud800", "surrogate"),
    ],
)
def test_what_could_not_come_out_unchanged_is_refused_by_name(value, culprit):
    with pytest.raises(InvalidValueError, match=culprit):
        encode(value)


def test_integers_of_twenty_thousand_digits_cross_and_no_more():
    # The interpreter's own limit for text is 4,300 digits, and stands untouched.
    assert decode(encode(-(10**19_999))) == -(10**19_999)
    with pytest.raises(InvalidValueError, match="20,000 digits"):
        encode(10**20_010)


def test_a_list_that_holds_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidValueError, match="deep"):
        encode(endless)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b" 1",
        b"1 ",
        b"1 2",
        b"\xef\xbb\xbf1",
        b"'a'",
        b'"\xff"',
        b'"\\ud800"',
        b'"\\uDFFF"',
        b'"\\\\\\ud800"',
        b'"\x01"',
        b'{"a":1,"a":1}',
        b'{"\\u0000x":1}',
        b'{"\\u0000array":["<f8",2]}',
        b'{"\\u0000array":["|O",1]}',
        b'{"\\u0000array":["<f8",-1]}',
        b'{"\\u0000array":["<f8",true]}',
        b'{"\\u0000array":["<f8",0,9999999999999999999]}',
        b'{"\\u0000array":"<f8"}',
        b'{"\\u0000array":[]}',
        b'{"\\u0000array":["<U999999999"]}',
        b'{"\\u0000scalar":["<f8",1]}',
        b'{"\\u0000integer":9}',
        b'{"\\u0000integer":-1}',
        b"9" * 5_000,
        b"[" * 100_000,
        b"[" * 101 + b"]" * 101,
        b'{"":' * 101 + b"1" + b"}" * 101,
        b"[1",
        b"nul",
        b"-",
    ],
)
def test_hostile_heads_are_refused(head):
    with pytest.raises(FrameError):
        decode(frame(head))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"1", b"x"),
        (b'{"\\u0000array":["<f8",1]}', b"1234567"),
        (b'{"\\u0000array":["|b1",1]}', b"\2"),
        (b'{"\\u0000array":["<U1",1]}', b"\xff\xff\xff\xff"),
        (b'{"\\u0000array":["<U1",1]}', b"\x00\xd8\x00\x00"),
        (b'{"\\u0000array":[">f8",1]}', b"12345678"),
        (b'{"\\u0000array":["<f7",1]}', b"1234567"),
        (b'{"\\u0000integer":1}', b"\1"),
        (b'{"\\u0000integer":10}', b"\1" * 8 + b"\0\0"),
    ],
)
def test_hostile_bodies_are_refused(head, body):
    with pytest.raises(FrameError):
        decode(frame(head, body))


def test_a_backslash_before_an_escape_is_text():
    assert decode(frame(rb'"\\ud800"')) == "\\ud800"


@pytest.mark.parametrize(
    ("text", "value"), [("Infinity", "inf"), ("-Infinity", "-inf"), ("NaN", "nan"), ("1e999", "inf")]
)
def test_every_double_crosses(text, value):
    assert repr(decode(frame(text.encode()))) == value


def test_a_depth_of_one_hundred_crosses_and_no_more():
    value = json.loads("[" * frames.MAX_DEPTH + "]" * frames.MAX_DEPTH)
    assert decode(encode(value)) == value
    with pytest.raises(InvalidValueError, match="deep"):
        encode([value])


def test_a_frame_over_the_limit_is_refused_before_it_arrives():
    assembler = Assembler(limit=1_000)
    assembler.feed(struct.pack(">4sII", b"evo1", 2**31, 2**31))
    with pytest.raises(FrameTooBigError, match="1,000"):
        assembler.take()


@pytest.mark.parametrize("data", [b"", b"\0", encode(1)[:-1], encode(1) + b"\0", b"x" * 99])
def test_half_a_frame_and_a_frame_and_a_half_are_none(data):
    with pytest.raises(FrameError):
        decode(data)


@pytest.mark.parametrize("shape", [[1] * 65, [2**31 + 1, 0], [10**18] * 60, [0, 10**19]])
def test_no_time_is_lost_on_an_array_that_no_frame_can_hold(shape):
    head = json.dumps({"\0array": ["|i1", *shape]}).encode()
    with pytest.raises(FrameError, match="dimensions"):
        decode(b"evo1" + struct.pack(">II", len(head), 0) + head)
