"""A read-only root that holds only what a jail shows, made of bind mounts in a mount namespace of its own.

Sources are opened before anything is covered, so it does not matter where the new root is built. Paths keep their
names, symbolic links on the way included, so that what was imported before still finds its files.
"""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Self

from evosearch.sandbox.kernel import LIBC, checked, machine, syscall

SCRATCH: Final = "/jail/scratch"
"""An empty folder that a program may write in, where there is a mount namespace to make it in. What lies beneath
`/jail` is the jail's own."""

DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/urandom")
"""The devices that a jail has."""

_MS_NOSUID: Final = 2
_MS_NODEV: Final = 4
_MS_NOEXEC: Final = 8
_MS_NOATIME: Final = 1024
_MS_BIND: Final = 4096
_MS_REC: Final = 16384
_MS_PRIVATE: Final = 1 << 18
_MNT_DETACH: Final = 2

_ATTR_RDONLY: Final = 1
_ATTR_NOSUID: Final = 2
_ATTR_NODEV: Final = 4
_ATTR_NOEXEC: Final = 8
_AT_FDCWD: Final = -100
_AT_RECURSIVE: Final = 0x8000
# Equal on all architectures.
_MOUNT_SETATTR: Final = 442
_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}

_SCRATCH_BYTES: Final = 16 * 2**20
_SCRATCH_FILES: Final = 1024
_MAX_LINKS: Final = 40


@dataclass(frozen=True, slots=True)
class _Source:
    """Something of the old root that is to be seen in the new one."""

    path: str
    descriptor: int
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Root:
    """A root that is to be.

    Attributes:
        sources: What it shows, read-only.
        devices: The devices it has.
        covers: Folders that are shown empty, but for the sources in them.
        links: Symbolic links on the way to all of these, by path.
    """

    sources: tuple[_Source, ...]
    devices: tuple[_Source, ...]
    covers: tuple[str, ...]
    links: Mapping[str, str]

    @classmethod
    def planned(cls, readable: tuple[str, ...], hidden: tuple[str, ...]) -> Self:
        """Open everything that the root will show, with the rights that this process has now.

        Args:
            readable: Files and folders, as absolute paths; what is not there is passed over.
            hidden: Folders beneath those that are to be empty, but for what `readable` names in them.
        """
        links: dict[str, str] = {}
        sources, devices = _open(readable, links), _open(DEVICES, links)
        covers = tuple(real for path in hidden if (real := _real(path, {})) is not None)
        return cls(tuple(sorted(sources, key=lambda source: source.path)), tuple(devices), covers, links)

    def enter(self) -> None:
        """Make it the root of this mount namespace, for good. The sources must have been opened in this namespace.

        Raises:
            OSError: The kernel refused.
        """
        _mount("", "/", flags=_MS_REC | _MS_PRIVATE)
        place = self._place()
        _mount("tmpfs", place, kind="tmpfs", flags=_MS_NOSUID | _MS_NODEV, options="mode=755,size=1m")
        self._fill(place)
        _make_folders(place, SCRATCH)
        _set_attributes(place, _ATTR_RDONLY)
        os.chdir(place)
        syscall(_PIVOT_ROOT[machine()], b".", b".", name="pivot_root")
        checked(LIBC.umount2(b".", _MNT_DETACH), "umount2")
        os.chdir("/")
        for source in (*self.sources, *self.devices):
            os.close(source.descriptor)

    def _place(self) -> str:
        """A folder to build the root on; what it covers is left behind with the old root, unless it is a source's."""
        for place in ("/sys", "/mnt", "/tmp", "/usr"):  # noqa: S108 - only a mount point
            inside = any(place == source.path or place.startswith(f"{source.path}/") for source in self.sources)
            if os.path.isdir(place) and not inside:  # noqa: PTH112 - pathlib would be a detour
                return place
        raise FileNotFoundError(errno.ENOENT, "no folder to build a new root on")

    def _fill(self, place: str) -> None:
        for source in self.sources:
            _bind(place, source, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)
            for path in self.covers:
                if path == source.path or path.startswith(f"{source.path}/"):
                    _mount(
                        "tmpfs", place + path, kind="tmpfs", flags=_MS_NOSUID | _MS_NODEV, options="mode=755,size=1m"
                    )
        for device in self.devices:
            _bind(place, device, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NOEXEC)
        for path, target in self.links.items():
            _make_folders(place, str(PurePosixPath(path).parent))
            with suppress(FileExistsError):
                os.symlink(target, place + path)  # noqa: PTH211 - pathlib would be a detour


def mount_scratch() -> int:
    """Put an empty, small file system on the scratch folder; returns its time of change, in nanoseconds.

    Raises:
        OSError: The kernel refused.
    """
    options = f"mode=700,size={_SCRATCH_BYTES},nr_inodes={_SCRATCH_FILES}"
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_NOATIME
    _mount("tmpfs", SCRATCH, kind="tmpfs", flags=flags, options=options)
    return _change_time()


def renew_scratch(made: int) -> int:
    """Replace the scratch folder by a new one if anything was done in it.

    Args:
        made: Its time of change when it was made.

    Returns:
        That of the folder there is now.

    Raises:
        OSError: The kernel refused.
    """
    state = os.statvfs(SCRATCH)
    # The folder takes one itself. What was made in it and is gone again shows in its times; what never had a name
    # (O_TMPFILE) is refused by the filter of system calls.
    if state.f_files - state.f_ffree <= 1 and _change_time() == made:
        return made
    checked(LIBC.umount2(SCRATCH.encode(), _MNT_DETACH), "umount2")
    return mount_scratch()


def _change_time() -> int:
    return os.stat(SCRATCH).st_ctime_ns  # noqa: PTH116 - pathlib would be a detour


def _open(paths: tuple[str, ...], links: dict[str, str]) -> list[_Source]:
    found = []
    for path in dict.fromkeys(real for name in paths if (real := _real(name, links)) is not None):
        with suppress(FileNotFoundError, PermissionError):
            if not path:
                # The old root itself; a jail that shows everything is none.
                continue
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
            found.append(_Source(path, descriptor, stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    return found


def _real(path: str, links: dict[str, str]) -> str | None:
    """The path without symbolic links, those met on the way noted; None if it leads nowhere."""
    done, rest = "", [part for part in path.split("/") if part]
    for _ in range(_MAX_LINKS):
        while rest:
            step = f"{done}/{rest.pop(0)}"
            try:
                target = os.readlink(step)  # noqa: PTH115 - pathlib would be a detour
            except FileNotFoundError:
                return None
            except OSError:
                done = step
                continue
            links[step] = target
            joined = target if target.startswith("/") else f"{done}/{target}"
            done, rest = "", [part for part in os.path.normpath(joined).split("/") if part] + rest
            break
        else:
            return done
    return None


def _bind(root: str, source: _Source, attributes: int) -> None:
    target = root + source.path
    if source.is_folder:
        _make_folders(root, source.path)
    else:
        _make_folders(root, str(PurePosixPath(source.path).parent))
        if not os.path.exists(target):  # noqa: PTH110 - pathlib would be a detour
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    _mount(f"/proc/self/fd/{source.descriptor}", target, flags=_MS_BIND | _MS_REC)
    _set_attributes(target, attributes)


def _make_folders(root: str, path: str) -> None:
    """Make the folders of a path; those that a read-only mount shows are there already."""
    if not os.path.isdir(root + path):  # noqa: PTH112 - pathlib would be a detour
        os.makedirs(root + path, 0o755)  # noqa: PTH103 - as above


def _mount(source: str, target: str, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    what = (os.fsencode(source), os.fsencode(target), kind.encode() or None)
    checked(LIBC.mount(*what, ctypes.c_ulong(flags), options.encode() or None), f"mount({target})")


def _set_attributes(target: str, attributes: int) -> None:
    """Add attributes to a mount and to all beneath it."""
    fields = struct.pack("=QQQQ", attributes, 0, 0, 0)
    place = os.fsencode(target)
    syscall(_MOUNT_SETATTR, _AT_FDCWD, place, _AT_RECURSIVE, fields, len(fields), name=f"mount_setattr({target})")
