"""`evosearch doctor`."""

import json

from evosearch import __version__
from evosearch.cli.walls import not_covered, sandbox_record, walls
from evosearch.sandbox.layers import LAYERS


def test_it_tells_versions_and_walls(evosearch):
    done = evosearch("doctor")
    assert done.code == 0
    assert __version__ in done.out
    assert all(layer.name in done.out for layer in LAYERS)
    assert all(what in done.out for what in not_covered().values())


def test_json_holds_the_same(evosearch):
    found = json.loads(evosearch("doctor", "--json").out)
    assert set(found["versions"]) == {"evosearch", "schema", "python", "numpy", "sqlite", "system"}
    assert [layer["name"] for layer in found["sandbox"]["layers"]] == [layer.name for layer in LAYERS]
    assert found["sandbox"]["not_covered"] == not_covered()


def test_the_record_of_a_run_names_every_wall_once():
    record = sandbox_record()
    standing = [wall.name for wall in walls() if wall.problem is None]
    assert record["layers"] == standing
    assert set(standing).isdisjoint(record["missing"])
