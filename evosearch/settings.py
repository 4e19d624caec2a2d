"""What the tables `[run]` and `[models]` of evosearch.toml may say, whatever the domain."""

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from evosearch.types import Role

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


def weighted(word: str) -> tuple[str, float]:
    """A name and its weight: `diff=2` is ("diff", 2.0), `diff` is ("diff", 1.0).

    Raises:
        ValueError: The weight is no positive number.
    """
    name, sign, weight = word.rpartition("=")
    if not sign:
        return word, 1.0
    try:
        value = float(weight)
    except ValueError:
        value = 0.0
    if not name or not 0 < value < float("inf"):
        raise ValueError(f"expected NAME or NAME=WEIGHT with a positive weight, got {word!r}")
    return name, value


def _check_weighted(word: str) -> str:
    weighted(word)
    return word


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"expected a URL such as http://127.0.0.1:8080/v1, got {url!r}")
    if parts.username or parts.password or parts.query:
        # Not shown: it may be a key, and settings are written into the archive.
        raise ValueError("a URL must hold no user, no password and no query; name the key's variable in api_key_env")
    return url


def _check_variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        # Not shown: it may be the key itself.
        raise ValueError(
            "expected the name of an environment variable in capitals, such as OPENAI_API_KEY, never a key"
        )
    return name


def _archive_kind(name: str) -> str:
    return {"cells": "grid"}.get(name, name)  # as version 0.1 called it at first


def _check_once(words: tuple[str, ...]) -> tuple[str, ...]:
    names = [weighted(word)[0] for word in words]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{twice[0]!r} is named twice")
    return words


def about_used(models: Mapping[str, Any]) -> dict[str, Any]:
    """A table `[models]` without what `only` says of others: the command line may name other models than the file."""
    names = {word.rpartition("=")[0] or word for word in models.get("model", ())}
    return {**models, "only": {name: table for name, table in models.get("only", {}).items() if name in names}}


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Weighted = Annotated[Text, AfterValidator(_check_weighted)]
Url = Annotated[Text, AfterValidator(_check_url)]
Variable = Annotated[Text, AfterValidator(_check_variable)]


def available_cores() -> int:
    """The cores this process may run on."""
    return len(os.sched_getaffinity(0))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RunSettings(_Table):
    """The table `[run]`: how to search."""

    seed: int = Field(default=0, ge=0, lt=2**63, description="equal seeds give equal archives")
    workers: int = Field(default_factory=available_cores, ge=1, description="evaluations at the same time")
    window: int = Field(default=16, ge=1, description="proposals that may be open at a time")
    budget: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        default=None, description="what the archive may cost in all; by default what the domain suggests"
    )
    proposer: str | None = Field(
        default=None, description="what writes new programs; by default symbolic, or mixed where a model is configured"
    )
    archive: Annotated[str, AfterValidator(_archive_kind)] = Field(
        default="grid", description="the kind of archive, which keeps the best; the file's path is --archive"
    )
    executor: str = Field(default="local", description="where programs run")


class PriceSettings(_Table):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(default=None, ge=0)


class _Asking(_Table):
    """How a model is asked; what is None is left to the endpoint."""

    base_url: Url | None = Field(default=None, description="the endpoint; by default OpenAI's")
    api_key_env: Variable | None = Field(
        default=None,
        description="the environment variable with the key; by default OPENAI_API_KEY, none on this machine",
    )
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, description="tokens of one reply")
    reasoning_effort: Text | None = None
    send_seed: bool | None = Field(default=None, description="whether each request carries a seed of its own")
    timeout: float | None = Field(default=None, gt=0, description="seconds until a request counts as failed")
    retries: int | None = Field(
        default=None, ge=0, description="how often a request that failed in passing is sent again"
    )
    concurrency: int | None = Field(default=None, ge=1, description="requests under way at a time")
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)


class OneModelSettings(_Asking):
    """The table `[models.only."NAME"]`: where one model differs from the others."""

    roles: tuple[Role, ...] | None = Field(default=None, strict=False, description="what it is asked for")
    price: PriceSettings | None = Field(default=None, description="what it costs, where that is not known or not true")


class ModelSettings(_Asking):
    """The table `[models]`: which language models propose, and how they are asked."""

    model: Annotated[tuple[Weighted, ...], AfterValidator(_check_once)] = Field(
        default=(), strict=False, description="NAME or NAME=WEIGHT; gguf:PATH for a file"
    )
    operators: tuple[Weighted, ...] = Field(
        default=(), strict=False, description="NAME or NAME=WEIGHT; by default all that there are"
    )
    choose_model: Literal["weights", "bandit"] = Field(
        default="weights", description="how one of several models is chosen"
    )
    choose_operator: Literal["weights", "bandit"] = Field(default="weights", description="how an operator is chosen")
    samples: int = Field(default=1, ge=1, description="choices asked for in one call")
    attempts: int | None = Field(
        default=None, ge=1, description="turns of every problem, solved or not; by default a solved one is left alone"
    )
    temperature: float | None = Field(default=0.8, ge=0, le=2)
    max_tokens: int | None = Field(default=4096, ge=1, description="tokens of one reply")
    only: dict[str, OneModelSettings] = Field(default_factory=dict, description="where one model differs")

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        names = [name for name, _ in self.weights]
        if strange := [name for name in self.only if name not in names]:
            raise ValueError(
                f"only.{strange[0]!r} is about no model that is used; there are {', '.join(names) or 'none'}"
            )
        return self

    @property
    def weights(self) -> tuple[tuple[str, float], ...]:
        """The models with their weights, in order."""
        return tuple(weighted(word) for word in self.model)


TABLES: Mapping[str, type[RunSettings | ModelSettings]] = {"run": RunSettings, "models": ModelSettings}
"""The tables that every domain has."""
