"""An archive is continued by the search that began it, and by no other."""

from dataclasses import replace

import pytest

from evosearch.errors import ArchiveForeignError
from evosearch.store import Identity, Store


def test_the_identity_is_kept(store, path, identity):
    store.close()
    with Store.open(path, identity=identity) as again:
        assert again.identity == identity
    with Store.read(path) as reader:
        assert reader.identity == identity


def test_names_may_be_of_any_characters(path):
    strange = Identity("caf\udce9", "custom", "", 2**63 - 1, 1, "größte")
    Store.open(path, identity=strange).close()
    with Store.read(path) as store:
        assert store.identity == strange


@pytest.mark.parametrize(
    ("changes", "said", "advised"),
    [
        ({"seed": 2}, "seed 1 in the file and 2 now", "continue with seed 1"),
        ({"window": 32}, "window 16 in the file and 32 now", "continue with window 16"),
        (
            {"seed": 2, "archive": "islands"},
            "seed 1 in the file and 2 now, archive 'grid' in the file and 'islands' now",
            "continue with seed 1 and archive grid",
        ),
        (
            {"archive": "islands", "archive_options": {"islands": 5}},
            "another search: archive 'grid' in the file and 'islands' now",
            "or continue with archive grid",
        ),
        ({"fingerprint": "beef"}, "fingerprint 'f00d' in the file and 'beef' now", "undo what changed"),
        ({"task": "hats", "seed": 2}, "task 'sorting' in the file and 'hats' now, seed 1", "run task 'sorting'"),
        ({"domain": "puzzles"}, "domain 'custom' in the file and 'puzzles' now", "run task 'sorting'"),
    ],
)
def test_another_search_is_refused_with_what_differs_and_what_to_do(path, identity, changes, said, advised):
    Store.open(path, identity=identity).close()
    before = path.read_bytes()
    with pytest.raises(ArchiveForeignError) as caught:
        Store.open(path, identity=replace(identity, **changes))
    assert said in str(caught.value)
    assert "choose another file with --archive" in caught.value.hint
    assert advised in caught.value.hint
    assert path.read_bytes() == before
