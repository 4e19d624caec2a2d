"""Calls of models at this moment: those under way, and replies that wait until the steps before theirs are settled."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evosearch.report.amounts import call_parts, count, duration
from evosearch.types import Call, Usage

Clock = Callable[[], float]


class Traffic:
    """What goes between a search and its models, which a step tells of only when it is settled.

    Args:
        clock: Seconds that only rise.
        changed: Called when a call was sent, and when a reply came.
    """

    def __init__(self, clock: Clock = time.monotonic, changed: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._changed = changed
        # Replaced, never changed: a panel is drawn by a thread of its own.
        self._asked: tuple[float, ...] = ()
        self._waiting = Usage()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around a call: it is under way."""
        began = self._clock()
        self._asked = (*self._asked, began)
        self._changed()
        try:
            yield
        finally:
            position = self._asked.index(began)
            self._asked = self._asked[:position] + self._asked[position + 1 :]

    def arrived(self, call: Call) -> None:
        """A reply came; no settled step has used it yet."""
        self._waiting += call.usage
        self._changed()

    def settle(self, usage: Usage) -> None:
        """A step was settled that cost so much."""
        rest = self._waiting
        self._waiting = Usage(
            calls=max(0, rest.calls - usage.calls),
            tokens=max(0, rest.tokens - usage.tokens),
            usd=max(0.0, rest.usd - usage.usd),
            unpriced=max(0, rest.unpriced - usage.unpriced),
        )

    def words(self) -> list[str]:
        """`16 calls under way, the oldest for 34 s`, `3 replies wait for their turn (1.2k tokens, $0.01)`."""
        asked, waiting = self._asked, self._waiting
        oldest = f", the oldest for {duration(self._clock() - min(asked))}" if asked else ""
        parts = [f"{count(len(asked), 'call')} under way{oldest}"] if asked else []
        if waiting.calls:
            verb, whose = ("waits", "its") if waiting.calls == 1 else ("wait", "their")
            parts += [f"{count(waiting.calls, 'reply')} {verb} for {whose} turn ({', '.join(call_parts(waiting)[1:])})"]
        return parts
