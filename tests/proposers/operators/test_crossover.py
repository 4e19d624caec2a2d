import json

from evosearch.proposers.operators.crossover import Crossover


def test_it_needs_parents_of_two_niches(context, elite):
    assert not Crossover().suits(context())
    assert not Crossover().suits(context(elite("a = 1", niche=(0,)), elite("a = 2", niche=(0,))))
    assert Crossover().suits(context(elite("a = 1", niche=(0,)), elite("a = 2", niche=(1,))))


def test_the_parents_are_of_two_niches_and_the_better_one_comes_first(context, elite, fill):
    parents = [elite(f"a = {number}", score=number % 3, niche=(number // 2,)) for number in range(6)]
    niche_of = {parent.program: parent.niche for parent in parents}
    seen = set()
    for index in range(1, 60):
        opening = Crossover().open(context(*parents, index=index), fill)
        first, second = opening.parents
        assert niche_of[first] != niche_of[second]
        shown = json.loads(opening.messages[-1]["content"])["parents"]
        assert [one["source"] for one in shown] == [first.source, second.source]
        assert shown[0]["score"] >= shown[1]["score"]
        seen.add(frozenset(opening.parents))
    assert len(seen) > 6


def test_the_child_is_of_both(context, elite, proposed, fenced):
    parents = elite("def sol(n): return 1", niche=(0,)), elite("def sol(n): return 2", niche=(1,))
    came = proposed(context(*parents), fenced("def sol(n): return 3"), Crossover())
    (proposal,) = came.batch.proposals
    assert set(proposal.parents) == {parent.program.id for parent in parents}


def test_a_child_that_is_one_of_them_is_unchanged(context, elite, proposed, fenced):
    parents = elite("def sol(n): return 1", niche=(0,)), elite("def sol(n): return 2", niche=(1,))
    for copied in ("def sol(x): return 1", "def sol(n): return 2  # as before"):
        assert proposed(context(*parents), fenced(copied), Crossover()).outcomes == ["unchanged"]
