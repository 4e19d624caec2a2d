"""What holds in every test: no other host is reached, and no key of the person who runs the tests is seen."""

import ipaddress
import os
import socket
import sys

import pytest

#: Attempts to reach another host, also those whose error somebody caught.
ATTEMPTS: list[str] = []

#: Where in the arguments of an audit event the host stands: in an address, or by itself.
ADDRESSED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getnameinfo": 0}
NAMED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


class OtherHostError(AssertionError):
    """A test tried to reach another host than this one."""


def is_this_host(host):
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def host_of(event, arguments):
    """The host that an audit event is about; None if it is about none."""
    if event in NAMED:
        return arguments[0]
    address = arguments[ADDRESSED[event]]
    sock = arguments[0] if ADDRESSED[event] else None
    if address is None or (sock is not None and sock.family not in {socket.AF_INET, socket.AF_INET6}):
        return None  # a connected socket, whose connection was looked at; or a Unix or netlink socket
    return address[0]


def guard(event, arguments):
    if event in ADDRESSED or event in NAMED:
        host = host_of(event, arguments)
        if not is_this_host(host):
            ATTEMPTS.append(f"{event} {host!r}")
            raise OtherHostError(f"a test may reach this host alone, and this one tried {host!r} ({event})")


# For the life of the process: an audit hook cannot be taken away. Processes that a test starts are not guarded.
sys.addaudithook(guard)


@pytest.fixture(autouse=True)
def _no_other_host():
    ATTEMPTS.clear()
    yield
    assert not ATTEMPTS, "the error was caught, but a test may not even try"


@pytest.fixture(autouse=True, scope="session")
def _no_keys():
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.upper().endswith(("_API_KEY", "_PROXY")) or name.startswith("OPENAI_"):
                patch.delenv(name)
        yield
