"""The stage: a small world of victims around the jail, which an attack is told of and which is watched from outside."""

import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from evosearch.sandbox.attacks.witnesses import Leftovers, Listeners, Memory, Terminal, Tree, Victim, Witness

_PASSWD: Final = Path("/etc/passwd")


class Stage:
    """All victims together, for the length of a `with`.

    Args:
        terminal: Whether a terminal is among them; not every container has one to give.

    Attributes:
        facts: The argument of `attack(stage)`; paths, numbers and names, never a secret.
        answer: The secret that the judge knows, and the answer file.
    """

    def __init__(self, *, terminal: bool = True) -> None:
        self._with_terminal = terminal
        self.answer = _token()
        self.facts: dict[str, Any] = {}
        self._secrets: list[str] = [self.answer]
        self._witnesses: tuple[Witness, ...] = ()
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        """Set it up."""
        with ExitStack() as resources:
            root = Path(
                resources.enter_context(tempfile.TemporaryDirectory(prefix="stage-", ignore_cleanup_errors=True))
            )
            self._witnesses = tuple(self._set_up(root, resources))
            self._resources = resources.pop_all()
        self.facts = {name: fact for witness in self._witnesses for name, fact in witness.facts().items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Strike it, and remove what attacks left behind."""
        self._resources.close()

    def violations(self) -> list[str]:
        """What attacks have done, seen from outside; one clause each, and none if all is as it was."""
        return [violation for witness in self._witnesses for violation in witness.violations()]

    def secrets_in(self, text: str) -> bool:
        """Whether a text holds a secret of the stage, or the machine's list of users."""
        return any(secret in text for secret in self._secrets)

    def _set_up(self, root: Path, resources: ExitStack) -> list[Witness]:
        name = f"evosearch-{secrets.token_hex(8)}"
        if _PASSWD.exists():
            self._secrets.append(_PASSWD.read_text().partition("\n")[0])
        listeners = Listeners(root, name)
        resources.callback(listeners.close)
        witnesses: list[Witness] = [listeners]
        for make in (
            lambda: Tree(root, self.answer, (self._secret(), self._secret())),
            lambda: Victim(self._secret()),
            lambda: Memory(name.upper().replace("-", "_"), (self._secret(), self._secret(), self._secret())),
            *((Terminal,) if self._with_terminal else ()),
            lambda: Leftovers(name),
        ):
            witness: Witness = make()
            resources.callback(witness.close)
            witnesses.append(witness)
        return witnesses

    def _secret(self) -> str:
        self._secrets.append(_token())
        return self._secrets[-1]


def _token() -> str:
    return f"stage-{secrets.token_hex(16)}"
