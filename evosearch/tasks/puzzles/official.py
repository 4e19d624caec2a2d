"""Reads P3's own file format: a JSON array with one record an instance.

The fields that are read: name (`Problem:k`, k from 0), sat, ans_type, sol_header, and if they are there
sol_docstring, sol_bodies, module and weight (microsoft/PythonProgrammingPuzzles, puzzles/puzzles.json, v0.2).
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evosearch.errors import PuzzleError
from evosearch.tasks.puzzles import answer_types, files, rules
from evosearch.tasks.puzzles.puzzle import Instance, Place, Puzzle, Suite

MAX_BYTES: Final = 16 * 2**20
"""Of a file; P3's has two million."""

_LONGEST_INTEGER: Final = 300
_REQUIRED: Final = ("name", "sat", "ans_type", "sol_header")
_OPTIONAL_TEXT: Final = ("sol_docstring", "module")
_NAME: Final = re.compile(r"(?P<problem>.+):(?P<index>\d+)", re.DOTALL)
_DATA_SET: Final = "expected is the format of puzzles.json of github.com/microsoft/PythonProgrammingPuzzles"


@dataclass(frozen=True, slots=True)
class _Record:
    """One record that passed every check."""

    problem: str
    signature: rules.Signature
    instance: Instance
    fields: Mapping[str, Any]
    place: Place


def load(path: Path) -> Suite:
    """Read a file of puzzles.

    Args:
        path: The JSON file.

    Raises:
        PuzzleError: A record is refused; the first one in the file.
    """
    records = _read(path)
    groups: dict[str, list[_Record]] = {}
    names: dict[str, int] = {}
    sets: list[str] = []
    for index, fields in enumerate(records):
        place = Place(str(path), index)
        _check_fields(fields, place)
        name = fields["name"]
        if fields["ans_type"].startswith("Set["):
            sets.append(name)
            continue
        record = _record(fields, Place(str(path), index, name))
        if name in names:
            message = f"expected unique names, got one that record {names[name]} has already"
            raise record.place.refuse("E2", message, hint="give it a name of its own")
        names[name] = index
        groups.setdefault(record.problem, []).append(record)
    puzzles = tuple(_puzzle(problem, group) for problem, group in groups.items())
    signatures = {problem: group[0].signature for problem, group in groups.items()}
    if not puzzles:
        raise Place(str(path)).refuse("E2", "expected puzzles, got only ones that are left out", hint=_DATA_SET)
    return Suite(puzzles, (*_set_warnings(sets), *_name_warnings(names), *rules.warnings_about(signatures)))


def _read(path: Path) -> Sequence[Any]:
    place = Place(str(path))
    text = files.read_text(path, MAX_BYTES, hint=_DATA_SET)
    try:
        records = json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise place.refuse("E1", f"expected JSON, got {error}", hint=_DATA_SET) from None
    except RecursionError:
        raise place.refuse("E1", "expected JSON, got brackets nested too deeply", hint=_DATA_SET) from None
    if not isinstance(records, list):
        raise place.refuse("E1", f"expected a JSON array of records, got {_json_type(records)}", hint=_DATA_SET)
    if not records:
        raise place.refuse("E2", "expected puzzles, got an empty array", hint="give a file that holds some")
    return records


def _integer(digits: str) -> int | float:
    # Reading decimal digits takes quadratic time, and a number of so many is in no field that matters.
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _record(fields: Any, place: Place) -> _Record:
    signature = rules.check_function(rules.definition(rules.parse(fields["sat"], place), place), place)
    try:
        declared = str(answer_types.parse(fields["ans_type"]))
    except ValueError as error:
        raise place.refuse("E5", f"ans_type: {error}", hint="use one of these types") from None
    if declared != signature.answer_type:
        message = f"ans_type is {declared}, but sat's first parameter is {signature.answer_type}"
        raise place.refuse("E5", message, hint="make them agree")
    match = _NAME.fullmatch(fields["name"])
    instance = Instance(fields["sat"], signature.arguments, float(fields.get("weight", 1.0)))
    return _Record(match["problem"] if match else fields["name"], signature, instance, fields, place)


def _check_fields(fields: Any, place: Place) -> None:
    if not isinstance(fields, dict):
        raise place.refuse("E1", f"expected an object, got {_json_type(fields)}", hint=_DATA_SET)
    name = fields.get("name")
    if isinstance(name, str) and rules.is_text(name):
        place = Place(place.file, place.record, name)
    for key in _REQUIRED:
        if key not in fields:
            raise place.refuse("E1", f"the field {key!r} is missing", hint=_DATA_SET)
    for key in (*_REQUIRED, *_OPTIONAL_TEXT):
        if not isinstance(fields.get(key, ""), str):
            message = f"expected the field {key!r} to be a string, got {_json_type(fields[key])}"
            raise place.refuse("E1", message, hint=_DATA_SET)
        if not rules.is_text(fields.get(key, "")):
            raise place.refuse("E1", f"expected the field {key!r} to be text, got a lone surrogate", hint=_DATA_SET)
    if not name:
        raise place.refuse("E1", "expected a name, got an empty string", hint=_DATA_SET)
    bodies = fields.get("sol_bodies", [])
    if not isinstance(bodies, list) or not all(isinstance(body, str) and rules.is_text(body) for body in bodies):
        raise place.refuse("E1", "expected the field 'sol_bodies' to be an array of strings", hint=_DATA_SET)
    _check_weight(fields.get("weight", 1.0), place)


def _check_weight(weight: Any, place: Place) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise place.refuse(
            "E1", f"expected the field 'weight' to be a number, got {_json_type(weight)}", hint=_DATA_SET
        )
    if not (math.isfinite(weight) and weight > 0):
        message = f"expected the field 'weight' to be finite and greater than 0, got {weight}"
        raise place.refuse("E1", message, hint="use 1 for a puzzle that takes at most a second")


def _puzzle(problem: str, group: Sequence[_Record]) -> Puzzle:
    first = group[0]
    for other in group[1:]:
        if other.signature.answer_type != first.signature.answer_type:
            raise _disagree(other, first, "answer type", other.signature.answer_type, first.signature.answer_type)
        if other.signature.parameters != first.signature.parameters:
            theirs, ours = (", ".join(record.signature.parameters) for record in (other, first))
            raise _disagree(other, first, "inputs", theirs, ours)
    header = f"def sol({', '.join(first.signature.parameters)}):\n"
    return Puzzle(
        name=problem,
        answer_type=first.signature.answer_type,
        parameters=first.signature.parameters,
        instances=tuple(record.instance for record in group),
        docstring=_plain(first.fields.get("sol_docstring", "")),
        theme=first.fields.get("module", "").removesuffix(".py"),
        references=tuple(header + body for body in first.fields.get("sol_bodies", [])),
        origin=str(first.place),
    )


def _disagree(record: _Record, first: _Record, what: str, got: str, expected: str) -> PuzzleError:
    message = f"expected the {what} of {first.fields['name']!r}, {expected or 'none'}, got {got or 'none'}"
    return record.place.refuse("E2", message, hint="instances of one problem differ in their inputs' values only")


def _plain(docstring: str) -> str:
    """The text of an indented string literal."""
    lines = docstring.strip().removeprefix('"""').removesuffix('"""').splitlines()
    return "\n".join(line.removeprefix("    ").rstrip() for line in lines).strip()


def _set_warnings(sets: Sequence[str]) -> list[str]:
    if not sets:
        return []
    return [f"{len(sets)} puzzles of P3 v0.1 ask for a set, which JSON does not have; left out: {rules.listed(sets)}"]


def _name_warnings(names: Mapping[str, int]) -> list[str]:
    single = [name for name in names if not _NAME.fullmatch(name)]
    if not single:
        return []
    return [f"{len(single)} names without `:k`, each taken for a problem with one instance: {rules.listed(single)}"]


def _json_type(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
