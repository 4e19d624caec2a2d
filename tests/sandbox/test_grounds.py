"""What each kind of jail shows of the disk."""

import re
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


@pytest.mark.parametrize("name", ["no_such_package", "no_such.package", "", ".", "../x"])
def test_a_package_that_is_not_there_is_named(name):
    with pytest.raises(TaskError, match=re.escape(repr(name))) as caught:
        grounds.for_programs([name])
    assert caught.value.hint


def test_library_functions_see_their_package_and_what_it_requires():
    jail = grounds.for_library("evosearch.reading")
    assert str(Path(evosearch.__file__).parent) in jail.readable
    assert any(Path(path).name == "numpy" for path in jail.readable)


def test_judges_see_the_task_s_package_and_what_the_task_reads(tmp_path):
    jail = grounds.for_judges("hypothesis", [str(tmp_path)])
    assert jail.supervises
    assert str(tmp_path) in jail.readable
    assert {"evosearch", "numpy", "hypothesis"} <= {Path(path).name for path in jail.readable}


def test_judges_do_not_see_where_this_process_was_started(monkeypatch, tmp_path):
    """A script's own folder, or the current one, is on the path, and it may be the user's home."""
    monkeypatch.syspath_prepend(tmp_path)
    assert str(tmp_path) not in grounds.for_judges("evosearch", []).readable


def test_every_name_of_a_folder_of_packages_is_hidden(monkeypatch, tmp_path):
    (tmp_path / "lib" / "python3" / "dist-packages").mkdir(parents=True)
    (tmp_path / "alias").symlink_to("lib")
    monkeypatch.setattr(grounds, "_SYSTEM", (str(tmp_path / "alias"),))
    hidden = grounds.for_programs([]).hidden
    assert str(tmp_path / "alias" / "python3" / "dist-packages") in hidden
    assert str(tmp_path / "lib" / "python3" / "dist-packages") in hidden


def test_paths_are_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / "data") in grounds.for_judges("evosearch", ["data"]).readable
