"""A domain's options: its own table in evosearch.toml, as a frozen dataclass.

    @dataclass(frozen=True, slots=True)
    class Options:
        source: str = "data.csv"
        folds: int = field(default=5, metadata={"ge": 2})

The controller checks what the user wrote (`config`), with pydantic: it takes the bounds from the metadata, and a
message names the line. Every other process makes the same object of the checked table with `read`, because a judge is
forked for each evaluation, and a fork costs as much as the memory that it copies.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from evosearch.errors import ConfigError

T = TypeVar("T")


def annotations(kind: type) -> dict[str, Any]:
    """The type of each field of a dataclass, in order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def read(kind: type[T], table: Mapping[str, Any], place: str) -> T:
    """Make a dataclass of JSON.

    Args:
        kind: Its fields are bool, int, float, str, literals, dataclasses, tuples of one of these, or any of them
            `| None`.
        table: What `config` has checked. Keys and types are checked again, bounds are not: the record of a run may
            be of another version's making.
        place: Where the table stands, for messages: `custom`.

    Raises:
        ConfigError: A key is unknown or missing, or a value of the wrong type.
    """
    known = annotations(kind)
    for key in table:
        if key not in known:
            raise ConfigError(f"unknown key '{place}.{key}'", hint=f"known are {', '.join(known)}")
    values = {key: _value(known[key], value, f"{place}.{key}") for key, value in table.items()}
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{place}: {error}") from error


def _value(annotation: Any, value: Any, place: str) -> Any:
    if isinstance(annotation, UnionType):
        if value is None:
            return None
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is tuple and isinstance(value, list | tuple):
        item_type = get_args(annotation)[0]
        return tuple(_value(item_type, item, f"{place}[{index}]") for index, item in enumerate(value))
    if isinstance(annotation, type) and is_dataclass(annotation) and isinstance(value, Mapping):
        return read(annotation, value, place)
    if annotation is float and type(value) is int:
        return float(value)
    if get_origin(annotation) is Literal:
        if value not in get_args(annotation):
            raise ConfigError(f"{place}: expected one of {', '.join(get_args(annotation))}, got {value!r}")
        return value
    if type(value) is not annotation:
        expected = annotation.__name__ if isinstance(annotation, type) else annotation
        raise ConfigError(f"{place}: expected {expected}, got {value!r}")
    return value
