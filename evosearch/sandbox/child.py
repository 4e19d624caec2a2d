"""What runs inside the jail beside the program: loads it, calls it, sends its answers. Standard library alone.

Nothing here is trusted once the program has been loaded: they share one process, and the program may rewrite all of
it. What leaves is an answer or an excuse, and the other end (`candidate.py`) takes neither for more than that.

    in    {"source": text} or {"entry": module}               once
    in    {"id": n, "call": name, "arguments": […], "grants": […]}
    out   {"id": n, "ask": name, "arguments": […]}            to use a granted function
    in    {"reply": value} or {"refusal": message}
    out   {"id": n, "answer": value}
    out   {"id": n, "error": kind, "message": text}           kind: crashed, load, memory or invalid_output
"""

import linecache
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import CodeType, ModuleType, TracebackType
from typing import Any, Final, Protocol, TextIO

FILE_NAME: Final = "program.py"
"""What tracebacks call the program."""
MODULE_NAME: Final = "program"

_MESSAGE_LENGTH: Final = 2_000
_FRAMES: Final = 5
_LINE_LENGTH: Final = 160
_NAME_LENGTH: Final = 80


class Channel(Protocol):
    """The way out; `channel.Channel`."""

    def send(self, value: Any) -> None:
        """Send one value; ValueError if it cannot cross."""
        ...

    def receive(self) -> Any:
        """The next value; ValueError if it cannot be read here, SystemExit if the other end is gone."""
        ...


def serve(channel: Channel) -> None:
    """Load what comes first, then answer calls until the other end is gone or the program exits."""
    streams = (sys.stdout, sys.stderr)
    program = _Program(channel, channel.receive())
    while True:
        try:
            request = channel.receive()
        except ValueError as error:
            program.decline(str(error))
        else:
            program.answer(request, streams)


class _Program:
    """The program under test, in a module of its own; run when it is first called, so that grants are in place."""

    def __init__(self, channel: Channel, load: dict[str, str]) -> None:
        self._channel = channel
        self._number = 0
        self._module: ModuleType | None = None
        self._code: CodeType | None = None
        self._load_error: BaseException | None = None
        try:
            if "entry" in load:
                self._module = import_module(load["entry"])
            else:
                self._code = _compile(load["source"])
        except Exception as error:  # noqa: BLE001 - whatever a hostile text makes the compiler raise is its answer
            self._load_error = error

    def answer(self, request: dict[str, Any], streams: tuple[TextIO, ...]) -> None:
        """Answer one call."""
        self._number = request["id"]
        message = self._outcome(request)
        for stream in streams:
            _flush(stream)
        try:
            self._channel.send(message)
        except ValueError as error:
            self._channel.send(self._error("invalid_output", f"{request['call']}() answered with {error}"))
        except MemoryError:
            self._channel.send(self._error("memory", "out of memory while sending the answer"))

    def decline(self, reason: str) -> None:
        """Say why a call cannot even be read; calls are numbered one after another."""
        self._number += 1
        self._channel.send(self._error("crashed", reason))

    def _outcome(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            function = self._function(request["call"], request["grants"])
            if function is None:
                return self._error("crashed", f"the program defines no function {request['call']!r}")
            return {"id": self._number, "answer": function(*request["arguments"])}
        except SystemExit:
            raise
        except MemoryError:
            return self._error("memory", "out of memory")
        except BaseException as error:  # noqa: BLE001 - whatever the program raises is its answer
            return self._error("load" if self._module is None else "crashed", _describe(error))

    def _function(self, name: str, grants: list[str]) -> Callable[..., Any] | None:
        if self._load_error is not None:
            raise self._load_error
        if self._module is None:
            self._run(grants)
        function = vars(self._module).get(name)
        return function if callable(function) else None

    def _run(self, grants: list[str]) -> None:
        assert self._code is not None
        module = ModuleType(MODULE_NAME)
        sys.modules[MODULE_NAME] = module
        vars(module).update({name: self._lend(name) for name in grants})
        exec(self._code, vars(module))  # noqa: S102 - what the jail is for
        self._module = module

    def _lend(self, name: str) -> Callable[..., Any]:
        def borrowed(*arguments: Any) -> Any:
            self._channel.send({"id": self._number, "ask": name, "arguments": list(arguments)})
            reply = self._channel.receive()
            if "refusal" in reply:
                raise RuntimeError(reply["refusal"])
            return reply["reply"]

        borrowed.__name__ = borrowed.__qualname__ = name
        return borrowed

    def _error(self, kind: str, message: str) -> dict[str, Any]:
        text = message[:_MESSAGE_LENGTH].encode(errors="backslashreplace").decode()
        return {"id": self._number, "error": kind, "message": text}


def _compile(source: str) -> CodeType:
    linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(keepends=True), FILE_NAME)
    return compile(source, FILE_NAME, "exec", dont_inherit=True)


def _describe(error: BaseException) -> str:
    """The exception's type and message, and where in the program it was raised."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - __str__ is the program's own
        text = "(its message cannot be shown)"
    name, place = type(error).__name__[:_NAME_LENGTH], _place(error.__traceback__)
    # The place is short, and tells more than the end of a long message.
    said = f"{name}: {text}" if text else name
    return said[: _MESSAGE_LENGTH - len(place)] + place


def _place(traceback: TracebackType | None) -> str:
    """The lines of the program that the exception came through, innermost last; frames of others are left out."""
    frames: deque[str] = deque(maxlen=_FRAMES)
    passed = 0
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == FILE_NAME:
            line = linecache.getline(FILE_NAME, traceback.tb_lineno).strip()[:_LINE_LENGTH]
            frames.append(f"line {traceback.tb_lineno}, in {code.co_name[:_NAME_LENGTH]}: {line}")
            passed += 1
        traceback = traceback.tb_next
    if passed <= 1:
        return f" ({frames[0]})" if frames else ""
    left_out = [f"({passed - _FRAMES} calls before)"] if passed > _FRAMES else []
    return "".join(f"\n  {line}" for line in [*left_out, *frames])


def _flush(stream: TextIO) -> None:
    # The program may have closed it; what it had printed is its own loss.
    with suppress(Exception):
        stream.flush()
