"""The language models of a run, put together from its settings; imported when there are any."""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evosearch import registry
from evosearch.config import Settings
from evosearch.errors import BudgetError, ProviderError, UsageError
from evosearch.models import cassette, prices
from evosearch.models.ensemble import Ensemble
from evosearch.models.recording import Record, Source
from evosearch.models.spec import ROLES, ModelSpec, Price
from evosearch.prompts import Library
from evosearch.protocols import Equipment, Model, Operator
from evosearch.report.traffic import Traffic
from evosearch.settings import ModelSettings, OneModelSettings, weighted
from evosearch.store import Store
from evosearch.types import Call, Request

_KEY = "OPENAI_API_KEY"
_OPENAI = "openai"
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
#: What of a model's settings stands in every request, and so decides its reply.
_IN_REQUESTS = ("temperature", "top_p", "max_tokens", "reasoning_effort")
#: Where a model is, and with which key it is asked.
_WHERE = ("base_url", "api_key_env")
#: What decides how requests are sent, and keeps its default where nothing is said.
_SENDING = ("send_seed", "timeout", "retries", "concurrency", "requests_per_minute", "tokens_per_minute")


def specs(settings: ModelSettings) -> tuple[ModelSpec, ...]:
    """What is known of each model, in order."""
    return tuple(_spec(settings, name, weight) for name, weight in settings.weights)


def missing_key(found: tuple[ModelSpec, ...], environment: Mapping[str, str]) -> str:
    """Why a model cannot be asked: the variable with its key is not set; empty if all can."""
    for spec in found:
        if spec.api_key_env and not environment.get(spec.api_key_env):
            return f"the environment variable {spec.api_key_env} holds no key for the model {spec.name!r}"
    return ""


def equipment(
    settings: Settings,
    record: Record,
    *,
    source: Source | None = None,
    notify: Callable[[str], None] = lambda _: None,
    traffic: Traffic | None = None,
) -> Equipment:
    """What the proposer of a run is made with.

    Args:
        settings: The settings of the run; a model is configured.
        record: Where calls are kept.
        source: A record to replay; then no model is asked.
        notify: Is told what the user should know.
        traffic: Is told of calls when they are sent and when their replies come.

    Raises:
        ConfigError: The settings of a model do not go together.
    """
    table, found = settings.models, specs(settings.models)
    why_not_live = missing_key(found, os.environ)
    models = _Watched(
        traffic or Traffic(),
        found,
        record=record,
        source=source,
        live=source is None and not why_not_live,
        why_not_live=why_not_live,
        connect=connect,
        choose=table.choose_model,
        seed=settings.run.seed,
        notify=notify,
    )
    return Equipment(
        models=models,
        operators=operators(table.operators),
        choose=table.choose_operator,
        fill=Library(settings.domain, settings.directory).fill,
        samples=table.samples,
        attempts=table.attempts,
    )


def operators(words: tuple[str, ...]) -> tuple[tuple[Operator, float], ...]:
    """The operators that are wanted, with their weights; all that there are if none is named."""
    wanted = [weighted(word) for word in words] or [(name, 1.0) for name in registry.names("operators")]
    return tuple((registry.make_operator(name), weight) for name, weight in wanted)


def connect(spec: ModelSpec) -> Model:
    """Make a model, at the moment when it is first asked."""
    return registry.make_model(spec.scheme, spec)


class _Watched(Ensemble):
    """The models of a run, whose calls a person can watch."""

    def __init__(self, traffic: Traffic, specs: tuple[ModelSpec, ...], **parts: Any) -> None:
        super().__init__(specs, **parts)
        self._traffic = traffic

    async def ask(self, request: Request) -> Call:
        """See `Ensemble.ask`."""
        with self._traffic.call():
            call = await super().ask(request)
        self._traffic.arrived(call)
        return call


class Replay:
    """A record that is replayed: an archive, or a cassette.

    Attributes:
        name: The file.
        run: What it is a record of, as `recorded_run` tells it.
        turns: How its steps were dealt out; None of a cassette that does not say.
        timeouts: The evaluations that a clock ended, by the id of the program.
    """

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            ArchiveFileError: There is no such file, or it is neither.
            UsageError: Its runs had different models or ways of asking, so it is no record of one search.
        """
        self.name = str(path)
        if cassette.is_cassette(path):
            tape = cassette.Cassette.read(path)
            self.run: Mapping[str, Any] = tape.run
            self.turns = tape.turns
            self.timeouts = tape.timeouts
            self._find = tape.find
            self._store: Store | None = None
        else:
            self._store = Store.read(path)
            self.run = recorded_run(self._store)
            self.turns = self._store.turns()
            self.timeouts = self._store.timeouts()
            self._find = self._store.calls().find
        if not self.run.get("one_search", True):
            raise UsageError(
                f"{path} cannot be replayed: its runs had different models, operators or settings of them",
                hint="only an archive whose runs all asked alike is a record of one search",
            )

    def find(self, digest: str) -> Call | None:
        """The call with a request's digest."""
        return self._find(digest)

    def close(self) -> None:
        """Close the file. Calling it twice is allowed."""
        if self._store is not None:
            self._store.close()


class NoRecord:
    """Remembers nothing: for a plan that asks nothing."""

    name = "no record"

    def find(self, digest: str) -> Call | None:  # noqa: ARG002 - the signature of a record
        """Nothing."""
        return None

    def keep(self, call: Call) -> None:
        """Nothing is kept, as nothing is asked."""


def demand_prices(settings: ModelSettings) -> None:
    """See that money can be capped.

    Raises:
        BudgetError: The price of a model is not known.
    """
    for spec in specs(settings):
        if prices.worst_price(spec, 1, 1) is None:
            where = f" at {spec.base_url}" if spec.base_url else ""
            raise BudgetError(
                f"the price of the model {spec.name!r}{where} is not known, so no budget in usd can be kept",
                hint=f'say it: [models.only."{spec.name}"] price = {{ input = 1.0, output = 4.0 }} (usd for a million '
                "tokens; 0 for a model of your own), or cap calls or tokens instead",
            )


def demand_reachable(settings: ModelSettings, *, recorded: bool) -> None:
    """See that the models can be asked, or that there is a record to go on from.

    Raises:
        ProviderError: A key is missing, or a package, and nothing is recorded.
        ConfigError: The file of a model is missing, and nothing is recorded.
    """
    found = specs(settings)
    why_not = missing_key(found, os.environ)
    if why_not and not recorded:
        raise ProviderError(
            why_not,
            hint="set it, name another variable with --api-key-env, or replay a record with --replay",
        )
    for spec in found:
        if spec.scheme != _OPENAI and not recorded:
            connect(spec)  # asks nothing, and tells what is missing before the free rungs have taken minutes


def recorded_run(store: Store) -> dict[str, Any]:
    """What an archive is a record of: its identity, its last run's settings, and whether all its runs asked alike."""
    runs = store.runs()
    last = {key: value for key, value in runs[-1].record.settings.items() if key != "task"} if runs else {}
    first = asked_alike(runs[0].record.settings.get("models", {})) if runs else {}
    alike = all(asked_alike(run.record.settings.get("models", {})) == first for run in runs)
    proposers = {run.record.proposer for run in runs}
    return asdict(store.identity) | {"settings": last, "one_search": alike and len(proposers) <= 1}


def asked_alike(table: Mapping[str, Any]) -> dict[str, Any]:
    """What of a table `[models]` decides requests and choices: all but where models are, and how requests are sent."""
    deciding = {key: value for key, value in table.items() if key not in (*_WHERE, *_SENDING) and value is not None}
    only = {name: asked_alike(own) for name, own in table.get("only", {}).items()}
    return deciding | ({"only": only} if only else {})


def _spec(settings: ModelSettings, name: str, weight: float) -> ModelSpec:
    own = settings.only.get(name, OneModelSettings())
    scheme, target = _scheme(name)

    def pick(key: str) -> Any:
        return getattr(settings, key) if getattr(own, key) is None else getattr(own, key)

    base_url = pick("base_url") or (os.environ.get("OPENAI_BASE_URL") if scheme == _OPENAI else None)
    asked = {key: pick(key) for key in _IN_REQUESTS}
    sending: dict[str, Any] = {key: value for key in _SENDING if (value := pick(key)) is not None}
    return ModelSpec(
        name=name,
        scheme=scheme,
        target=target,
        weight=weight,
        base_url=base_url,
        api_key_env=pick("api_key_env") or (_KEY if scheme == _OPENAI and not _is_on_this_machine(base_url) else None),
        settings={key: value for key, value in asked.items() if value is not None},
        price=Price(**own.price.model_dump()) if own.price else None,
        roles=own.roles or ROLES,
        **sending,
    )


def _scheme(name: str) -> tuple[str, str]:
    """The kind of model that a name asks for, and what that kind is told: `gguf:PATH`, else all of it for `openai`."""
    scheme, colon, target = name.partition(":")
    return (scheme, target) if colon and scheme in registry.names("models") else (_OPENAI, name)


def _is_on_this_machine(base_url: str | None) -> bool:
    return base_url is not None and urlsplit(base_url).hostname in _ON_THIS_MACHINE
