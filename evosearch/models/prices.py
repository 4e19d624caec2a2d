"""What a call costs: as the user says, else from the snapshot of prices inside the package genai-prices.

The snapshot is the one that was installed: nothing here fetches another, and what else in the process may have
fetched is not looked at. A price that is not known is None, never 0. An endpoint that the snapshot does not name has no
known price, whatever its model is called: a server on this machine may call its model gpt-4.
"""

from __future__ import (
    annotations,
)  # genai-prices is imported when a price is first asked for: it takes a quarter second

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from evosearch.models.spec import ModelSpec, Price
from evosearch.types import Reply

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

#: Where a model of the scheme `openai` lives if nothing else is said.
_OPENAI = "https://api.openai.com/v1"

_MILLION = 1_000_000


def price_of(reply: Reply, spec: ModelSpec, *, when: datetime) -> tuple[float | None, str]:
    """What a reply cost, in US dollars, and where the price is from.

    Cached tokens of the prompt are priced as such. What the snapshot prices beyond tokens of text (searches, images)
    and what a provider takes for writing its cache is not told in a reply, and is not counted.

    Args:
        reply: With its tokens.
        spec: The model's own name at the endpoint is looked up first, then the name that the reply gives: behind an
            alias or a deployment the provider tells which model it was.
        when: The moment of the call, with its time zone: some prices depend on the date or the hour.

    Returns:
        The price, or None if it is not known; and `settings`, `genai-prices <version>`, `local`, or nothing.
    """
    prompt, completion = max(0, reply.prompt_tokens), max(0, reply.completion_tokens)
    cached = min(max(0, reply.cached_tokens), prompt)
    if spec.price is not None:
        return _by_settings(spec.price, prompt, cached, completion), "settings"
    if spec.scheme == "gguf":
        return 0.0, "local"
    found = _find(spec, spec.target) or _find(spec, reply.model)
    if found is None or not _complete(found[1], found[1].get_prices(when)):
        return None, ""
    usage = _usage(prompt, cached, completion)
    cost = found[1].calc_price(usage, found[0], genai_request_timestamp=when)
    return float(cost.total_price), _source()


def worst_price(spec: ModelSpec, prompt_tokens: int, completion_tokens: int) -> float | None:
    """The most that a call may cost, in US dollars; None if the price is not known.

    No clock has a say, so that a replay deals out its funds as the run did: of prices that depend on the hour the
    dearest is taken, and of those that depend on the date the latest announced. Until an announced cut comes into
    force, a call may cost more than this. Tiers that a prompt of this length cannot reach are left out.

    Args:
        spec: The model.
        prompt_tokens: The most that the prompt may have; none of them cached.
        completion_tokens: The most that all choices may have together, hidden reasoning included.
    """
    if spec.price is not None:
        dearest = Price(max(spec.price.input, spec.price.cached or 0.0), spec.price.output)
        return _by_settings(dearest, prompt_tokens, 0, completion_tokens)
    if spec.scheme == "gguf":
        return 0.0
    found = _find(spec, spec.target)
    if found is None or not all(_complete(found[1], prices) for prices in _latest(found[1])):
        return None
    return max(_dearest(prices, prompt_tokens, completion_tokens) for prices in _latest(found[1]))


def snapshot() -> str:
    """Which snapshot the prices are from, and the last change of a price in it that is in force by now."""
    today = datetime.now(UTC).date()
    past = [day for day in _start_dates() if day <= today]
    return f"{_source()} (last change {max(past)})"


def _by_settings(price: Price, prompt: int, cached: int, completion: int) -> float:
    of_cached = price.input if price.cached is None else price.cached
    return (price.input * (prompt - cached) + of_cached * cached + price.output * completion) / _MILLION


def _usage(prompt: int, cached: int, completion: int) -> object:
    from genai_prices import Usage  # noqa: PLC0415 - see the top

    return Usage(input_tokens=prompt, cache_read_tokens=cached, output_tokens=completion)


@cache
def _source() -> str:
    return f"genai-prices {version('genai-prices')}"


@cache
def _snapshot() -> DataSnapshot:
    from genai_prices.data import providers  # noqa: PLC0415 - see the top
    from genai_prices.data_snapshot import DataSnapshot  # noqa: PLC0415 - see the top

    return DataSnapshot(providers=providers, from_auto_update=False)


def _find(spec: ModelSpec, model: str) -> tuple[Provider, ModelInfo] | None:
    url = (spec.base_url or (_OPENAI if spec.scheme == "openai" else "")).lower()
    if not url or not model:
        return None
    try:
        provider = _snapshot().find_provider(None, None, url)
        return _snapshot().find_provider_model(model, provider, None, None) if _is_host(provider, url) else None
    except LookupError:
        return None


def _is_host(provider: Provider, url: str) -> bool:
    """Whether the provider's pattern, which is open at its end, took in the host as a whole.

    `https://api.openai.com.proxy.example` begins like OpenAI's address and is another's.
    """
    matched = re.match(provider.api_pattern, url)
    host_ends = url.find(urlsplit(url).netloc) + len(urlsplit(url).netloc)
    return matched is not None and "." not in url[matched.end() : host_ends]


def _complete(model: ModelInfo, prices: ModelPrice) -> bool:
    """Whether it prices prompt and reply. An entry without any price says so of free models and of unknown ones."""
    if not any(price is not None for price in vars(prices).values()):
        return model.id.endswith(":free")
    return prices.input_mtok is not None and prices.output_mtok is not None


def _latest(model: ModelInfo) -> Iterator[ModelPrice]:
    """The prices in force after every announced date: one, or one an hour of the day.

    The package keeps them in order, and the last one whose condition holds wins.
    """
    from genai_prices.types import ModelPrice, TimeOfDateConstraint  # noqa: PLC0415 - see the top

    if isinstance(model.prices, ModelPrice):
        yield model.prices
        return
    for conditional in reversed(model.prices):
        yield conditional.prices
        if not isinstance(conditional.constraint, TimeOfDateConstraint):
            return


def _dearest(prices: ModelPrice, prompt: int, completion: int) -> float:
    # Some providers cache unasked, and take more for writing their cache than for a prompt without one.
    of_prompt = max(
        _tier(price, prompt) for price in (prices.input_mtok, prices.cache_write_mtok, prices.cache_read_mtok)
    )
    of_reply = _tier(prices.output_mtok, prompt)
    of_request = _tier(prices.requests_kcount, prompt) / 1_000
    return float((of_prompt * prompt + of_reply * completion) / _MILLION + of_request)


def _tier(price: Decimal | TieredPrices | None, prompt: int) -> Decimal:
    """The dearest tier that a prompt of at most so many tokens may reach."""
    if price is None or isinstance(price, Decimal):
        return price or Decimal(0)
    return max([price.base, *(tier.price for tier in price.tiers if tier.start < prompt)])


def _start_dates() -> Iterator[date]:
    from genai_prices.types import ModelPrice, StartDateConstraint  # noqa: PLC0415 - see the top

    for provider in _snapshot().providers:
        for model in provider.models:
            conditions = [] if isinstance(model.prices, ModelPrice) else model.prices
            for condition in conditions:
                if isinstance(condition.constraint, StartDateConstraint):
                    yield condition.constraint.start_date
