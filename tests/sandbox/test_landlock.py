"""Landlock, raised for real in a child that then tries what it forbids."""

import os
from pathlib import Path

import pytest

from evosearch.sandbox.landlock import _FILES, _NETWORK, _SCOPES, Landlock, expand, rights
from evosearch.sandbox.layers import NoNewPrivileges
from evosearch.types import Jail, Limits

pytestmark = pytest.mark.skipif(Landlock().available() is not None, reason=f"Landlock: {Landlock().available()}")


@pytest.fixture
def behind(in_a_child, place):
    """What a piece of work comes to behind Landlock that shows `open` without `open/hidden`, but for what is in it."""

    def run(work):
        def walled():
            layer = Landlock()
            layer.prepare(
                Jail(
                    (str(place / "open"), str(place / "open" / "hidden" / "shown"), str(place / "missing")),
                    (str(place / "open" / "hidden"),),
                )
            )
            NoNewPrivileges().apply(Limits())
            layer.apply(Limits())
            return work()

        return in_a_child(walled)

    return run


def test_what_is_readable_is_read(behind, place):
    assert behind((place / "open" / "file").read_text) == "open"
    assert behind((place / "open" / "hidden" / "shown" / "file").read_text) == "open/hidden/shown"


@pytest.mark.parametrize("path", ["closed/file", "open/hidden/file", "/etc/passwd"])
def test_what_is_not_is_refused(behind, place, path):
    assert behind((place / path).read_text) == "PermissionError"


def test_folders_are_listed_only_where_they_are_readable(behind, place, names_in):
    assert behind(lambda: names_in(place / "open" / "hidden" / "shown")) == ["file"]
    assert behind(lambda: names_in(place / "closed")) == "PermissionError"


@pytest.mark.parametrize(
    "deed",
    [
        lambda place: (place / "open" / "file").write_text("changed"),
        lambda place: (place / "open" / "new").mkdir(),
        lambda place: (place / "open" / "file").unlink(),
        lambda place: (place / "open" / "file").rename(place / "open" / "other"),
        lambda place: (place / "open" / "link").symlink_to("file"),
        lambda place: os.truncate(place / "open" / "file", 0),
    ],
    ids=["write", "mkdir", "unlink", "rename", "symlink", "truncate"],
)
def test_nothing_is_written(behind, place, names_in, deed):
    assert behind(lambda: deed(place)) == "PermissionError"
    assert (place / "open" / "file").read_text() == "open"
    assert names_in(place / "open") == ["file", "hidden"]


def test_the_null_device_can_be_written(behind):
    assert behind(lambda: Path(os.devnull).write_text("gone")) == 4


def test_a_signal_reaches_nobody_outside(behind):
    if not rights(_SCOPES, 6):
        pytest.skip("this kernel's Landlock does not scope signals")
    parent = os.getpid()
    assert behind(lambda: os.kill(parent, 0)) == "PermissionError"


@pytest.mark.parametrize(
    ("abi", "files", "network", "scopes"),
    [
        (1, 0x1FFF, 0, 0),
        (2, 0x3FFF, 0, 0),
        (3, 0x7FFF, 0, 0),
        (4, 0x7FFF, 0b11, 0),
        (5, 0xFFFF, 0b11, 0),
        (6, 0xFFFF, 0b11, 0b11),
        (7, 0xFFFF, 0b11, 0b11),
        (9, 0x1FFFF, 0b11, 0b11),
        (10, 0x1FFFF, 0b1111, 0b11),
        (99, 0x1FFFF, 0b1111, 0b11),
    ],
)
def test_every_version_handles_all_the_rights_it_knows(abi, files, network, scopes):
    assert (rights(_FILES, abi), rights(_NETWORK, abi), rights(_SCOPES, abi)) == (files, network, scopes)


def test_a_folder_with_something_hidden_is_replaced_by_its_other_entries(place):
    found = expand((str(place / "open"), str(place / "closed")), (str(place / "open" / "hidden"),))
    assert found == [str(place / "open" / "file"), str(place / "closed")]
