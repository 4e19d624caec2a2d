"""evosearch.toml as it was read, and the line on which each key stands."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from evosearch.errors import ConfigError

FILE_NAME = "evosearch.toml"

#: The way to a value: names of tables and keys, and positions in lists.
Key = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(?P<open>\[\[?)\s*(?P<table>[^\[\]]+?)\s*\]")
_ASSIGNMENT = re.compile(r"\s*(?P<key>[A-Za-z0-9_.\"' -]+?)\s*=")


def dotted(key: Key) -> str:
    """A key as people write it: `custom.axes[0].edges`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".")


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a file says.

    Attributes:
        path: Where it lies; empty for a domain's own task, which has no file.
        table: Its content.
        lines: The line of each key.
    """

    path: str
    table: Mapping[str, Any]
    lines: Mapping[Key, int]

    @property
    def name(self) -> str:
        """What an origin calls it."""
        return FILE_NAME if self.path else "default"

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read the evosearch.toml of a folder.

        Raises:
            ConfigError: It cannot be read, or is no TOML.
        """
        path = directory / FILE_NAME
        try:
            text = path.read_text(encoding="utf-8")
            return cls(str(path), tomllib.loads(text), _lines(text))
        except OSError as error:
            raise ConfigError(f"cannot read {path}: {error.strerror}", hint="`evosearch init` writes one") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path} is no TOML: {error}") from error

    @classmethod
    def of_domain(cls, domain: str) -> Self:
        """What stands for the file of a domain's own task."""
        return cls("", {"domain": domain}, {})

    def origin(self, key: Key) -> str:
        """Where a key was set, as far as its line is known: `evosearch.toml:7`."""
        for length in range(len(key), 0, -1):
            if key[:length] in self.lines:
                return f"{self.name}:{self.lines[key[:length]]}"
        return self.name


def _lines(text: str) -> dict[Key, int]:
    """The line of every key that stands at the start of one; tomllib does not tell."""
    lines: dict[Key, int] = {}
    tables: Counter[Key] = Counter()
    table: Key = ()
    inside_text = False
    for number, line in enumerate(text.splitlines(), 1):
        if not inside_text and (header := _HEADER.match(line)):
            table = _parts(header["table"])
            if header["open"] == "[[":
                lines.setdefault(table, number)
                tables[table] += 1
                table = (*table, tables[table] - 1)
            lines.setdefault(table, number)
        elif not inside_text and (assignment := _ASSIGNMENT.match(line)):
            lines.setdefault((*table, *_parts(assignment["key"])), number)
        inside_text ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return lines


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
