"""One writer an archive: a lock file beside it that holds the writer's process id.

The kernel holds the lock (`flock`), so it goes with its process, however that ends; the file alone locks nothing.
Programs that the writer executes do not inherit it.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from evosearch.errors import ArchiveLockedError, ArchiveNotWritableError


class Lock:
    """The right to write an archive, from `acquire` until `release`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, archive: Path) -> Self:
        """Take the lock of an archive, or fail at once.

        Raises:
            ArchiveLockedError: Another run holds it.
            ArchiveNotWritableError: The lock file cannot be written.
        """
        # Two names of one file (a symbolic link, say) must meet at one lock.
        path = Path(os.path.realpath(archive) + ".lock")
        try:
            while True:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                if _lock(archive, descriptor) and _is_at(path, descriptor):
                    break
                os.close(descriptor)
            _write_pid(descriptor)
        except OSError as error:
            raise ArchiveNotWritableError(
                f"the lock {path} cannot be taken: {error.strerror}",
                hint="archives need a writable folder on a disk with file locks; choose another with --archive",
            ) from error
        return cls(path, descriptor)

    def release(self) -> None:
        """Give the lock up and take its file away."""
        # Removed while still locked: whoever opens the same name from now on makes a new file.
        with suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


def _lock(archive: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise ArchiveLockedError(
            f"{archive} is being written by another run" + (f", process {pid}" if pid else ""),
            hint="wait for it, end it with Ctrl-C, or choose another file with --archive",
        ) from None
    except OSError:
        os.close(descriptor)
        raise
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the locked file is still the one at the path: a holder removes it on release."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write_pid(descriptor: int) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
    except OSError:
        os.close(descriptor)
        raise
