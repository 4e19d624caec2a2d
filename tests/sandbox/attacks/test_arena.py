"""One attack at a time, in an arena without walls, where deeds succeed and must be seen."""

import pytest

from evosearch.sandbox.attacks.arena import Arena
from evosearch.sandbox.attacks.attack import ANSWERED, REFUSED, Attack


@pytest.fixture(scope="module")
def unwalled(modes):
    with Arena(modes.sandbox_of(modes.UNWALLED)) as arena:
        yield arena


def attempt(arena, program, expected=ANSWERED, **options):
    return arena.attempt(Attack("test", "test", expected, program, **options))


def test_an_answer_that_scores_is_a_breach(unwalled):
    finding = attempt(unwalled, "import json\ndef attack(stage): return json.load(open(stage['answers']))['answer']")
    assert not finding.contained
    assert finding.happened.startswith("got the score; read a secret; ok: answered 'stage-")


def test_a_secret_in_the_log_is_a_breach(unwalled):
    finding = attempt(unwalled, "def attack(stage): print(open(stage['answers']).read())")
    assert finding.happened.startswith("read a secret")


def test_a_boast_counts_in_answer_and_log_and_not_in_an_error(unwalled):
    for program, contained in (
        ("def attack(stage): return 'breach: x'", False),
        ("def attack(stage): return 0\ndef encore(): return 'breach: x'", False),
        ("def attack(stage): print('breach: x')", False),
        ("def attack(stage): raise ValueError('breach: x')", True),
        ("def attack(stage): return 'no breach: x'", True),
    ):
        assert attempt(unwalled, program, REFUSED).contained is contained


def test_another_end_than_the_expected_one_is_a_breach(unwalled):
    finding = attempt(unwalled, "def attack(stage): raise ValueError('x')")
    assert finding.happened == "ended as crashed; crashed: ValueError: x"


def test_a_time_that_was_not_charged_is_a_breach(unwalled):
    finding = attempt(unwalled, "def attack(stage): pass", cpu_seconds=1.0, wall_seconds=100.0)
    assert "of CPU time" in finding.happened
    assert "on the wall" in finding.happened


def test_what_a_sequel_finds_is_a_breach(unwalled):
    note = "{stage['writable']}/note"
    finding = attempt(
        unwalled,
        f"def attack(stage): open(f\"{note}\", 'w').write('x')",
        sequel=f"def attack(stage): return 'breach: ' + open(f\"{note}\").read()",
    )
    assert finding.happened.startswith("did the deed; created writable/note")


def test_a_stage_that_was_harmed_is_set_up_anew(unwalled):
    harm = "import os\ndef attack(stage): os.unlink(stage['precious'])"
    assert [attempt(unwalled, harm).contained, attempt(unwalled, "def attack(stage): pass").contained] == [False, True]


def test_a_killed_zygote_is_noticed_although_it_is_replaced(unwalled):
    finding = attempt(unwalled, "import os\ndef attack(stage): os.kill(os.getppid(), 9)", REFUSED)
    assert "killed a process of the jail" in finding.happened


def test_what_does_not_apply_here_is_said_and_not_tried(unwalled):
    finding = attempt(unwalled, "def attack(stage): return 'breach: x'", machines=("pdp11",))
    assert finding.contained
    assert finding.happened.startswith("does not apply to ")
