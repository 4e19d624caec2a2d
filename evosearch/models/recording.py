"""Every call is paid for once: from the record if it is there, else from a replay's source, else from the model."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, Protocol, runtime_checkable

from evosearch.errors import ArchiveFileError, CallMissingError, ProviderError
from evosearch.quoting import one_line
from evosearch.types import Call, Request

#: How much of a prompt a message quotes, in characters, and how much of a digest.
_QUOTED = 80
_DIGITS = 12

#: Sends a request and prices the reply.
Buy = Callable[[Request], Awaitable[Call]]


@runtime_checkable
class Source(Protocol):
    """Where calls that were made before can be found."""

    @property
    def name(self) -> str:
        """What messages call it: its path."""
        ...

    def find(self, digest: str) -> Call | None:
        """The call whose request has this digest; None if it was never made."""
        ...


@runtime_checkable
class Record(Source, Protocol):
    """Where calls are kept."""

    def keep(self, call: Call) -> None:
        """Keep a call for good before returning. Keeping what is there already changes nothing."""
        ...


class Recorder:
    """Asks, and keeps every reply at the moment it arrives.

    Equal requests that are under way at the same time are sent once. Whoever waits may be cancelled: the call goes on,
    and its reply is kept if it arrives, as it is paid for either way.

    Args:
        record: Where calls are looked up first, and kept.
        source: Where a replay looks next; what is found there goes into the record.
        buy: Sends a request and prices the reply; None if no model may be asked.
        why_not_live: Why none may be asked, for messages: `no key is set in OPENAI_API_KEY`.
    """

    def __init__(
        self,
        record: Record,
        source: Source | None = None,
        buy: Buy | None = None,
        *,
        why_not_live: str = "",
    ) -> None:
        self._record = record
        self._source = source
        self._buy = buy
        self._why_not_live = why_not_live
        self._under_way: dict[str, asyncio.Task[Call]] = {}
        self._unkept: ArchiveFileError | None = None

    async def ask(self, request: Request) -> Call:
        """The reply to a request.

        Raises:
            CallMissingError: It is not recorded, and no model may be asked.
            ProviderError: The model refuses or fails; or what is recorded under the digest is no such call.
            ArchiveFileError: A reply could not be kept, this one or an earlier one: no further one is bought.
        """
        digest = request.digest
        if call := self._recorded(digest):
            return call
        if self._buy is None:
            self._missing(request)
        task = self._under_way.get(digest) or self._send(self._buy, request, digest)
        await asyncio.wait([task])  # unlike awaiting the task, this leaves it alone when it is cancelled itself
        return task.result()

    async def aclose(self) -> None:
        """Give up what is under way. Calling it twice is allowed."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _send(self, buy: Buy, request: Request, digest: str) -> asyncio.Task[Call]:
        async def buy_and_keep() -> Call:
            if self._unkept is not None:
                raise self._unkept
            call = await buy(request)
            try:
                self._record.keep(call)
            except ArchiveFileError as error:
                self._unkept = error
                raise
            return call

        def forget(task: asyncio.Task[Call]) -> None:
            del self._under_way[digest]
            if not task.cancelled():
                task.exception()  # looked at, or asyncio complains where all who waited were cancelled

        task = self._under_way[digest] = asyncio.create_task(buy_and_keep())
        task.add_done_callback(forget)
        return task

    def _recorded(self, digest: str) -> Call | None:
        if call := _find(self._record, digest):
            return call
        if self._source is None:
            return None
        if call := _find(self._source, digest):
            self._record.keep(call)
        return call

    def _missing(self, request: Request) -> NoReturn:
        if self._source is not None:
            raise CallMissingError(
                f"{self._source.name} holds no reply to {_named(request)}",
                hint="a replay needs the seed, settings, prompts and version of the run that it repeats;"
                " leave --replay out to ask the model",
            )
        raise CallMissingError(
            f"no reply is recorded to {_named(request)}, and {self._why_not_live or 'no model may be asked'}",
            hint="set the key to ask the model, or name a record of the run with --replay",
        )


def _find(source: Source, digest: str) -> Call | None:
    call = source.find(digest)
    if call is not None and call.request.digest != digest:
        raise ProviderError(
            f"{source.name} has another request under the digest {digest[:_DIGITS]}: it was damaged or edited",
            hint="use a copy that is whole",
        )
    return call


def _named(request: Request) -> str:
    said = f"call {request.digest[:_DIGITS]} ({request.model}, sample {request.sample})"
    return f'{said}: "{_beginning(request)}"'


def _beginning(request: Request) -> str:
    """The first line of what the user said last, fit for a terminal: a prompt may quote a hostile program."""
    asked = [message["content"] for message in request.messages if message.get("role") == "user"]
    return one_line(asked[-1].strip().partition("\n")[0], _QUOTED) if asked else ""
