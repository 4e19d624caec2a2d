"""Names and what they stand for."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from evosearch import registry
from evosearch.errors import UnknownNameError
from evosearch.types import Recipe


def test_a_plugin_is_found_by_its_entry_point(monkeypatch, tmp_path):
    package = tmp_path / "antennas-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: antennas\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[evosearch.archives]\nantennas = antennas:Archive\n")
    (tmp_path / "antennas.py").write_text("class Archive: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "antennas" in registry.names("archives")
    assert registry.load("archives", "antennas").__name__ == "Archive"


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UnknownNameError) as refusal:
        registry.load("tasks", "puzzels")
    assert "did you mean 'puzzles'?" in refusal.value.hint


@pytest.mark.parametrize("kind", registry.BUILT_IN)
def test_every_built_in_can_be_loaded(kind):
    for name in registry.names(kind):
        assert registry.load(kind, name) is not None


@pytest.mark.parametrize("name", registry.BUILT_IN["tasks"])
def test_a_judge_of_a_built_in_task_loads_nothing_heavy(name, tmp_path):
    for file, text in registry.domain(name).scaffold(None, "mine").items():
        (tmp_path / file).write_text(text)
    script = (
        "import json, sys\nfrom evosearch.sandbox import verifier\n"
        "verifier._make('evosearch.registry:make_task', json.loads(sys.argv[1]))\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    command = [sys.executable, "-c", script, json.dumps(asdict(Recipe(name, "mine", str(tmp_path))))]
    loaded = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    heavy = {"asyncio", "email", "importlib.metadata", "jinja2", "logging", "numpy", "pydantic", "subprocess"}
    assert heavy.isdisjoint(json.loads(loaded))
