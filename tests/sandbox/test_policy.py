"""When a run is refused, and what is said then."""

import pytest

from evosearch.errors import ExitCode, SandboxError
from evosearch.sandbox import policy
from evosearch.sandbox.layers import LAYERS, meant_for
from evosearch.sandbox.policy import Sandbox, remedy

ALL = tuple(layer.name for layer in LAYERS)


@pytest.fixture
def without(monkeypatch):
    """This machine without some of its layers, and with all others."""

    def take_away(*names):
        for layer in LAYERS:
            problem = "taken away" if layer.name in names else None
            monkeypatch.setattr(type(layer), "available", lambda self, problem=problem: problem)

    return take_away


def test_all_walls(without):
    without()
    sandbox = Sandbox.of_this_machine()
    assert (sandbox.layers, sandbox.missing, sandbox.contained, sandbox.notice) == (ALL, {}, True, None)
    assert sandbox.record() == {"layers": list(ALL), "missing": {}, "unsafe": False}


@pytest.mark.parametrize(("name", "lost"), [("namespaces", " and without threads"), ("landlock", "")])
def test_one_wall_of_files_is_enough_and_said_to_be_less(without, name, lost):
    without(name)
    sandbox = Sandbox.of_this_machine()
    assert sandbox.contained
    assert sandbox.notice == (f"programs are contained, with less defence in depth{lost}: missing {name} (taken away)")
    assert "\n" not in sandbox.notice


@pytest.mark.parametrize("names", [("seccomp",), ("landlock", "namespaces")], ids=" and ".join)
def test_a_machine_that_cannot_contain_a_program_is_refused(without, names):
    without(*names)
    with pytest.raises(SandboxError, match="taken away") as caught:
        Sandbox.of_this_machine()
    assert caught.value.exit_code is ExitCode.NO_SANDBOX == 4
    assert remedy(names[0]) in caught.value.hint
    assert "--unsafe-no-sandbox" in caught.value.hint


def test_the_demand_can_be_waived_and_that_is_recorded(without):
    without("seccomp", "landlock")
    sandbox = Sandbox.of_this_machine(unsafe=True)
    assert not sandbox.contained
    assert "NOT contained" in sandbox.notice
    assert sandbox.record() == {
        "layers": [name for name in ALL if name not in ("seccomp", "landlock")],
        "missing": {"landlock": "taken away", "seccomp": "taken away"},
        "unsafe": True,
    }


@pytest.fixture
def on_macos(monkeypatch):
    """The machine is a Mac, with the layers that one can have."""

    def on_macos(*standing):
        monkeypatch.setattr(policy, "LAYERS", meant_for("darwin"))
        for layer in policy.LAYERS:
            problem = None if layer.name in standing else "not on a Mac"
            monkeypatch.setattr(type(layer), "available", lambda self, problem=problem: problem)

    return on_macos


def test_macos_takes_a_word_of_its_own(on_macos):
    on_macos("process group", "resource limits", "seatbelt")
    with pytest.raises(SandboxError, match="macOS") as caught:
        Sandbox.of_this_machine()
    assert "--allow-degraded" in caught.value.hint
    sandbox = Sandbox.of_this_machine(allow_degraded=True)
    assert sandbox.layers == ("process group", "resource limits", "seatbelt")
    assert not sandbox.contained
    assert sandbox.notice.startswith("degraded: only macOS' own sandbox and limits hold programs, which is untested")
    assert "seccomp (not on a Mac)" in sandbox.notice


def test_a_mac_without_its_own_sandbox_is_refused_whatever_is_allowed(on_macos):
    on_macos("process group", "resource limits")
    with pytest.raises(SandboxError, match="cannot be contained here"):
        Sandbox.of_this_machine(allow_degraded=True)


def test_walls_of_macos_are_not_missed_elsewhere():
    assert [layer.name for layer in meant_for("darwin")] == [*(layer.name for layer in meant_for("linux")), "seatbelt"]
