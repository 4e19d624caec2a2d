"""Any model behind the chat completions API of OpenAI, which most providers and local servers speak.

The SDK does the HTTP: connections, TLS, proxies, timeouts. Its typed layer is passed by (`AsyncOpenAI.post` with the
bare response): it costs 0.4 ms a call, and it takes on trust what this module has to check anyway.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evosearch.errors import ConfigError, ProviderBusyError, ProviderError
from evosearch.models.numerals import whole
from evosearch.models.refusals import Failure, brief, read_error
from evosearch.models.spec import ModelSpec
from evosearch.types import Reply, Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LONGEST_TEXT = 1_000_000
"""Bytes of a choice's text; what is longer is cut off, and its finish is `length`."""

_MOST_TOKENS = 10**9
#: A prompt, and the key with it, goes where the user said and nowhere else.
_OPTIONS: Any = {"follow_redirects": False}
#: What a finish is called elsewhere (Anthropic, Mistral, Google, Together).
_FINISHES = {"max_tokens": "length", "model_length": "length", "end_turn": "stop", "eos": "stop"}
#: Seeds of some providers are 32-bit integers with a sign.
_SEEDS = 2**31


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint.

    Args:
        spec: Where it lives. Without a `base_url` it is OpenAI, or what OPENAI_BASE_URL says.

    Raises:
        ProviderError: The environment variable of the key is not set.
        ConfigError: The base URL is none.
    """

    def __init__(self, spec: ModelSpec) -> None:
        # Here and not at the top: see `complete`.
        from evosearch.models.responses import Secret  # noqa: PLC0415 - see above

        key = _key(spec)
        self._spec = spec
        self._secret = Secret(key if spec.api_key_env else "")
        self._client = _connect(spec, key)

    @property
    def name(self) -> str:
        return self._spec.name

    async def complete(self, request: Request) -> Reply:
        """Send a request once; see `protocols.Model`."""
        import openai  # noqa: PLC0415 - 0.6 s that only a process pays that asks a model
        from httpx2 import Response  # noqa: PLC0415 - likewise

        body = self._body(request)
        sent = body.keys() - {"model", "messages"}
        try:
            async with asyncio.timeout(self._spec.timeout):
                response = await self._client.post("/chat/completions", body=body, cast_to=Response, options=_OPTIONS)
        # Without a cause: the SDK's errors hold the request, and the request holds the key.
        except openai.APIStatusError as error:
            raise self._error(error.status_code, error.response, sent) from None
        except (TimeoutError, openai.APITimeoutError):
            raise ProviderBusyError(f"model {self.name!r}: no reply within {self._spec.timeout:g} s") from None
        except openai.APIConnectionError as error:
            reason = brief(self._secret.out_of(str(error.__cause__ or error))) or type(error.__cause__).__name__
            raise ProviderBusyError(
                f"model {self.name!r}: the connection to {self._client.base_url} failed: {reason}",
                hint="is the endpoint up, and is its address right?",
            ) from None
        except openai.OpenAIError as error:
            raise ProviderError(f"model {self.name!r}: {brief(self._secret.out_of(str(error)))}") from None
        return self._reply(request, response.content)

    async def aclose(self) -> None:
        await self._client.close()

    def _body(self, request: Request) -> dict[str, Any]:
        messages = [{key: _encodable(text) for key, text in message.items()} for message in request.messages]
        body: dict[str, Any] = {"model": self._spec.target or self.name, "messages": messages}
        body |= {key: value for key, value in request.settings.items() if value is not None}
        if self._spec.send_seed:
            body["seed"] = request.sample % _SEEDS
        return body

    def _error(self, status: int, response: Any, sent: set[str]) -> ProviderError:
        headers = {name: self._secret.out_of(value) for name, value in response.headers.items()}
        failure = Failure(status, headers, self._secret.out_of(response.text))
        return read_error(failure, sent, name=self.name, key=self._spec.api_key_env or "")

    def _reply(self, request: Request, content: bytes) -> Reply:
        """The reply in a response of status 200, of which nothing is taken on trust."""
        try:
            completion = json.loads(content, parse_int=whole)
        except (ValueError, RecursionError):
            start = brief(self._clean(content)[:200])
            raise ProviderBusyError(f"model {self.name!r}: expected a reply in JSON, got {start!r}") from None
        choices = completion.get("choices") if isinstance(completion, dict) else None
        if not isinstance(choices, list) or not choices or not all(isinstance(choice, dict) for choice in choices):
            start = brief(self._clean(content)[:1000])
            raise ProviderBusyError(f"model {self.name!r}: expected a reply with choices, got {start}")
        texts, finishes = zip(*map(self._choice, choices[: _choices_wanted(request)]), strict=True)
        model = completion.get("model")
        return Reply(
            texts=texts,
            finishes=finishes,
            model=brief(self._secret.out_of_reply(model)) if isinstance(model, str) else "",
            **_tokens(completion.get("usage"), request, texts),
        )

    def _choice(self, choice: dict[str, Any]) -> tuple[str, str]:
        """Text and finish of one choice."""
        message = choice.get("message")
        text = self._secret.out_of_reply(_text(message.get("content") if isinstance(message, dict) else None))
        finish = choice.get("finish_reason")
        finish = self._secret.out_of_reply(finish) if isinstance(finish, str) and finish else "stop"
        finish = _FINISHES.get(finish.lower(), brief(finish))
        data = text.encode("utf-8", "replace")
        if len(data) > LONGEST_TEXT:
            return data[:LONGEST_TEXT].decode("utf-8", "ignore"), "length"
        return data.decode(), finish

    def _clean(self, content: bytes) -> str:
        """What the provider said, whole: a key that is cut in two is not found."""
        return self._secret.out_of(content.decode("utf-8", "replace"))


def _key(spec: ModelSpec) -> str:
    if spec.api_key_env is None:
        return "none"  # the SDK wants one, and servers that need none ignore it
    key = os.environ.get(spec.api_key_env, "").strip()
    if not key:
        raise ProviderError(
            f"model {spec.name!r} needs a key, and the environment variable {spec.api_key_env} holds none",
            hint=f"export {spec.api_key_env}=…, or name another variable with --api-key-env",
        )
    if not (key.isascii() and key.isprintable()):
        raise ProviderError(f"the key in {spec.api_key_env} has characters that no key has: was it pasted whole?")
    return key


def _connect(spec: ModelSpec, key: str) -> "AsyncOpenAI":
    # Here and not at the top: see `complete`.
    from httpx2 import InvalidURL  # noqa: PLC0415 - see above
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient  # noqa: PLC0415 - see above

    from evosearch.models import responses  # noqa: PLC0415 - see above

    expected = f"base_url of model {spec.name!r}: expected http://… or https://…"
    if spec.base_url is not None and not spec.base_url.startswith(("http://", "https://")):
        raise ConfigError(f"{expected}, got {spec.base_url!r}")
    try:
        return AsyncOpenAI(
            api_key=key,
            base_url=spec.base_url,
            timeout=spec.timeout,
            max_retries=0,
            default_headers=responses.HEADERS,
            http_client=DefaultAsyncHttpxClient(event_hooks={"response": [responses.contain]}),
        )
    except InvalidURL as error:
        raise ConfigError(f"{expected}, got {spec.base_url!r}: {error}") from None


def _choices_wanted(request: Request) -> int:
    wanted = request.settings.get("n")
    return wanted if isinstance(wanted, int) and wanted > 0 else 1


def _text(content: object) -> str:
    """The content of a message: a text, parts of which those of thought are left out, or null."""
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") == "text"]
        return "".join(_text(part.get("text")) for part in parts)
    return content if isinstance(content, str) else ""


def _tokens(usage: object, request: Request, texts: tuple[str, ...]) -> dict[str, Any]:
    """The token fields of a reply: as the provider tells them or, if that cannot be, their upper bounds."""
    told = usage if isinstance(usage, Mapping) else {}
    prompt, completion = _count(told.get("prompt_tokens")), _count(told.get("completion_tokens"))
    if prompt is None or completion is None:
        return {"prompt_tokens": request.bytes, "completion_tokens": _most_tokens(request, texts), "counted": False}
    details = told.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, Mapping) else None
    return {"prompt_tokens": prompt, "completion_tokens": completion, "cached_tokens": min(cached or 0, prompt)}


def _most_tokens(request: Request, texts: tuple[str, ...]) -> int:
    for setting in ("max_tokens", "max_completion_tokens"):
        if (most := _count(request.settings.get(setting))) is not None:
            return most * _choices_wanted(request)
    return sum(len(text.encode()) for text in texts)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None


def _encodable(text: str) -> str:
    """A text without lone surrogates, which have no UTF-8."""
    return text.encode("utf-8", "replace").decode()
