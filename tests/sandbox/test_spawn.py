import os

import pytest

from evosearch.errors import ConfigError, SandboxError, TaskError
from evosearch.sandbox.process import Stopped
from evosearch.sandbox.spawn import Zygote
from evosearch.sandbox.worker import TASK_ENTRY
from evosearch.types import Jail


def refusal(module, settings, stop):
    """What a zygote that cannot start says."""
    zygote = Zygote(module, (), Jail(), settings)
    try:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which it is, is what the tests are about
            zygote.wait_until_ready(stop)
    finally:
        zygote.close()
    return caught.value


def test_a_package_that_is_not_installed_is_named(stop):
    error = refusal("evosearch.sandbox.zygote", {"preload": ["no_such_package"]}, stop)
    assert isinstance(error, TaskError)
    assert "'no_such_package' cannot be imported: ModuleNotFoundError" in str(error)
    assert error.hint


def test_a_task_that_cannot_be_made_says_why(stop, tmp_path):
    recipe = {"domain": "custom", "name": "t", "directory": str(tmp_path), "options": {}}
    error = refusal("evosearch.sandbox.verifier", {"task_entry": TASK_ENTRY, "recipe": recipe}, stop)
    assert isinstance(error, TaskError)
    assert "seed.py" in str(error)
    assert error.hint


def test_the_class_of_the_error_survives(stop, tmp_path):
    recipe = {"domain": "custom", "name": "t", "directory": str(tmp_path), "options": {"no_such_option": 1}}
    error = refusal("evosearch.sandbox.verifier", {"task_entry": TASK_ENTRY, "recipe": recipe}, stop)
    assert type(error) is ConfigError


def test_any_other_error_comes_with_its_traceback(stop):
    recipe = {"domain": "custom", "name": "t", "directory": None, "options": {}}
    error = refusal("evosearch.sandbox.verifier", {"task_entry": "math:sqrt", "recipe": recipe}, stop)
    assert isinstance(error, TaskError)
    assert "TypeError: must be real number, not Recipe" in str(error)
    assert "Traceback" in str(error)


def test_a_zygote_that_dies_at_once_leaves_its_last_words(stop):
    error = refusal("evosearch.no_such_module", {}, stop)
    assert type(error) is SandboxError
    assert "No module named 'evosearch.no_such_module'" in str(error)


def test_settings_have_a_bound(stop):
    with pytest.raises(SandboxError, match="bytes of settings"):
        Zygote("evosearch.sandbox.zygote", (), Jail(), {"preload": ["x" * 10**6]})


def test_nobody_has_to_wait_for_a_start():
    zygote = Zygote("evosearch.sandbox.zygote", (), Jail(), {"preload": []})
    stop = os.eventfd(1)
    with pytest.raises(Stopped):
        zygote.wait_until_ready(stop)
    os.close(stop)
    zygote.close()
