"""Frames: how values cross the border of the jail. Strictly decoded; never pickled, never evaluated.

    prefix   "evo1", then the lengths of head and body: 4 bytes each, unsigned, big-endian
    head     the value as JSON in UTF-8
    body     the raw bytes of its arrays and long integers, in the order in which the head names them

What crosses: None, bool, int, float, str, list, dict with string keys, numpy arrays and numpy scalars, each coming
out with exactly the type it went in with. A tuple, a set or a subclass would come out as something else, so it is
refused (`InvalidValueError`) instead of being converted.

Every double crosses. JSON has no word for the three that are not finite, so `NaN`, `Infinity` and `-Infinity` are
read and written as Python's json does: an honest program may answer with infinity (a heuristic at a dead end), and
arrays carry such values anyway. Whoever scores must check for finiteness; `types.Evaluation` does.

Standard library alone, numpy only where an array asks for it: this module is also loaded inside the jail.
"""

import json
import math
import re
import struct
import sys
from collections.abc import Callable
from itertools import chain
from types import ModuleType
from typing import Any, Final

MAX_BYTES: Final = 2**31
"""Bytes of one frame where no smaller limit is set."""
MAX_DEPTH: Final = 100
"""Lists and dictionaries inside one another, the envelope of a message included."""
MAX_DIGITS: Final = 20_000
"""Decimal digits of an integer; the longest answer in P3 has some 5,000."""

NOTHING: Final = object()
"""What `Assembler.take` returns while no frame is complete; None is a value."""

#: As numpy has it from version 2 on.
_MAX_DIMENSIONS: Final = 64
_MARK: Final = b"evo1"
_PREFIX: Final = struct.Struct(">4sII")
_LONGEST_TOKEN: Final = 20
_LONG_BITS: Final = 63
_MAX_LONG_BYTES: Final = math.ceil(MAX_DIGITS * math.log2(10) / 8) + 1
_DTYPE: Final = re.compile(r"[<|][biufcUS][1-9][0-9]{0,8}")
# Control characters are the only ones that need an escape in JSON; the rest travels as UTF-8, which has no surrogates.
_SURROGATE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")

# A key that begins with NUL is an instruction to the decoder; a program's own key of that kind gets a second NUL.
_ARRAY: Final = "\0array"
_SCALAR: Final = "\0scalar"
_INTEGER: Final = "\0integer"

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_ATOMS: Final = frozenset({str, float, bool, type(None)})


class FrameError(ValueError):
    """The bytes are no frame. The one error that decoding raises, whatever the bytes are."""


class FrameTooBigError(FrameError):
    """The frame announces more bytes than are allowed; nothing of it was read."""


class InvalidValueError(ValueError):
    """The value cannot cross the border; the message names the type that stands in the way."""


def encode(value: Any) -> bytes:
    """Make one frame.

    Raises:
        InvalidValueError: The value holds something that could not come out unchanged.
    """
    body: list[bytes] = []
    try:
        head = _ENCODER.encode(_pack(value, body, 0)).encode()
    except UnicodeEncodeError as error:
        raise InvalidValueError("a string with a lone surrogate is no text") from error
    length = sum(map(len, body))
    if max(len(head), length) >= MAX_BYTES:
        raise InvalidValueError(f"a value of more than {MAX_BYTES:,} bytes")
    return b"".join((_PREFIX.pack(_MARK, len(head), length), head, *body))


def decode(frame: bytes) -> Any:
    """Read one frame that is there as a whole.

    Raises:
        FrameError: It is none.
    """
    assembler = Assembler()
    assembler.feed(frame)
    value = assembler.take()
    if value is NOTHING or assembler.partial:
        raise FrameError(f"expected one frame, got {len(frame)} bytes that are less or more")
    return value


class Assembler:
    """Collects bytes as they come and gives out complete frames.

    Args:
        limit: The most bytes a frame may have, its prefix included.
    """

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._bytes = bytearray()

    @property
    def partial(self) -> bool:
        """Whether bytes are waiting that no `take` has given out."""
        return bool(self._bytes)

    def feed(self, data: bytes) -> None:
        """Add what was received."""
        self._bytes += data

    def take(self) -> Any:
        """The next value, or `NOTHING` until it is complete.

        Raises:
            FrameTooBigError: Its prefix announces more than the limit.
            FrameError: It is none.
        """
        if len(self._bytes) < _PREFIX.size:
            return NOTHING
        mark, head, body = _PREFIX.unpack_from(self._bytes)
        if mark != _MARK:
            raise FrameError("bytes that begin no frame")
        start, end = _PREFIX.size + head, _PREFIX.size + head + body
        if end > self._limit:
            raise FrameTooBigError(f"a message of {end:,} bytes where {self._limit:,} are allowed")
        if len(self._bytes) < end:
            return NOTHING
        frame = bytes(memoryview(self._bytes)[:end])
        del self._bytes[:end]
        return _unpack(frame[_PREFIX.size : start], frame[start:])


def _pack(value: Any, body: list[bytes], depth: int) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        return value if value.bit_length() <= _LONG_BITS else {_INTEGER: _pack_long(value, body)}
    if depth >= MAX_DEPTH:
        raise InvalidValueError(f"lists and dictionaries more than {MAX_DEPTH} deep")
    if kind is list:
        return [_pack(item, body, depth + 1) for item in value]
    if kind is dict:
        return {_key(key): _pack(item, body, depth + 1) for key, item in value.items()}
    return _pack_numpy(value, body)


def _key(key: Any) -> str:
    if type(key) is not str:
        raise InvalidValueError(f"a dictionary with a key of type {type(key).__name__!r}; keys must be strings")
    return "\0" + key if key.startswith("\0") else key


def _pack_long(value: int, body: list[bytes]) -> int:
    size = value.bit_length() // 8 + 1
    if size > _MAX_LONG_BYTES:
        raise InvalidValueError(f"an integer of more than {MAX_DIGITS:,} digits")
    body.append(value.to_bytes(size, "little", signed=True))
    return size


def _pack_numpy(value: Any, body: list[bytes]) -> Any:
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or not (type(value) is numpy.ndarray or isinstance(value, numpy.generic)):
        raise InvalidValueError(
            f"a value of type {type(value).__name__!r}; what crosses is None, bool, int, float, str, list, "
            f"dict with string keys, and numpy arrays"
        )
    array = numpy.asarray(value)
    array = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    name = array.dtype.str
    if not _DTYPE.fullmatch(name):
        raise InvalidValueError(f"a numpy value of dtype {array.dtype}; bool, numbers and fixed-width strings cross")
    body.append(array.tobytes())
    return {_ARRAY: [name, *array.shape]} if type(value) is numpy.ndarray else {_SCALAR: [name]}


def _unpack(head: bytes, body: bytes) -> Any:
    try:
        return _read(head.decode(), body)
    except RecursionError:
        raise FrameError(f"lists and dictionaries more than {MAX_DEPTH} deep") from None
    except FrameError:
        raise
    except ValueError as error:
        raise FrameError(f"not JSON: {error}") from None


def _read(text: str, body: bytes) -> Any:
    if "\\u" in text and _SURROGATE.search(text):
        raise FrameError("an escaped surrogate")
    reader = _BodyReader(body)
    decoder = reader.decoder if "\\u0000" in text else _DECODER
    value, end = decoder.raw_decode(text)
    if end != len(text) or not reader.exhausted:
        raise FrameError("bytes after the end of the value")
    if text.count("[") + text.count("{") > MAX_DEPTH and _too_deep(value):
        raise FrameError(f"lists and dictionaries more than {MAX_DEPTH} deep")
    return value


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        containers = (item.values() if type(item) is dict else item for item in level if type(item) in (dict, list))
        level = [item for item in chain.from_iterable(containers) if type(item) in (dict, list)]
    return bool(level)


def _integer(token: str) -> int:
    # Long integers travel in the body. Reading decimal digits takes quadratic time, and Python's own guard against
    # that is a setting of the whole process, which a judge may have switched off.
    if len(token) > _LONGEST_TOKEN:
        raise FrameError(f"an integer of {len(token):,} digits in the head")
    return int(token)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise FrameError("a dictionary with a key twice")
    return result


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer)


class _BodyReader:
    """Reads arrays and long integers off the body, in the order of the head."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._position = 0

    @property
    def exhausted(self) -> bool:
        return self._position == len(self._body)

    @property
    def decoder(self) -> json.JSONDecoder:
        return json.JSONDecoder(object_pairs_hook=self._object, parse_int=_integer)

    def _object(self, pairs: list[tuple[str, Any]]) -> Any:
        if len(pairs) == 1:
            key, value = pairs[0]
            if (read := self._instructions.get(key)) is not None:
                return read(self, value)
        return _unique([(_own_key(key), value) for key, value in pairs])

    def _blob(self, size: int) -> bytes:
        blob = self._body[self._position : self._position + size]
        if len(blob) != size:
            raise FrameError("the body is shorter than the head says")
        self._position += size
        return blob

    def _long(self, size: Any) -> int:
        if type(size) is not int or not 1 <= size <= _MAX_LONG_BYTES:
            raise FrameError(f"an integer of {size!r} bytes")
        value = int.from_bytes(self._blob(size), "little", signed=True)
        if value.bit_length() <= _LONG_BITS or value.bit_length() // 8 + 1 != size:
            raise FrameError("a long integer that is not written in the one way")
        return value

    def _array(self, header: Any) -> Any:
        if type(header) is not list or not header or not all(type(size) is int and size >= 0 for size in header[1:]):
            raise FrameError("an array without dtype and shape")
        name, *shape = header
        if type(name) is not str or not _DTYPE.fullmatch(name):
            raise FrameError("an array of a dtype that may not cross")
        numpy = _numpy()
        try:
            dtype = numpy.dtype(name)
        except TypeError:
            raise FrameError(f"an array of the unknown dtype {name!r}") from None
        if len(shape) > _MAX_DIMENSIONS or any(size > MAX_BYTES for size in shape):
            # Before they are multiplied, which takes long for long numbers.
            raise FrameError(f"an array of {len(shape)} dimensions, or of one that no frame can hold")
        blob = self._blob(math.prod(shape) * dtype.itemsize)
        _check_items(numpy, blob, dtype)
        return numpy.ndarray(tuple(shape), dtype, buffer=bytearray(blob))

    def _scalar(self, header: Any) -> Any:
        if type(header) is not list or len(header) != 1:
            raise FrameError("a numpy scalar with a shape")
        return self._array(header)[()]

    _instructions: Final[dict[str, Callable[["_BodyReader", Any], Any]]] = {
        _ARRAY: _array,
        _SCALAR: _scalar,
        _INTEGER: _long,
    }


def _own_key(key: str) -> str:
    if not key.startswith("\0"):
        return key
    if not key.startswith("\0\0"):
        raise FrameError("a key with an unknown instruction")
    return key[1:]


def _numpy() -> Any:
    try:
        import numpy as np  # noqa: PLC0415 - a program that uses no array must not wait for numpy
    except ImportError:
        raise FrameError("an array came, and numpy is not among the packages that the task declares") from None
    module: ModuleType = np
    return module


def _check_items(numpy: Any, blob: bytes, dtype: Any) -> None:
    """Refuse bytes that numpy would take as they are and stumble over later."""
    if dtype.kind == "b" and numpy.frombuffer(blob, "u1").max(initial=0) > 1:
        raise FrameError("a bool array with other bytes than 0 and 1")
    if dtype.kind == "U":
        points = numpy.frombuffer(blob, "<u4")
        if bool(((points > sys.maxunicode) | ((points >= 0xD800) & (points < 0xE000))).any()):
            raise FrameError("a string array with other items than characters")
