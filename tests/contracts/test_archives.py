"""What every registered archive promises (`protocols.Archive`)."""

import pytest

from evosearch import registry
from evosearch.errors import Status
from evosearch.protocols import Archive
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

AXES = (Axis("problem", categories=("p", "q")), Axis("size", edges=(1.0, 2.0, 3.0)))


@pytest.fixture(params=registry.names("archives"))
def make(request):
    return lambda: registry.make_archive(request.param, AXES, score_floor=0.0)


def offers(count):
    rng = generator(7)
    for number in range(count):
        problem = "pq"[int(rng.integers(2))]
        features = {"problem": problem, "size": float(rng.uniform(0, 4))}
        yield Program(f"program {number}", problem), Evaluation(Status.OK, float(rng.normal()), features=features)


def filled(make, count=60):
    archive = make()
    placements = [archive.place(*offer) for offer in offers(count)]
    return archive, placements


def test_it_fulfils_the_protocol(make):
    assert isinstance(make(), Archive)


def test_equal_sequences_give_equal_archives(make):
    (one, placed_one), (two, placed_two) = filled(make), filled(make)
    assert placed_one == placed_two
    assert one.digest() == two.digest()
    assert [elite.program for elite in one] == [elite.program for elite in two]
    assert one.select(generator(3), 5) == two.select(generator(3), 5)


def test_the_digest_tells_archives_apart(make):
    digests = {filled(make, count)[0].digest() for count in (0, 1, 5, 60)}
    assert len(digests) == 4


def test_best_is_the_highest_score_ever_placed(make):
    archive, _ = filled(make)
    assert archive.best is not None
    assert archive.best.score == max(evaluation.score for _, evaluation in offers(60))


def test_what_has_no_score_is_kept_out_and_changes_nothing(make):
    archive, _ = filled(make)
    before = archive.digest()
    assert archive.place(Program("hangs", "p"), Evaluation(Status.TIMEOUT_WALL)).outcome is Outcome.KEPT_OUT
    assert archive.digest() == before


def test_a_selection_has_no_elite_twice_and_keeps_to_its_problem(make):
    archive, _ = filled(make)
    for seed in range(20):
        chosen = archive.select(generator(seed), 4, "q")
        assert len({elite.program.id for elite in chosen}) == len(chosen) <= 4
        assert {elite.program.problem for elite in chosen} == {"q"}


def test_asking_for_more_than_there_is_gives_all(make):
    archive, _ = filled(make)
    assert len(archive.select(generator(1), 10_000)) == len(archive) == len(list(archive))
    assert make().select(generator(1), 3) == ()


def test_the_champion_is_the_best_of_its_problem(make):
    archive, _ = filled(make)
    scores = [elite.score for elite in archive if elite.program.problem == "p"]
    champion = archive.champion("p")
    assert champion is not None
    assert champion.score == max(scores)
