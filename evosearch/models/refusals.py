"""From a provider's HTTP error to one of ours: what may be repeated, what the model does not take, what is final.

There is no common form. The bodies read here are those of OpenAI and Azure (`error.param`), of Mistral, vLLM and
others on pydantic (`detail[].loc`), of Google (a list, "Unknown name"), of xAI (`error` is a text), and of routers
that wrap another provider's JSON as a string.
"""

import json
import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Self

from evosearch.errors import PromptRefusedError, ProviderBusyError, ProviderError, SettingRefusedError
from evosearch.models.numerals import whole

_MOST_READ = 20_000
_LONGEST_MESSAGE = 500
_DEEPEST = 8

_SPOKEN = frozenset({"message", "msg", "detail", "error", "description", "raw"})
_CODES = frozenset({"code", "type", "status"})
_NAMING = frozenset({"param", "loc", "field", "parameter", "property"})

_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context (?:length|window|size|limit)|maximum prompt length|"
    r"(?:prompt|input) is too long|input token count|too many (?:input |prompt )?tokens|request.too.large|"
    r"reduce the length of|max_new_tokens` must be|trying to keep the first",
    re.IGNORECASE,
)
_ANYTHING = re.compile("")
_TOO_LARGE_FOR_A_MINUTE = re.compile(r"request too large", re.IGNORECASE)
_FILTERED = re.compile(
    r"content_filter|content_policy_violation|content management policy|responsibleaipolicy|data_inspection_failed|"
    r"input was flagged",
    re.IGNORECASE,
)
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
#: 425 too early, 498 out of capacity at Groq; 409 is told to be repeated by OpenAI's own client.
_PASSING = frozenset({408, 409, 425, 429, 498})

#: What providers call a setting when they do not use its name.
_ALIASES = {
    "max_completion_tokens": r"\bmax_tokens\b",
    "n": r"multiple candidates|only one candidate|candidate_?count|only one completion choice",
    "reasoning_effort": r"reasoning[. ]?effort",
    "response_format": r"json_schema|structured output|json mode",
}
_HINTS = {
    401: "the key in ${key} is not accepted: is it complete, and is it this provider's?",
    402: "the account has no credit left",
    403: "the key in ${key} may not use this model",
    404: "is the model's name right, and does the base URL end as the provider says, mostly in /v1?",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A response that is no success.

    Attributes:
        status: Its HTTP status.
        headers: By lower-case name.
        body: Its text, without secrets.
    """

    status: int
    headers: Mapping[str, str]
    body: str


def read_error(failure: Failure, sent: Collection[str], *, name: str, key: str) -> ProviderError:
    """The error that a response stands for.

    Args:
        failure: The response.
        sent: The settings of the request, `seed` included if it was sent: no other can be refused.
        name: The model as the user named it.
        key: Where its key is from, for hints; empty if none was sent.
    """
    status = failure.status
    said = _Said.of(failure.body)
    reason = brief(said.spoken or failure.body) or "no reason given"
    message = f"model {name!r}: HTTP {status}: {reason}"
    if refusal := _prompt_refusal(status, said):
        return PromptRefusedError(refusal, message)
    no_credit = not _NO_CREDIT.isdisjoint(said.codes)
    if (status in _PASSING or status >= 500) and not no_credit:
        return ProviderBusyError(message, retry_after=retry_after(failure.headers))
    if status in {400, 422} and (setting := said.setting(sent)):
        return SettingRefusedError(setting, message)
    if 300 <= status < 400:
        return ProviderError(message, hint=_moved(failure.headers.get("location", "")))
    if status in {401, 403} and not key:
        return ProviderError(
            message, hint="no key was sent; name the environment variable that holds it: --api-key-env"
        )
    return ProviderError(message, hint=_HINTS.get(402 if no_credit else status, "").format(key=key))


def brief(text: str) -> str:
    """A text on one line, printable and bounded."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[:_MOST_READ]).split())
    return line if len(line) <= _LONGEST_MESSAGE else line[:_LONGEST_MESSAGE] + " …"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, section 10.2.3)."""
    for header, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(header, "")) * unit
        except ValueError:
            continue
        return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124 - a "nan" is no answer
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _moved(location: str) -> str:
    where = brief(location).removesuffix("/chat/completions")
    return f"no redirect is followed, as prompts and the key would go along; if it is right, set base_url = {where!r}"


@dataclass(frozen=True, slots=True)
class _Said:
    """What the body of an error says, wherever in it.

    Attributes:
        spoken: Its messages, one a line.
        codes: Its codes, types and statuses.
        named: The parameters that it names in a field of their own.
    """

    spoken: str
    codes: tuple[str, ...]
    named: tuple[str, ...]

    @classmethod
    def of(cls, body: str) -> Self:
        leaves = list(_leaves(_parsed(body[:_MOST_READ]), "message", _DEEPEST))
        return cls(
            spoken="\n".join(text for label, text in leaves if label in _SPOKEN),
            codes=tuple(text for label, text in leaves if label in _CODES),
            named=tuple(text.partition(".")[0] for label, text in leaves if label in _NAMING),
        )

    @property
    def whole(self) -> str:
        return "\n".join((self.spoken, *self.codes))

    def setting(self, sent: Collection[str]) -> str | None:
        """The setting that it is about, of those that were sent."""
        for name in self.named:
            if name in sent:
                return name
        found = [(match.start(), name) for name in sent if (match := _mention(name).search(self.spoken))]
        # "`temperature` and `top_p` cannot both be given": the second one goes. Else the first is what it is about.
        together = re.search(r"\bboth\b", self.spoken)
        return (max if together else min)(found)[1] if found else None


def _prompt_refusal(status: int, said: _Said) -> str:
    """Why the prompt gets no answer; empty if it is not about the prompt."""
    if status in {400, 403, 413, 422} and _FILTERED.search(said.whole):
        return "content_filter"
    too_long = {400: _TOO_LONG, 422: _TOO_LONG, 413: _ANYTHING, 429: _TOO_LARGE_FOR_A_MINUTE}.get(status)
    return "prompt_too_long" if too_long and too_long.search(said.whole) else ""


def _mention(name: str) -> re.Pattern[str]:
    plain = re.escape(name)
    if len(name) > 4:
        mention = rf"\b{plain}\b"
    else:  # a short name, such as `n`, is a common word: it counts where it cannot be one
        mention = rf"['\"`]{plain}['\"`]|(?:parameter|argument|name|property|field|supplied)\b:?\s+{plain}\b|"
        mention += rf"(?:^|\s){plain}(?= must| value|:| ?=)"
    return re.compile(f"{mention}|{_ALIASES.get(name, 'a^')}", re.IGNORECASE | re.MULTILINE)


def _leaves(value: Any, label: str, depth: int) -> Iterator[tuple[str, str]]:
    """Texts and numbers with the key each stands under; JSON inside a text is opened."""
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, label, depth - 1)
    elif isinstance(value, str) and not isinstance(inside := _parsed(value), str):
        yield from _leaves(inside, label, depth - 1)
    elif isinstance(value, str | int | float):
        yield label, str(value)


def _parsed(text: str) -> Any:
    """The JSON object or list that a text holds; the text itself if there is none."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.loads(text, parse_int=whole)
    except (ValueError, RecursionError):
        return text
