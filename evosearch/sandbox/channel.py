"""The jailed end of a channel: what a program's or a judge's process speaks through."""

import socket
from typing import Any

from evosearch.sandbox import frames


class Channel:
    """The child's end of its channel: frames, one after another, blocking."""

    def __init__(self, stream: socket.socket) -> None:
        self._socket = stream
        self._frames = frames.Assembler()

    def send(self, value: Any) -> None:
        """Send one value.

        Raises:
            InvalidValueError: It cannot cross.
        """
        self._socket.sendall(frames.encode(value))

    def receive(self) -> Any:
        """The next value.

        Raises:
            SystemExit: The other end is gone.
        """
        while (value := self._frames.take()) is frames.NOTHING:
            if not (data := self._socket.recv(2**16)):
                raise SystemExit
            self._frames.feed(data)
        return value
