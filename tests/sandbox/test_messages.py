import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from evosearch.sandbox import messages


@pytest.fixture
def pair():
    with ExitStack() as ours, ExitStack() as theirs:
        yield messages.pair(ours, theirs)


def test_a_message_arrives_with_its_descriptors(pair):
    reader, writer = os.pipe()
    messages.send_bytes(pair[0], messages.encode({"text": "ä\n"}), [writer])
    os.close(writer)
    message, (copy,) = messages.receive(pair[1])
    assert message == {"text": "ä\n"}
    os.write(copy, b"x")
    os.close(copy)
    assert os.read(reader, 2) == b"x"
    os.close(reader)


def test_one_that_is_longer_than_a_buffer_arrives_whole(pair):
    long = {"text": "x" * (messages.MAX_BYTES - 100)}
    pair[0].setsockopt(messages.socket.SOL_SOCKET, messages.socket.SO_SNDBUF, 1)
    sender = threading.Thread(target=messages.send_bytes, args=(pair[0], messages.encode(long), [0, 1]))
    sender.start()
    message, descriptors = messages.receive(pair[1])
    sender.join()
    assert message == long
    assert len(descriptors) == 2
    for descriptor in descriptors:
        os.close(descriptor)


def test_an_end_is_no_message(pair):
    pair[0].close()
    assert messages.receive(pair[1]) == (None, [])


def test_half_a_message_is_none(pair):
    before = len(list(Path("/proc/self/fd").iterdir()))
    messages.send_bytes(pair[0], b'{"text"', [0])
    pair[0].close()
    assert messages.receive(pair[1]) == (None, [])
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 1


def test_a_message_has_a_bound():
    with pytest.raises(ValueError, match="131,072 at most"):
        messages.encode({"text": "x" * messages.MAX_BYTES})


def test_the_first_of_two_can_be_told_from_the_second():
    assert messages.decode(messages.encode({"refused": "no"}) + messages.encode({"wait_status": 9})) == {
        "refused": "no"
    }
