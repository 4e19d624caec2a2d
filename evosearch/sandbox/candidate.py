"""The trusted end of a program under test: asks it, and believes nothing of what it answers but the answer.

Calls are numbered, and an answer must carry the number of its call. Bytes that nobody asked for, a second answer and
an answer to another call all end the program with status `protocol`.
"""

import re
from collections.abc import Callable
from math import inf
from typing import Any, Final, NoReturn

from evosearch.errors import CandidateError, Status
from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames
from evosearch.sandbox.process import JailedProcess
from evosearch.types import Value

#: What the program's own end may report of itself; all of it is failure. Only after the first can it go on.
_ERRORS: Final = {
    "crashed": Status.CRASHED,
    "load": Status.CRASHED,
    "memory": Status.MEMORY,
    "invalid_output": Status.INVALID_OUTPUT,
}
_MESSAGE_LENGTH: Final = 4_000
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{6,16}")


class Conversation:
    """Calls to one process of the jail; see `protocols.Candidate` for what `call` and `grant` promise.

    Args:
        process: The process, to which the program has been sent.
    """

    def __init__(self, process: JailedProcess) -> None:
        self._process = process
        self._granted: dict[str, Callable[..., Value]] = {}
        self._number = 0
        self._busy = False

    def grant(self, name: str, function: Callable[..., Value]) -> None:
        """Lend it a host function.

        Raises:
            ValueError: The program has been called already, or the name is none.
        """
        if self._number:
            raise ValueError(f"{name!r} is granted after the first call; a program's globals are fixed by then")
        if not name.isidentifier():
            raise ValueError(f"a program cannot use a global called {name!r}")
        self._granted[name] = function

    def call(self, function: str, *arguments: Value, cpu_seconds: float | None = None) -> Value:
        """Call a function of the program.

        Raises:
            CandidateError: It did not answer.
            InvalidValueError: An argument cannot cross the border.
            RuntimeError: A granted function called the program that is waiting for it.
        """
        if self._busy:
            raise RuntimeError("a granted function cannot call the program that waits for it")
        self._process.expect_silence()
        self._number += 1
        request = {"id": self._number, "call": function, "arguments": list(arguments), "grants": list(self._granted)}
        cpu_end = inf if cpu_seconds is None else self._process.cpu_seconds() + cpu_seconds
        self._busy = True
        try:
            self._process.send(frames.encode(request))
            return self._answer(cpu_end)
        finally:
            self._busy = False

    def finish(self) -> None:
        """End the program, once it has been asked everything.

        Raises:
            CandidateError: It has said something that nobody asked for.
        """
        if not self._process.failed:
            self._process.end()
            self._process.expect_silence()

    def _answer(self, cpu_end: float) -> Value:
        while True:
            match self._process.receive(cpu_end):
                case {"id": number, "answer": answer, **rest} if self._current(number) and not rest:
                    return answer
                case {"id": number, "error": str(kind), "message": str(message), **rest} if (
                    self._current(number) and kind in _ERRORS and not rest
                ):
                    self._raise(kind, message)
                case {"id": number, "ask": str(name), "arguments": list(arguments), **rest} if (
                    self._current(number) and name in self._granted and not rest
                ):
                    self._process.send(self._lend(name, arguments))
                case _:
                    self._process.fail(Status.PROTOCOL, "sent a message that is no answer to the call")

    def _current(self, number: Any) -> bool:
        return type(number) is int and number == self._number

    def _raise(self, kind: str, message: str) -> NoReturn:
        # Addresses differ from run to run, and what a proposer is told must not.
        message = _ADDRESS.sub("0x...", message[:_MESSAGE_LENGTH])
        if kind == "crashed":
            raise CandidateError(Status.CRASHED, message)
        self._process.fail(_ERRORS[kind], message)

    def _lend(self, name: str, arguments: list[Value]) -> bytes:
        try:
            return frames.encode({"reply": self._granted[name](*arguments)})
        except Exception as error:  # noqa: BLE001 - the contract: whatever it raises reaches the program as a message
            text = f"{type(error).__name__}: {error}".encode(errors="backslashreplace").decode()
            return frames.encode({"refusal": text})


class JailedCandidate(Conversation):
    """A program under test, as a task sees it.

    Args:
        process: Its process, to which the program has been sent.
        facts: What may be known of it.
    """

    def __init__(self, process: JailedProcess, facts: CandidateFacts) -> None:
        super().__init__(process)
        self._facts = facts

    @property
    def facts(self) -> CandidateFacts:
        """What is known of it without running it."""
        return self._facts
