"""What happens around a hostile program when others end, or run beside it. Each scenario gives a finding.

The controller is killed, or a zygote is, while a program runs that ignores every signal: within half a second nothing
of the jail may live. Two programs run at the same time in two workers: the one must not reach the other.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Final

import evosearch
from evosearch.errors import SandboxError, Status
from evosearch.sandbox.attacks.arena import Arena
from evosearch.sandbox.attacks.finding import Finding, printable
from evosearch.sandbox.attacks.kinship import children, descendants, wait_until
from evosearch.sandbox.policy import Sandbox

#: Tries one thing behind some walls.
Scenario = Callable[[Sandbox], Finding]

_FAMILY: Final = "life cycle"
_GONE_SECONDS: Final = 0.5
_START_SECONDS: Final = 60.0

_STUBBORN: Final = dedent("""
    import signal, time
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    def attack(stage):
        while True:
            time.sleep(1)
    """)
_SLEEPER: Final = "import time\ndef attack(stage):\n    time.sleep(1)\n    return 42"
_HUNTER: Final = """
import os, signal
def attack(stage):
    for deed in (lambda: os.kill({pid}, signal.SIGKILL), lambda: os.kill(-{pid}, signal.SIGKILL)):
        try:
            deed()
            return "breach: killed its neighbour"
        except OSError as error:
            refusal = error
    raise refusal
"""


def linger(sandbox: Sandbox) -> None:
    """Run a stubborn program until somebody kills this process, which is what a controller looks like from outside."""
    with Arena(sandbox) as arena:
        print("ready", flush=True)  # noqa: T201 - said to the scenario that started this process
        sys.stdin.readline()
        arena.evaluate(_STUBBORN)


def controller_killed(sandbox: Sandbox) -> Finding:
    """SIGKILL the controller while a program runs."""
    return _killed(sandbox, "SIGKILL of the controller", lambda controller: [controller])


def zygotes_killed(sandbox: Sandbox) -> Finding:
    """SIGKILL the zygotes while a program runs; the controller sleeps, so that it is no help."""

    def targets(controller: int) -> list[int]:
        os.kill(controller, signal.SIGSTOP)
        return sorted(children(controller))

    return _killed(sandbox, "SIGKILL of the zygotes", targets)


def neighbours(sandbox: Sandbox) -> Finding:
    """Have a program in one worker hunt for the program in another."""
    with Arena(sandbox) as one, Arena(sandbox) as other, ThreadPoolExecutor(1) as thread:
        before = one.processes()
        sleeper = thread.submit(one.evaluate, _SLEEPER)
        wait_until(lambda: len(one.processes() - before) > 1, _START_SECONDS)
        hunts = [other.evaluate(_HUNTER.format(pid=pid)) for pid in sorted(one.processes() - before)]
        verdict = sleeper.result()
    survived = (verdict.status, verdict.feedback) == (Status.OK, "42")
    refused = all(hunt.status in (Status.CRASHED, Status.POLICY) for hunt in hunts)
    happened = "; ".join(f"{hunt.status}: {hunt.feedback.partition(' (line')[0]}" for hunt in hunts)
    return Finding(
        _FAMILY,
        "a program hunts for one in another worker",
        "refused",
        printable(happened if survived else f"its neighbour ended as {verdict.status}"),
        bool(hunts) and survived and refused,
    )


SCENARIOS: Final[tuple[Scenario, ...]] = (controller_killed, zygotes_killed, neighbours)


def _killed(sandbox: Sandbox, name: str, targets: Callable[[int], list[int]]) -> Finding:
    with _lingering(sandbox) as (controller, doomed):
        for target in targets(controller):
            os.kill(target, signal.SIGKILL)
        gone = wait_until(lambda: not descendants(doomed) & doomed, _GONE_SECONDS)
        left = len(descendants(doomed) & doomed)
    happened = f"all {len(doomed)} processes were gone" if gone else f"{left} of {len(doomed)} processes lived on"
    return Finding(_FAMILY, name, f"nothing lives {_GONE_SECONDS:g} s later", happened, gone)


@contextmanager
def _lingering(sandbox: Sandbox) -> Iterator[tuple[int, set[int]]]:
    """A controller in a process of its own, and all that it has started; its program runs."""
    # It will not live to remove its own temporary files.
    with tempfile.TemporaryDirectory() as folder, _controller(sandbox, folder) as controller:
        known = {controller.pid}
        try:
            assert controller.stdin is not None
            assert controller.stdout is not None
            if controller.stdout.readline() != b"ready\n":
                raise SandboxError("a controller of the attack suite did not start")
            before = descendants(known)
            controller.stdin.write(b"\n")
            controller.stdin.flush()
            # The program and its judge.
            if not wait_until(lambda: len(descendants([controller.pid]) - before) > 1, _START_SECONDS):
                raise SandboxError("a program of the attack suite did not start")
            known = descendants(known)
            yield controller.pid, known - {controller.pid}
        finally:
            for pid in sorted(known & descendants(known)):
                os.kill(pid, signal.SIGKILL)


def _controller(sandbox: Sandbox, folder: str) -> "subprocess.Popen[bytes]":
    home = str(Path(evosearch.__file__).parent.parent)
    code = (
        "import json, sys; sys.path.append(sys.argv[1])\n"
        "from evosearch.sandbox.attacks.lifecycle import linger\n"
        "from evosearch.sandbox.policy import Sandbox\n"
        "record = json.loads(sys.argv[2])\n"
        "linger(Sandbox(tuple(record['layers']), record['missing'], record['unsafe']))"
    )
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-s", "-P", "-c", code, home, json.dumps(sandbox.record())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": folder},
    )
