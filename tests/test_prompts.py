from pathlib import Path

import jinja2
import pytest

from evosearch import prompts
from evosearch.errors import UnknownNameError

BEST = {
    "source": "def f(): return 2",
    "score": 0.5,
    "feedback": "slow",
    "metrics": {"hits": 2.0},
    "features": {"size": 8.0},
}
OTHER = {"source": "def f(): return 1", "score": 0.25, "feedback": "", "metrics": {}, "features": {}}


def test_every_prompt_is_found_by_its_domain_and_name():
    assert {"custom/brief", "puzzles/brief"} <= set(prompts.names())
    assert list(prompts.names()) == sorted(prompts.names())
    assert all((prompts.directory() / f"{name}.md").is_file() for name in prompts.names())


def test_the_prompts_stand_at_the_top_of_the_tree():
    assert prompts.directory() == Path(prompts.__file__).parents[1] / "prompts"


def test_an_installed_package_carries_its_prompts(tmp_path, monkeypatch):
    (tmp_path / "_prompts").mkdir()
    monkeypatch.setattr(prompts, "__file__", str(tmp_path / "prompts.py"))
    assert prompts.directory() == tmp_path / "_prompts"


def test_a_prompt_is_filled_as_it_is_without_escapes():
    text = prompts.fill("custom", "brief", task="a < b", description="Sort & count.", parents=[], axes=[])
    assert text == "Write a better program for the task `a < b`.\n\nSort & count.\n"


def test_the_brief_of_a_custom_task_shows_every_parent():
    axes = [{"name": "size"}, {"name": "style"}]
    text = prompts.fill("custom", "brief", task="t", description="d", parents=[BEST, OTHER], axes=axes)
    assert "Kinds are told apart by: size, style." in text
    assert "The program to start from (score 0.5; greater is better):\n\n```python\ndef f(): return 2\n```" in text
    assert "Metrics: hits 2\n" in text
    assert "Kind: size 8.0\n" in text
    assert "What came of it:\nslow\n" in text
    assert "Another program (score 0.25; greater is better):\n\n```python\ndef f(): return 1\n```" in text
    assert text.count("Metrics:") == text.count("What came of it:") == 1


def test_an_unknown_prompt_names_the_nearest():
    with pytest.raises(UnknownNameError, match="no prompt is called 'puzzles/breif'; there are ") as caught:
        prompts.fill("puzzles", "breif")
    assert caught.value.hint == "did you mean 'puzzles/brief'?"


@pytest.mark.parametrize(("domain", "name"), [("..", "README"), ("puzzles/..", "custom/brief"), ("", "")])
def test_no_path_leads_out_of_the_prompts(domain, name):
    with pytest.raises(UnknownNameError):
        prompts.fill(domain, name)


def test_a_variable_that_is_not_given_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="'description' is undefined"):
        prompts.fill("custom", "brief", task="t", parents=[], axes=[])
