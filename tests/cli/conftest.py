"""The command line: called in this process where nothing runs long, in one of its own where signals matter."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass

import pytest

from evosearch.cli import main
from evosearch.sandbox.seccomp import Seccomp

BUDGET = "12evals"


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, what it printed on stdout and on stderr."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Every command works in an empty folder, with no settings of ours in the environment."""
    for name in [name for name in os.environ if name.startswith("EVOSEARCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def evosearch(monkeypatch, capfd):
    """Calls the command line in this process."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["evosearch", *map(str, words)])
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        on_sigterm = signal.getsignal(signal.SIGTERM)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            signal.signal(signal.SIGTERM, on_sigterm)
        code = ended.value.code
        return Done(0 if code is None else int(code), *capfd.readouterr())

    return call


@pytest.fixture
def wall_is_missing(monkeypatch):
    """Takes a layer away: this machine does not have it."""

    def wall_is_missing(layer):
        monkeypatch.setattr(type(layer), "available", lambda _: "not in this kernel")

    return wall_is_missing


@pytest.fixture
def uncontained(wall_is_missing):
    """A machine that cannot filter system calls."""
    wall_is_missing(Seccomp())


@pytest.fixture
def start():
    """Starts the command line in a process of its own; whatever is left of it is killed in the end."""
    started = []

    def start(*words):
        command = [sys.executable, "-m", "evosearch", *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def task(evosearch, folder):
    """The folder of the task that `evosearch init custom` makes; its archive is archives/task.db."""
    assert evosearch("init", "custom", "task").code == 0
    return folder / "task"


@pytest.fixture
def fresh_archive(evosearch, task):
    """An archive with a few programs in it, made from the task beside it."""
    assert evosearch("run", task, "--budget", BUDGET, "--quiet").code == 0
    return task.parent / "archives" / "task.db"


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A folder with a task and its archive; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("made")
    for words in (["init", "custom", "task"], ["run", "task", "--budget", BUDGET, "--quiet"]):
        subprocess.run([sys.executable, "-m", "evosearch", *words], cwd=folder, capture_output=True, check=True)
    return folder


@pytest.fixture
def archive(made_once, folder):
    """An archive with a few programs in it, and `task`, all to spoil."""
    shutil.copytree(made_once, folder, dirs_exist_ok=True)
    return folder / "archives" / "task.db"
