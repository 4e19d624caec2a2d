"""What each kind of jail shows of the disk."""

import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import evosearch
from evosearch.errors import TaskError
from evosearch.sandbox import grounds

STDLIB = sysconfig.get_path("stdlib")
SITE_PACKAGES = str(Path(np.__file__).parent.parent)


def test_programs_see_the_standard_library_and_no_package():
    jail = grounds.for_programs([])
    assert STDLIB in jail.readable
    assert SITE_PACKAGES in jail.hidden
    assert not any(path.startswith(SITE_PACKAGES) for path in jail.readable)
    assert not jail.supervises


def test_programs_see_the_packages_that_the_task_declares():
    found = {Path(path).name for path in grounds.for_programs(["numpy"]).readable if path.startswith(SITE_PACKAGES)}
    assert "numpy" in found
    assert all(name.startswith("numpy") for name in found)


def test_what_a_package_requires_comes_with_it():
    found = {Path(path).name for path in grounds.files_of(["pydantic"])}
    assert {"pydantic", "pydantic_core", "typing_extensions.py"} <= found


def test_a_package_that_is_not_there_is_named():
    with pytest.raises(TaskError, match="'no_such_package'") as caught:
        grounds.for_programs(["no_such_package"])
    assert caught.value.hint


def test_library_functions_see_their_package_and_what_it_requires():
    jail = grounds.for_library("evosearch.reading")
    assert str(Path(evosearch.__file__).parent) in jail.readable
    assert any(Path(path).name == "numpy" for path in jail.readable)


def test_judges_see_what_is_installed_and_what_the_task_reads(tmp_path):
    jail = grounds.for_judges([str(tmp_path)])
    assert jail.supervises
    assert {str(tmp_path), *filter(None, sys.path)} <= set(jail.readable)


def test_paths_are_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / "data") in grounds.for_judges(["data"]).readable
