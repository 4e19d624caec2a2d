'''Reads a folder of plain Python files. They are parsed, never run.

A file holds one puzzle, named after the file:

    def sat(answer: int, bound=10):
        """Find a square above the bound."""
        return answer > bound and round(answer**0.5) ** 2 == answer

    INSTANCES = [{"bound": 1000}]

or several, `sat_<name>` with `sol_<name>` as reference if there is one and `INSTANCES = {"<name>": [{...}, ...]}`. The
defaults of the function are instance 0, INSTANCES names what the further ones change. A docstring is the puzzle in
English; its last line may say `difficulty: easy`.
'''

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evosearch.errors import TaskError
from evosearch.tasks.puzzles import files, rules
from evosearch.tasks.puzzles.puzzle import Instance, Place, Puzzle, Suite

MAX_MADE: Final = 16 * 2**20
"""Characters of all instances and solutions that one file makes, each of them written out."""

_DIFFICULTY: Final = "difficulty:"
_LAYOUT: Final = "a puzzle file holds imports, `def sat…`, `def sol…` and INSTANCES; put helpers into the body of sat"

_Import = ast.Import | ast.ImportFrom


@dataclass(slots=True)
class _File:
    """The parts of one file while it is read."""

    place: Place
    lines: Sequence[str]
    imports: list[_Import] = field(default_factory=list)
    predicates: dict[str, ast.FunctionDef] = field(default_factory=dict)
    solutions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    instances: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    made: int = 0  # characters of the functions made from it: every instance is a copy of its predicate


def load(path: Path) -> Suite:
    """Read the Python files of a folder in the order of their names, or one such file.

    Raises:
        TaskError: There is no puzzle in it.
        PuzzleError: A puzzle is refused; the first one in the folder.
    """
    found = sorted(file for file in path.glob("*.py") if not file.name.startswith("_")) if path.is_dir() else [path]
    puzzles: dict[str, Puzzle] = {}
    for file in found:
        for puzzle in load_file(file):
            if puzzle.name in puzzles:
                place = Place(str(file), name=puzzle.name)
                message = f"expected unique names, got one that is taken: {puzzles[puzzle.name].origin}"
                raise place.refuse("E2", message, hint="give it a name of its own")
            puzzles[puzzle.name] = puzzle
    if not puzzles:
        raise TaskError(f"expected puzzles in {path}, found none", hint=f"{_LAYOUT}; the files end in .py")
    return Suite(tuple(puzzles.values()))


def load_file(path: Path) -> Iterator[Puzzle]:
    """Read one file."""
    place = Place(str(path))
    source = files.read_text(path, rules.MAX_SOURCE, hint="a file that ends in .py holds puzzles, as UTF-8")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    file = _File(place, source.split("\n"))
    _sort(file, rules.parse(source, place), path.stem)
    for name, predicate in file.predicates.items():
        yield _puzzle(file, name, predicate, theme=path.stem)


def _sort(file: _File, tree: ast.Module, stem: str) -> None:
    """Find out what each statement of a file is."""
    place = file.place
    for statement in tree.body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                rules.check_import(statement, place)
                file.imports.append(statement)
            case ast.FunctionDef(name=function):
                _add_function(file, function, statement, stem)
            case ast.Assign(targets=[ast.Name(id="INSTANCES")], value=value):
                file.instances = _instances(value, place, stem)
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case _:
                shown = ast.unparse(statement).splitlines()[0][:60]
                raise place.refuse("E4", f"expected a part of a puzzle, got `{shown}`", at=statement, hint=_LAYOUT)
    _check_owners(file)


def _add_function(file: _File, function: str, node: ast.FunctionDef, stem: str) -> None:
    kind, underscore, rest = function.partition("_")
    name = rest or (stem if not underscore else "")
    if kind not in ("sat", "sol") or not name:
        message = f"expected `sat`, `sat_<name>`, `sol` or `sol_<name>`, got the function {function!r}"
        raise file.place.refuse("E4", message, at=node, hint=_LAYOUT)
    functions = file.predicates if kind == "sat" else file.solutions
    if name in functions:
        raise file.place.refuse("E2", f"the function {function!r} is defined twice", at=node, hint="rename one of them")
    functions[name] = node


def _check_owners(file: _File) -> None:
    for name, node in file.solutions.items():
        if name not in file.predicates:
            message = f"the solution {node.name!r} belongs to no puzzle"
            raise file.place.refuse("E4", message, at=node, hint="give solution and predicate the same name")
    for name in file.instances:
        if name not in file.predicates:
            message = f"INSTANCES names {name!r}, but there is no such puzzle"
            raise file.place.refuse("E4", message, hint=f"there are {', '.join(file.predicates) or 'none'}")


def _instances(node: ast.expr, place: Place, stem: str) -> dict[str, list[Mapping[str, Any]]]:
    value = rules.literal(node, place, "E5", "INSTANCES")
    groups = {stem: value} if isinstance(value, list) else value
    well_formed = isinstance(groups, dict) and all(
        isinstance(group, list) and all(isinstance(inputs, dict) for inputs in group) for group in groups.values()
    )
    if not well_formed:
        message = 'expected INSTANCES to be [{input: value}, ...] or {"name": [{input: value}, ...]}'
        raise place.refuse("E5", message, at=node, hint="list for each puzzle the inputs that change")
    return dict(groups)


def _puzzle(file: _File, name: str, predicate: ast.FunctionDef, theme: str) -> Puzzle:
    place = Place(file.place.file, name=name)
    signature = rules.check_function(predicate, place)
    docstring, difficulty = _words(ast.get_docstring(predicate) or "")
    renditions = [_render(file, predicate, signature, {})]
    for inputs in file.instances.get(name, []):
        unknown = [parameter for parameter in inputs if parameter not in signature.parameters]
        if unknown:
            hint = f"its inputs are {', '.join(signature.parameters) or 'none'}"
            raise place.refuse("E5", f"INSTANCES gives {unknown[0]!r}, which is no input of the puzzle", hint=hint)
        renditions.append(_render(file, predicate, signature, inputs))
    solution = file.solutions.get(name)
    return Puzzle(
        name=name,
        answer_type=signature.answer_type,
        parameters=signature.parameters,
        instances=tuple(renditions),
        docstring=docstring,
        theme=theme,
        difficulty=difficulty,
        references=(_reference(file, solution, signature, place),) if solution else (),
        origin=str(place),
    )


def _render(file: _File, predicate: ast.FunctionDef, signature: rules.Signature, inputs: Mapping[str, Any]) -> Instance:
    """One instance as a `def sat` that stands alone, with its inputs as defaults and its imports inside."""
    values = dict(zip(signature.parameters, predicate.args.defaults, strict=True))
    values |= {name: ast.parse(repr(value), mode="eval").body for name, value in inputs.items()}
    arguments = dict(zip(signature.parameters, signature.arguments, strict=True)) | dict(inputs)
    source = _function(file, "sat", predicate, list(values.values()))
    return Instance(source, tuple(arguments.values()))


def _reference(file: _File, solution: ast.FunctionDef, signature: rules.Signature, place: Place) -> str:
    given = len(solution.args.args)
    if given != len(signature.parameters):
        expected = ", ".join(signature.parameters) or "none"
        message = f"expected {solution.name!r} to take the inputs of its puzzle, {expected}, got {given} parameters"
        raise place.refuse("E5", message, at=solution, hint="give sol the inputs of sat, without the answer")
    return _function(file, "sol", solution, [])


def _function(file: _File, name: str, function: ast.FunctionDef, defaults: list[ast.expr]) -> str:
    """A function under another name and with other defaults; its body as it is written, comments and all."""
    arguments = copy.copy(function.args)
    arguments.defaults = defaults
    imports = [ast.unparse(node) for node in _needed_imports(file.imports)]
    body = _without_docstring(function.body) or [ast.Pass()]
    first = min(node.lineno for node in (body[0], *getattr(body[0], "decorator_list", [])))
    written = file.lines[first - 1 : body[-1].end_lineno]
    indent = written[0][: len(written[0]) - len(written[0].lstrip())]
    if not indent or _shares_line(function, body[0], first):
        # The body stands on the line of `def` or of the docstring.
        indent = "    "
        written = [indent + line for statement in body for line in ast.unparse(statement).splitlines()]
    source = "\n".join([f"def {name}({ast.unparse(arguments)}):", *(indent + line for line in imports), *written])
    file.made += len(source)
    if file.made > MAX_MADE:
        message = f"the instances of its puzzles come to more than {MAX_MADE:,} characters in all"
        raise file.place.refuse("E5", message, at=function, hint="give it fewer or shorter instances")
    return source


def _shares_line(function: ast.FunctionDef, statement: ast.stmt, first: int) -> bool:
    before = function.body[0].end_lineno if function.body[0] is not statement else None
    return first in (function.lineno, before)


def _needed_imports(imports: Sequence[_Import]) -> list[_Import]:
    """The file's imports but those of typing: annotations are not evaluated where a predicate runs."""
    return [node for node in imports if not (isinstance(node, ast.ImportFrom) and node.module == "typing")]


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


def _words(docstring: str) -> tuple[str, str]:
    """A docstring without its last line, and the difficulty that this line gives; or all of it."""
    if not rules.is_text(docstring):
        docstring = docstring.encode(errors="backslashreplace").decode()
    text, _, last = docstring.rpartition("\n")
    if last.strip().lower().startswith(_DIFFICULTY):
        return text.strip(), last.strip()[len(_DIFFICULTY) :].strip()
    return docstring.strip(), ""
