"""Messages between the controller and its own processes: a line of JSON, and descriptors that come with it.

Over a stream, because a socket that keeps messages apart (SOCK_SEQPACKET) is not to be had everywhere. Programs never
hold an end of such a socket; what they say comes in `frames`.
"""

import json
import os
import socket
import sys
from contextlib import ExitStack
from typing import Any, Final

MAX_BYTES: Final = 2**17
"""The longest message that is sent; what a task wants said is part of it."""
MAX_DESCRIPTORS: Final = 8
"""That come with one message."""

_END: Final = b"\n"
_CHUNK: Final = 2**16
_SPACE: Final = socket.CMSG_SPACE(MAX_DESCRIPTORS * 4)
#: macOS does not have it; there no process that is sent descriptors may start another.
_CLOSE_ON_EXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def pair(ours: ExitStack, theirs: ExitStack) -> tuple[socket.socket, socket.socket]:
    """The two ends of a connection, each closed with its stack."""
    mine, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return ours.enter_context(mine), theirs.enter_context(other)


def encode(message: dict[str, Any]) -> bytes:
    """The bytes of a message.

    Raises:
        ValueError: It is too long.
    """
    data = json.dumps(message).encode() + _END
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data):,} bytes, where a message has {MAX_BYTES:,} at most")
    return data


def decode(data: bytes) -> dict[str, Any]:
    """The first of the messages in these bytes."""
    message: dict[str, Any] = json.loads(data.partition(_END)[0])
    return message


def send(stream: socket.socket, message: dict[str, Any]) -> None:
    """Send a message.

    Raises:
        OSError: Nobody listens.
        ValueError: It is too long.
    """
    stream.sendall(encode(message))


def send_bytes(stream: socket.socket, data: bytes, descriptors: list[int]) -> None:
    """Send an encoded message, and copies of descriptors with it.

    Raises:
        OSError: Nobody listens.
    """
    # The descriptors travel with the first piece, however small the socket's buffer makes it.
    sent = socket.send_fds(stream, [data], descriptors)
    if sent < len(data):
        stream.sendall(data[sent:])


def receive(stream: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and the descriptors that came with it; None if the other end is gone.

    Whoever sends waits for an answer before sending again, so nothing follows a message.

    Raises:
        OSError: The other end was lost, or says nothing within the socket's time.
    """
    data, descriptors = b"", list[int]()
    while not data.endswith(_END):
        part, ancillary, _, _ = stream.recvmsg(_CHUNK, _SPACE, _CLOSE_ON_EXEC)
        descriptors += _descriptors(ancillary)
        if not part:
            for descriptor in descriptors:
                os.close(descriptor)
            return None, []
        data += part
    return json.loads(data), descriptors


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    return [
        int.from_bytes(payload[start : start + 4], sys.byteorder)
        for level, kind, payload in ancillary
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        for start in range(0, len(payload) // 4 * 4, 4)
    ]
