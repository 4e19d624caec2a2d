"""What a program may import: the standard library and the declared packages, and of all else it hears the same.

The walls hide the other packages; this only says so in the words of Python, whichever wall it is that hides them, so
that a program that can do without a package goes on without it.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class DeclaredPackages(MetaPathFinder):
    """A finder that comes before all others and refuses the rest.

    Args:
        readable: What the jail shows of the disk; packages among it are known by the names of their files.
        wanted: Packages that the task declares, for the message.
    """

    def __init__(self, readable: Iterable[str], wanted: Sequence[str]) -> None:
        self._names = {path.rpartition("/")[2].partition(".")[0] for path in readable} | sys.stdlib_module_names
        self._wanted = ", ".join(wanted) or "none"

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002 - the contract's signature
    ) -> ModuleSpec | None:
        """None if the module may be looked for.

        Raises:
            ModuleNotFoundError: It is a package that was not declared.
        """
        # The standard library has private modules that its own list leaves out.
        if path is None and fullname not in self._names and not fullname.startswith("_"):
            message = f"No module named {fullname!r} (packages that the task declares: {self._wanted})"
            raise ModuleNotFoundError(message, name=fullname)
        return None
