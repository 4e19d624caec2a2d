"""The victims of the stage. Each tells what an attack needs to know to find it, and sees what was done to it."""

import ctypes
import hashlib
import os
import resource
import secrets
import socket
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final, Protocol

from evosearch.sandbox import kernel

_LIBC: Final = ctypes.CDLL(None, use_errno=True)

#: An address in front of the bytes of a `bytes` object, and the NUL behind them.
_BYTES_HEADER: Final = bytes.__basicsize__ - 1
_NAMED: Final = 3
_VICTIM: Final = f"""
import os, sys
token = os.environb[b"STAGE_TOKEN"]
print(id(token) + {_BYTES_HEADER}, flush=True)
sys.stdin.read()
os._exit(0)
"""


class Witness(Protocol):
    """A victim that is watched from outside the jail."""

    def facts(self) -> dict[str, Any]:
        """What an attack is told, as JSON."""
        ...

    def violations(self) -> list[str]:
        """What was done to it, one clause each."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


class Tree:
    """Files and folders that are open to all, so that nothing but the jail protects them.

    Args:
        root: An empty folder.
        answer: What stands in the answer file.
        tokens: What stands in the other problem's file and in the file of the home.
    """

    def __init__(self, root: Path, answer: str, tokens: tuple[str, str]) -> None:
        self._root = root
        for name, text in {
            "problem/answers.json": f'{{"answer": "{answer}"}}\n',
            "problem/evaluate.py": f'ANSWER = "{answer}"\n',
            "other/evaluate.py": f'ANSWER = "{tokens[0]}"\n',
            "home/.netrc": f"password {tokens[1]}\n",
            "precious.txt": "precious\n" * 500,
            "packages/package/__init__.py": "VERSION = 1\n",
            "packages/package/__pycache__/README": "",
            "writable/marker.txt": "marker\n",
        }.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for path in (root, *root.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        self._before = dict(self._snapshot())

    def facts(self) -> dict[str, Any]:
        """Paths."""
        return {
            "root": str(self._root),
            "problem": str(self._root / "problem"),
            "answers": str(self._root / "problem" / "answers.json"),
            "other": str(self._root / "other"),
            "home": str(self._root / "home"),
            "precious": str(self._root / "precious.txt"),
            "packages": str(self._root / "packages"),
            "writable": str(self._root / "writable"),
        }

    def violations(self) -> list[str]:
        """What differs from the beginning: content, mode, owner, links, times, attributes."""
        before, after = self._before, dict(self._snapshot())
        differences = {
            "created": [name for name in after if name not in before],
            "removed": [name for name in before if name not in after],
            "changed": [name for name in before if name in after and before[name] != after[name]],
        }
        return [f"{verb} {_list(names)}" for verb, names in differences.items() if names]

    def close(self) -> None:
        """The folder belongs to whoever made it."""

    def _snapshot(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for path in sorted(self._root.rglob("*")):
            with suppress(FileNotFoundError):
                about = path.lstat()
                owner = (about.st_mode, about.st_uid, about.st_gid, about.st_nlink)
                yield str(path.relative_to(self._root)), (*owner, about.st_mtime_ns, _digest(path), _attributes(path))


class Listeners:
    """Sockets on which nothing may arrive: TCP, UDP, and UNIX sockets with and without a file.

    Args:
        folder: Where the file of one of them is put.
        name: What the one without a file is called.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._name = name
        self._path = folder / "socket"
        self._sockets: dict[str, socket.socket] = {}
        for kind, family, protocol, address in (
            ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(self._path)),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}"),
            ("datagram", socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{name}-datagram"),
        ):
            self._sockets[kind] = listener = socket.socket(family, protocol)
            listener.setblocking(False)
            listener.bind(address)
            if protocol is socket.SOCK_STREAM:
                listener.listen()
        self._path.chmod(0o777)

    def facts(self) -> dict[str, Any]:
        """Ports and names."""
        ports = {kind: self._sockets[kind].getsockname()[1] for kind in ("tcp", "udp")}
        return {**ports, "unix": str(self._path), "abstract": self._name, "datagram": f"{self._name}-datagram"}

    def violations(self) -> list[str]:
        """Which of them somebody spoke to."""
        return [f"reached the {kind} socket" for kind, listener in self._sockets.items() if _was_reached(listener)]

    def close(self) -> None:
        """No more."""
        for listener in self._sockets.values():
            listener.close()


class Victim:
    """A process that sleeps, and knows a secret: in its environment and in its memory.

    Args:
        token: The secret.
    """

    def __init__(self, token: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-I", "-S", "-c", _VICTIM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"STAGE_TOKEN": token},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._address = int(self._process.stdout.readline())
        self._before = self._condition()

    def facts(self) -> dict[str, Any]:
        """Its number, and where its memory holds the secret."""
        return {"victim": self._process.pid, "victim_address": self._address}

    def violations(self) -> list[str]:
        """Whether it was killed, stopped, slowed down or bound."""
        if self._process.poll() is not None:
            return ["killed another process"]
        after = self._condition()
        return [f"changed another process's {what}" for what, was in self._before.items() if after[what] != was]

    def close(self) -> None:
        """Let it end."""
        self._process.kill()
        self._process.communicate()

    def _condition(self) -> dict[str, Any]:
        pid = self._process.pid
        folder = Path(f"/proc/{pid}")
        return {
            "state": (folder / "stat").read_bytes().rpartition(b")")[2].split()[0] in (b"T", b"t"),
            "priority": os.getpriority(os.PRIO_PROCESS, pid),
            "processors": os.sched_getaffinity(pid),
            "limits": resource.prlimit(pid, resource.RLIMIT_NOFILE),
            "oom score": (folder / "oom_score_adj").read_text(),
        }


class Memory:
    """The controller, which is this process: secrets in its memory, its environment and its open files.

    Args:
        name: What the variable of its environment is called.
        tokens: The secrets of memory, environment and file.
    """

    def __init__(self, name: str, tokens: tuple[str, str, str]) -> None:
        memory, environment, content = tokens
        self._variable = name
        self._token = memory.encode()
        self._descriptor = os.memfd_create("stage", os.MFD_CLOEXEC)
        os.pwrite(self._descriptor, content.encode(), 0)
        os.environ[name] = environment

    def facts(self) -> dict[str, Any]:
        """Its number, and where the secrets are."""
        return {
            "controller": os.getpid(),
            "controller_address": id(self._token) + _BYTES_HEADER,
            "controller_descriptor": self._descriptor,
            "token_length": len(self._token),
            "variable": self._variable,
        }

    def violations(self) -> list[str]:
        """Whether the secrets are still what they were."""
        return []

    def close(self) -> None:
        """Forget them."""
        os.close(self._descriptor)
        os.environ.pop(self._variable, None)


class Terminal:
    """A terminal that is open to all, as that of a careless user."""

    def __init__(self) -> None:
        with ExitStack() as opened:
            self._master, self._slave = os.openpty()
            opened.callback(os.close, self._master)
            opened.callback(os.close, self._slave)
            # Else what is typed would be echoed.
            tty.setraw(self._slave)
            os.fchmod(self._slave, 0o666)
            os.set_blocking(self._master, False)
            os.set_blocking(self._slave, False)
            self._opened = opened.pop_all()

    def facts(self) -> dict[str, Any]:
        """Its device."""
        return {"terminal": os.ttyname(self._slave)}

    def violations(self) -> list[str]:
        """What was written or typed on it."""
        return [
            f"{what} on the user's terminal"
            for what, descriptor in (("wrote", self._master), ("typed", self._slave))
            if _has_bytes(descriptor)
        ]

    def close(self) -> None:
        """Hang up."""
        self._opened.close()


class Leftovers:
    """The places where something could stay behind: shared folders, System V and POSIX objects, keyrings.

    Args:
        name: What an attack is to call what it leaves there.
    """

    _FOLDERS: Final = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/run/user")  # noqa: S108 - where to look, not where to write
    _KEYCTL: Final = {"x86_64": 250, "aarch64": 219}
    _SEARCH, _UNLINK, _USER_KEYRING = 10, 9, -4

    def __init__(self, name: str) -> None:
        self._name = name
        # Positive as a C int, and unlikely to be anybody's.
        self._key = secrets.randbelow(2**30) + 2**29

    def facts(self) -> dict[str, Any]:
        """The name and the number."""
        return {"name": self._name, "key": self._key}

    def violations(self) -> list[str]:
        """What was left behind; it is removed."""
        return [*self._files(), *self._system_v(), *self._queues(), *self._keys()]

    def close(self) -> None:
        """Remove what was left behind."""
        self.violations()

    def _files(self) -> Iterator[str]:
        for folder in self._FOLDERS:
            for path in sorted(Path(folder).glob(f"{self._name}*")):
                with suppress(OSError):
                    path.unlink()
                yield f"left {path.parent}/…"

    def _system_v(self) -> Iterator[str]:
        # Nought as a command removes (IPC_RMID), nought as size and flags finds what there is.
        if (found := _LIBC.shmget(self._key, 0, 0)) != -1:
            _LIBC.shmctl(found, 0, None)
            yield "left shared memory"
        if (found := _LIBC.msgget(self._key, 0)) != -1:
            _LIBC.msgctl(found, 0, None)
            yield "left a message queue"
        if (found := _LIBC.semget(self._key, 0, 0)) != -1:
            _LIBC.semctl(found, 0, 0)
            yield "left semaphores"

    def _queues(self) -> Iterator[str]:
        if _LIBC.mq_unlink(f"/{self._name}".encode()) == 0:
            yield "left a POSIX message queue"

    def _keys(self) -> Iterator[str]:
        if (number := self._KEYCTL.get(kernel.machine())) is None:
            return
        with suppress(OSError):
            key = kernel.syscall(
                number, self._SEARCH, self._USER_KEYRING, b"user", self._name.encode(), 0, name="keyctl"
            )
            kernel.syscall(number, self._UNLINK, key, self._USER_KEYRING, name="keyctl")
            yield "left a key in the keyring"


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _digest(path: Path) -> bytes:
    """Of a file's content; nothing if it is no file, or not to be read any more."""
    if not path.is_file() or path.is_symlink():
        return b""
    try:
        return hashlib.blake2b(path.read_bytes()).digest()
    except PermissionError:
        return b""


def _attributes(path: Path) -> tuple[str, ...]:
    try:
        return tuple(os.listxattr(path, follow_symlinks=False))
    except OSError:
        return ()


def _was_reached(listener: socket.socket) -> bool:
    try:
        if listener.type is socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(1)
    except BlockingIOError:
        return False
    return True


def _has_bytes(descriptor: int) -> bool:
    try:
        return bool(os.read(descriptor, 2**16))
    except OSError:
        return False
