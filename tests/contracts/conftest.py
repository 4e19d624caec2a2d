"""One task of every registered domain, as `evosearch init` writes it."""

import tomllib

import pytest

from evosearch import registry
from evosearch.types import Recipe


@pytest.fixture(params=registry.names("tasks"))
def recipe(request, tmp_path):
    for name, text in registry.domain(request.param).scaffold(None, "mine").items():
        (tmp_path / name).write_text(text)
    settings = tomllib.loads((tmp_path / "evosearch.toml").read_text())
    assert settings["domain"] == request.param
    return Recipe(request.param, settings["name"], str(tmp_path), settings.get(request.param, {}))


@pytest.fixture
def task(recipe):
    return registry.make_task(recipe)
