import json

from evosearch.proposers.operators.inspired import SHOWN, Inspired


def test_it_needs_elites_of_two_niches(context, elite):
    assert not Inspired().suits(context(elite()))
    assert not Inspired().suits(context(elite("a = 1", niche=(0,)), elite("a = 2", niche=(0,))))
    assert Inspired().suits(context(elite("a = 1", niche=(0,)), elite("a = 2", niche=(1,))))


def test_it_shows_a_parent_and_a_few_of_other_niches_never_more(context, elite, fill):
    elites = [elite(f"a = {number}", niche=(number // 2,)) for number in range(40)]
    niche_of = {one.program.source: one.niche for one in elites}
    for index in range(1, 20):
        opening = Inspired().open(context(*elites, index=index), fill)
        asked = json.loads(opening.messages[-1]["content"])
        (parent,) = asked["parents"]
        assert len(asked["others"]) == SHOWN
        assert all(niche_of[other["source"]] != niche_of[parent["source"]] for other in asked["others"])
        assert set(asked["others"][0]) == {"source", "report", "score"}
        assert [one.source for one in opening.parents] == [
            parent["source"],
            *(one["source"] for one in asked["others"]),
        ]


def test_the_child_names_all_that_it_was_shown(context, elite, proposed, fenced):
    elites = elite("def sol(n): return 1", niche=(0,)), elite("def sol(n): return 2", niche=(1,))
    came = proposed(context(*elites), fenced("def sol(n): return 3"), Inspired())
    assert set(came.batch.proposals[0].parents) == {one.program.id for one in elites}
