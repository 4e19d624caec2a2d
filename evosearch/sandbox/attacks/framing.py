"""Framing: bytes that are made to confuse whoever reads the answer.

infinite numbers    NaN, Infinity and numbers beyond the range of a double. A score that is one of them wins every
                    comparison or none; tools that pass them on to their archive have lost the order of it.
long numbers        digits without end, which take quadratic time to read.
depth               brackets without end, which exhaust the reader's stack.
ambiguity           a key twice, text that is no text, bytes before and behind: two readers read two things.
false arrays        dtypes, shapes and items that numpy would stumble over.
"""

from typing import Final

from evosearch.errors import Status
from evosearch.sandbox.attacks.attack import ANSWERED, INVALID, NO_ANSWER, TOO_BIG, Attack, Expectation
from evosearch.sandbox.attacks.preludes import CHANNEL

_UNREAD: Final = Expectation.of("is no answer, or just one", Status.PROTOCOL, Status.OK)
_UNSENT: Final = Expectation.of("cannot cross", Status.INVALID_OUTPUT, Status.CRASHED, Status.MEMORY)


def _bytes(family: str, name: str, expected: Expectation, head: str, body: str = 'b""') -> Attack:
    """A program that sends one frame of these bytes, given as Python expressions, and no other."""
    program = f"""
        def attack(stage):
            say({head}, {body})
            keep_silent()
        """
    return Attack(family, name, expected, program, prelude=CHANNEL)


def _answer(family: str, name: str, expected: Expectation, expression: str) -> Attack:
    """A program that answers with the value of an expression."""
    return Attack(family, name, expected, f"def attack(stage):\n    return {expression}")


def _array(name: str, header: str, body: str = 'b""') -> Attack:
    """A program that sends an array whose header is this JSON."""
    head = repr(rb'{"id":1,"answer":{"\u0000array":%s}}' % header.encode())
    return _bytes("false arrays", name, _UNREAD if "0]" in header else NO_ANSWER, head, body)


FRAMING: Final = (
    _answer("infinite numbers", "answers NaN", ANSWERED, 'float("nan")'),
    _answer("infinite numbers", "answers Infinity", ANSWERED, 'float("inf")'),
    _bytes("infinite numbers", "writes 1e999", ANSWERED, """b'{"id":1,"answer":1e999}'"""),
    _bytes("infinite numbers", "writes -1e999", ANSWERED, """b'{"id":1,"answer":-1e999}'"""),
    _bytes("infinite numbers", "writes NaN as the number of the call", NO_ANSWER, """b'{"id":NaN,"answer":0}'"""),
    _bytes("long numbers", "writes 5,000 digits", NO_ANSWER, """b'{"id":1,"answer":' + b"9" * 5_000 + b"}" """),
    _bytes("long numbers", "writes 900,000 digits", NO_ANSWER, """b'{"id":1,"answer":' + b"9" * 900_000 + b"}" """),
    _answer("long numbers", "answers a number of 30 million bits", _UNSENT, "1 << 30_000_000"),
    _bytes("depth", "writes 100,000 brackets", NO_ANSWER, """b'{"id":1,"answer":' + b"[" * 100_000"""),
    _bytes("depth", "writes 100,000 dictionaries", NO_ANSWER, """b'{"id":1,"answer":' + b'{"a":' * 100_000"""),
    Attack(
        "depth",
        "answers with a list that holds itself",
        INVALID,
        """
        def attack(stage):
            answer = []
            answer.append(answer)
            return answer
        """,
    ),
    _bytes(
        "depth", "writes a megabyte of empty lists", TOO_BIG, """b'{"id":1,"answer":[' + b"[]," * 2**19 + b"[]]}" """
    ),
    _bytes("depth", "writes 200,000 empty lists", ANSWERED, """b'{"id":1,"answer":[' + b"[]," * 200_000 + b"[]]}" """),
    _bytes("long numbers", "writes 900,000 decimals", ANSWERED, """b'{"id":1,"answer":0.' + b"7" * 900_000 + b"}" """),
    _bytes("depth", "writes 900,000 backslashes", ANSWERED, r"""b'{"id":1,"answer":"' + b"\\" * 450_000 + b'"}'"""),
    _bytes("ambiguity", "writes a key twice", NO_ANSWER, """b'{"id":1,"answer":0,"answer":1000000000}'"""),
    _bytes("ambiguity", "writes a key of its own", NO_ANSWER, """b'{"id":1,"answer":0,"score":1000000000}'"""),
    _bytes("ambiguity", "writes True as the number of the call", NO_ANSWER, """b'{"id":true,"answer":0}'"""),
    _bytes("ambiguity", "writes half a surrogate pair", NO_ANSWER, r"""b'{"id":1,"answer":"\\ud800"}'"""),
    _answer("ambiguity", "answers half a surrogate pair", INVALID, r'"\ud800"'),
    _bytes("ambiguity", "writes bytes that are no UTF-8", NO_ANSWER, r"""b'{"id":1,"answer":"\xff\xfe"}'"""),
    _bytes("ambiguity", "writes an empty frame", NO_ANSWER, 'b""'),
    _bytes("ambiguity", "writes more behind its answer", NO_ANSWER, """b'{"id":1,"answer":0} {"id":1,"answer":1}'"""),
    _bytes("ambiguity", "writes a byte order mark", NO_ANSWER, r"""b'\xef\xbb\xbf{"id":1,"answer":0}'"""),
    _bytes("ambiguity", "writes a body that nothing refers to", NO_ANSWER, """b'{"id":1,"answer":0}'""", 'b"more"'),
    _bytes("ambiguity", "writes an unknown instruction", NO_ANSWER, r"""b'{"id":1,"answer":{"\\u0000import":"os"}}'"""),
    _array("writes an array of objects", '["|O8",1]', 'b"A" * 8'),
    _array("writes an array larger than memory", '["<f8",4611686018427387904]'),
    _array("writes an array of a negative length", '["<f8",-1]'),
    _array("writes an array whose length overflows", '["<f8",4294967296,4294967296,4294967296]'),
    _array("writes an array that is huge in all dimensions but one", '["<f8",4294967296,4294967296,0]'),
    _array("writes an array of 100 dimensions", '["<f8"' + ",1" * 99 + ",0]"),
    _array("writes an array of items of a gigabyte", '["<U999999999",0]'),
    _array("writes truth values that are neither", '["|b1",2]', r'b"\x02\xff"'),
    _array("writes characters beyond Unicode", '["<U1",1]', r'b"\xff\xff\xff\xff"'),
)
