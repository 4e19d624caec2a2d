"""Reads the whole numbers of foreign JSON in bounded time."""

from typing import Final

MOST_DIGITS: Final = 4_300
"""Python's own bound, which some of the house must lift for the whole process."""


def whole(text: str) -> int:
    """The number a text stands for; for `json.loads(..., parse_int=whole)`.

    Raises:
        ValueError: It has so many digits that reading it takes long: the time grows with their square.
    """
    if len(text) > MOST_DIGITS:
        raise ValueError(f"expected whole numbers of at most {MOST_DIGITS} digits, got one of {len(text):,}")
    return int(text)
