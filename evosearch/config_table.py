"""One table of settings, checked against its kind: what pydantic complains of, in our words and with its origin."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from evosearch import options
from evosearch.config_file import ConfigFile, Key, dotted
from evosearch.errors import ConfigError

T = TypeVar("T")
#: Kind of pydantic's complaint -> what was expected.
_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "string_type": "text in quotes",
    "string_too_short": "a name",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "dataclass_type": "a table",
    "path_type": "a path in quotes",
}
#: What it calls a key that a model, or a dataclass, does not have.
_UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")


def validate(kind: type[T], values: Mapping[str, Any], key: Key, file: ConfigFile, origins: Mapping[str, str]) -> T:
    """Check a table.

    Args:
        kind: A pydantic model, or a frozen dataclass, whose fields' metadata hold their bounds.
        values: The table.
        key: Its place.
        file: The file it stands in.
        origins: Where values came from that do not stand there.

    Raises:
        ConfigError: A key is unknown or missing, or a value of the wrong type or out of range.
    """
    checked: Any = kind
    if not issubclass(kind, BaseModel):
        # The configuration holds for the dataclasses inside it as well.
        checked = dataclass(kind, config=ConfigDict(extra="forbid"), frozen=True)
    try:
        value: T = TypeAdapter(checked).validate_python(dict(values))
    except ValidationError as error:
        raise _explain(error, kind, key, file, origins) from error
    return value


def _explain(error: ValidationError, kind: type, key: Key, file: ConfigFile, origins: Mapping[str, str]) -> ConfigError:
    """The first thing that pydantic complains of, in our words."""
    complaints = error.errors(include_url=False)
    # A misspelt key is often the reason why another one is missing.
    first = next((complaint for complaint in complaints if complaint["type"] in _UNKNOWN_KEY), complaints[0])
    place: Key = (*key, *first["loc"])
    origin = _origin(place, file, origins)
    if first["type"] in _UNKNOWN_KEY:
        known = list(_fields_at(kind, first["loc"][:-1]))
        return ConfigError(f"unknown key {dotted(place)!r} ({origin})", hint=did_you_mean(str(place[-1]), known))
    if first["type"] == "missing":
        return ConfigError(f"{dotted(place)} is missing ({origin})", hint=f"add it to [{dotted(place[:-1])}]")
    if first["type"] == "value_error":
        return ConfigError(f"{dotted(place)}: {first['msg'].removeprefix('Value error, ')} ({origin})")
    expected = _EXPECTED.get(first["type"]) or first["msg"].removeprefix("Input should ").removeprefix("be ")
    expected = f"a number {expected}" if expected.startswith(("greater", "less")) else expected
    return ConfigError(f"{dotted(place)}: expected {expected}, got {first['input']!r} ({origin})")


def _origin(place: Key, file: ConfigFile, origins: Mapping[str, str]) -> str:
    """Where a value, or the nearest one around it, came from; in the file as far as lines are known."""
    around = (dotted(place[:length]) for length in range(len(place), 0, -1))
    given = next((origins[key] for key in around if key in origins), file.name)
    return file.origin(place) if given.startswith(file.name) else given


def key_types(kind: type) -> Mapping[str, Any]:
    """The type of every key that a table may have."""
    if issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return options.annotations(kind)


def _fields_at(kind: type, place: tuple[int | str, ...]) -> Mapping[str, Any]:
    """The same of the table that lies at a place inside another."""
    for step in place:
        if isinstance(step, str):
            kind = _table_in(key_types(kind).get(step)) or kind
    return key_types(kind)


def _table_in(annotation: Any) -> type | None:
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        return annotation
    return next((found for part in get_args(annotation) if (found := _table_in(part))), None)


def did_you_mean(word: str, known: list[str]) -> str:
    """A hint that offers the nearest of the known words, or all of them."""
    if not known:
        return "there is nothing to set here"
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
