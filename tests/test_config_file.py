"""The lines of evosearch.toml."""

import pytest

from evosearch.config_file import ConfigFile, dotted

TEXT = '''\
domain = "custom"
a.b = 1

[run]   # how to search
seed = 1
text = """
seed = 2
[custom]
"""
workers = 2

[[custom.axes]]
name = "one"
[[ custom.axes ]]
"name" = "two"
'''


@pytest.fixture
def file(tmp_path):
    (tmp_path / "evosearch.toml").write_text(TEXT)
    return ConfigFile.read(tmp_path)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("domain",), 1),
        (("a", "b"), 2),
        (("run",), 4),
        (("run", "seed"), 5),
        (("run", "workers"), 10),
        (("custom", "axes", 0, "name"), 13),
        (("custom", "axes", 1), 14),
        (("custom", "axes", 1, "name"), 15),
    ],
)
def test_a_key_has_a_line(file, key, line):
    assert file.origin(key) == f"evosearch.toml:{line}"


def test_a_key_that_is_not_seen_has_the_line_of_its_table(file):
    assert file.origin(("run", "nothing")) == "evosearch.toml:4"
    assert file.origin(("nothing",)) == "evosearch.toml"


def test_a_domain_has_no_file():
    assert ConfigFile.of_domain("puzzles").origin(("domain",)) == "default"


def test_a_key_is_written_as_people_write_it():
    assert dotted(("custom", "axes", 0, "edges")) == "custom.axes[0].edges"
