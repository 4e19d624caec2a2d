"""The suite's modes, a stage, and a zygote without walls."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from evosearch.sandbox.attacks.stage import Stage


@pytest.fixture(scope="session")
def modes():
    """What `modes.py` defines; it is a program of its own as well."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("modes.py"))))


@pytest.fixture
def stage():
    """A stage that nobody has harmed yet."""
    with Stage() as stage:
        yield stage
