"""Endpoints that are broken or mean it: raw bytes on a socket, where `ModelServer` is too well behaved."""

import contextlib
import gzip
import json
import socketserver
import threading

import pytest

from evosearch.errors import ProviderBusyError, ProviderError
from evosearch.models import responses
from evosearch.models.spec import ModelSpec
from evosearch.testing import Answered

KEY = "sk-house/0123456789+abcdef"
COMPLETION = json.dumps({"choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}]}).encode()


class Server(socketserver.ThreadingTCPServer):
    """Says what `speak(send)` sends, and keeps what it was asked."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, speak):
        super().__init__(("127.0.0.1", 0), Handler)
        self.speak = speak
        self.asked = []

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while not head.endswith(b"\r\n\r\n") and (line := self.rfile.readline()):
            head += line
        self.server.asked.append(head.decode())
        with contextlib.suppress(OSError):
            self.server.speak(self.wfile.write)


@pytest.fixture
def speaking():
    """Starts a server that says these bytes, or what a function sends."""
    with contextlib.ExitStack() as servers:

        def speaking(said):
            server = servers.enter_context(Server(said if callable(said) else lambda send: send(said)))
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
            servers.callback(server.shutdown)
            return server

        yield speaking


def response(body=COMPLETION, *headers, status="200 OK", version="HTTP/1.1"):
    lines = [f"{version} {status}", *headers, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def spec_of(server, **more):
    return ModelSpec("openai:small", target="small", base_url=server.base_url, **more)


@pytest.mark.parametrize("charset", ["base64_codec", "hex", "zlib", "undefined", "idna", "rot13", "punycode", "utf-7"])
@pytest.mark.parametrize("status", ["200 OK", "500 Oops"])
def test_the_charset_of_a_response_is_not_believed(speaking, complete, request_of, charset, status):
    kind = f"Content-Type: application/json; charset={charset}"
    server = speaking(response(b"n\xc3\xb6 reason", kind, status=status))
    with pytest.raises(ProviderBusyError, match="nö reason"):
        complete(spec_of(server), request_of())


@pytest.mark.parametrize("head", ["Content-Length: 99999999999", "Transfer-Encoding: chunked"])
def test_a_body_without_end_is_cut_off(speaking, complete, request_of, monkeypatch, head):
    monkeypatch.setattr(responses, "LONGEST_BODY", 100_000)

    def pour(send):
        send(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{head}\r\n\r\n".encode())
        while True:
            send(b"4000\r\n" + b" " * 0x4000 + b"\r\n")

    with pytest.raises(ProviderBusyError, match="more than 100,000 bytes"):
        complete(spec_of(speaking(pour)), request_of())


def test_the_body_of_an_error_is_bounded_likewise(speaking, complete, request_of, monkeypatch):
    monkeypatch.setattr(responses, "LONGEST_BODY", 1_000)
    with pytest.raises(ProviderBusyError, match="more than 1,000 bytes"):
        complete(spec_of(speaking(response(b"x" * 2_000, status="400 No"))), request_of())


def test_nothing_compressed_is_asked_for_or_unpacked(speaking, complete, request_of):
    server = speaking(response(gzip.compress(COMPLETION), "Content-Encoding: gzip"))
    with pytest.raises(ProviderBusyError, match="compressed"):
        complete(spec_of(server), request_of())
    assert "accept-encoding: identity" in server.asked[0].lower()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed_and_the_key_stays(speaking, complete, request_of, monkeypatch, status):
    monkeypatch.setenv("HOUSE_KEY", KEY)
    elsewhere = speaking(response())
    where = f"{elsewhere.base_url}/{KEY}"
    server = speaking(response(b"", f"Location: {where}", status=status))
    with pytest.raises(ProviderError, match=f"HTTP {status[:3]}") as caught:
        complete(spec_of(server, api_key_env="HOUSE_KEY"), request_of())
    assert elsewhere.asked == []
    assert f"base_url = {elsewhere.base_url}/[key]" in caught.value.hint.replace("'", "")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff\xfe",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 10**6 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % k for k in range(50_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        response(b'{"choices": [{"message": {"content": ' + b"9" * 100_000 + b"}}]}"),
        response(b'{"choices": NaN}'),
        response(b"\xff\xfe{}"),
    ],
)
def test_what_is_no_reply_is_busy_and_nothing_else(speaking, complete, request_of, said):
    with pytest.raises(ProviderBusyError):
        complete(spec_of(speaking(said), timeout=5), request_of())


def test_an_old_server_and_a_wrong_content_type_will_do(speaking, complete, request_of):
    server = speaking(response(COMPLETION, "Content-Type: image/png", version="HTTP/1.0"))
    assert complete(spec_of(server), request_of()).texts == ("fine",)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_response_that_trickles_is_not_waited_for(speaking, complete, request_of, part):
    release = threading.Event()

    def trickle(send):
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + (b"\r\n" if part == "body" else b"X-Slow: "))
        while not release.wait(0.02):
            send(b"a")

    with pytest.raises(ProviderBusyError, match="no reply within"):
        complete(spec_of(speaking(trickle), timeout=0.3), request_of())
    release.set()


@pytest.mark.parametrize(
    "when",
    ["Mon, 99999999999999999999 Jan 2020 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00", "1e999", "9" * 500, "-1e999"],
)
def test_a_moment_that_cannot_be_is_no_defect(serve, complete, request_of, when):
    _, spec = serve(lambda _: Answered.failure(429, "slow down", headers={"Retry-After": when}))
    with pytest.raises(ProviderBusyError):
        complete(spec, request_of())


# The key


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"error": {"message": f"wrong key {KEY}"}}).replace("/", "\\/"),
        json.dumps({"error": {"message": f"wrong key {KEY}"}}).replace("k", "\\u006b"),
        json.dumps({"error": json.dumps({"message": f"Bearer {KEY}"}).replace("/", "\\/")}),
        "x" * 190 + KEY,
        "x" * 490 + KEY,
        json.dumps({"choices": [], "echo": "x" * 170 + KEY}),
        json.dumps({"choices": "x" * 970 + KEY}),
    ],
)
def test_no_echo_of_the_key_is_told(serve, complete, request_of, monkeypatch, body):
    monkeypatch.setenv("HOUSE_KEY", KEY)
    for status in (200, 400, 401, 500):
        answered = Answered(status=status, body=body.encode())
        _, spec = serve(lambda _, answered=answered: answered, api_key_env="HOUSE_KEY")
        with pytest.raises(ProviderError) as caught:
            complete(spec, request_of())
        assert KEY[:8] not in f"{caught.value!r} {caught.value.hint}"


def test_a_reply_that_holds_the_key_is_kept_without_it(serve, complete, request_of, monkeypatch):
    monkeypatch.setenv("HOUSE_KEY", KEY)
    said = {"message": {"content": f"your headers: Bearer {KEY}"}, "finish_reason": KEY}
    body = json.dumps({"choices": [said], "model": KEY}).encode()
    _, spec = serve(lambda _: Answered(body=body), api_key_env="HOUSE_KEY")
    reply = complete(spec, request_of())
    assert reply.texts == ("your headers: Bearer [key]",)
    assert KEY not in repr(reply)


def test_a_word_that_serves_as_a_key_stays_in_replies(serve, complete, request_of, monkeypatch):
    monkeypatch.setenv("HOUSE_KEY", "return")
    _, spec = serve("def f():\n    return 1", api_key_env="HOUSE_KEY")
    assert complete(spec, request_of()).texts == ("def f():\n    return 1",)
