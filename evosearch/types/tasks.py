"""What is known of a task: its problems, how it is made, what a proposer is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evosearch.types.jail import Value


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a task that holds many; the first axis of its map.

    Attributes:
        name: Unique within the task.
        kind: What programs of two problems must share for their pieces to fit (an answer type, say).
        instances: How many concrete instances a program is judged on.
    """

    name: str
    kind: str = ""
    instances: int = 1

    def __post_init__(self) -> None:
        if not self.name or "\0" in self.name:
            raise ValueError(f"a problem needs a name without NUL, got {self.name!r}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a task is made, in every process that needs it: `registry.make_task(recipe)`.

    Attributes:
        domain: A registered name.
        name: What the archive file is called after.
        directory: The folder of `evosearch.toml`; None for a task that ships with the package.
        options: The domain's own table of the settings, as JSON.
    """

    domain: str
    name: str
    directory: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A call that a task's judge made of a program.

    Attributes:
        function: What it called.
        arguments: What with, in order.
    """

    function: str
    arguments: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """What a proposer is told about the work.

    Attributes:
        text: The task in words, as it stands in a prompt; it never shows held-out figures.
        material: JSON values that an embedded proposer works on (a predicate's source, say); what a proposer
            does not know it ignores.
        entry: Names that a program has to define at its top level; empty if the task does not know them.
    """

    text: str
    material: Mapping[str, Any] = field(default_factory=dict)
    entry: tuple[str, ...] = ()
