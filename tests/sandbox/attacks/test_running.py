"""The suite itself, in every mode of the jail; and without walls, where it must find what a jail is for."""

import os
from dataclasses import replace

import pytest

from evosearch.errors import SandboxError
from evosearch.sandbox.attacks.attack import ANSWERED, LIMITS, LITTLE_TIME, REFUSED, Attack
from evosearch.sandbox.attacks.running import canaries, run
from evosearch.sandbox.attacks.suite import ATTACKS, CANARIES
from evosearch.sandbox.grounds import for_programs
from evosearch.sandbox.spawn import Lines, Zygote

ROOT = os.geteuid() == 0


def breaches(findings):
    """What is to be read if there are any."""
    return [f"{each.family}: {each.name}: {each.happened}" for each in findings if not each.contained]


@pytest.fixture(params=["all walls", "no namespaces", "no landlock"])
def layers(modes, request):
    """The walls of one mode."""
    missing = {"no namespaces": "landlock", "no landlock": "namespaces"}.get(request.param)
    if not modes.sandbox_of(modes.MODES[request.param]).contained:
        pytest.skip(f"this machine does not contain a program with {request.param}: it has no {missing or 'seccomp'}")
    return modes.MODES[request.param]


def test_everything_is_contained(modes, layers):
    findings = modes.findings_in(layers)
    assert len(findings) >= len(ATTACKS)
    assert breaches(findings) == []


@pytest.mark.skipif(not ROOT, reason="only root can become another user; the other test ran as an ordinary one")
@pytest.mark.parametrize("layers", ["all walls", "no namespaces"], indirect=True)
def test_everything_is_contained_when_a_user_without_rights_runs_it(modes, layers):
    findings = modes.findings_of_another_user(layers)
    assert len(findings) >= len(ATTACKS)
    assert breaches(findings) == []


#: What every plain subprocess of every user falls for, whatever else a machine or a container forbids.
FAMILIES_OF_A_SUBPROCESS = {
    *("answers", "other problems", "machine", "files", "internet", "local sockets", "other programs"),
    *("more processes", "controller", "everybody", "other processes", "content", "code", "modes", "new entries"),
    *("identity", "terminal", "processes", "memory", "storage"),
}


def held(modes, attacks):
    """Those that are contained without any walls."""
    findings = run(modes.sandbox_of(modes.UNWALLED), attacks, ())
    return [f"{each.family}: {each.name}: {each.happened}" for each in findings if each.contained]


def test_without_walls_the_suite_finds_what_it_is_looking_for(modes):
    """An attack that can succeed nowhere proves nothing."""
    first = {attack.family: attack for attack in reversed(ATTACKS) if attack.works_unwalled}
    assert set(first) >= FAMILIES_OF_A_SUBPROCESS
    assert held(modes, [first[family] for family in sorted(FAMILIES_OF_A_SUBPROCESS)]) == []


@pytest.mark.bench
def test_without_walls_every_attack_succeeds_that_is_known_to(modes):
    """On a machine that forbids nothing of it itself, as containers forbid io_uring or keyrings."""
    assert held(modes, [attack for attack in ATTACKS if attack.works_unwalled]) == []


def test_findings_come_in_the_order_of_the_attacks(modes):
    slow = Attack("a", "slow", ANSWERED, "import time\ndef attack(stage): time.sleep(0.2)", limits=LITTLE_TIME)
    quick = [Attack("a", f"quick {number}", ANSWERED, "def attack(stage): pass") for number in range(4)]
    findings = run(modes.sandbox_of(modes.UNWALLED), [slow, *quick], ())
    assert [finding.name for finding in findings] == ["slow", "quick 0", "quick 1", "quick 2", "quick 3"]


@pytest.fixture(scope="module")
def stop():
    descriptor = os.eventfd(0)
    yield descriptor
    os.close(descriptor)


def sung(layers, stop):
    """The canaries' findings behind some walls."""
    zygote = Zygote("evosearch.sandbox.zygote", layers, for_programs(()), {"preload": []})
    try:
        zygote.wait_until_ready(stop)
        return canaries(lambda limits: zygote.fork({}, limits, Lines(log=True), stop=stop))
    finally:
        zygote.close()


def test_the_canaries_live_behind_the_walls(layers, stop):
    findings = sung(layers, stop)
    assert len(findings) == len(CANARIES)
    assert breaches(findings) == []


def test_the_canaries_fall_off_the_perch_without_walls(modes, stop):
    assert len(breaches(sung(modes.UNWALLED, stop))) > len(CANARIES) // 2


def test_where_an_honest_program_gets_no_answer_canaries_prove_nothing(modes, stop):
    zygote = Zygote("evosearch.sandbox.zygote", modes.UNWALLED, for_programs(()), {"preload": []})
    try:
        zygote.wait_until_ready(stop)
        with pytest.raises(SandboxError, match="an honest program came to output_too_big"):
            canaries(lambda limits: zygote.fork({}, replace(limits, reply_bytes=10), Lines(log=True), stop=stop))
    finally:
        zygote.close()


def test_canaries_are_quick():
    assert all(attack.limits == LIMITS and attack.expected is REFUSED for attack in CANARIES)
