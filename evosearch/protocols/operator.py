"""A way of asking a model for a program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from evosearch.protocols.proposer import Context
from evosearch.types import Call, Message, Program, ReplyOutcome, Role

#: How a reply is to hold its program: the whole text, or edits of the first parent's.
Form = Literal["program", "diff"]


class Fill(Protocol):
    """Fills a prompt: the file `<name>.md` of the task's folder, of the domain, or of the shared ones."""

    def __call__(self, name: str, /, **values: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """How a proposal begins: what is said first, and the programs that it starts from.

    Attributes:
        messages: The first request's messages.
        parents: Most important first: the first one is what a diff edits, and what a child must differ from.
        role: What the first request's model is asked for.
    """

    messages: tuple[Message, ...]
    parents: tuple[Program, ...] = ()
    role: Role = "propose"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found in a reply.

    Attributes:
        outcome: `program`, or why there is none.
        source: The program's text, also of one that does not parse; None if there is none.
        detail: What is wrong, in words for a model to learn from.
    """

    outcome: ReplyOutcome
    source: str | None = None
    detail: str = ""


class Desk(Protocol):
    """What an operator works with while it develops one proposal."""

    @property
    def context(self) -> Context:
        """What is known of the work."""
        ...

    @property
    def fill(self) -> Fill:
        """Fills a prompt."""
        ...

    async def ask(self, messages: Sequence[Message], *, role: Role = "propose", **settings: Any) -> Call:
        """Ask the model of a role; the same model answers throughout one proposal.

        Each call of a proposal has a sample number of its own, so asking the same again gives another reply. Calls
        are to be made in an order that only replies decide: then a proposal that was interrupted gets the replies
        it had already paid for, in the same places, and goes on from there.

        Raises:
            FundsSpentError: What is left for the proposal does not cover the call. It may be left uncaught: the
                proposal ends with what it has.
            ProviderError: There is no reply.
        """
        ...

    async def draft(self, call: Call, parents: Sequence[Program], *, choice: int = 0, form: Form = "program") -> Draft:
        """Find the program in a choice of a reply, have it read in the jail, and hand it in if it is one.

        Every choice of every call is to be drafted, or named a thought.
        """
        ...

    def thought(self, call: Call, *, choice: int = 0) -> str:
        """The text of a choice that was not meant to be a program."""
        ...

    def find(self, data: Any) -> None:
        """Leave something to be known by later proposals of this operator for this problem (JSON)."""
        ...


@runtime_checkable
class Operator(Protocol):
    """A way of asking a model for a program. It holds no state: what it must know later it leaves as a finding."""

    @property
    def name(self) -> str:
        """The registered name."""
        ...

    @property
    def calls(self) -> int:
        """The most calls of one proposal."""
        ...

    def suits(self, context: Context) -> bool:
        """Whether there is what it needs: parents, failures, programs of other problems."""
        ...

    def open(self, context: Context, fill: Fill) -> Opening:
        """How a proposal begins; deterministic given its arguments, and cheap. Asked only where it suits."""
        ...

    async def develop(self, desk: Desk, opening: Opening) -> None:
        """Make the calls, the opening's first, and draft what they bring.

        Being run again after it was interrupted, with the same context and the same replies, it does the same.
        """
        ...
