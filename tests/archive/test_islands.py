"""Islands: who lives where, migration, resets."""

import pytest

from evosearch.archive.islands import IslandArchive, IslandOptions
from evosearch.errors import ConfigError, Status
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

SIZE = Axis("size", edges=(10.0, 20.0, 30.0))
PROBLEM = Axis("problem", categories=("p", "q"))


def archive_of(*axes, islands=3, migration_every=0, reset_every=0, **options):
    chosen = IslandOptions(islands=islands, migration_every=migration_every, reset_every=reset_every, **options)
    return IslandArchive(axes, score_floor=0.0, options=chosen)


def place(archive, source, score, *parents, size=5.0, problem=None, **told):
    features = {"size": size, "problem": problem}
    evaluation = Evaluation(Status.OK, float(score), features=features, **told)
    return archive.place(Program(source, problem), evaluation, tuple(Program(name, problem).id for name in parents))


def homes(archive):
    """The programs of each island, by its number."""
    found = {}
    for elite in archive:
        found.setdefault(elite.niche[-1], set()).add(elite.program.source)
    return found


def test_a_seed_founds_all_islands_and_children_are_dealt_out():
    archive = archive_of(SIZE)
    place(archive, "seed", 1)
    for number in range(3):
        place(archive, f"child {number}", 2, "seed", size=15)
    assert homes(archive) == {number: {"seed", f"child {number}"} for number in range(3)}
    assert (len(archive), archive.cells_total, archive.qd_score) == (6, 12, 9.0)


def test_a_child_lives_on_the_island_of_its_parents():
    archive = archive_of(SIZE)
    place(archive, "seed", 1)
    for number in range(3):
        place(archive, f"child {number}", 2, "seed", size=15)
    assert place(archive, "a", 3, "child 2", size=25).niche == (2, 2)
    assert place(archive, "b", 3, "seed", "child 2", size=35).niche == (3, 2), "the seed lives there too"
    assert place(archive, "c", 3, "child 1", "child 2", size=25).niche == (2, 1), "the first parent decides"
    assert place(archive, "d", 3, "nobody", "child 1", size=35).niche == (3, 1), "nobody is unknown"
    assert place(archive, "e", 3, "nobody", size=25).niche == (2, 0), "where the fewest were offered"
    assert place(archive, "f", 3, size=35).niche == (3, 0), "no founder any more"


def test_parents_are_drawn_from_one_island():
    archive = archive_of(SIZE)
    place(archive, "seed", 1)
    for number in range(3):
        place(archive, f"child {number}", 2, "seed", size=15)
    drawn = [archive.select(generator(seed), 8) for seed in range(40)]
    assert {len(elites) for elites in drawn} == {2}
    assert all(len({elite.niche[-1] for elite in elites}) == 1 for elites in drawn)
    assert {elites[0].niche[-1] for elites in drawn} == {0, 1, 2}


def test_the_best_few_migrate_to_the_next_island():
    archive = archive_of(SIZE, migration_every=4, migrants=1)
    place(archive, "seed", 1)
    for number, score in enumerate((2, 3)):
        place(archive, f"child {number}", score, "seed", size=15 + 10 * number)
    assert homes(archive) == {0: {"seed", "child 0"}, 1: {"seed", "child 1"}, 2: {"seed"}}
    place(archive, "worse", 0, "child 0")
    assert homes(archive) == {0: {"seed", "child 0"}, 1: {"seed", "child 1", "child 0"}, 2: {"seed", "child 1"}}
    assert place(archive, "grandchild", 4, "child 1", "child 0", size=35).niche == (3, 1)


def test_what_migrates_is_the_best_that_is_still_held():
    archive = archive_of(SIZE, islands=2, migration_every=6, migrants=2)
    place(archive, "seed", 0)
    place(archive, "on 0", 1, "seed", size=15)
    place(archive, "on 1", 1, "seed", size=25)
    place(archive, "good", 5, "on 1", size=25)
    place(archive, "better", 6, "good", size=25)
    place(archive, "second", 2, "better", size=35)
    assert homes(archive)[0] == {"seed", "on 0", "better", "second"}


def test_a_reset_founds_the_worse_half_with_the_best_of_the_others():
    archive = archive_of(SIZE, islands=4, reset_every=6)
    place(archive, "seed", 0)
    for number, score in enumerate((4, 1, 3, 2)):
        place(archive, f"child {number}", score, "seed", size=15)
    assert homes(archive)[1] == {"seed", "child 1"}
    place(archive, "last", 0.5, "child 1", size=25)
    assert homes(archive) == {0: {"seed", "child 0"}, 1: {"child 2"}, 2: {"seed", "child 2"}, 3: {"child 0"}}
    assert (len(archive), archive.qd_score) == (6, 14.0)
    assert place(archive, "of the dead", 1, "child 1", size=35).niche == (3, 1), "its parent is known no more"
    assert archive.best.program.source == "child 0"


def test_each_problem_has_islands_of_its_own():
    archive = archive_of(PROBLEM, SIZE, islands=2)
    place(archive, "seed", 1, problem="p")
    place(archive, "child", 2, "seed", problem="p", size=15)
    place(archive, "seed", 3, problem="q")
    assert [elite.niche for elite in archive] == [(0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0), (1, 0, 1)]
    assert {elite.program.problem for seed in range(9) for elite in archive.select(generator(seed), 8)} == {"p", "q"}
    assert archive.champion("p").program.source == "child"
    assert archive.label((1, 0, 1)) == {"problem": "q", "size": "..10", "island": "1"}


def test_programs_cluster_by_what_they_score_on_each_case():
    archive = archive_of(SIZE, islands=1, clusters=True)
    assert place(archive, "first", 2, cases=(1, 1)).outcome is Outcome.NEW
    assert place(archive, "a longer one", 2, cases=(1, 1)).outcome is Outcome.NEW
    assert place(archive, "as long as it", 2, cases=(1, 1)).outcome is Outcome.KEPT_OUT
    placed = place(archive, "1st", 2, cases=(2, 0))
    assert archive.label(placed.niche) == {"cluster": "1", "characters": "..3", "island": "0"}
    drawn = [archive.select(generator(seed), 8) for seed in range(60)]
    assert all({elite.evaluation.cases for elite in elites} == {(1, 1), (2, 0)} for elites in drawn)
    sources = [elite.program.source for elites in drawn for elite in elites]
    assert 60 > sources.count("first") > sources.count("a longer one") > 0


def test_the_better_cluster_is_likelier_the_colder_it_is():
    def share(count):
        """How often the better of two clusters is drawn after so many programs, of twenty in a period."""
        archive = archive_of(SIZE, islands=1, clusters=True, temperature=1.0, period=20)
        for number in range(count):
            place(archive, "x" * (2**number // 2), 1 + number % 2)
        drawn = [archive.select(generator(seed), 1)[0] for seed in range(300)]
        return sum(elite.score == 2 for elite in drawn) / len(drawn)

    assert share(2) == pytest.approx(0.75, abs=0.07)  # exp(1 / 0.9) to 1
    assert share(10) == pytest.approx(0.88, abs=0.05)  # exp(1 / 0.5) to 1
    assert share(16) > 0.97  # exp(1 / 0.2) to 1


def test_the_worst_cluster_is_drawn_if_there_is_none_else():
    archive = archive_of(SIZE, islands=1, clusters=True)
    for source, score in (("good", 1e308), ("bad", -1e308), ("better", 1.5e308)):
        place(archive, source, score)
    scores = [elite.score for elite in archive.select(generator(1), 8)]
    assert scores[0] == 1.5e308
    assert set(scores) == {1.5e308, 1e308, -1e308}


def test_clusters_and_another_selection_do_not_go_together():
    with pytest.raises(ConfigError, match="'tournament'"):
        archive_of(SIZE, clusters=True, selection="tournament")
