"""A program is found by the first digits of its id, with all that it came from."""

import pytest

from evosearch.errors import UnknownNameError


@pytest.fixture
def family(store, step, trial):
    """Five programs, by name: b and c are made from a, d from both, and a is proposed again by d."""
    known = {}
    for k, (name, parents) in enumerate({"a": "", "b": "a", "c": "a", "d": "bc", "a again": "d"}.items()):
        text = name[0]
        made = trial(text, float(k), parents=tuple(known[parent] for parent in parents))
        known.setdefault(text, made.proposal.program.id)
        store.record(step(k, made), 1)
    return known


def test_a_program_is_found_by_the_first_digits_of_its_id(store, family):
    for text, identity in family.items():
        found = store.program(identity[:6])
        assert found.trial.proposal.program.source == text
        assert store.program(identity.upper()) == found
    assert store.program(family["d"]).step == 3


def test_a_program_proposed_twice_has_two_trials_of_which_the_first_is_its_origin(store, family):
    first, again = store.trials(family["a"])
    assert (first.step, again.step) == (0, 4)
    assert store.program(family["a"]) == first
    assert [(split, one.score) for split, one in store.evaluations(family["a"])] == [("train", 0.0), ("train", 4.0)]


def test_a_family_tree_follows_each_program_once(store, family):
    tree = [(one.depth, one.origin.trial.proposal.program.source, one.repeated) for one in store.lineage(family["d"])]
    assert tree == [(0, "d", False), (1, "b", False), (2, "a", False), (1, "c", False), (2, "a", True)]


def test_a_family_tree_ends_although_descendants_proposed_their_ancestor_again(store, family):
    assert [one.program for one in store.lineage(family["a"])] == [family["a"]]


def test_a_parent_that_was_never_recorded_is_named_and_not_followed(store, step, trial):
    made = trial("a", parents=("elsewhere",))
    store.record(step(0, made), 1)
    _, parent = store.lineage(made.proposal.program.id)
    assert (parent.depth, parent.program, parent.origin) == (1, "elsewhere", None)


def test_a_long_line_is_climbed(store, step, trial):
    parents = ()
    for k in range(1500):
        made = trial(f"{k}", parents=parents)
        parents = (made.proposal.program.id,)
        store.record(step(k, made), 1)
    assert store.lineage(parents[0])[-1].depth == 1499


def test_several_programs_are_named(store, step, trial):
    made = [trial(f"{k}") for k in range(40)]
    store.record(step(0, *made), 1)
    digit = made[0].proposal.program.id[0]
    with pytest.raises(UnknownNameError, match=f"several programs start with '{digit}'") as caught:
        store.program(digit)
    assert caught.value.hint == "give more digits"


@pytest.mark.parametrize("prefix", ["zzzz", "", "\udcff", "%", "\0"])
def test_no_program_has_the_id(store, family, prefix):
    with pytest.raises(UnknownNameError, match="no program has an id") as caught:
        store.program(prefix)
    assert caught.value.hint.startswith("near it are ")


def test_the_nearest_ids_are_offered(store, family):
    wrong = family["c"][:-1] + "z"
    with pytest.raises(UnknownNameError) as caught:
        store.lineage(wrong)
    assert caught.value.hint == f"near it are {family['c']}"


def test_an_archive_without_programs_says_so(store):
    with pytest.raises(UnknownNameError) as caught:
        store.program("abc")
    assert "no program yet" in caught.value.hint
