"""A worker and the stage around it: where one attack at a time is let loose, and what came of it is established.

An attack is contained if its program ended as it had to; if neither score nor answer nor log holds a secret, or the
boast of a deed; if the stage is as it was, no process is left over and none of the jail's own is lost; if the time
it was charged is the kernel's; and if the next honest program gets its honest verdict from the same worker.
"""

import os
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from evosearch.errors import SandboxError, Status
from evosearch.protocols import CandidateFacts
from evosearch.sandbox import kernel
from evosearch.sandbox.attacks import judging
from evosearch.sandbox.attacks.attack import LIMITS, Attack
from evosearch.sandbox.attacks.finding import Finding, complaints_about, describe
from evosearch.sandbox.attacks.kinship import children, descendants, wait_until
from evosearch.sandbox.attacks.stage import Stage
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.worker import Blueprint, Job, Worker
from evosearch.types import Evaluation, Limits, Reading, Recipe

_PACKAGES: Final = ("numpy",)
_FACTS: Final = CandidateFacts("attack", None, Reading(""))
_HONEST: Final = "print('honest')\ndef attack(stage):\n    return 6 * 7"
_HONEST_VERDICT: Final = (Status.OK, 0.0, "42", "honest\n")

#: A process that was killed takes a moment to go.
_SETTLE_SECONDS: Final = 0.5

#: Who is whose child is only clear while one arena at a time is set up.
_SETTING_UP: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Setting:
    """What an arena consists of until an attack has harmed it.

    Attributes:
        stage: The victims.
        worker: What runs the attacks.
        stop: Its stop descriptor; nobody makes it readable.
        zygotes: The worker's own processes.
        processes: How many these and all that descends from them are while nothing runs.
    """

    stage: Stage
    worker: Worker
    stop: int
    zygotes: frozenset[int]
    processes: int


class Arena:
    """A worker and the stage around it, for the length of a `with`. One thread at a time may use it.

    Args:
        sandbox: The worker's walls.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        """Set it up.

        Raises:
            SandboxError: No jail can be had, or an honest program does not fare as it should.
        """
        self._setting = self._set_up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take it away."""
        self._resources.close()

    def attempt(self, attack: Attack) -> Finding:
        """Let one attack loose.

        Raises:
            SandboxError: It harmed the arena, and that cannot be set up anew.
        """
        if attack.machines and kernel.machine() not in attack.machines:
            return Finding.of(attack, f"does not apply to {kernel.machine()}", [])
        stage, sources = self._setting.stage, (attack.source, attack.sequel_source)
        evaluations = [self.evaluate(source, attack.limits) for source in sources if source]
        complaints = [complaint for each in evaluations for complaint in complaints_about(attack, each, stage)]
        aftermath = self._aftermath()
        if aftermath:
            # What one attack has broken, the next must not be blamed for.
            self._resources.close()
            self._setting = self._set_up()
        return Finding.of(attack, describe(evaluations[-1]), [*complaints, *aftermath])

    def evaluate(self, source: str, limits: Limits = LIMITS) -> Evaluation:
        """Run one program under the judge of attacks."""
        return _evaluate(self._setting.worker, source, limits, self._setting.stop)

    def processes(self) -> set[int]:
        """The worker's processes and all that descends from them."""
        return descendants(self._setting.zygotes)

    def _set_up(self) -> _Setting:
        with _SETTING_UP, ExitStack() as resources:
            stop = os.eventfd(0)
            resources.callback(os.close, stop)
            stage = resources.enter_context(Stage())
            recipe = Recipe("attacks", "attacks", None, {"secret": stage.answer, "facts": stage.facts})
            worker = Worker(Blueprint(recipe, _PACKAGES, entry=judging.ENTRY, sandbox=self._sandbox))
            resources.callback(worker.close)
            before = children(os.getpid())
            verdict = _verdict(_evaluate(worker, _HONEST, LIMITS, stop))
            if verdict != _HONEST_VERDICT:
                raise SandboxError(f"an honest program came to {verdict} where {_HONEST_VERDICT} was expected")
            zygotes = frozenset(children(os.getpid()) - before)
            self._resources = resources.pop_all()
            return _Setting(stage, worker, stop, zygotes, len(descendants(zygotes)))

    def _aftermath(self) -> list[str]:
        """What an attack has done that shows only outside and afterwards."""
        complaints = self._setting.stage.violations()
        if _verdict(self.evaluate(_HONEST)) != _HONEST_VERDICT:
            complaints.append("spoilt the next program")
        if not wait_until(lambda: len(self.processes()) <= self._setting.processes, _SETTLE_SECONDS):
            complaints.append("left a process behind")
        if not self._setting.zygotes <= self.processes():
            complaints.append("killed a process of the jail")
        return complaints


def _evaluate(worker: Worker, source: str, limits: Limits, stop: int) -> Evaluation:
    return worker.evaluate(Job(source, _FACTS, "train", 0, limits), stop)


def _verdict(evaluation: Evaluation) -> tuple[Status, float | None, str, str]:
    return evaluation.status, evaluation.score, evaluation.feedback, evaluation.log
