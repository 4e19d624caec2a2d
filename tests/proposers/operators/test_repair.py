import json
from dataclasses import replace

from evosearch.errors import Status
from evosearch.proposers.operators.repair import Repair
from evosearch.testing import in_turn

BROKEN = "def sol(n):\n    return n / 0\n"


def test_it_needs_a_program_that_failed_by_its_own_fault(context, failed):
    duplicate = replace(failed(BROKEN), evaluation=None)
    lost = failed(BROKEN, status=Status.INFRA)
    assert not Repair().suits(context())
    assert not Repair().suits(context(failures=(duplicate, lost)))
    assert Repair().suits(context(failures=(duplicate, lost, failed(BROKEN))))


def test_it_shows_the_program_and_its_error(context, failed, fill):
    opening = Repair().open(context(failures=(failed(BROKEN),)), fill)
    asked = json.loads(opening.messages[-1]["content"])
    assert asked["failure"] == {"source": BROKEN, "status": "crashed", "feedback": "ZeroDivisionError on line 2"}
    assert [program.source for program in opening.parents] == [BROKEN]


def test_the_mended_program_is_a_child_of_the_one_that_failed(context, failed, proposed, fenced):
    came = proposed(context(failures=(failed(BROKEN),)), fenced("def sol(n):\n    return n / 2"), Repair())
    assert came.outcomes == ["program"]
    assert came.batch.proposals[0].parents == (failed(BROKEN).proposal.program.id,)


def test_the_same_again_is_no_repair(context, failed, proposed, fenced):
    came = proposed(context(failures=(failed(BROKEN),)), fenced(BROKEN), Repair())
    assert came.outcomes == ["unchanged"]


def test_a_reply_that_does_not_parse_is_asked_for_once_more_with_the_fault(context, failed, proposed, fenced):
    wrong, right = fenced("def sol(n):\n    return n /"), fenced("def sol(n):\n    return n / 2")
    came = proposed(context(failures=(failed(BROKEN),)), in_turn(wrong, right), Repair())
    assert came.outcomes == ["syntax_error", "program"]
    *_, answer, said = came.asked[1].messages
    assert answer == {"role": "assistant", "content": wrong}
    asked = json.loads(said["content"])
    assert asked == {
        "prompt": "repair_reply",
        "outcome": "syntax_error",
        "detail": came.batch.attempts[0].detail,
    }
    assert "line 2" in asked["detail"]


def test_it_is_asked_for_no_third_time(context, failed, proposed, fenced):
    came = proposed(context(failures=(failed(BROKEN),)), fenced("def sol(n):\n    return n /"), Repair())
    assert came.outcomes == ["syntax_error", "syntax_error"]
