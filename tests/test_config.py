"""Settings: their layers, their origins, and what a mistake is answered with."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from evosearch import config, registry
from evosearch.errors import ConfigError, UnknownNameError, UsageError
from evosearch.settings import RunSettings, available_cores
from evosearch.types import Recipe

FILE = """\
domain = "custom"
name = "fit"

[run]
seed = 7

[custom]
cpu_seconds = 2.0

[[custom.axes]]
name = "size"
edges = [1.0, 2.0]
"""


@pytest.fixture
def load(tmp_path):
    def load(text=FILE, environment=None, **flags):
        (tmp_path / "evosearch.toml").write_text(text)
        return config.load(tmp_path, environment=environment or {}, flags=flags)

    return load


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(load):
    environment = {"EVOSEARCH_SEED": "8", "EVOSEARCH_WINDOW": "4", "HOME": "/"}
    settings = load(environment=environment, window=2)
    assert (settings.run.seed, settings.origins["run.seed"]) == (8, "EVOSEARCH_SEED")
    assert (settings.run.window, settings.origins["run.window"]) == (2, "--window")
    assert (settings.run.archive, settings.origins["run.archive"]) == ("grid", "default")
    assert (load().run.seed, load().origins["run.seed"]) == (7, "evosearch.toml:5")


def test_every_setting_has_an_origin(load):
    rows = {key: origin for key, _, origin in load().rows()}
    assert rows["domain"] == "evosearch.toml:1"
    assert rows["custom.cpu_seconds"] == "evosearch.toml:8"
    assert rows["custom.axes"] == "evosearch.toml:10"
    assert rows["custom.memory_mb"] == "default"
    assert {f"run.{key}" for key in RunSettings.model_fields} <= set(rows)


def test_defaults_are_this_machine_and_the_domain(load):
    settings = load('domain = "custom"\nname = "fit"\n')
    assert settings.run.workers == available_cores()
    assert settings.run.budget == "1000evals"
    assert settings.run.seed == 0


def test_the_name_is_the_folder_unless_it_is_said(load, tmp_path):
    assert load('domain = "custom"\n').name == tmp_path.name
    assert load(environment={"EVOSEARCH_NAME": "other"}).name == "other"


def test_the_recipe_holds_the_whole_table_of_the_domain(load, tmp_path):
    recipe = load().recipe()
    assert isinstance(recipe, Recipe)
    assert recipe.directory == str(tmp_path.resolve())
    assert recipe.options["cpu_seconds"] == 2.0
    assert recipe.options["evaluate"] == "evaluate.py"


def test_a_domain_makes_a_task_without_a_file():
    settings = config.load("puzzles", environment={}, flags={"seed": 3})
    assert settings.recipe() == Recipe("puzzles", "puzzles", None, settings.options)
    assert settings.run.seed == 3


def test_a_variable_that_is_set_to_nothing_is_not_set(load):
    assert load(environment={"EVOSEARCH_SEED": ""}).run.seed == 7


def test_a_second_run_takes_over_what_nothing_else_says(load):
    earlier = {"seed": 1, "window": 3, "proposer": "other", "budget": "9evals", "archive": "grid"}
    settings = load(window=2).continuing(earlier, {})
    assert (settings.run.seed, settings.run.window) == (7, 2)
    assert (settings.run.budget, settings.origins["run.budget"]) == ("9evals", config.LAST_RUN)


def test_settings_are_json(load):
    assert load().model_dump(mode="json")["run"]["seed"] == 7


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("seed = 7", "sede = 7", "unknown key 'run.sede' (evosearch.toml:5)"),
        ("[run]", "[rum]", "unknown key 'rum' (evosearch.toml:4)"),
        ("cpu_seconds", "cpu_second", "unknown key 'custom.cpu_second' (evosearch.toml:8)"),
        ('name = "size"', 'nmae = "size"', "unknown key 'custom.axes[0].nmae' (evosearch.toml:11)"),
        ("seed = 7", 'seed = "7"', "run.seed: expected a whole number, got '7' (evosearch.toml:5)"),
        ("seed = 7", "seed = -1", "run.seed: expected a number greater than or equal to 0, got -1 (evosearch.toml:5)"),
        ("seed = 7", "workers = 0", "run.workers: expected a number greater than or equal to 1, got 0"),
        ("seed = 7", "workers = true", "run.workers: expected a whole number, got True"),
        ("seed = 7", "budget = 5", "run.budget: expected text in quotes, got 5"),
        (
            "[1.0, 2.0]",
            "[2.0, 1.0]",
            "custom.axes[0]: axis 'size': edges must rise, got [2.0, 1.0] (evosearch.toml:10)",
        ),
        ('name = "size"\n', "", "custom.axes[0].name is missing (evosearch.toml:10)"),
        (
            "cpu_seconds = 2.0",
            "cpu_seconds = 0",
            "custom.cpu_seconds: expected a number greater than 0, got 0 (evosearch.toml:8)",
        ),
        ("cpu_seconds = 2.0", "threads = -1", "custom.threads: expected a number greater than or equal to 0, got -1"),
        ("cpu_seconds = 2.0", 'reads = "data"', "custom.reads: expected a list, got 'data' (evosearch.toml:8)"),
        ("cpu_seconds = 2.0", "seed = 1", "custom.seed: expected text in quotes, got 1 (evosearch.toml:8)"),
        ("[[custom.axes]]", "[custom.axes]", "custom.axes: expected a list, got {'name': 'size', 'edges': [1.0, 2.0]}"),
        ('"fit"', '"a/b"', "name: expected letters, digits, '.', '_' and '-', got 'a/b' (evosearch.toml:2)"),
        ("[custom]", "[puzzles]", "[puzzles] belongs to another domain than 'custom' (evosearch.toml:7)"),
        ('domain = "custom"\n', "", "names no domain"),
        ("[run]\nseed = 7", "run = 7", "run: expected a table [run], got 7 (evosearch.toml:4)"),
        ("[run]", "[run", "evosearch.toml is no TOML"),
    ],
)
def test_a_mistake_in_the_file_names_its_line(load, before, after, said):
    assert before in FILE
    with pytest.raises(ConfigError) as caught:
        load(FILE.replace(before, after))
    assert said in str(caught.value)


class Antennas:
    """A plug-in's domain, whose options are a pydantic model."""

    default_budget = "1evals"

    class Options(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)

        length: int = Field(3, gt=0)
        folder: Path = Path("data")


def test_a_domain_may_check_its_table_with_pydantic(load, monkeypatch):
    monkeypatch.setattr(registry, "domain", lambda name: Antennas)
    text = 'domain = "antennas"\nname = "mine"\n\n[antennas]\nlength = 5\n'
    assert load(text).options == {"length": 5, "folder": "data"}
    assert load(text).origins["antennas.folder"] == "default"
    with pytest.raises(ConfigError, match=r"unknown key 'antennas.lenght' \(evosearch.toml:5\)") as caught:
        load(text.replace("length", "lenght"))
    assert caught.value.hint == "did you mean 'length'?"
    with pytest.raises(ConfigError, match=r"antennas.length: expected a number greater than 0, got 0"):
        load(text.replace("5", "0"))


@pytest.mark.parametrize(
    ("before", "after", "hint"),
    [
        ("seed = 7", "sede = 7", "did you mean 'seed'?"),
        ("[run]", "[rum]", "did you mean 'run'?"),
        ('name = "size"', 'nmae = "size"', "did you mean 'name'?"),
        ("cpu_seconds", "cpu_second", "did you mean 'cpu_seconds'?"),
        ("seed = 7", 'proposer = "symbolc"', "did you mean 'symbolic'?"),
        ("seed = 7", 'archive = "x/fit.db"', "the path of the archive file is --archive"),
        ('domain = "custom"', 'domain = "custm"', "did you mean 'custom'?"),
    ],
)
def test_a_mistake_comes_with_the_nearest_name(load, before, after, hint):
    assert before in FILE
    with pytest.raises(UsageError) as caught:
        load(FILE.replace(before, after))
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("environment", "said", "hint"),
    [
        ({"EVOSEARCH_SED": "1"}, "unknown environment variable EVOSEARCH_SED", "did you mean 'EVOSEARCH_SEED'?"),
        ({"EVOSEARCH_SEED": "x"}, "run.seed: expected a whole number, got 'x' (EVOSEARCH_SEED)", ""),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(load, environment, said, hint):
    with pytest.raises(ConfigError) as caught:
        load(environment=environment)
    assert (str(caught.value), caught.value.hint) == (said, hint)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot read"):
        config.load(tmp_path, environment={}, flags={})
    (tmp_path / "evosearch.toml").write_bytes(b"name = \xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        config.load(tmp_path, environment={}, flags={})


def test_an_unknown_domain_is_refused():
    with pytest.raises(UnknownNameError, match="no domain is called 'nothing'"):
        config.load("nothing", environment={}, flags={})


@given(st.integers(0, 2**63 - 1))
def test_any_seed_of_the_environment_is_read(seed):
    settings = config.load("puzzles", environment={"EVOSEARCH_SEED": str(seed)}, flags={})
    assert settings.run.seed == seed


MODELS = """\
domain = "custom"
name = "fit"

[models]
model = ["small=3", "large"]
base_url = "http://127.0.0.1:8080/v1"
operators = ["diff=2", "rewrite"]

[models.only."large"]
roles = ["repair"]
price = { input = 1.25, output = 10 }
"""


def test_models_are_settings_like_any_other(load):
    settings = load(MODELS, {"EVOSEARCH_TEMPERATURE": "0.5", "EVOSEARCH_SEND_SEED": "false"}, max_tokens=100)
    models = settings.models
    assert models.weights == (("small", 3.0), ("large", 1.0))
    assert (models.temperature, models.send_seed, models.max_tokens) == (0.5, False, 100)
    assert models.only["large"].roles == ("repair",)
    assert models.only["large"].price.output == 10
    assert settings.origins["models.model"] == "evosearch.toml:5"
    assert settings.origins["models.max_tokens"] == "--max-tokens"
    assert settings.origins["models.temperature"] == "EVOSEARCH_TEMPERATURE"


def test_a_model_makes_mixed_the_default(load):
    assert load(MODELS).proposer == "mixed"
    assert load().proposer == "symbolic"
    assert load(environment={"EVOSEARCH_MODEL": "a=2,b"}).models.weights == (("a", 2.0), ("b", 1.0))


def test_models_are_taken_over_from_the_last_run(load):
    earlier = load(MODELS).models.model_dump(mode="json")
    settings = load(temperature=0.1).continuing({"proposer": "mixed"}, earlier)
    assert settings.models.weights == (("small", 3.0), ("large", 1.0))
    assert settings.models.only["large"].roles == ("repair",)
    assert (settings.models.temperature, settings.proposer) == (0.1, "mixed")
    assert settings.origins["models.model"] == config.LAST_RUN


def test_who_names_a_model_means_it_to_be_asked(load):
    settings = load(model=("new",)).continuing({"proposer": "symbolic"}, {})
    assert settings.proposer == "mixed"
    assert load(model=("new",)).continuing({"proposer": "model"}, {}).proposer == "model"


def test_nobody_spends_on_calls_without_having_said_how_much(load):
    assert load(MODELS).run.budget == "1000evals,200calls"
    assert load(MODELS, budget="2usd").run.budget == "2usd"


def test_what_the_last_run_had_must_go_with_what_is_said_now(load):
    with pytest.raises(ConfigError, match=r"models: Input should be less than or equal to 2 .*the last run"):
        load(model=("other",)).continuing({}, {"temperature": 9.0})


def test_what_is_said_of_a_model_is_left_out_where_another_is_named_on_the_command_line(load):
    assert load(MODELS, model=("other", "large=2")).models.only.keys() == {"large"}
    assert load(MODELS, model=("other",)).models.only == {}
    earlier = load(MODELS).models.model_dump(mode="json")
    assert load(model=("other",)).continuing({}, earlier).models.only == {}
    assert load().continuing({}, earlier).models.only.keys() == {"large"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"small=3"', '"small=-3"', "models.model[0]: expected NAME or NAME=WEIGHT with a positive weight, got"),
        ('"large"]', '"small"]', "models.model: 'small' is named twice (evosearch.toml:5)"),
        ("http://", "ftp://", "models.base_url: expected a URL such as http://127.0.0.1:8080/v1, got"),
        ('"diff=2"', '"dif=2"', "models.operators: no operator is called 'dif' (evosearch.toml:7)"),
        ("price = {", "prize = {", "unknown key 'models.only.large.prize' (evosearch.toml:11)"),
        ('["repair"]', '["mend"]', "models.only.large.roles[0]: expected 'propose', 'repair' or 'judge', got 'mend'"),
    ],
)
def test_a_mistake_in_the_models_is_told_with_its_place(load, before, after, said):
    assert before in MODELS
    with pytest.raises(UsageError) as error:
        load(MODELS.replace(before, after))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("api_key_env", "sk-proj-hush"),
        ("api_key_env", "0123456789abcdefhush"),
        ("base_url", "http://user:hush@example.org/v1"),
        ("base_url", "https://example.org/v1?key=hush"),
    ],
)
def test_a_key_in_the_settings_is_refused_and_not_repeated(load, key, value):
    with pytest.raises(ConfigError) as error:
        load(FILE + f'\n[models]\n{key} = "{value}"\n')
    assert "hush" not in f"{error.value} {error.value.hint}"


def islands(folder, text):
    (folder / "evosearch.toml").write_text(f'domain = "custom"\n{text}\n')
    return config.load(folder, environment={}, flags={})


def test_the_kind_of_archive_has_a_table_of_its_own(tmp_path):
    settings = islands(tmp_path, '[run]\narchive = "islands"\n[islands]\nislands = 3')
    assert settings.archive_options["islands"] == 3
    assert settings.origins["islands.islands"] == "evosearch.toml:5"
    assert ("islands.islands", 3, "evosearch.toml:5") in settings.rows()


def test_the_table_of_another_kind_waits_until_it_is_chosen(tmp_path):
    settings = islands(tmp_path, "[islands]\nislands = 3")
    assert settings.run.archive == "grid"
    assert "islands" not in settings.archive_options
    flags = {"archive": "islands"}
    assert config.load(tmp_path, environment={}, flags=flags).archive_options["islands"] == 3


def test_a_kind_of_archive_without_options_says_so(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown key 'best\.islands'") as caught:
        islands(tmp_path, '[run]\narchive = "best"\n[best]\nislands = 3')
    assert caught.value.hint == "there is nothing to set here"


def test_an_option_of_an_archive_is_checked_and_its_line_named(tmp_path):
    with pytest.raises(ConfigError, match=r"islands\.islands: expected a number greater .*evosearch\.toml:5"):
        islands(tmp_path, '[run]\narchive = "islands"\n[islands]\nislands = -3')
    with pytest.raises(ConfigError, match=r"unknown key 'islands\.islnds'") as caught:
        islands(tmp_path, '[run]\narchive = "islands"\n[islands]\nislnds = 3')
    assert caught.value.hint == "did you mean 'islands'?"


def test_what_the_archive_was_made_with_is_taken_over_where_nothing_is_said(tmp_path):
    earlier = {"archive": "islands", "archive_options": {"islands": 7, "clusters": True}}
    taken = islands(tmp_path, "").continuing(earlier, {})
    assert (taken.run.archive, taken.archive_options) == ("islands", earlier["archive_options"])
    said = islands(tmp_path, '[run]\narchive = "islands"\n[islands]\nislands = 3').continuing(earlier, {})
    assert (said.archive_options["islands"], said.archive_options["clusters"]) == (3, True)


def test_the_first_name_of_the_grid_is_still_understood(tmp_path):
    assert islands(tmp_path, '[run]\narchive = "cells"').run.archive == "grid"
