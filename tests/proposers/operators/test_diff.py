import json

from evosearch.proposers.operators.diff import Diff
from evosearch.testing import Answered, in_turn


def edit(before, after):
    return f"<<<<<<< SEARCH\n{before}\n=======\n{after}\n>>>>>>> REPLACE\n"


FITS = edit("    return n + 1", "    return n // 2")
MISFITS = edit("    while True: pass", "    return n // 2")


def test_it_needs_a_program_to_edit(context, elite):
    assert not Diff().suits(context())
    assert Diff().suits(context(elite()))


def test_an_edit_is_made_in_the_parent(context, elite, proposed):
    came = proposed(context(elite()), FITS, Diff())
    assert came.outcomes == ["program"]
    assert came.sources == ["def sol(n):\n    return n // 2\n"]


def test_an_edit_that_does_not_apply_is_asked_for_once_more_with_the_reason(context, elite, proposed):
    came = proposed(context(elite()), in_turn(MISFITS, FITS), Diff())
    assert came.outcomes == ["diff_failed", "program"]
    assert came.sources == ["def sol(n):\n    return n // 2\n"]
    first, second = came.asked
    *before, answer, said = second.messages
    assert before == first.messages
    assert answer == {"role": "assistant", "content": MISFITS}
    assert json.loads(said["content"]) == {"prompt": "repair_diff", "detail": came.batch.attempts[0].detail}
    assert came.batch.attempts[0].detail


def test_it_is_asked_for_no_third_time(context, elite, proposed):
    came = proposed(context(elite()), MISFITS, Diff())
    assert came.outcomes == ["diff_failed", "diff_failed"]
    assert len(came.asked) == Diff.calls


def test_of_several_choices_the_first_that_does_not_apply_is_asked_for_again(context, elite, proposed):
    came = proposed(context(elite()), in_turn(Answered((FITS, MISFITS, MISFITS)), FITS), Diff(), samples=3)
    assert came.outcomes == ["program", "diff_failed", "diff_failed", "program"]
    assert [asked.settings.get("n") for asked in came.asked] == [3, None]
