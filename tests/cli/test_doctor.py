"""`evosearch doctor`."""

import json
from dataclasses import replace

import pytest

from evosearch import __version__
from evosearch.cli import attack_view
from evosearch.errors import ExitCode
from evosearch.sandbox.attacks import running
from evosearch.sandbox.attacks.finding import Finding
from evosearch.sandbox.attacks.suite import CANARIES
from evosearch.sandbox.layers import LAYERS, NOT_COVERED
from evosearch.sandbox.namespaces import Namespaces

HELD = Finding("secrets", "reads a key", "refused", "crashed: PermissionError", contained=True)
BREACH = Finding("secrets", "reads [red]all\x1b[2J[/red]", "refused", 'ok: answered "\x9b31m"', contained=False)


def flat(text):
    """The words of a text, however its lines were broken."""
    return " ".join(text.split())


@pytest.fixture
def every_wall(monkeypatch):
    """A machine that has every wall; nothing is run on it."""
    for layer in LAYERS:
        monkeypatch.setattr(type(layer), "available", lambda _: None)


@pytest.fixture
def attacks(monkeypatch):
    """Lets the suite come to these findings."""

    def attacks(*findings):
        monkeypatch.setattr(attack_view, "run", lambda sandbox: iter(findings))

    return attacks


@pytest.mark.usefixtures("every_wall")
def test_it_tells_versions_walls_and_what_is_not_covered(evosearch):
    done = evosearch("doctor")
    assert done.code == 0
    shown = flat(done.out)
    assert __version__ in shown
    assert all(f"{layer.name} stands against {layer.covers}" in shown for layer in LAYERS)
    assert all(f"{name} {what}" in shown for name, what in NOT_COVERED.items())
    assert done.out.splitlines()[-1] == "contained: every wall stands"


@pytest.mark.usefixtures("every_wall")
def test_json_holds_the_same(evosearch):
    found = json.loads(evosearch("doctor", "--json").out)
    assert list(found) == ["versions", "layers", "not_covered", "contained"]
    assert set(found["versions"]) == {"evosearch", "schema", "python", "numpy", "sqlite", "openai", "prices", "system"}
    assert found["layers"] == [
        {"name": layer.name, "covers": layer.covers, "stands": True, "problem": None} for layer in LAYERS
    ]
    assert found["not_covered"] == NOT_COVERED
    assert found["contained"] is True


@pytest.mark.usefixtures("every_wall")
def test_a_wall_that_can_be_spared_degrades(evosearch, wall_is_missing):
    wall_is_missing(Namespaces())
    done = evosearch("doctor")
    assert done.code == 0
    assert "namespaces missing (not in this kernel); it would stand against" in flat(done.out)
    assert "to have it: allow user namespaces" in flat(done.out)
    assert "degraded: programs are contained, with less defence in depth" in flat(done.out)


@pytest.mark.usefixtures("every_wall", "uncontained")
def test_without_a_wall_that_is_demanded_it_ends_with_4_after_telling_all(evosearch):
    done = evosearch("doctor")
    assert done.code == ExitCode.NO_SANDBOX
    assert "programs cannot be contained here: a run is refused" in done.out
    assert "seccomp missing (not in this kernel)" in flat(done.out)
    assert "hint: run on Linux 4.14 or newer" in flat(done.out)


@pytest.mark.usefixtures("every_wall", "uncontained")
def test_no_attack_is_tried_where_nothing_would_hold_it(evosearch, monkeypatch):
    monkeypatch.delattr(attack_view, "run")
    done = evosearch("doctor", "--attack", "--json")
    assert done.code == ExitCode.NO_SANDBOX
    found = json.loads(done.out)
    assert (found["contained"], found["attacks"]) == (False, [])
    problems = {layer["name"]: layer["problem"] for layer in found["layers"] if not layer["stands"]}
    assert problems == {"seccomp": "not in this kernel"}
    assert done.err == "no attack was tried: nothing here would hold it\n"


def test_attacks_are_really_tried(evosearch, monkeypatch):
    monkeypatch.setattr(attack_view, "run", lambda sandbox: running.run(sandbox, CANARIES[:2], (), workers=1))
    done = evosearch("doctor", "--attack", "--json")
    assert done.code == 0
    found = json.loads(done.out)["attacks"]
    assert [(one["family"], one["name"], one["expected"], one["contained"]) for one in found] == [
        (attack.family, attack.name, attack.expected.words, True) for attack in CANARIES[:2]
    ]
    assert all(list(one) == ["family", "name", "expected", "happened", "contained"] for one in found)


def test_people_read_the_attacks_as_a_table(evosearch, attacks):
    attacks(HELD, replace(HELD, family="files"), HELD)
    done = evosearch("doctor", "--attack")
    assert done.code == 0
    row = "reads a key refused crashed: PermissionError"
    assert f"what happened secrets {row} {row} files {row} contained 3 of 3" in flat(done.out)
    assert done.err == "attacks on: secrets\nattacks on: files\n"


def test_a_breach_is_told_twice_and_ends_with_1(evosearch, attacks):
    attacks(BREACH, HELD)
    done = evosearch("doctor", "--attack")
    assert done.code == ExitCode.FAILED
    table, again = done.out.split("NOT CONTAINED")
    assert "BREACH: ok: answered" in table
    assert "BREACH: ok: answered" in again
    assert "reads a key" not in again
    assert again.splitlines()[-1] == "contained 1 of 2"


def test_what_an_attack_says_cannot_steer_the_terminal(evosearch, attacks):
    attacks(BREACH)
    out = evosearch("doctor", "--attack").out
    assert r"reads [red]all\x1b[2J[/red]" in out
    assert not {"\x1b", "\x9b"} & set(out)


@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_terminal_loses_nothing(evosearch, attacks, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    attacks(HELD)
    out = evosearch("doctor", "--attack").out
    assert max(map(len, out.splitlines())) <= width
    assert "…" not in out
    for word in ("secrets", "reads", "key", "refused", "crashed:", "contained"):
        assert word in out
