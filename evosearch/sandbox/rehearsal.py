"""A judgement that is watched: which calls a judge makes, so that edits of a program can be tried on real inputs."""

from typing import Final

from evosearch.protocols import CandidateFacts
from evosearch.sandbox import frames
from evosearch.sandbox.candidate import JailedCandidate
from evosearch.sandbox.process import JailedProcess
from evosearch.types import Example, Value

#: Calls that are kept, at most; they lie evenly over all that were made.
CALLS: Final = 48
#: Bytes of the arguments of one call that is kept, and of all of them.
CALL_BYTES: Final = 2**18
ALL_BYTES: Final = 2**21


class Rehearsal(JailedCandidate):
    """A program under test whose calls are noted as they are made.

    Args:
        process: Its process, to which the program has been sent.
        facts: What may be known of it.
    """

    def __init__(self, process: JailedProcess, facts: CandidateFacts) -> None:
        super().__init__(process, facts)
        self._kept: list[bytes] = []
        self._bytes = 0
        self._made = 0
        self._stride = 1

    def call(self, function: str, *arguments: Value, cpu_seconds: float | None = None) -> Value:
        """Note the call, and make it."""
        if self._made % self._stride == 0:
            self._note(frames.encode([function, list(arguments)]))
        self._made += 1
        return super().call(function, *arguments, cpu_seconds=cpu_seconds)

    def told(self) -> list[Value]:
        """The calls that were kept, in order: each a function's name and its arguments."""
        return [frames.decode(frame) for frame in self._kept]

    def _note(self, frame: bytes) -> None:
        # As bytes, because a judge may go on to change an array that it has sent.
        if len(frame) > CALL_BYTES:
            return
        self._kept.append(frame)
        self._bytes += len(frame)
        while len(self._kept) > CALLS or self._bytes > ALL_BYTES:
            del self._kept[1::2]
            self._bytes = sum(map(len, self._kept))
            self._stride *= 2


def read(message: Value) -> tuple[Example, ...]:
    """What a judge says of the calls that it made.

    Raises:
        ValueError: It is no such message.
    """
    match message:
        case {"calls": list(calls), **rest} if not rest and len(calls) <= CALLS:
            return tuple(map(_example, calls))
    raise ValueError("a judge's message that tells no calls")


def _example(call: Value) -> Example:
    match call:
        case [str(function), list(arguments)] if function.isidentifier():
            return Example(function, tuple(arguments))
    raise ValueError("a judge's call of no function")
