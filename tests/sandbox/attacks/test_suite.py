"""The list of attacks: what it promises of itself."""

import ast
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

import evosearch.sandbox.attacks
from evosearch.errors import Status
from evosearch.sandbox.attacks.suite import ATTACKS, CANARIES

#: Whose text the compiler chokes on, which is what they are for.
BOMBS = {"has a source that the compiler chokes on", "has a source of nested calls"}
THEMES = sorted(
    name
    for name, module in (
        (path.stem, import_module(f"evosearch.sandbox.attacks.{path.stem}"))
        for path in Path(evosearch.sandbox.attacks.__file__).parent.glob("[a-z]*.py")
    )
    if isinstance(getattr(module, name.upper(), None), tuple)
)


def test_there_are_many_and_each_has_a_name_of_its_own():
    names = Counter((attack.family, attack.name) for attack in ATTACKS)
    assert max(names.values()) == 1
    assert len(names) >= 110
    assert len({attack.family for attack in ATTACKS}) >= 48
    assert 10 <= len(CANARIES) <= 16


@pytest.mark.parametrize("theme", THEMES)
def test_every_family_is_explained_where_it_stands_and_run(theme):
    module = import_module(f"evosearch.sandbox.attacks.{theme}")
    attacks = getattr(module, theme.upper())
    assert set(attacks) <= set(ATTACKS)
    for family in {attack.family for attack in attacks}:
        assert f"\n{family}  " in module.__doc__


@pytest.mark.parametrize("attack", [each for each in ATTACKS if each.name not in BOMBS], ids=lambda each: each.name)
def test_programs_are_short_and_define_what_is_called(attack):
    for text in filter(None, (attack.source, attack.sequel_source)):
        assert len(text.removeprefix(attack.prelude).splitlines()) <= 32
        names = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        assert "attack" in names or "while it is loaded" in attack.name


def test_no_end_is_expected_that_would_be_the_machinery_s_fault():
    assert all(Status.INFRA not in attack.expected.statuses for attack in ATTACKS)
