"""The app: help, version, global flags, and the way from an error to an exit code."""

import json
import subprocess
import sys

import pytest

from evosearch import __version__
from evosearch.errors import ExitCode

COMMANDS = ("init", "run", "show", "export", "evaluate", "doctor")
VIEWS = ("summary", "top", "map", "program", "tree")


def test_help_lists_the_commands_and_the_exit_codes(evosearch):
    done = evosearch("--help")
    assert done.code == 0
    assert all(f" {command} " in done.out for command in COMMANDS)
    assert all(f"{code.value} " in done.out for code in ExitCode)


@pytest.mark.parametrize("words", [[command] for command in COMMANDS] + [["show", view] for view in VIEWS])
def test_every_command_has_help(evosearch, words):
    done = evosearch(*words, "--help")
    assert done.code == 0
    assert f"Usage: evosearch {' '.join(words)}" in done.out


def test_version_is_one_line(evosearch):
    assert evosearch("--version").out == f"evosearch {__version__}\n"


def test_without_a_command_there_is_help(evosearch):
    done = evosearch()
    assert done.code == ExitCode.USAGE
    assert "Usage: evosearch" in done.out + done.err


def test_help_loads_nothing_heavy():
    script = (
        "import json, sys\nsys.argv = ['evosearch', '--help']\nfrom evosearch.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert loaded.isdisjoint({"numpy", "pydantic", "sqlite_utils", "sqlite3", "jinja2", "asyncio", "evosearch.types"})


def test_an_unknown_command_offers_the_nearest(evosearch):
    done = evosearch("shwo")
    assert done.code == ExitCode.USAGE
    assert "Did you mean 'show'?" in done.err


def test_an_error_is_a_message_and_a_hint(evosearch):
    done = evosearch("init", "custm")
    assert done.code == ExitCode.USAGE
    assert done.err == "error: no task is called 'custm'; there are custom, puzzles\nhint: did you mean 'custom'?\n"
    assert done.out == ""


@pytest.mark.parametrize("words", [["--debug", "init", "custm"], ["init", "custm", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(evosearch, words):
    done = evosearch(*words)
    assert done.code == ExitCode.USAGE
    assert "Traceback" in done.err
    assert "error: no task is called" in done.err


def test_an_error_of_the_system_is_a_message_too(evosearch, folder, monkeypatch):
    monkeypatch.chdir(folder)
    name = "x" * 300
    done = evosearch("show", name)
    assert done.code == ExitCode.FAILED
    assert done.err == f"error: {name}: File name too long\n"


@pytest.mark.parametrize("words", [["show"], ["show", "--debug"], ["init", "custom"]])
def test_a_hostile_word_cannot_steer_the_terminal(evosearch, words):
    done = evosearch(*words, "\x1b[2J[bold]x")
    assert "\x1b" not in done.err
    assert "[bold]x" in done.err


def test_the_traceback_of_a_defect_cannot_steer_the_terminal():
    script = (
        "import sys\nfrom evosearch import cli\n"
        "def broken(*_, **__): raise RuntimeError('\\x1b[2J')\n"
        "cli.get_command = broken\nsys.argv = ['evosearch', *sys.argv[1:]]\ncli.main()\n"
    )
    for words in ([], ["--debug"]):
        done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, "\x1b" in done.stderr, r"\x1b[2J" in done.stderr) == (1, False, True)


def test_no_color_wins_over_a_terminal(evosearch, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31m" in evosearch("init", "custm").err
    assert "31m" not in evosearch("init", "custm", "--no-color").err


def test_the_module_is_the_command():
    command = [sys.executable, "-m", "evosearch", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.startswith(
        "evosearch"
    )


def test_ctrl_c_while_it_loads_is_one_message():
    script = (
        "import signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'evosearch.cli': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from evosearch.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "error: interrupted before anything began; nothing is lost\n"
