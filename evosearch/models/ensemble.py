"""The models of a run behind one door: which one is asked, with what, at what price, and never twice for the same."""

from __future__ import annotations  # the signatures name numpy, which a replay's reader may do without

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from evosearch.bandit import best_arm, choose
from evosearch.errors import UnknownNameError
from evosearch.models.client import Client
from evosearch.models.prices import price_of, worst_price
from evosearch.models.recording import Record, Recorder, Source
from evosearch.models.spec import ModelSpec
from evosearch.protocols import Choice, Model
from evosearch.types import Call, Credit, Message, Request, Role, Usage

if TYPE_CHECKING:
    import numpy as np

#: Tokens that a choice is taken to have at most where `max_tokens` is not set.
ASSUMED_TOKENS = 8_192

#: Tokens of our own words that come with each earlier reply in a prompt, at most.
WORDS_BETWEEN = 1_000


def _nobody(note: str) -> None:
    pass


class Ensemble:
    """The models of a run; implements `protocols.Models`.

    Args:
        specs: The models, each of another name; at least one.
        record: Where calls are looked up and kept.
        source: Where a replay looks for calls that the record does not hold.
        live: Whether a model may be asked for a call that is recorded nowhere.
        why_not_live: Why none may be, for messages: `no key is set in OPENAI_API_KEY`.
        connect: Makes the model of a spec; called when it is first asked, so a replay opens no connection.
        choose: How the model is chosen where several have the role.
        roles: The model of a role, where the user fixed one.
        seed: Of the jitter between two tries; decides no reply.
        notify: Is told what a person may want to know, such as a setting that was dropped.

    Raises:
        UnknownNameError: `roles` names a model that is none of the specs.
    """

    def __init__(  # noqa: PLR0913 - what a run is made of, put together in one place, by name
        self,
        specs: Sequence[ModelSpec],
        *,
        record: Record,
        source: Source | None = None,
        live: bool = True,
        why_not_live: str = "",
        connect: Callable[[ModelSpec], Model],
        choose: Choice = "weights",
        roles: Mapping[Role, str] | None = None,
        seed: int = 0,
        notify: Callable[[str], None] = _nobody,
    ) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._recorder = Recorder(record, source, self._buy if live else None, why_not_live=why_not_live)
        self._connect = connect
        self._how = choose
        self._roles = {role: self._spec(name).name for role, name in (roles or {}).items()}
        self._seed = seed
        self._notify = notify
        self._clients: dict[str, Client] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The models, as the user named them, in order."""
        return tuple(self._specs)

    def choose(self, role: Role, rng: np.random.Generator, standings: Mapping[str, Credit]) -> str:
        """The model that the user fixed for the role, else one of those that have it, else one of all."""
        if role in self._roles:
            return self._roles[role]
        able = [spec for spec in self._specs.values() if role in spec.roles] or list(self._specs.values())
        names = [spec.name for spec in able]
        if len(names) == 1:
            return names[0]
        if self._how == "bandit":
            return best_arm(names, standings, rng, per_cost=True)
        return choose(names, [spec.weight for spec in able], rng)

    def request(self, model: str, messages: Sequence[Message], sample: int, **settings: Any) -> Request:
        """A request with the model's own settings, some of them set differently; None leaves one out.

        Raises:
            UnknownNameError: There is no such model.
        """
        merged = {**self._spec(model).settings, **settings}
        said = tuple(dict(message) for message in messages)
        return Request(model, said, {name: merged[name] for name in sorted(merged) if merged[name] is not None}, sample)

    def worst_case(self, request: Request, calls: int = 1) -> Usage:
        """The most that a conversation may cost that begins with a request.

        A prompt has at most as many tokens as bytes (`Request.bytes`). Each further call of the conversation has one
        choice of every earlier reply in its prompt, with up to 1,000 tokens of our own words. A reply has at most
        `max_tokens` for each of its `n` choices; a model that is given no `max_tokens` is taken to write at most 8,192.
        """
        spec = self._spec(request.model)
        choice = int(request.settings.get("max_tokens", ASSUMED_TOKENS))
        reply = choice * int(request.settings.get("n", 1))
        prompts = [request.bytes + earlier * (choice + WORDS_BETWEEN) for earlier in range(calls)]
        prices = [worst_price(spec, prompt, reply) for prompt in prompts]
        return Usage(
            calls=calls,
            tokens=sum(prompts) + calls * reply,
            usd=sum(price for price in prices if price is not None),
            unpriced=prices.count(None),
        )

    async def ask(self, request: Request) -> Call:
        """The reply: from the record, else from the replay's source, else from the model, recorded on arrival.

        Raises:
            UnknownNameError: There is no such model.
            CallMissingError: It is not recorded, and no model may be asked.
            ProviderError: The model refuses or fails.
        """
        self._spec(request.model)
        return await self._recorder.ask(request)

    async def aclose(self) -> None:
        """Give up the calls under way and close all connections. Calling it twice is allowed."""
        await self._recorder.aclose()
        await asyncio.gather(*(client.aclose() for client in self._clients.values()))

    async def _buy(self, request: Request) -> Call:
        spec = self._spec(request.model)
        answer = await self._client(spec).complete(request)
        # The one place where a clock decides: what a reply cost is recorded with it, and never worked out again.
        usd, price = price_of(answer.reply, spec, when=datetime.now(UTC))
        return Call(request, answer.reply, usd, price, answer.seconds, answer.tries, answer.dropped)

    def _client(self, spec: ModelSpec) -> Client:
        if spec.name not in self._clients:
            self._clients[spec.name] = Client(spec, self._connect, seed=self._seed, notify=self._notify)
        return self._clients[spec.name]

    def _spec(self, name: str) -> ModelSpec:
        if name in self._specs:
            return self._specs[name]
        near = get_close_matches(name, self._specs, n=1)
        raise UnknownNameError(
            f"no model of this run is called {name!r}; there are {', '.join(self._specs)}",
            hint=f"did you mean {near[0]!r}?" if near else "",
        )
