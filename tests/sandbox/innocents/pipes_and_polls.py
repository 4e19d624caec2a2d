import fcntl
import os
import select
import selectors
import socket


def solve():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    ready = select.select([reader], [writer], [], 0)
    os.write(writer, b"through")
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    events = [event for _, event in poll.poll(1000)]
    copy = os.dup(reader)
    text = os.read(copy, 100).decode()
    closing = fcntl.fcntl(copy, fcntl.F_GETFD)
    here, there = socket.socketpair()
    with here, there, selectors.DefaultSelector() as selector:
        selector.register(there, selectors.EVENT_READ)
        here.sendall(b"hello")
        answered = len(selector.select(1))
        said = there.recv(5).decode()
    for descriptor in (reader, writer, copy):
        os.close(descriptor)
    return [[len(part) for part in ready], events, text, closing, answered, said]
