"""Errors as real providers word them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.errors import PromptRefusedError, ProviderBusyError, ProviderError, SettingRefusedError
from evosearch.models.refusals import Failure, read_error

SENT = ("max_tokens", "n", "reasoning_effort", "response_format", "seed", "stop", "temperature", "top_p")


def read(status, body, sent=SENT, key="KEY"):
    text = body if isinstance(body, str) else json.dumps(body)
    return read_error(Failure(status, {}, text), sent, name="m", key=key)


def openai(message, param=None, code=None):
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def forbidden(*loc):
    """What pydantic says of a key that it does not know."""
    return {"type": "extra_forbidden", "loc": list(loc), "msg": "Extra inputs are not permitted", "input": 1}


def unknown(name):
    """What Google says of one."""
    message = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
    return [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}]


NEWER = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
ONLY_ONE = (
    "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported."
)
ROUTED = {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": json.dumps(openai(NEWER))}}}
GROK = {
    "code": "Client specified an invalid argument",
    "error": "Model grok-4 does not support parameter reasoningEffort.",
}


@pytest.mark.parametrize(
    ("status", "body", "setting"),
    [
        (400, openai(NEWER, "max_tokens", "unsupported_parameter"), "max_tokens"),
        (400, openai(NEWER), "max_tokens"),
        (400, openai(ONLY_ONE, "temperature", "unsupported_value"), "temperature"),
        (400, openai("Unrecognized request argument supplied: seed"), "seed"),
        (400, openai("Unrecognized request argument supplied: reasoning_effort"), "reasoning_effort"),
        (400, openai("'n' : number must be at most 1"), "n"),
        (400, openai("Invalid n value (currently only n = 1 is supported)"), "n"),
        (400, openai("n must be 1 when using greedy sampling, got 2."), "n"),
        (400, openai("Multiple candidates is not enabled for this model"), "n"),
        (400, openai("reasoning_effort must be one of none or default"), "reasoning_effort"),
        (400, openai("`temperature` and `top_p` cannot both be specified for this model."), "top_p"),
        (400, openai("'response_format' of type 'json_schema' is not supported with this model."), "response_format"),
        (400, openai("Invalid schema", "response_format.json_schema.schema"), "response_format"),
        (400, openai("This model does not support structured output"), "response_format"),
        (400, openai("temperature: Input should be less than or equal to 1"), "temperature"),
        (400, openai("max_tokens is too large: 32000. This model supports at most 16384", "max_tokens"), "max_tokens"),
        (400, unknown("seed"), "seed"),
        (400, GROK, "reasoning_effort"),
        (400, ROUTED, "max_tokens"),
        (422, {"detail": [forbidden("body", "seed")]}, "seed"),
        (422, {"object": "error", "message": {"detail": [forbidden("body", "stop")]}}, "stop"),
        (422, {"object": "error", "message": json.dumps({"detail": [forbidden("body", "top_p")]})}, "top_p"),
        (400, "unknown field: parameter `seed` is not supported", "seed"),
    ],
)
def test_a_setting_that_is_refused(status, body, setting):
    error = read(status, body)
    assert isinstance(error, SettingRefusedError)
    assert error.setting == setting


def test_the_limit_of_tokens_is_refused_by_its_old_name_although_sent_by_its_new_one():
    body = openai("max_tokens is too large: 32000. This model supports at most 16384", "max_tokens")
    assert read(400, body, {"max_completion_tokens"}).setting == "max_completion_tokens"


@pytest.mark.parametrize(
    "body",
    [
        openai("Unrecognized request argument supplied: seed"),
        openai(NEWER, "max_tokens"),
        unknown("messages"),
        {"detail": [forbidden("body", "messages", 0, "user", "name")]},
        openai("The model can't answer.\nnow, or at a later stop"),
        openai("you sent something that I do not like"),
        "",
        "[" * 30_000,
    ],
)
def test_what_was_not_sent_cannot_be_refused(body):
    error = read(400, body, {"temperature", "n", "stop"})
    assert type(error) is ProviderError
    assert str(error).startswith("model 'm': HTTP 400: ")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, openai("This model's maximum context length is 8192 tokens.", "messages", "context_length_exceeded")),
        (
            400,
            openai("'max_tokens' is too large: 900. This model's maximum context length is 1024 tokens", "max_tokens"),
        ),
        (400, {"error": {"code": 400, "message": "too big", "type": "exceed_context_size_error", "n_ctx": 4096}}),
        (400, openai("request (40030 tokens) exceeds the available context size (16384 tokens), try increasing it")),
        (400, openai("prompt is too long: 210000 tokens > 200000 maximum")),
        (400, openai("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000")),
        (400, GROK | {"error": "This model's maximum prompt length is 131072 but the request contains 537812 tokens."}),
        (
            400,
            [{"error": {"message": "The input token count (1200000) exceeds the maximum number allowed (1048576)."}}],
        ),
        (422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"}),
        (413, "<html>payload too large</html>"),
        (429, openai("Request too large for gpt-4o on tokens per min (TPM): Limit 30000", None, "rate_limit_exceeded")),
    ],
)
def test_a_prompt_that_is_too_long(status, body):
    error = read(status, body)
    assert isinstance(error, PromptRefusedError)
    assert error.reason == "prompt_too_long"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, openai("filtered", "prompt", "content_filter")),
        (400, {"error": {"code": "x", "message": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
        (400, openai("Your request was rejected by the safety system.", None, "content_policy_violation")),
        (400, openai("Input data may contain inappropriate content.", None, "data_inspection_failed")),
        (403, {"error": {"code": 403, "message": "The model requires moderation, and your input was flagged"}}),
    ],
)
def test_a_prompt_that_is_filtered(status, body):
    error = read(status, body)
    assert isinstance(error, PromptRefusedError)
    assert error.reason == "content_filter"


@pytest.mark.parametrize(
    ("status", "body", "hint"),
    [
        (429, openai("You exceeded your current quota", None, "insufficient_quota"), "no credit left"),
        (402, openai("Insufficient Balance"), "no credit left"),
        (401, openai("Incorrect API key provided"), r"the key in \$KEY is not accepted"),
        (403, openai("no access"), r"the key in \$KEY may not use this model"),
        (404, openai("The model `m` does not exist", None, "model_not_found"), "is the model's name right"),
        (405, "", "^$"),
    ],
)
def test_what_repeating_does_not_mend(status, body, hint):
    error = read(status, body)
    assert type(error) is ProviderError
    assert re.search(hint, error.hint)


def test_too_many_requests_of_a_minute_are_busy_although_google_calls_it_a_quota():
    body = [{"error": {"code": 429, "message": "You exceeded your current quota", "status": "RESOURCE_EXHAUSTED"}}]
    assert isinstance(read(429, body), ProviderBusyError)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["error", "message", "param", "loc", "code"]), inner)
    ),
)


@given(st.integers(400, 599), JSON | st.text())
def test_whatever_is_said_becomes_one_short_printable_line(status, body):
    line = str(read(status, body))
    assert line.isprintable()
    assert len(line) < 600


def test_an_endpoint_that_wants_a_key_where_none_is_configured():
    refusal = read(401, {"error": {"message": "who are you?"}}, key="")
    assert refusal.hint == "no key was sent; name the environment variable that holds it: --api-key-env"
