"""The model server, asked by the plainest of clients."""

import http.client
import json
import random
import socket
import subprocess
import sys
import threading

import pytest

from evosearch.testing import Answered, ModelServer, in_turn


@pytest.fixture
def connect():
    """Opens a connection to a server; gives a function that asks on it, and tells status, headers and body."""
    opened = []

    def connect(server):
        connection = http.client.HTTPConnection(server.base_url.split("/")[2], timeout=30)
        opened.append(connection)

        def ask(text="hello", **more):
            body = {"model": "small", "messages": [{"role": "user", "content": text}], **more}
            connection.request("POST", "/v1/chat/completions", json.dumps(body), {"X-House": "1"})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

        ask.get = lambda path: (connection.request("GET", path), json.loads(connection.getresponse().read()))[1]
        return ask

    yield connect
    for connection in opened:
        connection.close()


def completion(answer):
    return json.loads(answer[2])


def test_a_text_is_a_completion(connect):
    with ModelServer("eight by") as server:
        said = completion(connect(server)("hello", seed=3))
    assert said["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": "eight by"}, "finish_reason": "stop"}
    ]
    assert said["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}
    assert said["model"] == "small"


def test_a_script_sees_all_that_was_asked(connect):
    with ModelServer("fine") as server:
        connect(server)("hello", seed=3, temperature=0.5)
        connect(server)("again")
    first, second = server.requests
    assert (first.ordinal, first.connection, first.model, first.text, first.seed) == (0, 0, "small", "hello", 3)
    assert (first.settings, first.headers["x-house"]) == ({"temperature": 0.5}, "1")
    assert (second.ordinal, second.connection, second.seed) == (1, 1, None)
    assert first.canonical == (
        '{"messages":[{"content":"hello","role":"user"}],"model":"small","seed":3,"temperature":0.5}'
    )


def test_a_connection_is_kept_alive(connect):
    with ModelServer("fine") as server:
        ask = connect(server)
        for _ in range(3):
            ask()
    assert (server.opened, len(server.requests)) == (1, 3)


def test_every_choice_has_a_text_of_its_own_or_the_same(connect):
    with ModelServer(in_turn("same", Answered(("one", "other"), finish="length"))) as server:
        ask = connect(server)
        same, different = completion(ask(n=3)), completion(ask(n=2))
    assert [choice["message"]["content"] for choice in same["choices"]] == ["same"] * 3
    assert [choice["message"]["content"] for choice in different["choices"]] == ["one", "other"]
    assert different["choices"][1]["finish_reason"] == "length"


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": -1}])
def test_usage_may_be_missing_or_wrong(connect, usage):
    with ModelServer(lambda _: Answered("x", usage=usage)) as server:
        assert completion(connect(server)()).get("usage") == usage


@pytest.mark.parametrize(
    ("answered", "status", "code", "param"),
    [
        (Answered.failure(500, "oh"), 500, None, None),
        (Answered.busy(), 429, "rate_limit_exceeded", None),
        (Answered.refused("seed"), 400, "unsupported_parameter", "seed"),
        (Answered.too_long(), 400, "context_length_exceeded", "messages"),
        (Answered.filtered(), 400, "content_filter", "prompt"),
        (Answered.failure(529, "overloaded"), 529, None, None),
    ],
)
def test_errors_have_the_form_of_the_api(connect, answered, status, code, param):
    with ModelServer(lambda _: answered) as server:
        told, _, body = connect(server)()
    error = json.loads(body)["error"]
    assert (told, error["code"], error["param"]) == (status, code, param)


def test_headers_are_sent(connect):
    with ModelServer(lambda _: Answered.busy(retry_after=2.5)) as server:
        assert connect(server)()[1]["Retry-After"] == "2.5"


def test_bodies_that_are_no_completion(connect):
    with ModelServer(in_turn(Answered.malformed(), Answered.streamed("def"))) as server:
        ask = connect(server)
        with pytest.raises(json.JSONDecodeError):
            completion(ask())
        _, headers, body = ask()
    assert headers["Content-Type"] == "text/event-stream"
    assert body.startswith(b'data: {"choices"')
    assert body.endswith(b"data: [DONE]\n\n")


def test_a_dropped_connection(connect):
    with ModelServer(in_turn(Answered(lost="before"), Answered("text", lost="middle"), "fine")) as server:
        with pytest.raises(ConnectionError):
            connect(server)()
        with pytest.raises(http.client.IncompleteRead):
            connect(server)()
        assert connect(server)()[0] == 200


def test_a_slow_reply_does_not_hold_up_others(connect):
    arrived = threading.Event()

    def script(asked):
        if asked.text == "quick":
            return "fine"
        arrived.set()
        return Answered("late").after(3600)

    def wait_in_vain(ask):
        with pytest.raises(ConnectionError):
            ask("slow")

    with ModelServer(script) as server:
        slow = threading.Thread(target=wait_in_vain, args=[connect(server)])
        slow.start()
        assert arrived.wait(30)
        assert connect(server)("quick")[0] == 200
    slow.join()


def test_lots_drawn_from_the_request_do_not_depend_on_the_order(connect):
    def script(asked):
        return str(random.Random(asked.canonical).random())

    def answers(*texts):
        with ModelServer(script) as server:
            ask = connect(server)
            return {text: completion(ask(text))["choices"] for text in texts}

    assert answers("a", "b", "c") == answers("c", "a", "b")


def test_what_a_script_raises_fails_the_test(connect):
    def script(asked):
        assert asked.seed == 7, "the seed is lost"
        return "fine"

    with (
        pytest.raises(AssertionError, match="the seed is lost"),
        ModelServer(script) as server,
        pytest.raises(ConnectionError),
    ):
        connect(server)()


def test_it_lists_its_models(connect):
    with ModelServer("fine", models=("small", "large")) as server:
        assert [model["id"] for model in connect(server).get("/v1/models")["data"]] == ["small", "large"]
        assert "there is no GET /v1/engines" in connect(server).get("/v1/engines")["error"]["message"]


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        ModelServer("fine", port=taken.getsockname()[1]).__enter__()


def test_it_leaves_no_thread_behind(connect):
    before = threading.active_count()
    with ModelServer("fine") as server:
        connect(server)()
    assert threading.active_count() == before


def test_it_can_be_run_by_itself(connect):
    command = [sys.executable, "-m", "evosearch.testing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write("pass")
        process.stdin.close()
        address = process.stdout.readline().strip()
        said = completion(connect(type("Address", (), {"base_url": address}))())
        process.terminate()
    assert said["choices"][0]["message"]["content"] == "pass"
