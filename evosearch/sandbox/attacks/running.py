"""Runs attacks and says of each whether the jail held, by evidence that is collected outside of it."""

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Final

from evosearch.errors import CandidateError, SandboxError, Status
from evosearch.sandbox import frames
from evosearch.sandbox.attacks.arena import Arena
from evosearch.sandbox.attacks.attack import LIMITS, Attack
from evosearch.sandbox.attacks.finding import Finding, complaints_about, describe
from evosearch.sandbox.attacks.lifecycle import SCENARIOS, Scenario
from evosearch.sandbox.attacks.stage import Stage
from evosearch.sandbox.attacks.suite import ATTACKS, CANARIES
from evosearch.sandbox.candidate import Conversation
from evosearch.sandbox.policy import Sandbox
from evosearch.sandbox.process import JailedProcess
from evosearch.types import Evaluation, Limits

_HONEST: Final = "def attack(stage):\n    return 6 * 7"


def run(
    sandbox: Sandbox,
    attacks: Sequence[Attack] = ATTACKS,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    workers: int = 4,
) -> Iterator[Finding]:
    """Run attacks in a jail of their own, several at a time, and then the scenarios, each by itself.

    Args:
        sandbox: The walls to be tried.
        attacks: What to try.
        scenarios: What to try with whole workers.
        workers: How many attacks are tried at the same time.

    Yields:
        A finding for each attack and each scenario, in their order.

    Raises:
        SandboxError: No jail can be had, or an honest program does not fare as it should.
    """
    with ExitStack() as arenas:
        idle: queue.LifoQueue[Arena] = queue.LifoQueue()
        for _ in range(workers):
            idle.put(arenas.enter_context(Arena(sandbox)))

        def attempt(attack: Attack) -> Finding:
            arena = idle.get()
            try:
                return arena.attempt(attack)
            finally:
                idle.put(arena)

        # Entered last, so that nothing runs any more when the arenas are taken away.
        pool = arenas.enter_context(ThreadPoolExecutor(workers, "evosearch-attacks"))
        arenas.callback(pool.shutdown, cancel_futures=True)
        yield from pool.map(attempt, attacks)
    for scenario in scenarios:
        yield scenario(sandbox)


def canaries(fork: Callable[[Limits], JailedProcess], attacks: Sequence[Attack] = CANARIES) -> list[Finding]:
    """Try the few attacks that need no judge, in processes that somebody else provides.

    Args:
        fork: Gives a fresh process for a program.
        attacks: What to try.

    Raises:
        SandboxError: An honest program gets no answer out of such a process, so that what attacks get says nothing.
    """
    with Stage(terminal=False) as stage:
        honest = _asked(fork, _HONEST, LIMITS, stage)
        if honest.feedback != "42":
            raise SandboxError(f"an honest program came to {honest.status} in the sandbox: {honest.feedback}")
        return [_try_canary(attack, fork, stage) for attack in attacks]


def _try_canary(attack: Attack, fork: Callable[[Limits], JailedProcess], stage: Stage) -> Finding:
    evaluation = _asked(fork, attack.source, attack.limits, stage)
    return Finding.of(attack, describe(evaluation), [*complaints_about(attack, evaluation, stage), *stage.violations()])


def _asked(fork: Callable[[Limits], JailedProcess], source: str, limits: Limits, stage: Stage) -> Evaluation:
    """What comes of a program that is asked without a judge."""
    with closing(fork(limits)) as process:
        try:
            process.send(frames.encode({"source": source}))
            answer = Conversation(process).call("attack", stage.facts)
            status, feedback, score = Status.OK, repr(answer), float(type(answer) is str and answer == stage.answer)
        except CandidateError as error:
            status, feedback, score = error.status, str(error), None
        process.end()
        return Evaluation(status=status, score=score, feedback=feedback, log=process.log)
