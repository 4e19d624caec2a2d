"""The guard in conftest.py bites."""

import os
import socket

import pytest


@pytest.fixture
def attempts(request):
    """What the guard has seen; forgotten afterwards, as it would fail the test."""
    seen = request.config.pluginmanager.get_plugin(str(request.config.rootpath / "tests" / "conftest.py")).ATTEMPTS
    yield seen
    seen.clear()


REACHES = {
    "connect": lambda sock: sock.connect(("192.0.2.1", 80)),
    "connect_ex": lambda sock: sock.connect_ex(("192.0.2.1", 80)),
    "sendto": lambda sock: sock.sendto(b"", ("192.0.2.1", 53)),
    "lookup": lambda _: socket.getaddrinfo("example.org", 443),
    "lookup by name": lambda _: socket.gethostbyname("example.org"),
    "high level": lambda _: socket.create_connection(("example.org", 443), timeout=1),
}


@pytest.mark.parametrize("reach", REACHES.values(), ids=REACHES)
def test_another_host_cannot_be_reached(reach, attempts):
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(AssertionError, match=r"this one tried '(192\.0\.2\.1|example\.org)'"),
    ):
        reach(sock)
    assert len(attempts) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_host_can(host):
    with socket.create_server((host, 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_so_can_a_unix_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("s")
        server.listen()
        client.connect("s")


def test_no_key_is_seen():
    assert not [name for name in os.environ if name.endswith("_API_KEY") or name.startswith("OPENAI_")]
