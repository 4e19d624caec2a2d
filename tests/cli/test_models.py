"""What the settings make of a model: where it lives, with which key, how it is asked."""

import pytest

from evosearch.cli import models
from evosearch.errors import BudgetError, ConfigError, ProviderError
from evosearch.models.spec import Price
from evosearch.settings import ModelSettings


def spec(**settings):
    (found,) = models.specs(ModelSettings(**{"model": ("some",), **settings}))
    return found


def test_a_model_is_asked_at_openai_with_its_usual_key():
    found = spec()
    assert (found.scheme, found.target, found.base_url, found.api_key_env) == ("openai", "some", None, "OPENAI_API_KEY")
    assert found.settings == {"temperature": 0.8, "max_tokens": 4096}
    assert found.send_seed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_server_on_this_machine_needs_no_key(host):
    assert spec(base_url=f"http://{host}:8080/v1").api_key_env is None
    assert spec(base_url=f"http://{host}:8080/v1", api_key_env="MINE").api_key_env == "MINE"


def test_an_endpoint_elsewhere_needs_one():
    assert spec(base_url="https://example.org/v1").api_key_env == "OPENAI_API_KEY"


def test_the_variable_that_others_use_names_the_endpoint(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert spec().base_url == "http://127.0.0.1:9/v1"
    assert spec(base_url="https://example.org/v1").base_url == "https://example.org/v1"
    assert spec(model=("gguf:some.gguf",)).base_url is None


@pytest.mark.parametrize(
    ("name", "scheme", "target"),
    [
        ("gguf:models/coder.gguf", "gguf", "models/coder.gguf"),
        ("qwen2.5-coder:1.5b", "openai", "qwen2.5-coder:1.5b"),
        ("openai:gpt-5", "openai", "gpt-5"),
    ],
)
def test_the_kind_of_a_model_stands_before_a_colon_if_it_is_one(name, scheme, target):
    found = spec(model=(name,))
    assert (found.name, found.scheme, found.target) == (name, scheme, target)


def test_a_model_may_differ_from_the_others():
    large, small = models.specs(
        ModelSettings(
            model=("large", "small=4"),
            temperature=1.0,
            concurrency=2,
            only={"large": {"temperature": 0.1, "roles": ("repair",), "price": {"input": 1.0, "output": 2.0}}},
        )
    )
    assert (large.settings["temperature"], small.settings["temperature"]) == (0.1, 1.0)
    assert (large.roles, small.roles) == (("repair",), ("propose", "repair", "judge"))
    assert (large.weight, small.weight, large.concurrency) == (1.0, 4.0, 2)
    assert large.price == Price(1.0, 2.0)


def test_what_is_not_set_is_not_in_a_request():
    assert "temperature" not in spec(temperature=None).settings


def test_a_missing_key_is_told_by_the_name_of_its_variable():
    found = (spec(api_key_env="MINE"),)
    assert models.missing_key(found, {"MINE": "hush"}) == ""
    assert models.missing_key(found, {"MINE": ""}) == "the environment variable MINE holds no key for the model 'some'"


def test_without_a_key_there_must_be_a_record_to_go_on_from(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    settings = ModelSettings(model=("some",))
    models.demand_reachable(settings, recorded=True)
    with pytest.raises(ProviderError, match="OPENAI_API_KEY"):
        models.demand_reachable(settings, recorded=False)


def test_a_file_that_is_missing_is_told_before_anything_runs():
    settings = ModelSettings(model=("gguf:none.gguf",))
    models.demand_reachable(settings, recorded=True)
    with pytest.raises(ConfigError, match=r"there is none at none\.gguf"):
        models.demand_reachable(settings, recorded=False)


def test_money_is_capped_only_where_prices_are_known():
    models.demand_prices(ModelSettings(model=("gpt-4o-mini",)))
    free = {"price": {"input": 0.0, "output": 0.0}}
    models.demand_prices(ModelSettings(model=("some",), base_url="http://127.0.0.1:1/v1", only={"some": free}))
    with pytest.raises(BudgetError, match=r"the price of the model 'gpt-4o-mini' at http://127\.0\.0\.1:1/v1 is not"):
        models.demand_prices(ModelSettings(model=("gpt-4o-mini",), base_url="http://127.0.0.1:1/v1"))


def test_operators_are_all_there_are_or_those_that_are_wanted():
    assert {operator.name for operator, _ in models.operators(())} >= {"rewrite", "diff", "bootstrap"}
    assert [(operator.name, weight) for operator, weight in models.operators(("diff=2", "repair"))] == [
        ("diff", 2.0),
        ("repair", 1.0),
    ]
