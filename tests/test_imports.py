"""Imports go down only, and no implementation knows another (the plan in CONTRIBUTING.md)."""

import ast
from pathlib import Path

import pytest

import evosearch

PACKAGE = Path(evosearch.__file__).parent

#: Leaves that anything above the contracts may use; they import nothing but each other, types and errors.
LEAVES = {"bandit", "normal_form", "options", "predicates", "prompts", "quoting", "randomness", "reading", "replies"}
CONTRACTS = {"errors", "types", "protocols"}
IMPLEMENTATIONS = {"archive", "models", "proposers", "sandbox", "executors", "tasks", "store"}
ALLOWED = {
    "errors": set(),
    "types": {"errors"},
    "protocols": {"errors", "types", "randomness"},
    **{leaf: {"errors", "types", *LEAVES} for leaf in LEAVES},
    **{room: {*CONTRACTS, *LEAVES} for room in IMPLEMENTATIONS},
    "testing": set(),
    "executors": {*CONTRACTS, *LEAVES, "sandbox"},
    "registry": {*CONTRACTS, "options"},
    "config_file": CONTRACTS,
    "settings": CONTRACTS,
    "config_table": {*CONTRACTS, "config_file", "options"},
    "config": {*CONTRACTS, "config_file", "config_table", "registry", "settings"},
    "search": {*CONTRACTS, *LEAVES, "store"},
    "report": {*CONTRACTS, *LEAVES, "registry", "search", "store"},
    "cli": {
        *CONTRACTS,
        *LEAVES,
        *(
            "registry",
            "config",
            "config_file",
            "settings",
            "executors",
            "models",
            "search",
            "store",
            "report",
            "sandbox",
        ),
    },
    "__main__": {"cli"},
    "__init__": set(),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def rooms_imported(path):
    """The rooms of evosearch that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "evosearch" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    room = room_of(path)
    allowed = ALLOWED[room] | {room}
    assert set(rooms_imported(path)) <= allowed


def test_the_child_imports_the_standard_library_alone():
    assert set(rooms_imported(PACKAGE / "sandbox" / "child.py")) <= {"sandbox"}


def test_the_engine_names_no_implementation():
    assert set(rooms_imported(PACKAGE / "search" / "engine.py")).isdisjoint(IMPLEMENTATIONS - {"store"})
