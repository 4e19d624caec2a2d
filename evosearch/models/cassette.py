"""A cassette: recorded calls as a text file, to be replayed without a key and shared.

The first line is `{"cassette": 1, "evosearch": "<version>", "run": {...}}`, and each further one is a call with the
digest of its request. All of it is ASCII; every text comes back as it was, lone surrogates included. (Of two that make
a pair the letter comes back that they stand for: the same text to every API, with the same digest.)
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import IO, Any, Self

from evosearch import __version__
from evosearch.errors import ArchiveForeignError, ArchiveFromFutureError, ArchiveMissingError, Status
from evosearch.models.numerals import whole
from evosearch.types import Call, Evaluation, Reply, Request, Turn, Usage

#: The only version of the format so far.
VERSION = 1

#: Longer lines are refused, in bytes: no call comes near it, and a file that is none is not read whole.
LONGEST_LINE = 64 * 2**20

#: The fields of what a line holds, and what each is in JSON.
_REPLY: Mapping[str, tuple[type, ...]] = {
    "texts": (list,),
    "finishes": (list,),
    "prompt_tokens": (int,),
    "completion_tokens": (int,),
    "cached_tokens": (int,),
    "counted": (bool,),
    "model": (str,),
    "refusal": (str,),
}
_BILL: Mapping[str, tuple[type, ...]] = {
    "usd": (float, int, type(None)),
    "price": (str,),
    "seconds": (float, int),
    "tries": (int,),
    "dropped": (list,),
}
_CALL: Mapping[str, tuple[type, ...]] = {"digest": (str,), "request": (dict,), "reply": (dict,), **_BILL}
_REQUEST: Mapping[str, tuple[type, ...]] = {"model": (str,), "messages": (list,), "settings": (dict,), "sample": (int,)}
_TIMEOUT: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("status", "feedback", "log"), (str,)),
    **dict.fromkeys(("cpu_seconds", "wall_seconds"), (float, int)),
}
_HEADER: Mapping[str, tuple[type, ...]] = {"cassette": (int,), "evosearch": (str,), "run": (dict,)}


@dataclass(frozen=True, slots=True)
class Cassette:
    """Recorded calls; a `recording.Source`.

    Attributes:
        name: The file's path.
        run: What the header says of the run that made them.
        calls: The calls by digest, in the file's order.
    """

    name: str
    run: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a cassette whole.

        Raises:
            ArchiveMissingError: There is no such file, or it cannot be read.
            ArchiveFromFutureError: Its format is newer.
            ArchiveForeignError: It is no cassette, damaged or edited; the message names the line.
        """
        try:
            with Path(path).open("rb") as file:
                lines = _lines(file, path)
                run = _read_header(next(lines, b""), path)
                return cls(str(path), run, _read_calls(lines, path))
        except OSError as error:
            raise ArchiveMissingError(f"cannot read the cassette {path}: {error.strerror}") from error

    @property
    def timeouts(self) -> dict[str, Evaluation]:
        """The evaluations that a clock ended, by the id of the program.

        Raises:
            ArchiveForeignError: The header says something else.
        """
        try:
            return {str(program): _timeout(row) for program, row in dict(self.run.get("timeouts", {})).items()}
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveForeignError(
                f"{self.name}, line 1: run.timeouts: {error}", hint="the file was damaged or edited; export it again"
            ) from error

    @property
    def turns(self) -> tuple[Turn, ...] | None:
        """How the run was dealt out, for a search that replays it; None if the header does not say.

        Raises:
            ArchiveForeignError: It says something else.
        """
        if "turns" not in self.run:
            return None
        try:
            return tuple(_turn(row) for row in self.run["turns"])
        except (TypeError, ValueError) as error:
            raise ArchiveForeignError(
                f"{self.name}, line 1: run.turns: {error}", hint="the file was damaged or edited; export it again"
            ) from error

    def find(self, digest: str) -> Call | None:
        """The call whose request has this digest; None if it is not on the cassette."""
        return self.calls.get(digest)


def is_cassette(path: str | Path) -> bool:
    """Whether a file begins as a cassette does, and not as an SQLite file; False if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(1) == b"{"
    except OSError:
        return False


def write(stream: IO[str], run: Mapping[str, Any], calls: Iterable[Call]) -> int:
    """Write a cassette, one call at a time.

    Args:
        stream: Where to.
        run: What the header is to say of the run; JSON.
        calls: No two of the same request.

    Returns:
        How many calls were written.
    """
    _write_line(stream, {"cassette": VERSION, "evosearch": __version__, "run": dict(run)})
    count = 0
    for call in calls:
        _write_line(stream, _call_row(call))
        count += 1
    return count


def timeout_rows(timeouts: Mapping[str, Evaluation]) -> dict[str, dict[str, Any]]:
    """What the header's `run` says under `timeouts`: JSON, of which `Cassette.timeouts` makes the same again."""
    return {program: {key: getattr(one, key) for key in _TIMEOUT} for program, one in timeouts.items()}


def _timeout(row: Any) -> Evaluation:
    table = dict(row)
    if table.keys() != _TIMEOUT.keys() or not all(type(table[key]) in kinds for key, kinds in _TIMEOUT.items()):
        raise ValueError(f"expected {', '.join(_TIMEOUT)}")
    return Evaluation(**(table | {"status": Status(table["status"])}))


def turn_rows(turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """What the header's `run` says under `turns`: JSON, of which `Cassette.turns` makes the same again."""
    return [
        {"allowance": turn.allowance, "opened": turn.opened}
        | {name: amount for name, amount in asdict(turn.funds).items() if amount}
        for turn in turns
    ]


def _turn(row: Any) -> Turn:
    numbers = dict(row)
    if any(type(number) not in (int, float) or number < 0 for number in numbers.values()):
        raise ValueError("expected numbers of at least 0")
    return Turn(numbers.pop("allowance", 0), opened=numbers.pop("opened", 0), funds=Usage(**numbers))


def _write_line(stream: IO[str], row: Mapping[str, Any]) -> None:
    stream.write(json.dumps(row, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n")


def _call_row(call: Call) -> dict[str, Any]:
    request, reply = call.request, call.reply
    return {
        "digest": request.digest,
        "request": {
            "model": request.model,
            "messages": [dict(message) for message in request.messages],
            "settings": dict(request.settings),
            "sample": request.sample,
        },
        "reply": {name: getattr(reply, name) for name in _REPLY},
        **{name: getattr(call, name) for name in _BILL},
    }


def _lines(file: IO[bytes], path: str | Path) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _damaged(path, number, f"expected at most {LONGEST_LINE} bytes, got more")
        yield line


def _read_header(line: bytes, path: str | Path) -> Mapping[str, Any]:
    try:
        row = _json(line)
        if isinstance(row, dict) and type(row.get("cassette")) is int and row["cassette"] > VERSION:
            raise ArchiveFromFutureError(
                f"{path} is a cassette of format {row['cassette']}, and this version of evosearch reads {VERSION}",
                hint="update evosearch",
            )
        header = _object(row, _HEADER, "the header")
    except (ValueError, RecursionError) as error:
        raise ArchiveForeignError(
            f"{path}, line 1: {error}",
            hint="a cassette is what `evosearch export --format cassette` writes",
        ) from error
    run: Mapping[str, Any] = header["run"]
    return run


def _read_calls(lines: Iterator[bytes], path: str | Path) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for number, line in enumerate(lines, start=2):
        try:
            digest, call = _read_call(_json(line))
        except (ValueError, RecursionError) as error:
            raise _damaged(path, number, str(error)) from error
        if digest in calls:
            raise _damaged(path, number, f"expected each call once, got {digest} a second time")
        calls[digest] = call
    return calls


def _damaged(path: str | Path, number: int, message: str) -> ArchiveForeignError:
    return ArchiveForeignError(
        f"{path}, line {number}: {message}", hint="the file was damaged or edited; export it again"
    )


def _json(line: bytes) -> Any:
    try:
        return json.loads(line, parse_constant=_finite, parse_float=_finite, parse_int=whole)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"expected one JSON object, got something else at column {error.colno}: {error.msg}"
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(f"expected text, got another byte at column {error.start + 1}") from error


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"expected numbers that are finite, got {text[:40]}")
    return number


def _read_call(row: Any) -> tuple[str, Call]:
    whole = _object(row, _CALL, "a call")
    asked = _object(whole["request"], _REQUEST, "request")
    replied = _object(whole["reply"], _REPLY, "reply")
    messages = tuple(_message(message) for message in asked["messages"])
    request = Request(asked["model"], messages, asked["settings"], asked["sample"])
    if request.digest != whole["digest"]:
        raise ValueError(f"expected the request of digest {whole['digest']!r:.40}, got that of {request.digest}")
    for name in ("texts", "finishes"):
        replied[name] = _texts(replied[name], f"reply.{name}")
    bill = {name: whole[name] for name in _BILL} | {"dropped": _texts(whole["dropped"], "dropped")}
    return request.digest, Call(request, Reply(**replied), **bill)


def _object(row: Any, fields: Mapping[str, tuple[type, ...]], what: str) -> dict[str, Any]:
    if not isinstance(row, dict) or row.keys() != fields.keys():
        came = f"the keys {', '.join(row)}" if isinstance(row, dict) else type(row).__name__
        raise ValueError(f"expected {what} to be an object with the keys {', '.join(fields)}, got {came:.200}")
    for name, kinds in fields.items():
        if type(row[name]) not in kinds:
            raise ValueError(f"expected {what}.{name} to be {kinds[0].__name__}, got {type(row[name]).__name__}")
    return dict(row)


def _texts(row: Any, what: str) -> tuple[str, ...]:
    if not isinstance(row, list) or not all(isinstance(text, str) for text in row):
        raise ValueError(f"expected {what} to be a list of texts")
    return tuple(row)


def _message(row: Any) -> dict[str, str]:
    if not isinstance(row, dict) or not all(isinstance(text, str) for text in row.values()):
        raise ValueError("expected each message to be an object of texts")
    return row
