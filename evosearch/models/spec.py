"""What is known of a model before it is asked: where it lives, what it is asked with, how fast, at what price."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evosearch.types import Role

ROLES: tuple[Role, ...] = ("propose", "repair", "judge")
"""All that a model may be asked for."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens.

    Attributes:
        input: Tokens of the prompt.
        output: Tokens of the reply.
        cached: Tokens of the prompt that the provider had cached; None if they cost as much as others.
    """

    input: float
    output: float
    cached: float | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of a run.

    Attributes:
        name: As the user named it, `scheme:` included: what requests, records and prices call it.
        scheme: The registered kind of model that answers: `openai`, `gguf`, or a plug-in's.
        target: What that kind is told: a model's name at the endpoint, or a path.
        weight: Its share among the models of its role, relative to theirs.
        roles: What it is asked for.
        base_url: The endpoint; None for the kind's own.
        api_key_env: The environment variable that holds the key; None if the endpoint needs none.
        settings: What it is asked with, as in `Request.settings`.
        send_seed: Whether the sample number is sent as `seed`.
        timeout: Seconds until a request counts as failed.
        retries: How often a request that failed in passing is sent again.
        concurrency: Requests under way at a time.
        requests_per_minute: What the provider allows; None if nothing is known of a limit.
        tokens_per_minute: Likewise, of prompt and reply together.
        price: What the user says it costs; None to look it up.
    """

    name: str
    scheme: str = "openai"
    target: str = ""
    weight: float = 1.0
    roles: tuple[Role, ...] = ROLES
    base_url: str | None = None
    api_key_env: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    send_seed: bool = True
    timeout: float = 120.0
    retries: int = 6
    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    price: Price | None = None
