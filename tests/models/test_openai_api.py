"""A model behind the chat completions API, over real HTTP."""

import json
import subprocess
import sys
from email.utils import formatdate

import pytest

from evosearch.errors import (
    ConfigError,
    PromptRefusedError,
    ProviderBusyError,
    ProviderError,
    SettingRefusedError,
)
from evosearch.models import openai_api
from evosearch.models.openai_api import OpenAIModel
from evosearch.models.spec import ModelSpec
from evosearch.testing import Answered, ModelServer


def choices(*choices, **more):
    """An answer with these choices, and whatever else."""
    return Answered(body=json.dumps({"choices": choices, **more}).encode())


def said(content, finish="stop"):
    return {"message": {"role": "assistant", "content": content}, "finish_reason": finish}


# What is sent


def test_everything_that_was_asked_for_is_sent(serve, complete, request_of):
    server, spec = serve("fine")
    schema = {"type": "json_schema", "json_schema": {"name": "grade", "schema": {"type": "object"}}}
    settings = {"temperature": 0.7, "top_p": 0.9, "max_tokens": 50, "n": 2, "response_format": schema, "top_k": 5}
    reply = complete(spec, request_of("hello", sample=7, reasoning_effort="low", **settings))
    [asked] = server.requests
    assert asked.body == {
        "model": "small",
        "messages": [{"role": "user", "content": "hello"}],
        "seed": 7,
        "reasoning_effort": "low",
        **settings,
    }
    assert reply.texts == ("fine", "fine")


def test_no_seed_is_sent_to_a_model_that_takes_none(serve, complete, request_of):
    server, spec = serve("fine", send_seed=False)
    complete(spec, request_of(sample=7, temperature=None))
    assert set(server.requests[0].body) == {"model", "messages"}


def test_a_seed_fits_into_32_bits(serve, complete, request_of):
    server, spec = serve("fine")
    complete(spec, request_of(sample=2**40 + 3))
    assert server.requests[0].seed == 3


def test_lone_surrogates_are_replaced_before_they_are_sent(serve, complete, request_of):
    server, spec = serve("fine")
    complete(spec, request_of("a\ud800b"))
    assert server.requests[0].text == "a?b"


# What comes back


def test_a_reply_tells_text_finish_tokens_and_model(serve, complete, request_of):
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}}
    _, spec = serve(lambda _: Answered("def f", finish="length", usage=usage))
    reply = complete(spec, request_of())
    assert (reply.texts, reply.finishes, reply.model) == (("def f",), ("length",), "small")
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens, reply.counted) == (9, 4, 8, True)
    assert reply.refusal == ""


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        "many",
        {"prompt_tokens": 5},
        {"prompt_tokens": -1, "completion_tokens": 2},
        {"prompt_tokens": 1.5, "completion_tokens": 2},
        {"prompt_tokens": True, "completion_tokens": 2},
        {"prompt_tokens": "5", "completion_tokens": 2},
        {"prompt_tokens": 5, "completion_tokens": 10**12},
    ],
)
def test_usage_that_cannot_be_counts_as_the_most_it_may_have_been(serve, complete, request_of, usage):
    _, spec = serve(lambda _: Answered("äöü", usage=usage))
    limited, free = request_of(max_tokens=50, n=2), request_of()
    reply = complete(spec, limited)
    assert (reply.counted, reply.prompt_tokens, reply.completion_tokens) == (False, limited.bytes, 100)
    assert complete(spec, free).completion_tokens == 6


def test_cached_tokens_that_cannot_be_count_as_none(serve, complete, request_of):
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": -3}}
    _, spec = serve(lambda _: Answered("x", usage=usage))
    reply = complete(spec, request_of())
    assert (reply.cached_tokens, reply.counted) == (0, True)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (said(None), ("", "stop")),
        ({"message": {"content": None, "reasoning_content": "hm"}}, ("", "stop")),
        ({}, ("", "stop")),
        (said([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "pass"}]), ("pass", "stop")),
        (said("half", "content_filter"), ("half", "content_filter")),
        (said("half", "MAX_TOKENS"), ("half", "length")),
        (said("done", "tool\x1b[2Jcalls"), ("done", "tool [2Jcalls")),
        (said("a\ud800b"), ("a?b", "stop")),
    ],
)
def test_choices_of_all_kinds(serve, complete, request_of, choice, expected):
    _, spec = serve(lambda _: choices(choice))
    reply = complete(spec, request_of())
    assert list(zip(reply.texts, reply.finishes, strict=True)) == [expected]


def test_there_are_no_more_choices_than_asked_for(serve, complete, request_of):
    _, spec = serve(lambda _: choices(said("a"), said("b"), said("c")))
    assert complete(spec, request_of()).texts == ("a",)
    assert complete(spec, request_of(n=2)).texts == ("a", "b")
    assert complete(spec, request_of(n=5)).texts == ("a", "b", "c")


def test_a_text_is_bounded_and_says_so(serve, complete, request_of, monkeypatch):
    monkeypatch.setattr(openai_api, "LONGEST_TEXT", 5)
    _, spec = serve("ääää")
    reply = complete(spec, request_of())
    assert (reply.texts, reply.finishes) == (("ää",), ("length",))


# What may be repeated


@pytest.mark.parametrize(
    ("answered", "says"),
    [
        (Answered.failure(500, "The server had an error"), "HTTP 500: The server had an error"),
        (Answered.failure(503, "overloaded"), "HTTP 503: overloaded"),
        (Answered(status=529, body=b"<h1>busy\x1b[0m</h1>"), "HTTP 529: <h1>busy \\[0m</h1>"),
        (Answered(status=502, body=b""), "HTTP 502: no reason given"),
        (Answered.failure(408, "slow"), "HTTP 408"),
        (Answered.failure(409, "conflict"), "HTTP 409"),
        (Answered.busy(), "HTTP 429: Rate limit"),
        (Answered.malformed(), "expected a reply in JSON, got"),
        (Answered.streamed(), "expected a reply in JSON, got 'data: "),
        (Answered(body=b"[" * 100_000), "expected a reply in JSON"),
        (Answered(body=b'{"error": {"message": "upstream"}}'), "expected a reply with choices, got .*upstream"),
        (choices(), "expected a reply with choices"),
        (choices("text"), "expected a reply with choices"),
        (Answered(body=b"3"), "expected a reply with choices"),
        (Answered(lost="before"), r"the connection to http://127\.0\.0\.1:\d+/v1/ failed: "),
        (Answered("a long text", lost="middle"), r"the connection to http://127\.0\.0\.1:\d+/v1/ failed: "),
    ],
)
def test_what_may_mend_itself_is_busy(serve, complete, request_of, answered, says):
    _, spec = serve(lambda _: answered)
    with pytest.raises(ProviderBusyError, match=f"model 'openai:small': {says}"):
        complete(spec, request_of())


def test_a_slow_reply_is_busy(serve, complete, request_of):
    _, spec = serve(lambda _: Answered("late", latency=60), timeout=0.05)
    with pytest.raises(ProviderBusyError, match=r"no reply within 0\.05 s"):
        complete(spec, request_of())


def test_an_endpoint_that_is_not_there_is_busy(complete, request_of):
    with ModelServer("gone") as server:
        address = server.base_url
    with pytest.raises(ProviderBusyError, match=r"the connection to http://127\.0\.0\.1:\d+/v1/ failed: ") as caught:
        complete(ModelSpec("openai:small", base_url=address), request_of())
    assert "is the endpoint up" in caught.value.hint


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"Retry-After": formatdate(0, usegmt=True)}, 0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_it_passes_on_when_to_come_back(serve, complete, request_of, headers, seconds):
    _, spec = serve(lambda _: Answered.failure(429, "slow down", headers=headers))
    with pytest.raises(ProviderBusyError) as caught:
        complete(spec, request_of())
    assert caught.value.retry_after == seconds


def test_a_date_to_come_back_is_seconds_from_now(serve, complete, request_of):
    far = formatdate(4102444800, usegmt=True)  # in the year 2100
    _, spec = serve(lambda _: Answered.failure(503, "slow down", headers={"Retry-After": far}))
    with pytest.raises(ProviderBusyError) as caught:
        complete(spec, request_of())
    assert caught.value.retry_after > 3600


# What is refused for good; test_refusals.py has the words of many providers


def test_a_refused_setting_is_named(serve, complete, request_of):
    _, spec = serve(lambda _: Answered.refused("seed"))
    with pytest.raises(SettingRefusedError, match="Unsupported parameter: 'seed'") as caught:
        complete(spec, request_of())
    assert caught.value.setting == "seed"


def test_a_refused_prompt_says_why(serve, complete, request_of):
    for answered, reason in ((Answered.too_long(), "prompt_too_long"), (Answered.filtered(), "content_filter")):
        _, spec = serve(lambda _, answered=answered: answered)
        with pytest.raises(PromptRefusedError) as caught:
            complete(spec, request_of())
        assert caught.value.reason == reason


# Keys and addresses


def test_the_key_is_sent_and_never_told(serve, complete, request_of, monkeypatch):
    monkeypatch.setenv("HOUSE_KEY", "sk-very-secret-123")
    echo = "Incorrect API key provided: sk-very-secret-123. " * 30
    server, spec = serve(lambda _: Answered.failure(401, echo, code="invalid_api_key"), api_key_env="HOUSE_KEY")
    with pytest.raises(ProviderError, match=r"HTTP 401: Incorrect API key provided: \[key\]") as caught:
        complete(spec, request_of())
    assert server.requests[0].headers["authorization"] == "Bearer sk-very-secret-123"
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r} {OpenAIModel(spec)!r}"
    assert len(str(caught.value)) < 600
    assert caught.value.hint == "the key in $HOUSE_KEY is not accepted: is it complete, and is it this provider's?"


def test_the_key_is_not_told_by_a_reply_that_is_none(serve, complete, request_of, monkeypatch):
    monkeypatch.setenv("HOUSE_KEY", "sk-very-secret-123")
    _, spec = serve(lambda asked: Answered(body=asked.headers["authorization"].encode()), api_key_env="HOUSE_KEY")
    with pytest.raises(ProviderBusyError, match=r"got 'Bearer \[key\]'"):
        complete(spec, request_of())


@pytest.mark.parametrize(
    ("key", "says"), [(None, "HOUSE_KEY holds none"), ("  ", "HOUSE_KEY holds none"), ("sk-\u2026", "pasted whole")]
)
def test_a_key_that_is_missing_or_none_is_told_at_once(monkeypatch, key, says):
    if key is not None:
        monkeypatch.setenv("HOUSE_KEY", key)
    with pytest.raises(ProviderError, match=says):
        OpenAIModel(ModelSpec("openai:small", base_url="http://127.0.0.1:9/v1", api_key_env="HOUSE_KEY"))


def test_an_endpoint_without_a_key_gets_none_of_the_persons(serve, complete, request_of, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-house")
    server, spec = serve("fine")
    complete(spec, request_of())
    assert "another-house" not in str(server.requests[0].headers)


@pytest.mark.parametrize("address", ["localhost:8000/v1", "ftp://127.0.0.1", "http://[::1", "http://127.0.0.1:x"])
def test_an_address_that_is_none_is_told_at_once(address):
    with pytest.raises(ConfigError, match="base_url of model 'openai:small': expected http"):
        OpenAIModel(ModelSpec("openai:small", base_url=address))


def test_a_wrong_path_comes_with_a_hint(serve, complete, request_of):
    server, _ = serve("fine")
    with pytest.raises(ProviderError, match="HTTP 404: there is no POST") as caught:
        complete(ModelSpec("openai:small", base_url=server.base_url.removesuffix("/v1")), request_of())
    assert "mostly in /v1" in caught.value.hint


def test_importing_it_imports_no_sdk():
    check = "import sys, evosearch.models.openai_api, evosearch.models.client; print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
