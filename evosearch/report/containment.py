"""How well the programs of a run were contained, as its record tells: the stamp that `show` and every export carry.

    contained  every wall that a run demands stood
    partial    walls stood, but not all that a run demands: a run of a version that had no such demand, or one on a
               degraded system (`--allow-degraded`)
    unsafe     the demand was waived (`--unsafe-no-sandbox`)
    unknown    nothing is recorded

A program carries the stamp of the run that scored it, whatever the walls of later runs.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from evosearch.store.records import Run

#: The walls that a run demands: of each set one at least (`sandbox.policy`, which a test holds this against).
_DEMANDED = (frozenset({"seccomp"}), frozenset({"landlock", "namespaces"}))


class Containment(StrEnum):
    """How well programs were contained."""

    CONTAINED = "contained"
    PARTIAL = "partial"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, sandbox: Mapping[str, Any]) -> "Containment":
        """What the sandbox column of a run tells."""
        if sandbox.get("unsafe"):
            return cls.UNSAFE
        if "layers" not in sandbox:
            return cls.UNKNOWN
        standing = frozenset(map(str, sandbox["layers"]))
        return cls.CONTAINED if all(standing & walls for walls in _DEMANDED) else cls.PARTIAL


def by_run(runs: Iterable[Run]) -> dict[int, Containment]:
    """The containment of each run, by its number."""
    return {run.id: Containment.of(run.record.sandbox) for run in runs}


def unsafe_runs(containment: Mapping[int, Containment]) -> list[int]:
    """The runs that demanded no sandbox."""
    return [run for run, state in sorted(containment.items()) if state is Containment.UNSAFE]


def warning(containment: Mapping[int, Containment]) -> str:
    """What whoever reads of the archive must know; empty if no run was unsafe."""
    numbers = unsafe_runs(containment)
    if not numbers:
        return ""
    which = f"run{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    return (
        f"UNSAFE: {which} ran without demanding a sandbox (--unsafe-no-sandbox); a program of such a run may have "
        "forged scores, or changed this file"
    )


def walls(sandbox: Mapping[str, Any]) -> str:
    """The walls that stood, in one line."""
    if "layers" not in sandbox:
        return "unknown"
    return ", ".join(map(str, sandbox["layers"])) or "none"
