import array
import base64
import binascii
import io
import mmap
import struct


def solve():
    numbers = array.array("d", [1.5, 2.5])
    view = memoryview(bytearray(b"abcdef"))
    view[1:3] = b"XY"
    with mmap.mmap(-1, 4096) as anonymous:
        anonymous.write(b"mapped")
        mapped = anonymous[:6].decode()
    stream = io.BytesIO(b"one\ntwo\n")
    packed = struct.pack("<HIq", 1, 2, -3)
    parts = [numbers.tobytes().hex(), bytes(view).decode(), mapped, len(stream.readlines()), packed.hex()]
    return [
        *parts,
        base64.b85encode(packed).decode(),
        binascii.hexlify(packed).decode(),
        *struct.unpack("<HIq", packed),
    ]
