"""Which walls of the sandbox stand on this machine: for `doctor`, `--dry-run` and the run's record."""

from dataclasses import dataclass
from typing import Any

from evosearch.sandbox.layers import LAYERS

#: Walls of the plan that may not stand yet, and what a program can do until they do.
_PLANNED = {
    "capabilities": "use the rights of root, if you run as root",
    "landlock": "read and write your user's files",
    "seccomp": "open sockets, start processes and signal your user's others",
}


@dataclass(frozen=True, slots=True)
class Wall:
    """One layer of the sandbox.

    Attributes:
        name: What it is called.
        covers: What it keeps a program from.
        problem: Why it does not stand; None if it does.
    """

    name: str
    covers: str
    problem: str | None


def walls() -> tuple[Wall, ...]:
    """The layers there are, in the order in which they go up."""
    return tuple(Wall(layer.name, layer.covers, layer.available()) for layer in LAYERS)


def not_covered() -> dict[str, str]:
    """What a program can do for want of a wall, by the wall's name."""
    standing = {wall.name.lower() for wall in walls()}
    return {name: what for name, what in _PLANNED.items() if name not in standing}


def sandbox_record() -> dict[str, Any]:
    """What is recorded with a run: the walls that stood, and those that did not, with the reason."""
    found = walls()
    missing = {wall.name: wall.problem for wall in found if wall.problem is not None}
    return {
        "layers": [wall.name for wall in found if wall.problem is None],
        "missing": missing | dict.fromkeys(not_covered(), "not built yet"),
    }
