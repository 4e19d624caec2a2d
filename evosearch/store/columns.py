"""How values become columns and come back exactly: any `str`, any finite or infinite `float`, JSON, messages.

SQLite's TEXT is UTF-8 without NUL; a Python `str` may hold lone surrogates and NULs, and a hostile program's
source will. Such a text is kept as a BLOB of the same bytes, so free text lies in columns of type ANY: TEXT that
people can read wherever possible, BLOB where nothing else is true to the original.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

#: Names the algorithm, so that a later one can be told from it: BLAKE2b with 16 bytes over canonical JSON.
DIGEST_PREFIX = "b2:"

#: A text as it lies in a column.
Column = str | bytes


def from_text(text: str) -> Column:
    """The column of any `str`."""
    if "\0" in text:
        return text.encode("utf-8", "surrogatepass")
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def to_text(column: Column) -> str:
    """The `str` of a column."""
    return column if isinstance(column, str) else column.decode("utf-8", "surrogatepass")


def from_optional(text: str | None) -> Column | None:
    """The column of a `str` that may be missing."""
    return None if text is None else from_text(text)


def to_optional(column: Column | None) -> str | None:
    """The `str` of a column that may be NULL."""
    return None if column is None else to_text(column)


def from_json(value: Any) -> Column:
    """The column of a JSON value.

    Infinity is written 1e999, which every reader of JSON takes for infinity; what is not a number becomes null.
    """
    try:
        return from_text(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    except ValueError:
        return from_text(_with_infinities(value))


def to_json(column: Column) -> Any:
    """The JSON value of a column."""
    return json.loads(to_text(column))


def from_features(values: Mapping[str, float | str]) -> Column:
    """The column of metrics or features."""
    return from_json(dict(values)) if values else "{}"


def to_features(column: Column) -> dict[str, Any]:
    """The metrics or features of a column; null is a float that is not a number."""
    if column == "{}":
        return {}
    return {name: math.nan if value is None else value for name, value in to_json(column).items()}


class Message(NamedTuple):
    """A message of a conversation with a model, as a row.

    Attributes:
        digest: Content address of all of it.
        role: Who speaks; NULL if the message does not say.
        content: What is said; NULL if the message does not say.
        extra: Any further entries, as JSON; NULL if there are none.
    """

    digest: str
    role: Column | None
    content: Column | None
    extra: Column | None


def from_message(message: Mapping[str, str]) -> Message:
    """The row of a message."""
    rest = {key: value for key, value in message.items() if key not in ("role", "content")}
    return Message(
        message_digest(message),
        from_optional(message.get("role")),
        from_optional(message.get("content")),
        from_json(rest) if rest else None,
    )


def to_message(role: Column | None, content: Column | None, extra: Column | None) -> dict[str, str]:
    """The message of a row."""
    message = {} if role is None else {"role": to_text(role)}
    if content is not None:
        message["content"] = to_text(content)
    return message if extra is None else message | to_json(extra)


def message_digest(message: Mapping[str, str]) -> str:
    """Content address of a message: equal messages have equal addresses, whatever the order of their entries."""
    canonical = json.dumps(dict(message), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return DIGEST_PREFIX + hashlib.blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _with_infinities(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null" if math.isnan(value) else f"{'-' if value < 0 else ''}1e999"
    if isinstance(value, Mapping):
        entries = (
            f"{json.dumps(str(key), ensure_ascii=False)}:{_with_infinities(item)}" for key, item in value.items()
        )
        return "{" + ",".join(entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_with_infinities, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
