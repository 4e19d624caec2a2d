"""Definite assignment: what may not be bound is named; that the rest is, test_flow tells."""

import ast

import pytest

from evosearch.proposers.symbolic.editing.scopes import unbound


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return x", {".f.x"}),
        ("if p:\n  x = 1\n return x", {".f.x"}),
        ("if p:\n  x = 1\n else:\n  x = 2\n return x", set()),
        ("if p:\n  x = 1\n else:\n  return 0\n return x", set()),
        ("for x in p:\n  pass\n return x", {".f.x"}),
        ("while True:\n  x = 1\n  if p: break\n return x", set()),
        ("try:\n  x = int(p)\n except ValueError:\n  x = 0\n return x", set()),
        ("try:\n  x = int(p)\n except ValueError:\n  pass\n return x", {".f.x"}),
        ("x = 1\n del x\n return x", {".f.x"}),
        ("return [y for y in p if y] + [y]", {".f.y"}),
        ("with open(p) as x:\n  y = 1\n return x, y", set()),
        ("def g():\n  return x + LATER\n x = 1\n return g()", set()),
        ("class A:\n  z = 1\n  def g(self):\n   return z\n return A", {".f.A.g.z"}),
        ("global LATER\n LATER = 3\n return LATER", set()),
        ("return undefined", {".f.undefined"}),
        ("p += x\n x = 0\n return p", {".f.x"}),
    ],
)
def test_what_may_not_be_bound_is_named(body, found):
    assert unbound(ast.parse(f"def f(p):\n {body}\nLATER = 1\n")) == (found if "undefined" in body or found else set())
