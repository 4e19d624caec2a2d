"""What a model server is asked, and what it answers: data that a script maps from one to the other."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

#: Keys of a request that are no settings.
_NOT_SETTINGS = frozenset({"model", "messages", "seed", "stream"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a chat completion.

    Attributes:
        ordinal: How many requests arrived before it.
        body: Its JSON.
        headers: By lower-case name.
        connection: Which of the connections it came on, from 0.
    """

    ordinal: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    connection: int = 0

    @property
    def model(self) -> str:
        """The model's name as it was sent."""
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation, oldest message first."""
        return list(self.body.get("messages", []))

    @property
    def text(self) -> str:
        """What the last message says."""
        return self.messages[-1]["content"] if self.messages else ""

    @property
    def seed(self) -> int | None:
        """The sample number; None if it was not sent."""
        return self.body.get("seed")

    @property
    def settings(self) -> dict[str, Any]:
        """All other keys: `temperature`, `max_tokens`, `n` and so on."""
        return {key: value for key, value in self.body.items() if key not in _NOT_SETTINGS}

    @property
    def canonical(self) -> str:
        """The body as JSON with sorted keys: equal for equal requests, in whatever order they arrive.

        A script that draws lots from `random.Random(asked.canonical)` answers the same whatever the concurrency.
        """
        return json.dumps(self.body, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: a completion unless `body` says otherwise.

    Attributes:
        texts: One text a choice; a single text is given for each of the `n` choices that were asked for.
        finish: Why every choice ended: `stop`, `length` or `content_filter`.
        usage: The tokens as the provider tells them, right or wrong; `counted` to count them (a token for every four
            bytes begun), None to leave them out.
        latency: Seconds until the answer is sent.
        status: The HTTP status.
        headers: Further headers.
        body: What is sent in place of a completion, byte for byte.
        lost: Where the connection is dropped: `before` the answer, or in the `middle` of its body.
    """

    texts: str | tuple[str, ...] = ""
    finish: str = "stop"
    usage: Mapping[str, Any] | Literal["counted"] | None = "counted"
    latency: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    lost: Literal["before", "middle"] | None = None

    @classmethod
    def failure(
        cls,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Answered":
        """An error in OpenAI's shape."""
        error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
        return cls(status=status, headers=headers or {}, body=json.dumps({"error": error}).encode())

    @classmethod
    def busy(cls, retry_after: float | str | None = None) -> "Answered":
        """Too many requests; try again after seconds, or at an HTTP date."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return cls.failure(429, "Rate limit reached for requests", code="rate_limit_exceeded", headers=headers)

    @classmethod
    def refused(cls, setting: str, hint: str = "") -> "Answered":
        """A setting is not supported."""
        message = f"Unsupported parameter: '{setting}' is not supported with this model. {hint}".strip()
        return cls.failure(400, message, code="unsupported_parameter", param=setting)

    @classmethod
    def too_long(cls, limit: int = 8192) -> "Answered":
        """The prompt does not fit into the context."""
        message = f"This model's maximum context length is {limit} tokens. Please reduce the length of the messages."
        return cls.failure(400, message, code="context_length_exceeded", param="messages")

    @classmethod
    def filtered(cls) -> "Answered":
        """The prompt is refused by the provider's filter."""
        message = "The response was filtered due to the prompt triggering the content management policy."
        return cls.failure(400, message, code="content_filter", param="prompt")

    @classmethod
    def malformed(cls) -> "Answered":
        """JSON that breaks off, in a complete HTTP message."""
        return cls(body=b'{"id": "broken", "choices": [{"message": {"content": "def')

    @classmethod
    def streamed(cls, text: str = "pass") -> "Answered":
        """Server-sent events, although no stream was asked for."""
        chunk = json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]})
        events = f"data: {chunk}\n\ndata: [DONE]\n\n"
        return cls(headers={"Content-Type": "text/event-stream"}, body=events.encode())

    def after(self, seconds: float) -> "Answered":
        """The same, some seconds later."""
        return replace(self, latency=seconds)

    def encoded(self, asked: Asked) -> bytes:
        """The body of the HTTP message."""
        return self.body if self.body is not None else json.dumps(self.completion(asked)).encode()

    def completion(self, asked: Asked) -> dict[str, Any]:
        """The chat completion that it stands for."""
        wanted = asked.settings.get("n", 1)
        texts = (self.texts,) * wanted if isinstance(self.texts, str) else self.texts
        completion: dict[str, Any] = {
            "id": f"chatcmpl-{asked.ordinal}",
            "object": "chat.completion",
            "created": 0,
            "model": asked.model,
            "choices": [
                {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": self.finish}
                for index, text in enumerate(texts)
            ],
        }
        if self.usage is not None:
            counted = self.usage == "counted"
            completion["usage"] = _count(asked, texts) if counted else self.usage
        return completion


#: What a server answers with: a completion's text, or an `Answered`.
Script = Callable[[Asked], Answered | str]


def in_turn(*answers: Answered | str) -> Script:
    """A script that gives answers in order of arrival, the last one for ever."""
    return lambda asked: answers[min(asked.ordinal, len(answers) - 1)]


def _count(asked: Asked, texts: tuple[str, ...]) -> dict[str, int]:
    prompt = sum(_tokens(str(message.get("content", ""))) for message in asked.messages)
    completion = sum(map(_tokens, texts))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // 4)
