"""One attack: a hostile program, and what must become of it."""

from dataclasses import dataclass, replace
from textwrap import dedent
from typing import Final

from evosearch.errors import Status
from evosearch.types import Limits

#: Enough for every hostile deed that ends by itself; one that does not is stopped by its CPU time.
LIMITS: Final = Limits(
    cpu_seconds=0.5, wall_seconds=20, memory_bytes=256 * 2**20, reply_bytes=2**20, log_bytes=64 * 2**10
)
#: For programs that would use CPU time without end, and for those that would wait without end.
LITTLE_CPU: Final = replace(LIMITS, cpu_seconds=0.2)
LITTLE_TIME: Final = replace(LIMITS, wall_seconds=1)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must become of a hostile program.

    Attributes:
        words: For a person.
        statuses: The ends that agree with it.
    """

    words: str
    statuses: frozenset[Status]

    @classmethod
    def of(cls, words: str, *statuses: Status) -> "Expectation":
        """The statuses need not be said as a set."""
        return cls(words, frozenset(statuses))


ANSWERED: Final = Expectation.of("its answer stays an answer", Status.OK)
REFUSED: Final = Expectation.of("refused", Status.CRASHED, Status.POLICY, Status.OK)
UNHEARD: Final = Expectation.of("not heard", Status.OK, Status.PROTOCOL, Status.CRASHED, Status.POLICY)
SPOILT: Final = Expectation.of("spoils itself alone", Status.OK, Status.PROTOCOL, Status.CRASHED, Status.NO_RESULT)
ALONE: Final = Expectation.of("ends alone", Status.CRASHED, Status.NO_RESULT, Status.MEMORY, Status.POLICY)
NO_ANSWER: Final = Expectation.of("is no answer", Status.PROTOCOL)
INVALID: Final = Expectation.of("cannot cross", Status.INVALID_OUTPUT)
TOO_BIG: Final = Expectation.of("too big to be read", Status.OUTPUT_TOO_BIG)
CRASHED: Final = Expectation.of("crashes alone", Status.CRASHED)
NOTHING: Final = Expectation.of("ends without an answer", Status.NO_RESULT)
OUT_OF_CPU: Final = Expectation.of("killed: CPU time", Status.TIMEOUT_CPU)
OUT_OF_TIME: Final = Expectation.of("killed: time on the wall", Status.TIMEOUT_WALL)
OUT_OF_MEMORY: Final = Expectation.of("stopped: memory", Status.MEMORY, Status.CRASHED)
FLOODED: Final = Expectation.of("killed: printed too much", Status.LOG_FLOOD)


@dataclass(frozen=True, slots=True)
class Attack:
    """A program that does one hostile deed for real.

    It defines `attack(stage)`, and `encore()` if it wants to be asked again; `stage` holds the facts of `Stage`. Where
    the deed works it returns the evidence: a secret it read, or a text that begins with `breach: `. Where the deed is
    refused, the exception goes its natural way, or the kernel kills it.

    Attributes:
        family: What kind of deed it is; see the module that it stands in.
        name: Unique within the family.
        expected: What must become of it.
        program: Its text, indented at will.
        sequel: A second program, run after it in the same worker, which looks for what the first left behind.
        prelude: Text before both programs, from `preludes`.
        limits: What it may use.
        machines: The architectures it is written for; empty for all.
        works_unwalled: Whether it is known to succeed for any user where the walls are missing, as in a plain
            subprocess: what can succeed nowhere would prove nothing. (More of them succeed for root.)
        canary: Whether it is one of the few that are tried before every run.
        cpu_seconds: What it really uses, whatever it says.
        wall_seconds: How long it really lives, whatever it says.
    """

    family: str
    name: str
    expected: Expectation
    program: str
    sequel: str = ""
    prelude: str = ""
    limits: Limits = LIMITS
    machines: tuple[str, ...] = ()
    works_unwalled: bool = False
    canary: bool = False
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0

    @property
    def source(self) -> str:
        """The program as it is run."""
        return self.prelude + dedent(self.program)

    @property
    def sequel_source(self) -> str:
        """The second program as it is run; empty if there is none."""
        return self.prelude + dedent(self.sequel) if self.sequel else ""
