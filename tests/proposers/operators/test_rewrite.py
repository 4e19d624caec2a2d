import json

from evosearch.proposers.operators.rewrite import Rewrite


def test_it_starts_from_a_parent(context, elite, fill):
    opening = Rewrite().open(context(elite()), fill)
    assert opening.parents == (elite().program,)
    assert [parent["source"] for parent in json.loads(opening.messages[-1]["content"])["parents"]] == [
        elite().program.source
    ]


def test_it_starts_from_nothing_where_there_is_nothing(context, fill):
    assert Rewrite().suits(context())
    opening = Rewrite().open(context(), fill)
    assert opening.parents == ()
    assert json.loads(opening.messages[-1]["content"])["parents"] == []


def test_the_reply_becomes_a_program(context, elite, proposed, fenced):
    came = proposed(context(elite()), fenced("def sol(n):\n    return n // 2"), Rewrite())
    assert came.outcomes == ["program"]
    assert "return n // 2" in came.sources[0]
    assert len(came.asked) == 1
