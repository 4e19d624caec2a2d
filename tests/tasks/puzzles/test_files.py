import os
import socket

import pytest

from evosearch.errors import PuzzleError
from evosearch.tasks.puzzles import files, folder, loader, official, rules

SAT = "def sat(answer: int):\n    return answer == 3"


def refusal(path, limit=100):
    with pytest.raises(PuzzleError) as caught:
        files.read_text(path, limit, hint="it should be a poem")
    assert str(caught.value).startswith(f"{path}: rule E1: expected ")
    assert caught.value.hint
    return str(caught.value)


def test_a_regular_file_is_read_through_links(tmp_path):
    (tmp_path / "poem").write_bytes("\ufeffäöü".encode())
    (tmp_path / "link").symlink_to("poem")
    assert files.read_text(tmp_path / "link", 9, hint="") == "äöü"


def test_a_byte_too_many(tmp_path):
    (tmp_path / "poem").write_bytes(b"x" * 101)
    assert "at most 100 bytes, got a longer file" in refusal(tmp_path / "poem")


def test_a_device_without_end(tmp_path):
    (tmp_path / "zero").symlink_to("/dev/zero")
    assert "a regular file, got a device" in refusal(tmp_path / "zero")


def test_a_pipe_that_nobody_writes_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "a regular file, got a named pipe" in refusal(tmp_path / "pipe")


def test_a_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert "a regular file, got a socket" in refusal(tmp_path / "socket")


def test_a_folder(tmp_path):
    assert "a regular file, got a folder" in refusal(tmp_path)


def test_a_link_to_nothing(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    assert "a file that can be read, got: No such file" in refusal(tmp_path / "link")


def test_a_file_that_becomes_another_after_it_was_looked_at(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert files._read(tmp_path / "pipe", 10) == b""
    (tmp_path / "zero").symlink_to("/dev/zero")
    assert files._read(tmp_path / "zero", 10) == bytes(10)


@pytest.mark.parametrize("name", ["puzzles.json", "puzzles.py", "folder/puzzle.py"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_no_way_to_load_puzzles_waits_for_ever(tmp_path, name, kind):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    with pytest.raises(PuzzleError, match="expected a regular file, got a") as caught:
        loader.load(path.parent if "/" in name else path)
    assert str(caught.value).startswith(str(path))


def test_a_python_file_that_is_too_long(write):
    path = write(SAT + "\n" * rules.MAX_SOURCE, "long.py")
    with pytest.raises(PuzzleError, match="rule E1: expected at most 262,144 bytes, got a longer file"):
        folder.load(path)


def test_a_json_file_that_is_too_long(tmp_path):
    path = tmp_path / "puzzles.json"
    with path.open("wb") as file:
        file.truncate(official.MAX_BYTES + 1)
    with pytest.raises(PuzzleError, match="rule E1: expected at most 16,777,216 bytes, got a longer file"):
        official.load(path)
