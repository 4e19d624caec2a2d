"""A table of JSON becomes a frozen dataclass, in any process."""

import json
from dataclasses import asdict, dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evosearch import options
from evosearch.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Mast:
    height: float
    guys: tuple[str, ...] = ()

    def __post_init__(self):
        if self.height < 0:
            raise ValueError("a mast stands on the ground")


@dataclass(frozen=True, slots=True)
class Antennas:
    source: str | None = None
    names: tuple[str, ...] | None = None
    masts: tuple[Mast, ...] = ()
    folds: int = field(default=5, metadata={"ge": 2})
    tuned: bool = False


def test_what_is_not_said_is_the_default():
    assert options.read(Antennas, {}, "antennas") == Antennas()


def test_lists_are_tuples_and_tables_dataclasses():
    table = {"names": ["a"], "masts": [{"height": 2, "guys": ["north"]}]}
    assert options.read(Antennas, table, "antennas") == Antennas(names=("a",), masts=(Mast(2.0, ("north",)),))


def test_the_types_of_all_fields_in_order():
    assert list(options.annotations(Antennas)) == ["source", "names", "masts", "folds", "tuned"]
    assert options.annotations(Mast)["height"] is float


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"colour": "red"}, "unknown key 'antennas.colour'"),
        ({"source": 5}, "antennas.source: expected str, got 5"),
        ({"names": "ab"}, "antennas.names: expected tuple[str, ...], got 'ab'"),
        ({"names": ["a", 1]}, "antennas.names[1]: expected str, got 1"),
        ({"folds": 2.5}, "antennas.folds: expected int, got 2.5"),
        ({"folds": True}, "antennas.folds: expected int, got True"),
        ({"folds": None}, "antennas.folds: expected int, got None"),
        ({"masts": [3]}, "antennas.masts[0]: expected Mast, got 3"),
        ({"masts": [{"hight": 3}]}, "unknown key 'antennas.masts[0].hight'"),
        ({"masts": [{}]}, "antennas.masts[0]: Mast.__init__() missing 1 required positional argument: 'height'"),
        ({"masts": [{"height": -1.0}]}, "antennas.masts[0]: a mast stands on the ground"),
    ],
)
def test_what_does_not_fit_is_told_by_its_place(table, said):
    with pytest.raises(ConfigError) as caught:
        options.read(Antennas, table, "antennas")
    assert str(caught.value) == said


def test_an_unknown_key_comes_with_those_that_are_known():
    with pytest.raises(ConfigError) as caught:
        options.read(Mast, {"hight": 3}, "mast")
    assert caught.value.hint == "known are height, guys"


MASTS = st.builds(Mast, st.floats(min_value=0, allow_infinity=False), st.lists(st.text()).map(tuple))


@given(st.builds(Antennas, masts=st.lists(MASTS).map(tuple)))
def test_written_as_json_and_read_it_is_the_same(antennas):
    table = json.loads(json.dumps(asdict(antennas)))
    assert options.read(Antennas, table, "antennas") == antennas
    assert TypeAdapter(Antennas).dump_python(antennas, mode="json") == table
