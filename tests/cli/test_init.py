"""`evosearch init`."""

import pytest

from evosearch.errors import ExitCode


@pytest.mark.parametrize("domain", ["custom", "puzzles"])
def test_it_makes_a_task_and_tells_what_comes_next(evosearch, folder, domain):
    done = evosearch("init", domain)
    assert done.code == 0
    assert (folder / domain / "evosearch.toml").is_file()
    assert done.err.endswith(f"next: evosearch run {domain}\n")
    assert evosearch("run", domain, "--dry-run").code == 0


def test_nothing_is_overwritten(evosearch, folder):
    (folder / "here").mkdir()
    (folder / "here" / "seed.py").write_text("mine")
    done = evosearch("init", "custom", "here")
    assert done.code == ExitCode.USAGE
    assert "here already holds seed.py; nothing was written" in done.err
    assert [path.name for path in (folder / "here").iterdir()] == ["seed.py"]
    assert (folder / "here" / "seed.py").read_text() == "mine"


def test_puzzles_of_your_own_are_named_in_the_file(evosearch, folder):
    (folder / "own").mkdir()
    (folder / "own" / "one.py").write_text("def sat(answer: int):\n    return answer == 3\n")
    assert evosearch("init", "puzzles", "task", "--puzzles", "own").code == 0
    assert str(folder / "own") in (folder / "task" / "evosearch.toml").read_text()


def test_puzzles_that_are_not_there_are_refused(evosearch):
    done = evosearch("init", "puzzles", "--puzzles", "nowhere")
    assert done.code == ExitCode.USAGE
    assert done.err == "error: --puzzles: there is no file or folder nowhere\n"


def test_a_folder_that_cannot_be_made_is_a_message(evosearch, folder):
    (folder / "file").write_text("")
    done = evosearch("init", "custom", "file/below")
    assert done.code == ExitCode.USAGE
    assert "Traceback" not in done.err


def test_a_puzzle_that_is_refused_leaves_nothing_behind(evosearch, folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "bad.py").write_text("def sat(x: int, n=3):\n    import os\n    return x == n\n")
    done = evosearch("init", "puzzles", "task", "--puzzles", "mine")
    assert done.code == 2
    assert "rule E7" in done.err
    assert not (folder / "task").exists()


def test_puzzles_do_not_fit_a_custom_task(evosearch, folder):
    (folder / "mine").mkdir()
    done = evosearch("init", "custom", "task", "--puzzles", "mine")
    assert done.code == 2
    assert "--puzzles does not fit" in done.err
    assert not (folder / "task").exists()
