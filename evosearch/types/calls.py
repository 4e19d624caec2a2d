"""What is said to a language model, what comes back, and what becomes of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from evosearch.types.spending import Usage

#: One message of a conversation: its `role` (system, user or assistant) and its `content`.
Message = Mapping[str, str]

#: What a model is asked for: programs, the repair of one, or a judgement.
Role = Literal["propose", "repair", "judge"]


@dataclass(frozen=True, slots=True)
class Request:
    """All that decides a reply. Where the model lives, and how long it may take, is no part of it.

    Attributes:
        model: The model as the user named it.
        messages: The conversation so far, oldest first.
        settings: What it is asked with: `temperature`, `top_p`, `max_tokens`, `n` (choices wanted),
            `response_format`, `reasoning_effort`. Those that are not set are absent.
        sample: What tells it from an otherwise equal request; sent as `seed` where the model takes one.
    """

    model: str
    messages: tuple[Message, ...]
    settings: Mapping[str, Any]
    sample: int

    @property
    def digest(self) -> str:
        """Content address: BLAKE2b with 16 bytes over canonical JSON. Equal requests are bought once."""
        said = [dict(message) for message in self.messages]
        whole = [self.model, said, dict(self.settings), self.sample]
        text = json.dumps(whole, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def bytes(self) -> int:
        """The length of the messages in UTF-8, roles and the frame around each included.

        An upper bound of the tokens of the prompt: no tokenizer in use makes more tokens than bytes.
        """
        return 16 + sum(
            16 + len(text.encode("utf-8", "surrogatepass")) for message in self.messages for text in message.values()
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered.

    Attributes:
        texts: One text a choice; empty if it refused.
        finishes: Why each choice ended: `stop`, `length` (the limit of tokens cut it off), `content_filter`, or the
            provider's own word.
        prompt_tokens: Tokens of the prompt, as the provider counts.
        completion_tokens: Tokens of all choices, hidden reasoning included.
        cached_tokens: How many of the prompt's tokens the provider had cached.
        counted: Whether the provider told the tokens; if not they are the upper bound that was reserved.
        model: What the provider calls the model that answered.
        refusal: Why there is no answer: `prompt_too_long` or `content_filter`; empty if there is one.
    """

    texts: tuple[str, ...]
    finishes: tuple[str, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    counted: bool = True
    model: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model, as it is kept: paid for once, and replayed from then on.

    Attributes:
        request: What was asked.
        reply: What came back.
        usd: What it cost, in US dollars; None if the price is not known.
        price: Where the price is from: `settings`, `genai-prices 0.2.3`, `local`; empty if it is not known.
        seconds: From the first attempt to the reply, on the wall.
        tries: How many times it was sent.
        dropped: Settings that the model refused, and that were left out.
    """

    request: Request
    reply: Reply
    usd: float | None = None
    price: str = ""
    seconds: float = 0.0
    tries: int = 1
    dropped: tuple[str, ...] = ()

    @property
    def usage(self) -> Usage:
        """What it adds to the spending; its seconds are not summed, as calls overlap."""
        tokens = self.reply.prompt_tokens + self.reply.completion_tokens
        return Usage(calls=1, tokens=tokens, usd=self.usd or 0.0, unpriced=int(self.usd is None))


class ReplyOutcome(StrEnum):
    """What became of one reply: a program to be evaluated, a thought, or why there is neither."""

    PROGRAM = "program"
    THOUGHT = "thought"
    EMPTY = "empty"
    NO_CODE = "no_code"
    WRONG_LANGUAGE = "wrong_language"
    TRUNCATED = "truncated"
    DIFF_FAILED = "diff_failed"
    LOST_BLOCKS = "lost_blocks"
    TOO_LONG = "too_long"
    SYNTAX_ERROR = "syntax_error"
    RENAMED_ENTRY = "renamed_entry"
    UNCHANGED = "unchanged"
    PROMPT_TOO_LONG = "prompt_too_long"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reply of a model and what became of it.

    Attributes:
        operator: The operator that asked.
        model: The model that answered, as the user named it.
        outcome: What became of the reply.
        call: Digest of the request.
        choice: Which of the call's choices it was, from 0.
        position: Which of the batch's proposals it became; None if none.
        usage: What the call cost; of several choices the first one bears it.
        detail: The reason in words, if it became nothing.
    """

    operator: str
    model: str
    outcome: ReplyOutcome
    call: str
    choice: int = 0
    position: int | None = None
    usage: Usage = field(default_factory=Usage)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an operator wants its later proposals to know: a node of its tree, say. Findings are only ever added.

    A proposal sees the findings of its operator and problem as of the moment it was opened (`Context.findings`).

    Attributes:
        operator: Whose it is.
        data: JSON.
    """

    operator: str
    data: Any


@dataclass(frozen=True, slots=True)
class Credit:
    """What an operator, or a model, has achieved so far.

    Attributes:
        attempts: Replies.
        programs: Replies that became a program.
        kept: Programs that the archive kept.
        usage: What the calls cost.
    """

    attempts: int = 0
    programs: int = 0
    kept: int = 0
    usage: Usage = field(default_factory=Usage)

    def __add__(self, other: "Credit") -> "Credit":
        return Credit(
            self.attempts + other.attempts,
            self.programs + other.programs,
            self.kept + other.kept,
            self.usage + other.usage,
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a proposal may cost, evaluations and time aside.

    Attributes:
        first: The worst case of its first call; with less than that there is nothing it could do.
        most: The worst case of all its calls.
        request: What that call asks; None if there is none.
    """

    first: Usage = field(default_factory=Usage)
    most: Usage = field(default_factory=Usage)
    request: Request | None = None
