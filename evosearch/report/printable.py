r"""Makes text that came from a candidate harmless to a terminal.

A program's source, output or name may hold escape sequences that move the cursor, rename the window or run the
terminal's own commands. Here every character that is not plainly text becomes a visible escape such as `\x1b`.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

#: C0 without tab and newline, DEL and C1; characters that cannot be seen, that turn the direction of writing or that
#: end a line in some readers; lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_ALSO_ON_ONE_LINE = re.compile(r"[\t\n]")


def printable(text: str) -> str:
    """The text with every control character made visible; tabs and newlines stay."""
    return _UNSAFE.sub(_escape, text)


def one_line(text: str, width: int = 0) -> str:
    """The text on one line, newlines made visible too; cut to a width if one is given."""
    line = _ALSO_ON_ONE_LINE.sub(_escape, printable(text))
    return line if not width or len(line) <= width else line[: width - 1] + "…"


def to_json(value: Any, *, indent: int | None = None) -> str:
    """JSON that every reader takes and no terminal obeys: ASCII alone, and null for a number that is not finite."""
    return json.dumps(_finite(value), indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
