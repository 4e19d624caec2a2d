"""What is loaded: puzzles, their instances, and the suite that holds them. Sources are text; nothing has run."""

from dataclasses import dataclass
from typing import Any, Final

from evosearch.errors import PuzzleError
from evosearch.types import digest_of

MIN_SECONDS: Final = 1.0
MAX_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Instance:
    """One concrete question: `sat` with its inputs as default values.

    Attributes:
        source: Exactly one statement, `def sat(answer: T, a=..., b=...): ...`.
        arguments: The inputs, in the order of sat's parameters; JSON values, never to be changed.
        weight: P3's `weight`: how many seconds `sat` and `sol` may take, by its authors' account.
    """

    source: str
    arguments: tuple[Any, ...] = ()
    weight: float = 1.0

    @property
    def seconds(self) -> float:
        """CPU seconds for `sol`, and again for `sat`: the weight, but at least 1 s and at most 20 s.

        P3 gives 1 s times the weight. Its weights below one (0.2 for the module trivial_inverse) stand for value, not
        for time, and its greatest is 1,000.
        """
        return min(max(self.weight, MIN_SECONDS), MAX_SECONDS)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """One problem: a predicate, and the inputs it is asked with.

    Attributes:
        name: Unique in its suite.
        answer_type: `bool`, `int`, `float`, `str` or `List[...]` of one of these.
        parameters: Names of sat's inputs, in order; `sol` is called with them in this order.
        instances: At least one; the last of several is held out.
        docstring: The puzzle in English; may be empty.
        theme: What it is about: P3's module, or the file it stands in.
        difficulty: As its author sees it; may be empty.
        references: Sources `def sol(...)` of known solutions; may be empty.
        origin: File and place, for messages.
    """

    name: str
    answer_type: str
    parameters: tuple[str, ...]
    instances: tuple[Instance, ...]
    docstring: str = ""
    theme: str = ""
    difficulty: str = ""
    references: tuple[str, ...] = ()
    origin: str = ""

    @property
    def train(self) -> tuple[Instance, ...]:
        """What search sees: all instances but the last, or the only one."""
        return self.instances[:-1] or self.instances

    @property
    def held_out(self) -> tuple[Instance, ...]:
        """What search never sees: the last instance if there are several."""
        return self.instances[-1:] if len(self.instances) > 1 else ()

    @property
    def header(self) -> str:
        """The first line of a solution."""
        return f"def sol({', '.join(self.parameters)}):"

    @property
    def digest(self) -> str:
        """Content address of all that decides a verdict."""
        instances = [part for instance in self.instances for part in (instance.source, repr(instance.weight))]
        return digest_of(self.name, self.answer_type, *instances)


@dataclass(frozen=True, slots=True)
class Suite:
    """All puzzles of one task, in order.

    Attributes:
        puzzles: At least one; names are unique.
        warnings: What the user should hear about them.
    """

    puzzles: tuple[Puzzle, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a puzzle stands, for messages.

    Attributes:
        file: The file.
        record: Index in the file's array, from 0; None in a Python file.
        name: The puzzle's name, once it is known.
    """

    file: str
    record: int | None = None
    name: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.record is not None:
            parts.append(f"record {self.record}")
        if self.name:
            parts.append(repr(self.name))
        return ", ".join(parts)

    def refuse(self, rule: str, message: str, *, at: Any = None, hint: str = "") -> PuzzleError:
        """The error that refuses the puzzle.

        Args:
            rule: The rule's number, E1 to E7 or D1 to D6.
            message: What was expected and what came.
            at: The AST node (or SyntaxError) it is about.
            hint: What to do about it.
        """
        line = getattr(at, "lineno", None)
        place = f" at {line}:{_column(at)}" if line else ""
        return PuzzleError(f"{self}: rule {rule}{place}: {message}", hint=hint)


def _column(at: Any) -> int:
    column = getattr(at, "col_offset", None)
    return (column + 1) if column is not None else (getattr(at, "offset", None) or 1)
