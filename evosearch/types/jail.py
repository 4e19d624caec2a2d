"""What may cross the border of the jail, and what its processes may use."""

from dataclasses import dataclass
from typing import Any

#: What may cross the border of the jail: JSON values, and numpy arrays anywhere inside them.
Value = Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process in the jail may use; enforced from outside.

    Attributes:
        cpu_seconds: CPU time of the whole process, by the kernel's clock.
        wall_seconds: Time on the wall, much higher than the CPU time, so that load is not punished.
        memory_bytes: Address space on top of what the process had when it was forked.
        reply_bytes: The longest single reply that is read.
        log_bytes: What it may print in all.
        threads: Threads it may start beside its first.
    """

    cpu_seconds: float = 10.0
    wall_seconds: float = 60.0
    memory_bytes: int = 512 * 2**20
    reply_bytes: int = 16 * 2**20
    log_bytes: int = 64 * 2**10
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Jail:
    """What the processes of one jail may see and do beside computing; all else is walled off.

    Attributes:
        readable: Files and folders they may read, as absolute paths; what is not there is passed over.
        hidden: Folders beneath those that they may not, but for what `readable` names in them.
        supervises: Whether they watch over a process of another jail, as a judge does, and so know the numbers of
            processes as their zygote does.
        scratch: Whether there is a scratch folder for them to write in.
    """

    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    supervises: bool = False
    scratch: bool = False
