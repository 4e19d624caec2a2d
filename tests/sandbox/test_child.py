"""The inner end of the channel, without a jail around it: harmless programs only."""

import ast
import sys
from pathlib import Path

import pytest

from evosearch.sandbox import child


class Script:
    """A channel that says what a test wrote down, and writes down what it is told."""

    def __init__(self, *messages):
        self._messages = list(messages)
        self.sent = []

    def send(self, value):
        if value.get("answer") == (1,):
            raise ValueError("a tuple")
        self.sent.append(value)

    def receive(self):
        if not self._messages:
            raise SystemExit
        return self._messages.pop(0)


def call(function, *arguments, grants=()):
    return {"id": 7, "call": function, "arguments": list(arguments), "grants": list(grants)}


def talk(*messages):
    """What a program sends when it is told these messages."""
    script = Script(*messages)
    with pytest.raises(SystemExit):
        child.serve(script)
    sys.modules.pop(child.MODULE_NAME, None)
    return script.sent


def test_an_answer_carries_the_number_of_its_call():
    assert talk({"source": "def f(x): return x + 1"}, call("f", 1)) == [{"id": 7, "answer": 2}]


def test_a_library_function_is_called_by_the_name_of_its_module():
    assert talk({"entry": "math"}, call("floor", 1.5)) == [{"id": 7, "answer": 1}]


def test_a_granted_function_is_asked_for_and_waited_for():
    sent = talk({"source": "def f(): return g(1) + g(2)"}, call("f", grants=["g"]), {"reply": 10}, {"reply": 20})
    assert sent == [
        {"id": 7, "ask": "g", "arguments": [1]},
        {"id": 7, "ask": "g", "arguments": [2]},
        {"id": 7, "answer": 30},
    ]


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("def f():\n\n  raise KeyError('a')", "crashed", "KeyError: 'a' (line 3, in f: raise KeyError('a'))"),
        ("def f(): import json; json.loads('')", "crashed", "(line 1, in f: "),
        ("def f(): assert False", "crashed", "AssertionError (line 1, in f: def f(): assert False)"),
        ("raise ValueError(1)", "load", "ValueError: 1 (line 1, in <module>: raise ValueError(1))"),
        ("f(", "load", "SyntaxError: '(' was never closed (program.py, line 1)"),
        ("f = '\0'", "load", "source code string cannot contain null bytes"),
        ("def f(): raise MemoryError", "memory", "out of memory"),
        ("def g(): pass", "crashed", "the program defines no function 'f'"),
        ("def f(): return (1,)", "invalid_output", "f() answered with a tuple"),
    ],
)
def test_an_excuse_has_a_kind_and_a_message(source, kind, message):
    [sent] = talk({"source": source}, call("f"))
    assert (sent["id"], sent["error"]) == (7, kind)
    assert message in sent["message"]


def test_the_lines_that_an_exception_came_through_are_told_innermost_last():
    [sent] = talk({"source": "def g(x):\n    return 1 // x\n\ndef f():\n    return sum(map(g, [0]))"}, call("f"))
    assert sent["message"] == (
        "ZeroDivisionError: integer division or modulo by zero\n"
        "  line 5, in f: return sum(map(g, [0]))\n"
        "  line 2, in g: return 1 // x"
    )


def test_of_many_lines_the_innermost_five_are_told():
    [sent] = talk({"source": "def f(n=20):\n    if n == 0: raise KeyError(n)\n    f(n - 1)"}, call("f"))
    assert sent["message"].splitlines() == [
        "KeyError: 0",
        "  (16 calls before)",
        *["  line 3, in f: f(n - 1)"] * 4,
        "  line 2, in f: if n == 0: raise KeyError(n)",
    ]


def test_however_long_the_message_its_place_is_told():
    [sent] = talk({"source": f"def f():\n    raise ValueError('x' * 10**6)  # {'y' * 10**4}"}, call("f"))
    assert len(sent["message"]) == 2_000
    assert sent["message"].startswith("ValueError: xxx")
    assert " (line 2, in f: raise ValueError" in sent["message"]


def test_a_long_message_is_cut():
    [sent] = talk({"source": "def f(): raise ValueError('x' * 10**6)"}, call("f"))
    assert len(sent["message"]) == 2_000


def test_the_standard_library_is_all_it_needs():
    tree = ast.parse(Path(child.__file__).read_text(encoding="utf-8"))
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])]
        )
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert modules <= sys.stdlib_module_names
