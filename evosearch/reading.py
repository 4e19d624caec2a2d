"""Reads programs without running them. Runs in a jail: a parser is a large piece of C, and the text is hostile.

What it says is a description (`evosearch.types.Reading`), which places a program on the map and finds duplicates; it
never scores. `read` and `examine` run inside. `readings_of` and `Examination.of` take their answers outside, and
believe nothing unseen: a text that breaks the parser writes the answer itself.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from evosearch import normal_form
from evosearch.errors import CandidateError, Status
from evosearch.types import Reading, Value, digest_of

ENTRY: Final = "evosearch.reading:read"
"""What an executor runs to read programs."""
EXAMINE: Final = "evosearch.reading:examine"
"""What an executor runs to read programs that may be none, and to hear what they define."""

STYLES: Final = ("literal", "operator", "call", "comprehension", "for", "while", "recursion")
"""Styles of a program, from the plainest to the richest."""
MAX_NAMES: Final = 1_000
"""Names that a program defines, as far as they are told."""
MAX_NAME: Final = 200
"""Characters of a name; one that is longer is not told."""
MAX_FAULT: Final = 400
"""Characters of what is wrong with a program."""

_RICHNESS: Final[dict[type[ast.AST], int]] = {
    **dict.fromkeys((ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.AugAssign), 1),
    **dict.fromkeys((ast.JoinedStr, ast.Starred, ast.Subscript), 1),
    ast.Call: 2,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), 3),
    **dict.fromkeys((ast.For, ast.AsyncFor), 4),
    ast.While: 5,
}

_INPUTS_USED: Final = ("none", "some", "all")
_DIGEST: Final = re.compile("[0-9a-f]{16}")
_MOST: Final = 2**32

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OWN_SCOPE = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
#: What is wrong with a text that is no Python, or too deep for the parser.
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Examination:
    """What a parser in the jail says of a text that may be no program.

    Attributes:
        reading: The description, as of any program.
        defines: The names that it defines at its top level, sorted.
        fault: Why it does not parse, `line 3: ...`, with the line; empty if it does.
    """

    reading: Reading
    defines: tuple[str, ...] = ()
    fault: str = ""

    @classmethod
    def of(cls, row: Value) -> "Examination":
        """Take what `examine` said of one text.

        Raises:
            CandidateError: It cannot have said that (status `protocol`).
        """
        table = _table(row, ("reading", "defines", "fault"))
        names, fault = table["defines"], table["fault"]
        if type(names) is not list or len(names) > MAX_NAMES or not all(_is_text(name, MAX_NAME) for name in names):
            raise _nonsense(f"`defines` to be at most {MAX_NAMES} names of at most {MAX_NAME} characters", names)
        if not _is_text(fault, MAX_FAULT):
            raise _nonsense(f"`fault` to be a text of at most {MAX_FAULT} characters", fault)
        reading = _reading_of(table["reading"])
        if reading.parsed is bool(fault):
            raise _nonsense("a fault exactly if the text does not parse", fault)
        return cls(reading, tuple(names), fault)


def examinations_of(rows: Value, count: int) -> list[Examination]:
    """Take what `examine` said of so many texts.

    Raises:
        CandidateError: It cannot have said that (status `protocol`).
    """
    return [Examination.of(row) for row in _listed(rows, count)]


def readings_of(rows: Value, count: int) -> list[Reading]:
    """Take what `read` said of so many programs.

    Raises:
        CandidateError: It cannot have said that (status `protocol`).
    """
    return [_reading_of(row) for row in _listed(rows, count)]


def examine(sources: list[str]) -> list[dict[str, Any]]:
    """Describe texts that may be no programs.

    Args:
        sources: The texts.

    Returns:
        For each text the fields of an `Examination`, as JSON.
    """
    sys.set_int_max_str_digits(0)
    rows = [asdict(examine_one(source)) for source in sources]
    return [row | {"defines": list(row["defines"])} for row in rows]


def examine_one(source: str) -> Examination:
    """Describe one text."""
    try:
        tree = _parse(source)
        defines = _defines(tree)
        return Examination(_describe(source, tree), tuple(defines))
    except _UNREADABLE as error:
        return Examination(_unparsed(source), fault=_fault(source, error))


def read(sources: list[str]) -> list[dict[str, Any]]:
    """Describe programs.

    Args:
        sources: The text of each program.

    Returns:
        For each program the fields of a `Reading`, as JSON.
    """
    # An integer literal may have any length; the jail bounds what it costs.
    sys.set_int_max_str_digits(0)
    return [asdict(read_one(source)) for source in sources]


def read_one(source: str) -> Reading:
    """Describe one program; one that is no Python, or too deep for the parser, is only told by its text."""
    return examine_one(source).reading


def _describe(source: str, tree: ast.Module) -> Reading:
    reflective = normal_form.is_reflective(tree)
    # Names are read before they are renamed away; docstrings and annotations never count.
    normal_form.strip(tree)
    nodes = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    style = _style(nodes)
    inputs_used = _inputs_used(tree)
    literal_bytes = sum(_literal_bytes(node.value) for node in nodes if isinstance(node, ast.Constant))
    form = digest_of("text", source) if reflective else digest_of("tree", ast.dump(normal_form.rename(tree)))
    return Reading(form, nodes=len(nodes), literal_bytes=literal_bytes, style=style, inputs_used=inputs_used)


def _style(nodes: list[ast.AST]) -> str:
    """The richest construct that a program uses."""
    return STYLES[max((_richness(node) for node in nodes), default=0)]


def _richness(node: ast.AST) -> int:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return STYLES.index("recursion") if _calls_itself(node) else 0
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant()):
            return 0  # -1 is a literal
        case _:
            return _RICHNESS.get(type(node), 0)


def _calls_itself(function: _Function) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name
        for statement in function.body
        for node in ast.walk(statement)
    )


def _inputs_used(tree: ast.Module) -> str:
    """Whether the entry function, the last at the top level, reads none, some or all of its parameters."""
    entry = next((node for node in reversed(tree.body) if isinstance(node, _Function)), None)
    if entry is None:
        return "none"
    parameters = set(_parameter_names(entry.args))
    used = {node.id for node in _loaded(entry)} & parameters
    if not used:
        return "none"
    return "all" if used == parameters else "some"


def _parameter_names(arguments: ast.arguments) -> list[str]:
    extras = [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extras)]


def _loaded(function: _Function) -> Iterator[ast.Name]:
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node


def _literal_bytes(value: object) -> int:
    """The digits and characters of a constant."""
    return len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else len(repr(value))


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        # A doubtful escape in a program is no news for whoever runs the search.
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _unparsed(source: str) -> Reading:
    return Reading(normal_form=digest_of("text", source), parsed=False)


def _fault(source: str, error: Exception) -> str:
    """Why a text does not parse, with the line that is told."""
    if not isinstance(error, SyntaxError):
        too_deep = isinstance(error, RecursionError | MemoryError)
        return "the program is nested too deeply" if too_deep else f"the program is no text: {error}"[:MAX_FAULT]
    line = error.lineno or 1
    text = next(iter(source.splitlines()[line - 1 : line]), "").strip()
    told = f"line {line}: {error.msg}: {text[:120]}" if text else f"line {line}: {error.msg}"
    return told.encode(errors="backslashreplace").decode()[:MAX_FAULT]


def _defines(tree: ast.Module) -> list[str]:
    """The names that a program binds at its top level, in the branches of its conditions, too."""
    names = {name for node in _top_level(tree) for name in normal_form.binds(node)}
    return sorted(name for name in names if len(name) <= MAX_NAME)[:MAX_NAMES]


def _top_level(tree: ast.Module) -> Iterator[ast.AST]:
    nodes: list[ast.AST] = [tree]
    while nodes:
        node = nodes.pop()
        yield node
        if not isinstance(node, _OWN_SCOPE):
            nodes += ast.iter_child_nodes(node)


def _listed(rows: Value, count: int) -> Sequence[Value]:
    if type(rows) is not list or len(rows) != count:
        raise _nonsense(f"a list of {count}", rows)
    return rows


def _reading_of(row: Value) -> Reading:
    table = _table(row, tuple(field.name for field in fields(Reading)))
    form = table["normal_form"]
    if type(form) is not str or not _DIGEST.fullmatch(form):
        raise _nonsense("`normal_form` to be 16 hexadecimal digits", form)
    if type(table["parsed"]) is not bool:
        raise _nonsense("`parsed` to be true or false", table["parsed"])
    for name in ("nodes", "literal_bytes"):
        if type(table[name]) is not int or not 0 <= table[name] < _MOST:
            raise _nonsense(f"`{name}` to be a number of things", table[name])
    for name, known in (("style", STYLES), ("inputs_used", _INPUTS_USED)):
        if type(table[name]) is not str or table[name] not in known:
            raise _nonsense(f"`{name}` to be one of {', '.join(known)}", table[name])
    return Reading(**table)


def _table(row: Value, keys: Sequence[str]) -> dict[str, Value]:
    if type(row) is not dict or set(row) != set(keys):
        raise _nonsense(f"a dictionary of {', '.join(keys)}", row)
    return row


def _is_text(value: Value, length: int) -> bool:
    return type(value) is str and len(value) <= length


def _nonsense(expected: str, found: Value) -> CandidateError:
    return CandidateError(Status.PROTOCOL, f"the parser was expected to tell {expected}, and told {found!r:.100}")
