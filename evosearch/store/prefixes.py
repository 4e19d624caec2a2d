"""Finding what a file holds by the first digits of its address."""

import sqlite3
from dataclasses import dataclass

from evosearch.errors import UnknownNameError

#: How many addresses an error names.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Addresses:
    """One kind of thing that is found by its address.

    Attributes:
        kind: What one of them is called.
        address: What its address is called.
        query: Selects addresses from one text up to, and without, another; and at most so many.
    """

    kind: str
    address: str
    query: str

    def find(self, connection: sqlite3.Connection, prefix: str) -> str:
        """The address that starts with some digits.

        Raises:
            UnknownNameError: None does, or more than one.
        """
        matches = self._starting_with(connection, prefix) if prefix else []
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownNameError(
                f"several {self.kind}s start with {prefix!r}: {', '.join(matches[:_NAMED])}"
                + (", …" if len(matches) > _NAMED else ""),
                hint="give more digits",
            )
        ends = range(len(prefix), -1, -1)
        near = next((found for end in ends if (found := self._starting_with(connection, prefix[:end]))), [])
        raise UnknownNameError(
            f"no {self.kind} has {self.address} that starts with {prefix!r}",
            hint=f"near it are {', '.join(near[:_NAMED])}" if near else f"the archive holds no {self.kind} yet",
        )

    def _starting_with(self, connection: sqlite3.Connection, prefix: str) -> list[str]:
        if not prefix.isascii() or not prefix.isprintable():
            return []
        # '~' follows every hexadecimal digit, so the index finds the range.
        bounds = (prefix.lower(), prefix.lower() + "~", _NAMED + 1)
        return [row[0] for row in connection.execute(self.query, bounds)]


PROGRAMS = Addresses("program", "an id", "SELECT id FROM programs WHERE id >= ? AND id < ? ORDER BY id LIMIT ?")
CALLS = Addresses(
    "call", "a digest", "SELECT digest FROM calls WHERE digest >= ? AND digest < ? ORDER BY digest LIMIT ?"
)
