"""What a call costs, and whether that is known at all."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version

import pytest
from genai_prices.data import providers
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch.models.prices import price_of, snapshot, worst_price
from evosearch.models.spec import ModelSpec, Price
from evosearch.types import Reply

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SNAPSHOT = f"genai-prices {version('genai-prices')}"

tokens = st.integers(0, 2_000_000)


def spec(target, **said):
    return ModelSpec(target, target=target, **said)


def reply(prompt, completion, cached=0, model=""):
    return Reply(("x",), ("stop",), prompt, completion, cached, model=model)


def cost(of, spec, when=NOON):
    usd, source = price_of(of, spec, when=when)
    assert (usd is None) == (source == "")
    return usd


def test_a_known_model_is_priced_by_the_snapshot():
    usd, source = price_of(reply(1_000_000, 100_000), spec("gpt-4o"), when=NOON)
    assert usd == pytest.approx(2.5 + 1.0)
    assert source == SNAPSHOT


def test_cached_tokens_are_priced_as_such():
    assert cost(reply(1_000_000, 0, cached=400_000), spec("gpt-4o")) == pytest.approx(0.6 * 2.5 + 0.4 * 1.25)


def test_tokens_that_cannot_be_do_not_break_the_pricing():
    assert cost(reply(1_000_000, -5, cached=2_000_000), spec("gpt-4o")) == pytest.approx(1.25)


def test_names_with_dates_are_known():
    assert cost(reply(1_000_000, 0), spec("gpt-4o-2024-08-06")) == cost(reply(1_000_000, 0), spec("gpt-4o"))
    assert cost(reply(1_000_000, 0), spec("gpt-4o-2024-05-13")) == pytest.approx(5)


@pytest.mark.parametrize(
    ("base_url", "target"),
    [
        (None, "gpt-4o"),
        ("https://api.openai.com/v1", "gpt-4o"),
        ("https://API.OpenAI.com/v1/", "gpt-4o"),
        ("https://openrouter.ai/api/v1", "openai/gpt-4o"),
        ("https://someone.openai.azure.com/openai/v1", "gpt-4o"),
        ("https://api.moonshot.ai/v1", "kimi-k2-0905-preview"),
    ],
)
def test_the_endpoint_says_whose_price_it_is(base_url, target):
    assert cost(reply(1_000_000, 0), spec(target, base_url=base_url)) > 0


def test_two_endpoints_have_two_prices_for_one_model():
    def at(base_url):
        return cost(reply(1_000_000, 0), spec("llama-3.3-70b-versatile", base_url=base_url))

    assert at("https://api.groq.com/openai/v1") > 0
    assert at("https://api.openai.com/v1") is None


@pytest.mark.parametrize(
    ("base_url", "target"),
    [
        ("http://127.0.0.1:8080/v1", "gpt-4o"),
        ("http://localhost:11434/v1", "gpt-4o"),
        ("https://proxy.example/v1", "gpt-4o"),
        ("https://api.openai.com.proxy.example/v1", "gpt-4o"),
        ("https://proxy.example/https://api.openai.com/v1", "gpt-4o"),
        ("http://api.openai.com/v1", "gpt-4o"),  # nobody listens there but a proxy
        (None, "gpt-of-tomorrow"),
        (None, "text-embedding-3-small"),  # has a price for prompts alone
        (None, "moderation"),  # has an entry without a price
        (None, ""),
    ],
)
def test_what_is_not_known_is_not_nothing(base_url, target):
    unknown = spec(target, base_url=base_url)
    assert price_of(reply(1_000, 1_000), unknown, when=NOON) == (None, "")
    assert worst_price(unknown, 1_000, 1_000) is None


def test_another_kind_of_model_is_not_at_openai_by_default():
    assert cost(reply(1_000, 0), spec("gpt-4o", scheme="anthropic")) is None


def test_behind_a_name_of_ones_own_the_reply_tells_the_model():
    deployment = spec("team-a", base_url="https://someone.openai.azure.com/openai/v1")
    assert cost(reply(1_000_000, 0), deployment) is None
    assert cost(reply(1_000_000, 0, model="gpt-4o-2024-08-06"), deployment) == pytest.approx(2.5)
    assert cost(reply(1_000_000, 0, model="gpt-4o-mini"), spec("gpt-4o")) == pytest.approx(2.5)


def test_what_the_user_says_wins():
    mine = spec("gpt-4o", price=Price(input=2, output=8, cached=0.5))
    assert price_of(reply(1_000_000, 500_000, cached=500_000), mine, when=NOON) == (pytest.approx(5.25), "settings")
    assert worst_price(mine, 1_000_000, 500_000) == pytest.approx(6)
    nothing_said_of_a_cache = spec("own", base_url="http://127.0.0.1:1/v1", price=Price(input=2, output=8))
    assert cost(reply(1_000_000, 0, cached=500_000), nothing_said_of_a_cache) == pytest.approx(2)


def test_a_model_in_the_process_costs_nothing_and_a_free_one_too():
    gguf = ModelSpec("gguf:m.gguf", scheme="gguf", target="m.gguf")
    assert price_of(reply(1_000, 1_000), gguf, when=NOON) == (0.0, "local")
    assert worst_price(gguf, 1_000, 1_000) == 0.0
    free = spec("deepseek/deepseek-r1:free", base_url="https://openrouter.ai/api/v1")
    assert price_of(reply(1_000, 1_000), free, when=NOON) == (0.0, SNAPSHOT)
    assert worst_price(free, 1_000, 1_000) == 0.0


def test_a_price_by_the_hour_is_that_of_the_call_and_the_worst_one_the_dearest():
    deepseek = spec("deepseek-reasoner", base_url="https://api.deepseek.com")
    day, night = (cost(reply(1_000_000, 0), deepseek, NOON.replace(hour=hour)) for hour in (12, 20))
    assert night < day
    assert worst_price(deepseek, 1_000_000, 0) == day


def test_a_price_by_the_date_is_that_of_the_call_and_the_worst_one_the_latest_announced():
    o3 = spec("o3")
    before, after = (cost(reply(1_000_000, 0), o3, datetime(2025, month, 1, tzinfo=UTC)) for month in (5, 7))
    assert (before, after) == (10, 2)
    assert worst_price(o3, 1_000_000, 0) == 2


def test_a_tier_counts_only_for_prompts_that_may_reach_it():
    gemini = spec("gemini-2.5-pro", base_url="https://generativelanguage.googleapis.com/v1beta/openai/")
    assert worst_price(gemini, 200_000, 0) == cost(reply(200_000, 0), gemini)
    assert worst_price(gemini, 200_001, 0) == cost(reply(200_001, 0), gemini)
    assert worst_price(gemini, 200_001, 0) > 1.5 * worst_price(gemini, 200_000, 0)


def test_writing_a_cache_is_part_of_the_worst_case():
    writes = spec("gpt-5.6-cyber")
    assert worst_price(writes, 1_000_000, 0) > cost(reply(1_000_000, 0), writes)


def test_a_price_by_the_request_is_part_of_both():
    sonar = spec("sonar", base_url="https://api.perplexity.ai")
    assert cost(reply(0, 0), sonar) == worst_price(sonar, 0, 0) > 0


PRICED = [
    (provider.id, model.id)
    for provider in providers
    if provider.id in {"openai", "anthropic", "google", "deepseek", "mistral", "groq", "x-ai", "perplexity", "zai"}
    for model in provider.models
]
ENDPOINTS = {
    "openai": None,
    "anthropic": "https://api.anthropic.com/v1/",
    "google": "https://generativelanguage.googleapis.com/v1beta/openai/",
    "deepseek": "https://api.deepseek.com",
    "mistral": "https://api.mistral.ai/v1",
    "groq": "https://api.groq.com/openai/v1",
    "x-ai": "https://api.x.ai/v1",
    "perplexity": "https://api.perplexity.ai",
    "zai": "https://api.z.ai/api/paas/v4",
}
#: After every date that the snapshot announces.
AT_LAST = datetime(2100, 1, 1, tzinfo=UTC)


@settings(deadline=None)
@given(st.sampled_from(PRICED), tokens, tokens, st.floats(0, 1), st.integers(0, 24 * 60 - 1))
def test_no_call_costs_more_than_the_worst_case(named, prompt, completion, share, minute):
    one = spec(named[1], base_url=ENDPOINTS[named[0]])
    spent = cost(reply(prompt, completion, int(prompt * share)), one, AT_LAST + timedelta(minutes=minute))
    worst = [worst_price(one, 3 * prompt // 2, completion), worst_price(one, prompt, completion)]
    assert [price is None for price in worst] == [spent is None] * 2
    assert spent is None or spent <= min(worst)


def test_the_snapshot_tells_its_version_and_age():
    told = snapshot()
    assert told.startswith(SNAPSHOT)
    assert date(2026, 1, 1) < date.fromisoformat(told[-11:-1]) <= datetime.now(UTC).date()


def test_it_works_where_there_is_no_network_and_starts_no_thread():
    script = """
import socket, sys, threading
class Closed(socket.socket):
    def __init__(self, *arguments, **said):
        raise AssertionError("a socket was opened")
socket.socket = Closed
from evosearch.models.prices import snapshot, worst_price
from evosearch.models.spec import ModelSpec
assert "genai_prices" not in sys.modules
assert worst_price(ModelSpec("gpt-4o", target="gpt-4o"), 1_000_000, 0) == 2.5
assert snapshot()
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, timeout=60)
