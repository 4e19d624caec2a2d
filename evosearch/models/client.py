"""One model as a run uses it: connected when first asked, paced, asked again if busy, spared what it refuses."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from random import Random

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from evosearch.errors import PromptRefusedError, ProviderBusyError, ProviderError, SettingRefusedError
from evosearch.models.pacing import Pace
from evosearch.models.spec import ModelSpec
from evosearch.protocols import Model
from evosearch.types import Reply, Request

LONGEST_WAIT = 60.0
"""Seconds between two tries, if the provider does not say."""
LONGEST_OBEYED = 120.0
"""Seconds between two tries, whatever the provider says."""

#: A setting that newer models know by another name only.
_RENAMED = {"max_tokens": "max_completion_tokens"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    Attributes:
        reply: What came back; one with a `refusal` if the model does not answer this prompt.
        seconds: From the first try to the reply, on the wall.
        tries: How many times it was sent.
        dropped: Settings of the request that the model refused, so that the reply was made without them.
    """

    reply: Reply
    seconds: float
    tries: int
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Concessions:
    """What a model is spared, of all that it is asked with.

    Attributes:
        dropped: The settings that are left out.
        renamed: Those that are sent by their newer name.
    """

    dropped: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()

    def after(self, setting: str) -> "_Concessions":
        """The same, and one more because a setting was refused."""
        if setting in _RENAMED and setting not in self.renamed:
            return replace(self, renamed=(*self.renamed, setting))
        return replace(self, dropped=(*self.dropped, setting))

    def applied(self, request: Request) -> Request:
        """The request as it is sent."""
        names = {name: _RENAMED[name] if name in self.renamed else name for name in request.settings}
        kept = {names[name]: value for name, value in request.settings.items() if name not in self.dropped}
        return replace(request, settings=kept)

    def known_as(self, sent: str) -> str:
        """The user's name of a setting that was sent by another."""
        return next((name for name in self.renamed if _RENAMED[name] == sent), sent)


@dataclass(slots=True)
class _Delivery:
    """One request on its way, over all of its tries."""

    request: Request
    tries: int = 0
    sent_with: _Concessions = _Concessions()


class Client:
    """One model of a run. It belongs to one event loop.

    A request that failed in passing is sent again: after what the provider asks for, else after 1, 2, 4 … 60 seconds,
    less a random part of up to a half, so that requests that failed together do not come back together. A setting
    that the model refuses is left out from then on; the request, and so its digest, stays as it was.

    Args:
        spec: The model.
        connect: Makes it; called when it is first asked, and again if it turns out to take no seed.
        seed: Of the random part of the pauses; it decides no reply.
        notify: Told once of every setting that is left out, and when a request fails in passing for the first time.
        pause: Waits for seconds before a request is sent again.
    """

    def __init__(
        self,
        spec: ModelSpec,
        connect: Callable[[ModelSpec], Model],
        *,
        seed: int,
        notify: Callable[[str], None],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spec = spec
        self._connect = connect
        self._rng = Random(seed)
        self._notify = notify
        self._pause = pause
        self._pace = Pace(spec.requests_per_minute, spec.tokens_per_minute)
        self._slots = asyncio.Semaphore(spec.concurrency)
        self._connected: list[Model] = []
        self._concessions = _Concessions()
        self._has_failed = False

    @property
    def dropped(self) -> tuple[str, ...]:
        """The settings that the model has refused so far, in order."""
        return self._concessions.dropped

    async def complete(self, request: Request) -> Answer:
        """Ask until there is an answer.

        Raises:
            ProviderError: There is none, and asking again at once would not bring one.
        """
        began = time.monotonic()
        delivery = _Delivery(request)
        try:
            reply: Reply = await self._retrying()(self._deliver, delivery)
        except PromptRefusedError as error:
            reply = Reply(texts=(), refusal=error.reason)
        except ProviderBusyError as error:
            later = "the same command goes on from here later, and no reply is paid for twice"
            hint = f"{error.hint} {later}".strip()
            raise ProviderError(f"{error} (tried {delivery.tries} times)", hint=hint) from error
        dropped = tuple(name for name in delivery.sent_with.dropped if self._has(request, name))
        return Answer(reply, time.monotonic() - began, delivery.tries, dropped)

    async def aclose(self) -> None:
        """Close its connections. Calling it twice is allowed."""
        for model in self._connected:
            await model.aclose()

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            sleep=self._pause,
            stop=stop_after_attempt(self._spec.retries + 1),
            wait=self._seconds_to_wait,
            retry=retry_if_exception_type(ProviderBusyError),
            before_sleep=self._tell_of_failure,
            reraise=True,
        )

    def _tell_of_failure(self, state: RetryCallState) -> None:
        """Say once that requests are sent again: until it works, or is given up, minutes may pass."""
        if not self._has_failed and state.outcome is not None:
            self._has_failed = True
            self._notify(f"{state.outcome.exception()}; such a request is sent up to {self._spec.retries} times more")

    def _seconds_to_wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ProviderBusyError) and error.retry_after is not None:
            return min(error.retry_after, LONGEST_OBEYED)
        most = min(LONGEST_WAIT, 2.0 ** (state.attempt_number - 1))
        return most * self._rng.uniform(0.5, 1.0)

    async def _deliver(self, delivery: _Delivery) -> Reply:
        """Send a request, as often as it takes to learn which of its settings the model refuses."""
        while True:
            try:
                return await self._send(delivery)
            except SettingRefusedError as refusal:
                self._concede(refusal, delivery)

    async def _send(self, delivery: _Delivery) -> Reply:
        async with self._slots:
            place = await self._pace.admit(_most_tokens(delivery.request))
            used = 0  # what fails is not counted in tokens
            try:
                delivery.tries += 1
                delivery.sent_with = self._concessions
                reply = await self._model().complete(self._concessions.applied(delivery.request))
                used = reply.prompt_tokens + reply.completion_tokens
                return reply
            finally:
                self._pace.settle(place, used)

    def _model(self) -> Model:
        """The model, connected on its first request: a run that is replayed connects to nothing."""
        wanted = 2 if "seed" in self.dropped else 1
        if len(self._connected) < wanted:
            spec = replace(self._spec, send_seed=False) if wanted == 2 else self._spec
            self._connected.append(self._connect(spec))
        return self._connected[-1]

    def _concede(self, refusal: SettingRefusedError, delivery: _Delivery) -> None:
        """Leave a refused setting out from now on.

        Raises:
            ProviderError: It was not sent: leaving it out would change nothing, and asking again would not end.
        """
        setting = delivery.sent_with.known_as(refusal.setting)
        if setting in delivery.sent_with.dropped or not self._has(delivery.request, setting):
            raise ProviderError(str(refusal), hint=f"the request was sent without {setting!r}") from refusal
        if self._concessions != delivery.sent_with:
            return  # another request has learned something meanwhile, most likely the same
        self._concessions = delivery.sent_with.after(setting)
        instead = "left out" if setting in self.dropped else f"sent as {_RENAMED[setting]!r}"
        self._notify(f"model {self._spec.name} does not take {setting!r}; it is {instead}")

    def _has(self, request: Request, setting: str) -> bool:
        return self._spec.send_seed if setting == "seed" else setting in request.settings


def _most_tokens(request: Request) -> int:
    """The most tokens of a prompt and its replies, as far as a limit is sent."""
    limit = request.settings.get("max_tokens", request.settings.get("max_completion_tokens", 0))
    return request.bytes + int(limit) * int(request.settings.get("n", 1))
