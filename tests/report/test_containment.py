"""What a run's record says of its walls."""

from itertools import combinations

import pytest

from evosearch.report.containment import Containment, walls, warning
from evosearch.sandbox.layers import LAYERS
from evosearch.sandbox.policy import Sandbox


def test_a_run_is_contained_if_and_only_if_its_walls_are_those_that_a_run_demands():
    names = [layer.name for layer in LAYERS]
    for count in range(len(names) + 1):
        for standing in combinations(names, count):
            sandbox = Sandbox(standing, dict.fromkeys(set(names) - set(standing), "not here"))
            found = Containment.of(sandbox.record())
            assert found is (Containment.CONTAINED if sandbox.contained else Containment.PARTIAL)


@pytest.mark.parametrize("standing", [(), ("seccomp",), tuple(layer.name for layer in LAYERS)])
def test_a_waived_sandbox_is_unsafe_whatever_stood(standing):
    assert Containment.of(Sandbox(standing, {}, unsafe=True).record()) is Containment.UNSAFE


def test_a_run_of_the_first_version_had_half_a_jail():
    record = {"layers": ["process group", "resource limits"], "missing": {"seccomp": "not built yet"}}
    assert Containment.of(record) is Containment.PARTIAL


def test_without_a_record_nothing_is_claimed():
    assert Containment.of({}) is Containment.UNKNOWN
    assert walls({}) == "unknown"
    assert walls({"layers": []}) == "none"


def test_the_warning_names_every_unsafe_run():
    assert warning({1: Containment.CONTAINED, 2: Containment.PARTIAL}) == ""
    assert warning({1: Containment.UNSAFE}).startswith("UNSAFE: run 1 ran without demanding a sandbox")
    assert warning({3: Containment.UNSAFE, 1: Containment.UNSAFE}).startswith("UNSAFE: runs 1, 3 ran without")
