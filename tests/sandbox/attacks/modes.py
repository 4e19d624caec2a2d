"""The suite in every mode of the jail that this machine can be put into: which walls stand, and who runs it.

As a program, `python modes.py '["process group", …]'` runs the suite behind these walls and prints its findings as
JSON; that is how it runs as another user.
"""

import ctypes
import json
import os
import stat
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import evosearch
from evosearch.sandbox.attacks import arena, lifecycle
from evosearch.sandbox.attacks.finding import Finding
from evosearch.sandbox.attacks.running import run
from evosearch.sandbox.policy import Sandbox

# How soon nothing is left is for `evosearch doctor --attack` to say: a test would hang on the load of the machine.
arena._SETTLE_SECONDS = lifecycle._GONE_SECONDS = 10.0

STANDING = Sandbox.of_this_machine(unsafe=True).layers
MODES = {
    "all walls": STANDING,
    "no namespaces": tuple(name for name in STANDING if name != "namespaces"),
    "no landlock": tuple(name for name in STANDING if name != "landlock"),
}
#: The programs still run in a process of their own, started by a process that holds no secret: no more than that.
UNWALLED = ("process group",)

_HOME = Path(evosearch.__file__).parent.parent
_NOBODY = 54_321
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS = 0x00020000
_RECURSIVE, _PRIVATE, _BIND = 0x4000, 1 << 18, 0x1000


def sandbox_of(layers):
    return Sandbox(tuple(layers), {}, unsafe=True)


def findings_in(layers):
    """What comes of all attacks and scenarios behind these walls, run by this user."""
    sandbox = sandbox_of(layers)
    return list(run(sandbox))


def findings_of_another_user(layers):
    """What comes of them when somebody runs the suite who has no rights at all. Only root can try."""
    arguments = [sys.executable, "-s", "-P", __file__, json.dumps(layers)]
    done = subprocess.run(
        arguments,
        preexec_fn=become_nobody,
        env={**os.environ, "PYTHONPATH": str(_HOME), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"},
        capture_output=True,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [Finding(**finding) for finding in json.loads(done.stdout)]


def become_nobody():
    """Give up all rights, and keep interpreter and checkout in reach even where they lie in a folder of root's own."""
    needed = {Path(path) for path in (sys.base_prefix, sys.prefix, str(_HOME))}
    _call(_LIBC.unshare(_NEW_MOUNTS))
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)
    # Before anything is covered, and in these mounts, because those of another namespace cannot be bound.
    # The outermost first, because what lies in it comes with it.
    opened = {path: os.open(path, os.O_PATH) for path in sorted(needed, key=lambda path: len(path.parts))}
    for path, descriptor in opened.items():
        blocked = next((folder for folder in reversed(path.parents) if not _is_open(folder)), None)
        if blocked is not None:
            _mount("none", blocked, "tmpfs", 0, "mode=755")
        if blocked is not None or not path.exists():
            path.mkdir(parents=True)
            _mount(f"/proc/self/fd/{descriptor}", path, None, _BIND | _RECURSIVE)
        os.close(descriptor)
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)


def _is_open(folder):
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _mount(source, target, kind, flags, options=""):
    texts = [None if text is None else str(text).encode() for text in (source, target, kind)]
    _call(_LIBC.mount(*texts, ctypes.c_ulong(flags), options.encode()))


def _call(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    print(json.dumps([asdict(finding) for finding in findings_in(json.loads(sys.argv[1]))]))  # noqa: T201 - its output
