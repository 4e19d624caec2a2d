"""What answers: one language model, and all those of a run behind one door."""

from __future__ import annotations  # the signatures name numpy, which not every process should load

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from evosearch.types import Call, Credit, Message, Reply, Request, Role, Usage

if TYPE_CHECKING:
    import numpy as np


@runtime_checkable
class Model(Protocol):
    """One language model behind some API.

    It sends a request once; repeating, pacing, recording and pricing are done around it.
    """

    @property
    def name(self) -> str:
        """The model as the user named it."""
        ...

    async def complete(self, request: Request) -> Reply:
        """Send a request, with all of its settings, and wait for the reply.

        Raises:
            ProviderBusyError: It may work later: too many requests, a failure of the server, a dropped connection, a
                timeout, a reply that cannot be understood.
            SettingRefusedError: The model does not take a setting.
            PromptRefusedError: The model does not answer this prompt: it is too long, or filtered.
            ProviderError: Anything else, which repeating would not mend.
        """
        ...

    async def aclose(self) -> None:
        """Close its connections. Calling it twice is allowed."""
        ...


@runtime_checkable
class Models(Protocol):
    """The models of a run behind one door, which records, replays, repeats, paces and prices."""

    @property
    def names(self) -> tuple[str, ...]:
        """The models, as the user named them, in order."""
        ...

    def choose(self, role: Role, rng: np.random.Generator, standings: Mapping[str, Credit]) -> str:
        """The model that is to be asked; deterministic given its arguments.

        Args:
            role: What it is asked for.
            rng: Decides where there is a choice.
            standings: What each model has achieved so far (`Context.standings.models`).
        """
        ...

    def request(self, model: str, messages: Sequence[Message], sample: int, **settings: Any) -> Request:
        """A request with the model's own settings, some of them set differently.

        Args:
            model: One of `names`.
            messages: The conversation so far.
            sample: Tells it from an otherwise equal request.
            settings: Settings of this request alone; None leaves one out.
        """
        ...

    def worst_case(self, request: Request, calls: int = 1) -> Usage:
        """The most that a conversation may cost that begins with a request.

        Args:
            request: The first request.
            calls: How many calls there may be, each with the replies before it in its prompt.
        """
        ...

    async def ask(self, request: Request) -> Call:
        """The reply: from the record if the same was asked before, else from the model, recorded on arrival.

        Raises:
            ProviderError: There is none: the model refuses or fails, or a replay has no such call
                (`CallMissingError`).
        """
        ...

    async def aclose(self) -> None:
        """Close all connections. Calling it twice is allowed."""
        ...
