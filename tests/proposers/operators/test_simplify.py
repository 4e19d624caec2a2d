import json

from evosearch.proposers.operators.simplify import WORTHWHILE, Simplify

LONG = "def sol(n):\n" + "    n = n + 0\n" * WORTHWHILE + "    return n\n"


def test_it_needs_a_program_that_is_not_short_already(context, elite):
    assert not Simplify().suits(context())
    assert not Simplify().suits(context(elite("def sol(n): return n" + " " * WORTHWHILE)))
    assert Simplify().suits(context(elite(LONG)))


def test_it_shows_one_that_is_worth_it(context, elite, fill):
    for index in range(1, 9):
        opening = Simplify().open(context(elite(), elite(LONG), index=index), fill)
        assert [program.source for program in opening.parents] == [LONG]
        assert json.loads(opening.messages[-1]["content"])["prompt"] == "simplify"


def test_the_shorter_program_is_proposed(context, elite, proposed, fenced):
    came = proposed(context(elite(LONG)), fenced("def sol(n):\n    return n"), Simplify())
    assert came.outcomes == ["program"]
