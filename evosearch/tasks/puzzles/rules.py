"""What makes a predicate be refused before it ever runs: the rules E3 to E7, over the syntax tree alone.

They catch mistakes and say what to do about them; they are no defence. The jail is.
"""

import ast
import math
import re
import sys
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evosearch.tasks.puzzles import answer_types
from evosearch.tasks.puzzles.puzzle import Place

ALLOWED_MODULES: Final = frozenset(
    ("collections", "copy", "functools", "heapq", "itertools", "math", "random", "re", "string", "typing")
)
FORBIDDEN_NAMES: Final = frozenset(
    {"__import__", "breakpoint", "compile", "exec", "exit", "globals", "help", "input", "locals", "memoryview"}
    | {"open", "print", "quit", "vars"}
)

MAX_SOURCE: Final = 2**18
"""Characters of a Python source; the longest of P3 has 14,157. A syntax tree takes a thousand times the memory."""
MAX_DIGITS: Final = 20_000
"""Of an integer; a longer one does not cross into the jail."""

_MAX_BITS: Final = math.ceil(MAX_DIGITS * math.log2(10))
_MAX_DEPTH: Final = 64  # of lists and dictionaries in an input; the jail's limit holds for the whole request
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LITERAL: Final = "write it as a literal of numbers, strings, booleans, None, lists and dictionaries"
_RETURN: Final = "return True for a good answer"
_REMARKS: Final = {
    "eval": "call eval, which knows literal arithmetic only",
    "keys": "have dictionaries with integer keys as inputs; a program gets them with string keys, as in JSON",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a predicate asks for.

    Attributes:
        answer_type: Canonical name of the first parameter's type.
        parameters: Names of the other parameters.
        arguments: Their default values, as JSON.
        remarks: What the user should hear about it; keys of a table of texts.
    """

    answer_type: str
    parameters: tuple[str, ...]
    arguments: tuple[Any, ...]
    remarks: frozenset[str]


def parse(source: str, place: Place) -> ast.Module:
    """Parse a puzzle's source.

    Raises:
        PuzzleError: E3, it is no Python.
    """
    if len(source) > MAX_SOURCE:
        message = f"expected at most {MAX_SOURCE:,} characters, got {len(source):,}"
        raise place.refuse("E3", message, hint="shorten it, its inputs say")
    try:
        tree = _tree(source)
    except SyntaxError as error:
        raise place.refuse("E3", f"expected Python, got {error.msg}", at=error, hint="correct the syntax") from None
    except (ValueError, RecursionError, MemoryError) as error:
        # A NUL byte is a ValueError; too many parentheses are a MemoryError.
        reason = str(error) or "it is nested too deeply"
        raise place.refuse("E3", f"expected Python, got what cannot be parsed: {reason}", hint="simplify it") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value.bit_length() > _MAX_BITS:
            message = f"expected integers of at most {MAX_DIGITS:,} digits, got a longer one"
            raise place.refuse("E3", message, at=node, hint="compute it from smaller ones")
    return tree


def _tree(source: str) -> ast.Module:
    # Reading digits takes quadratic time, so Python itself refuses more than 4,300; BoxVolume:1 of P3 has 8,844.
    sys.set_int_max_str_digits(MAX_DIGITS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    finally:
        sys.set_int_max_str_digits(0)


def definition(tree: ast.Module, place: Place) -> ast.FunctionDef:
    """The one statement `def sat` of a source.

    Raises:
        PuzzleError: E4, there is anything else.
    """
    match tree.body:
        case [ast.FunctionDef(name="sat") as function]:
            return function
        case [ast.AsyncFunctionDef() as function]:
            raise place.refuse("E4", "expected `def sat`, got an async function", at=function, hint="remove `async`")
        case [statement, *_] if not (isinstance(statement, ast.FunctionDef) and statement.name == "sat"):
            at: ast.stmt | None = statement
        case [_, statement, *_]:
            at = statement
        case _:
            at = None
    what = f"`{ast.unparse(at).splitlines()[0][:60]}`" if at else "nothing"
    message = f"expected exactly one statement at the top level, `def sat(answer: T, ...)`, got {what}"
    raise place.refuse("E4", message, at=at, hint="move imports and helper functions into the body of sat")


def check_function(function: ast.FunctionDef, place: Place) -> Signature:
    """Hold a predicate, whatever its name is, to the rules.

    Raises:
        PuzzleError: E4 to E7.
    """
    _check_shape(function, place)
    answer_type = _answer_type(function.args, place)
    arguments = _arguments(function.args, place)
    if not any(isinstance(node, ast.Return) and not _is_none(node.value) for node in _own_nodes(function)):
        raise place.refuse("E6", "no `return` gives a value, so nothing can satisfy it", at=function, hint=_RETURN)
    remarks = {"eval"} if check_body(function, place) else set()
    values = [ast.literal_eval(default) for default in function.args.defaults]
    if any(map(_has_integer_keys, values)):
        remarks.add("keys")
    parameters = tuple(argument.arg for argument in function.args.args[1:])
    return Signature(answer_type, parameters, arguments, frozenset(remarks))


def warnings_about(signatures: Mapping[str, Signature]) -> tuple[str, ...]:
    """What the user should hear about accepted puzzles, one line for each remark."""
    lines = []
    for remark, text in _REMARKS.items():
        names = [name for name, signature in signatures.items() if remark in signature.remarks]
        if names:
            lines.append(f"{len(names)} puzzles {text}: {listed(names)}")
    return tuple(lines)


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def check_body(function: ast.FunctionDef, place: Place) -> bool:
    """Hold what a function does to rule E7; return whether it calls `eval`, which is allowed with a warning."""
    uses_eval = False
    for statement in function.body:
        for node in ast.walk(statement):
            match node:
                case ast.Import() | ast.ImportFrom():
                    check_import(node, place)
                case ast.Name(id=name):
                    uses_eval |= name == "eval"
                    if name in FORBIDDEN_NAMES:
                        raise place.refuse("E7", f"the name {name!r} is not allowed", at=node, hint="remove it")
                case ast.Attribute(attr=name) if name.startswith("__"):
                    raise place.refuse("E7", f"the attribute {name!r} is not allowed", at=node, hint="remove it")
                case ast.ClassDef(name=name):
                    hint = "use functions, tuples and dictionaries"
                    raise place.refuse("E7", f"the class {name!r} is not allowed", at=node, hint=hint)
    return uses_eval


def check_import(node: ast.Import | ast.ImportFrom, place: Place) -> None:
    """Hold an import to the allow-list (E7)."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]
    for name in names:
        if name not in ALLOWED_MODULES:
            message = f"expected an import of {', '.join(sorted(ALLOWED_MODULES))}, got {name!r}"
            raise place.refuse("E7", message, at=node, hint="do without it: a predicate only computes")


def is_text(value: str) -> bool:
    """Whether a string can be written as UTF-8; one with a lone surrogate cannot, and does not cross into the jail."""
    return _SURROGATE.search(value) is None


def literal(node: ast.expr, place: Place, rule: str, what: str) -> Any:
    """The value of a literal that may cross into the jail: JSON, nothing else; integer keys become strings.

    Raises:
        PuzzleError: The rule that asks for it.
    """
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        shown = ast.unparse(node)[:60]
        raise place.refuse(rule, f"expected {what} to be a literal, got `{shown}`", at=node, hint=_LITERAL) from None
    try:
        return _as_json(value)
    except ValueError as error:
        raise place.refuse(rule, f"expected {what} to be a JSON value, got {error}", at=node, hint=_LITERAL) from None


def _check_shape(function: ast.FunctionDef, place: Place) -> None:
    arguments = function.args
    if function.decorator_list:
        message = "decorators are not allowed"
        raise place.refuse("E4", message, at=function.decorator_list[0], hint="remove the decorator")
    for extra in (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs, *arguments.posonlyargs):
        if extra is not None:
            message = f"expected plain parameters, got {extra.arg!r} with *, ** or /"
            raise place.refuse("E4", message, at=extra, hint="give every input a name and a default value")
    for node in _own_nodes(function):
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await):
            message = "expected a function that returns, got a generator"
            raise place.refuse("E4", message, at=node, hint="return True or False instead of yielding")


def _answer_type(arguments: ast.arguments, place: Place) -> str:
    if not arguments.args:
        raise place.refuse(
            "E5", "expected a first parameter, the answer, got none", hint="write `def sat(answer: int)`"
        )
    first = arguments.args[0]
    match first.annotation:
        case None:
            message = f"expected a type on the first parameter, got plain {first.arg!r}"
            raise place.refuse("E5", message, at=first, hint=f"write `{first.arg}: int`, say")
        case ast.Constant(value=str(text)):
            pass
        case annotation:
            text = ast.unparse(annotation)
    try:
        return str(answer_types.parse(text))
    except ValueError as error:
        raise place.refuse("E5", f"the answer's type: {error}", at=first, hint="use one of these types") from None


def _arguments(arguments: ast.arguments, place: Place) -> tuple[Any, ...]:
    if len(arguments.defaults) == len(arguments.args):
        message = "expected the answer to have no default value"
        raise place.refuse("E5", message, at=arguments.defaults[0], hint="remove the default of the first parameter")
    inputs = arguments.args[1:]
    missing = inputs[: len(inputs) - len(arguments.defaults)]
    if missing:
        message = f"the input {missing[0].arg!r} has no default value"
        raise place.refuse("E5", message, at=missing[0], hint="give every input its value as default")
    return tuple(
        literal(default, place, "E5", f"the default of {argument.arg!r}")
        for argument, default in zip(inputs, arguments.defaults, strict=True)
    )


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's body, those of functions inside it left out."""
    pending: deque[ast.AST] = deque(function.body)
    while pending:
        node = pending.popleft()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _as_json(value: object, depth: int = 0) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError(f"lists and dictionaries more than {_MAX_DEPTH} deep")
    if type(value) is list:
        return [_as_json(item, depth + 1) for item in value]
    if type(value) is dict:
        if not all(type(key) in (str, int) for key in value) or len(set(map(str, value))) < len(value):
            raise ValueError("a dictionary whose keys are neither strings nor integers, or that clash as strings")
        return {_as_json(str(key)): _as_json(item, depth + 1) for key, item in value.items()}
    if type(value) is str and not is_text(value):
        raise ValueError("a string with a lone surrogate")
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float and value - value == 0:  # neither NaN nor infinite
        return value
    raise ValueError(f"{answer_types.describe(value)} {value!r}")


def _has_integer_keys(value: object) -> bool:
    if type(value) is dict:
        return any(type(key) is int or _has_integer_keys(item) for key, item in value.items())
    return type(value) is list and any(map(_has_integer_keys, value))
