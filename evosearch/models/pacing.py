"""How many requests and tokens go out a minute: a provider's limits, kept before it has to enforce them."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

_MINUTE = 60.0


@dataclass(slots=True)
class Place:
    """One request's place in its minute.

    Attributes:
        admitted: When it was let through, on the event loop's clock.
        tokens: What it has of the minute's tokens: the most that it may take, until it is known what it took.
    """

    admitted: float
    tokens: int


class Pace:
    """Lets requests through so that no 60 seconds hold more of them, or of their tokens, than allowed.

    First come, first served. A request reserves the most tokens that it may take, and gives back the rest once it is
    known what it took. One that may take more than a whole minute's tokens has a minute of its own.

    Args:
        requests: Requests a minute; None for no limit.
        tokens: Tokens a minute, of prompt and reply together; None for no limit.
    """

    def __init__(self, requests: float | None, tokens: float | None) -> None:
        self._requests = requests
        self._tokens = tokens
        self._places: deque[Place] = deque()
        self._turn = asyncio.Lock()
        self._given_back = asyncio.Event()

    async def admit(self, tokens: int) -> Place:
        """Wait until a request may be sent.

        Args:
            tokens: The most that it may take.
        """
        clock = asyncio.get_running_loop().time
        if self._requests is None and self._tokens is None:
            return Place(clock(), tokens)
        async with self._turn:
            while (wait := self._wait(clock(), tokens)) > 0:
                self._given_back.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._given_back.wait()
            place = Place(clock(), tokens)
            self._places.append(place)
            return place

    def settle(self, place: Place, tokens: int) -> None:
        """Say what a request really took, so that others may have the rest of what it reserved."""
        place.tokens = tokens
        self._given_back.set()

    def _wait(self, now: float, tokens: int) -> float:
        """Seconds until a request fits into the minute that ends then; 0 if it does now."""
        while self._places and self._places[0].admitted <= now - _MINUTE:
            self._places.popleft()
        count, taken = len(self._places), sum(place.tokens for place in self._places)
        wait = 0.0
        for place in self._places:
            if self._fits(count + 1, taken + tokens):
                break
            wait = place.admitted + _MINUTE - now
            count, taken = count - 1, taken - place.tokens
        return wait

    def _fits(self, count: int, tokens: int) -> bool:
        within_requests = self._requests is None or count <= self._requests
        return within_requests and (self._tokens is None or tokens <= self._tokens)
