"""Assignments that nothing reads are tidied away, and nothing else."""

import ast

import pytest

from evosearch.proposers.symbolic.editing.liveness import tidy


def tidied(body, head=""):
    tree = tidy(ast.parse(f"{head}\ndef f(x, items):\n " + body.replace("\n", "\n ")))
    return ast.unparse(tree.body[-1]).partition("\n")[2].replace("\n    ", "\n").strip()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("y = 1\nreturn x", "return x"),
        ("y = x\nz = y\nreturn x", "return x"),
        ("x = 3\nx = 4\nreturn x", "x = 4\nreturn x"),
        ("x = x\nreturn x", "return x"),
        ("abs(x)\nreturn x", "return x"),
        ("if x:\n    y = 2\nreturn x", "return x"),
        ("y = np.sqrt(x)\nreturn x", "return x"),
    ],
)
def test_what_nothing_reads_goes(body, left):
    assert tidied(body, "import numpy as np") == left


@pytest.mark.parametrize(
    "body",
    [
        "y = items.pop()\nreturn x",
        "y = np.random.rand()\nreturn x",
        "items += [1]\nreturn x",
        "for i in items:\n    x = y\n    y = i\nreturn x",
        "while x < 3:\n    x = x + 1\nreturn 0",
        "try:\n    y = 1\n    y = int(x)\nexcept ValueError:\n    return y\nreturn y",
        "try:\n    if x:\n        y = 1\n        y = int(x)\nexcept ValueError:\n    return y\nreturn y",
        "y = 1\n\ndef g():\n    return y\ny = 2\nreturn g()",
        "global y\ny = 1\nreturn x",
        "y = 1\ndel y\nreturn x",
        "y = 1\nreturn locals()",
        "if x:\n    y = 1\nelse:\n    y = 2\nreturn y",
    ],
)
def test_what_may_be_read_or_has_effects_stays(body):
    source = ast.unparse(ast.parse("def f(x, items):\n " + body.replace("\n", "\n ")))
    assert tidied(body, "import numpy as np") == source.partition("\n")[2].replace("\n    ", "\n").strip()
