"""Whether programs can be contained on this machine, and with which walls.

Contained means: system calls are filtered, and the file system is walled off by Landlock or by a mount namespace, on
top of the walls that every Linux has. Everything else is defence in depth.

macOS has neither; its own sandbox and limits make a degraded jail, which is untested and which a user must ask for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from evosearch.errors import SandboxError
from evosearch.sandbox.landlock import Landlock
from evosearch.sandbox.layers import LAYERS
from evosearch.sandbox.namespaces import Namespaces
from evosearch.sandbox.seatbelt import Seatbelt
from evosearch.sandbox.seccomp import Seccomp

_WAIVE: Final = "--unsafe-no-sandbox runs programs all the same, and is recorded with everything they find"
_REMEDIES: Final[Mapping[str, str]] = {
    Seccomp.name: "run on Linux 4.14 or newer with CONFIG_SECCOMP_FILTER, on x86-64 or aarch64",
    Landlock.name: "run on Linux 5.13 or newer with landlock among the kernel's lsm=, or allow user namespaces",
    Namespaces.name: "allow user namespaces to your user, as bubblewrap or Chromium need them "
    "(sysctl user.max_user_namespaces; on Ubuntu an AppArmor profile that grants userns)",
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The walls of one run.

    Attributes:
        layers: Those that stand, by name, in the order of `layers.LAYERS`.
        missing: Those that do not, and why.
        unsafe: Whether the user waived the demand that programs be contained.
    """

    layers: tuple[str, ...]
    missing: Mapping[str, str]
    unsafe: bool = False

    @classmethod
    def of_this_machine(cls, *, unsafe: bool = False, allow_degraded: bool = False) -> Self:
        """The walls that can be had here.

        Args:
            unsafe: Take what there is, even if it contains nothing.
            allow_degraded: Accept a system for which there is no more than a degraded jail (macOS).

        Raises:
            SandboxError: They do not contain a hostile program.
        """
        problems = {layer.name: layer.available() for layer in LAYERS}
        missing = {name: problem for name, problem in problems.items() if problem is not None}
        sandbox = cls(tuple(name for name in problems if name not in missing), missing, unsafe)
        if not unsafe:
            sandbox._refuse_if_open(allow_degraded=allow_degraded)
        return sandbox

    @property
    def contained(self) -> bool:
        """Whether a hostile program is held."""
        files = Landlock.name in self.layers or Namespaces.name in self.layers
        return Seccomp.name in self.layers and files

    @property
    def notice(self) -> str | None:
        """One line for the user if not every wall stands; None if all do."""
        if not self.missing:
            return None
        reasons = "; ".join(f"{name} ({why})" for name, why in self.missing.items())
        if self.contained:
            held = "programs are contained, with less defence in depth"
            # See `Walls.apply`.
            held += " and without threads" if Namespaces.name in self.missing else ""
        elif Seatbelt.name in self.layers:
            held = "degraded: only macOS' own sandbox and limits hold programs, which is untested"
        else:
            held = "programs are NOT contained"
        return f"{held}: missing {reasons}"

    def record(self) -> dict[str, Any]:
        """What is recorded with a run: `layers`, `missing` and `unsafe`."""
        return {"layers": list(self.layers), "missing": dict(self.missing), "unsafe": self.unsafe}

    def _refuse_if_open(self, *, allow_degraded: bool) -> None:
        if self.contained:
            return
        if Seatbelt.name in self.layers:
            if allow_degraded:
                return
            raise SandboxError(
                "programs cannot be contained on macOS as they can on Linux",
                hint="--allow-degraded takes what macOS has (untested); a Linux virtual machine has it all",
            )
        if Seccomp.name in self.missing:
            wanted, name = "system calls cannot be filtered", Seccomp.name
        else:
            wanted, name = "the file system cannot be walled off, neither by Landlock nor by namespaces", Landlock.name
        reasons = "; ".join(f"{name}: {why}" for name, why in self.missing.items())
        raise SandboxError(f"programs cannot be contained here: {wanted} ({reasons})", hint=f"{remedy(name)}; {_WAIVE}")


def remedy(layer: str) -> str:
    """What helps where a layer is missing; empty if nothing can be said."""
    return _REMEDIES.get(layer, "")
