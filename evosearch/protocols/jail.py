"""What runs programs behind walls, and what a wall is."""

from typing import Protocol, runtime_checkable

from evosearch.types import Evaluation, Example, Jail, Limits, Program, Reading, Split, Value


@runtime_checkable
class Executor(Protocol):
    """Runs programs in a jail somewhere. It never sees keys.

    Safe to use from many asyncio tasks at once; it queues what exceeds its workers.
    """

    @property
    def workers(self) -> int:
        """How many evaluations run at the same time."""
        ...

    async def evaluate(self, program: Program, reading: Reading, split: Split, seed: int) -> Evaluation:
        """Run one program under its task's judge.

        Never raises for what the program does: that is the evaluation's status. A failure of the machinery is
        repeated once and then reported as `infra`.

        Raises:
            SandboxError: No worker can be had at all.
            TaskError: The task cannot be made in a judge; likewise `ConfigError`.
        """
        ...

    async def rehearse(self, program: Program, seed: int) -> tuple[Example, ...]:
        """Calls that the judge makes of a program on the split `train`, some dozens, spread over its evaluation.

        Empty if the program gets no score.

        Raises:
            SandboxError: No worker can be had at all.
            TaskError: The task cannot be made in a judge; likewise `ConfigError`.
        """
        ...

    async def run(self, entry: str, request: Value, limits: Limits) -> Value:
        """Run a library function (`package.module:function`) on hostile data in a jail that holds no secret.

        Raises:
            CandidateError: It did not answer within its limits.
            SandboxError: No worker can be had at all.
        """
        ...

    async def check(self) -> None:
        """See, on a worker, that a hostile program is held; called once, before a search.

        Raises:
            SandboxError: One was not, or no worker can be had at all.
        """
        ...

    async def aclose(self) -> None:
        """Kill what runs and end the workers. Calling it twice is allowed."""
        ...


@runtime_checkable
class Layer(Protocol):
    """One wall of the jail.

    The zygote prepares all layers once; each child applies them before it sees the program, in the order of
    `sandbox.layers.LAYERS`.
    """

    @property
    def name(self) -> str:
        """What `evosearch doctor` calls it."""
        ...

    @property
    def covers(self) -> str:
        """What it keeps a program from, in a few words."""
        ...

    def available(self) -> str | None:
        """None if it works on this machine, else why not. Changes nothing."""
        ...

    def prepare(self, jail: Jail) -> None:
        """Do, in the zygote, what need not be done anew for each child.

        Raises:
            OSError: The kernel refused; the zygote must not go on.
        """
        ...

    def apply(self, limits: Limits) -> None:
        """Raise the wall around this process. There is no way back.

        Raises:
            OSError: The kernel refused; the child must not go on.
        """
        ...
