"""Networking: to speak to anybody.

internet            TCP and UDP, and their lesser known siblings. A subprocess may call home with whatever it has read.
local sockets       sockets of the same machine, by file and by abstract name: buses, agents with keys, databases.
kernel sockets      families that speak to the kernel or the wire: netlink, AF_ALG, vsock, packet; all had exploits.
io_uring            system calls that no filter of system calls sees.
"""

from typing import Final

from evosearch.sandbox.attacks.attack import REFUSED, Attack
from evosearch.sandbox.attacks.preludes import SYSTEM_CALLS


def _socket(name: str, arguments: str, *, works_unwalled: bool = False) -> Attack:
    """A program that opens a socket of some kind."""
    program = f"""
        def attack(stage):
            return f"breach: socket {{syscall('socket', {arguments})}}"
        """
    return Attack("kernel sockets", name, REFUSED, program, prelude=SYSTEM_CALLS, works_unwalled=works_unwalled)


NETWORKING: Final = (
    Attack(
        "internet",
        "connects by TCP",
        REFUSED,
        """
        import socket
        def attack(stage):
            socket.create_connection(("127.0.0.1", stage["tcp"]), timeout=5)
            return "breach: connected"
        """,
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "internet",
        "sends a first TCP segment without connecting",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket() as stream:
                stream.sendto(b"secret", 0x20000000, ("127.0.0.1", stage["tcp"]))
            return "breach: sent"
        """,
        works_unwalled=True,
    ),
    Attack(
        "internet",
        "connects by multipath TCP",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as stream:
                stream.connect(("127.0.0.1", stage["tcp"]))
            return "breach: connected"
        """,
    ),
    Attack(
        "internet",
        "connects by TCP over IPv6",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as stream:
                stream.connect(("::ffff:127.0.0.1", stage["tcp"]))
            return "breach: connected"
        """,
    ),
    Attack(
        "internet",
        "listens on a TCP port",
        REFUSED,
        """
        import socket
        def attack(stage):
            return f"breach: port {socket.create_server(('127.0.0.1', 0)).getsockname()[1]}"
        """,
        works_unwalled=True,
    ),
    Attack(
        "internet",
        "sends a UDP datagram",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
                datagrams.sendto(b"secret", ("127.0.0.1", stage["udp"]))
        """,
        works_unwalled=True,
    ),
    Attack(
        "local sockets",
        "connects to a socket with a file",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(socket.AF_UNIX) as stream:
                stream.connect(stage["unix"])
            return "breach: connected"
        """,
        works_unwalled=True,
    ),
    Attack(
        "local sockets",
        "connects to an abstract socket",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(socket.AF_UNIX) as stream:
                stream.connect("\\0" + stage["abstract"])
            return "breach: connected"
        """,
        works_unwalled=True,
        canary=True,
    ),
    Attack(
        "local sockets",
        "sends a datagram to an abstract socket",
        REFUSED,
        """
        import socket
        def attack(stage):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
                datagrams.sendto(b"secret", "\\0" + stage["datagram"])
        """,
        works_unwalled=True,
    ),
    Attack(
        "local sockets",
        "sends from one end of a socket pair to somebody else",
        REFUSED,
        """
        import socket
        def attack(stage):
            ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            ours.sendto(b"secret", "\\0" + stage["datagram"])
        """,
        works_unwalled=True,
    ),
    _socket("opens a netlink socket", "16, 3, 0", works_unwalled=True),
    _socket("opens a socket for the kernel's ciphers", "38, 5, 0"),
    _socket("opens a socket to the machine's host", "40, 1, 0"),
    _socket("opens a socket for packets on the wire", "17, 3, 0"),
    _socket("opens a raw socket", "2, 3, 1"),
    Attack(
        "io_uring",
        "sets up a ring",
        REFUSED,
        """
        def attack(stage):
            return f"breach: ring {syscall('io_uring_setup', 4, ctypes.create_string_buffer(120))}"
        """,
        prelude=SYSTEM_CALLS,
        works_unwalled=True,
    ),
)
