"""What TASK and ARCHIVE stand for."""

import os
from pathlib import Path

import pytest

from evosearch.cli import places
from evosearch.errors import ArchiveMissingError, UnknownNameError, UsageError


@pytest.fixture
def archives(folder):
    (folder / "archives").mkdir()
    for age, name in enumerate(("new", "old")):
        path = folder / "archives" / f"{name}.db"
        path.touch()
        os.utime(path, (1_000 - age, 1_000 - age))


def test_a_task_is_a_folder_its_file_or_a_domain(task):
    assert places.find_task("task") == Path("task")
    assert places.find_task("task/evosearch.toml") == Path("task")
    assert places.find_task("puzzles") == "puzzles"


def test_a_folder_with_a_task_wins_over_the_domain_of_its_name(folder):
    (folder / "puzzles").mkdir()
    assert places.find_task("puzzles") == "puzzles"
    (folder / "puzzles" / "evosearch.toml").touch()
    assert places.find_task("puzzles") == Path("puzzles")


def test_without_a_word_the_task_is_here(task, monkeypatch):
    with pytest.raises(UsageError, match=r"no evosearch\.toml here"):
        places.find_task(None)
    monkeypatch.chdir(task)
    assert places.find_task(None) == Path()


def test_a_word_that_is_no_task_offers_what_is_near(folder):
    with pytest.raises(UnknownNameError) as caught:
        places.find_task("puzles")
    assert caught.value.hint == "did you mean 'puzzles'?"
    (folder / "empty").mkdir()
    with pytest.raises(UsageError, match="the folder empty holds no"):
        places.find_task("empty")


def test_an_archive_is_a_file_a_name_or_a_task(archives, task):
    assert places.find_archive("archives/old.db") == Path("archives/old.db")
    assert places.find_archive("old") == Path("archives/old.db")
    Path("archives/task.db").touch()
    assert places.find_archive("task") == Path("archives/task.db")


def test_without_a_word_the_archive_is_the_newest(archives):
    assert places.find_archive(None) == Path("archives/new.db")


def test_an_archive_that_is_not_there_offers_what_is_near(archives):
    with pytest.raises(ArchiveMissingError) as caught:
        places.find_archive("olt")
    assert caught.value.hint == "did you mean 'old'?"


def test_without_any_archive_the_hint_is_to_run():
    with pytest.raises(ArchiveMissingError) as caught:
        places.find_archive(None)
    assert "evosearch run" in caught.value.hint


def test_words_are_completed(archives, task):
    assert places.complete_archive("o") == ["old"]
    assert places.complete_archive("archives/n") == ["archives/new.db"]
    assert places.complete_archive("nowhere/") == []
    assert places.complete_task("ta") == ["task"]
    assert places.complete_task("pu") == ["puzzles"]
    assert places.complete_domain("") == ["custom", "puzzles"]
