"""What other archives are compared with."""

from evosearch.archive.baselines import BestArchive, SeedArchive
from evosearch.errors import Status
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

SIZE = Axis("size", edges=(10.0, 20.0))
PROBLEM = Axis("problem", categories=("p", "q"))


def place(archive, source, score, *parents, problem=None):
    evaluation = Evaluation(Status.OK, float(score), features={"problem": problem, "size": score})
    return archive.place(Program(source, problem), evaluation, tuple(Program(name, problem).id for name in parents))


def sources(elites):
    return [elite.program.source for elite in elites]


def test_a_hill_climber_has_one_elite():
    archive = BestArchive((SIZE,), score_floor=0.0)
    outcomes = [place(archive, source, score).outcome for source, score in (("a", 5), ("b", 25), ("c", 15))]
    assert outcomes == [Outcome.NEW, Outcome.IMPROVED, Outcome.KEPT_OUT]
    assert (sources(archive), archive.cells_total) == (["b"], 1)
    assert sources(archive.select(generator(1), 8)) == ["b"]


def test_a_hill_climber_has_one_elite_a_problem():
    archive = BestArchive((PROBLEM, SIZE), score_floor=0.0)
    for source, score, problem in (("a", 1, "p"), ("b", 2, "p"), ("c", 1, "q")):
        place(archive, source, score, problem=problem)
    assert (sources(archive), archive.cells_total) == (["b", "c"], 2)
    assert sources(archive.select(generator(1), 8, "p")) == ["b"]
    assert archive.label((1,)) == {"problem": "q"}


def test_best_of_n_offers_its_seeds_alone():
    archive = SeedArchive((SIZE,), score_floor=0.0)
    for source, score, *parents in (("seed", 1), ("seed 2", 2), ("child", 9, "seed"), ("worse", 5, "seed 2")):
        place(archive, source, score, *parents)
    assert sources(archive) == ["seed", "seed 2", "child"]
    assert sorted(sources(archive.select(generator(1), 8))) == ["seed", "seed 2"]
    assert archive.best.program.source == "child"
    placed = place(archive, "better", 10, "seed")
    assert (placed.outcome, placed.displaced) == (Outcome.IMPROVED, Program("child").id)
    assert archive.label(placed.niche) == {"seed": "0"}


def test_best_of_n_keeps_the_seeds_of_each_problem_apart_and_needs_none():
    archive = SeedArchive((PROBLEM, SIZE), score_floor=0.0)
    place(archive, "seed", 1, problem="p")
    assert place(archive, "seed", 1, problem="p").outcome is Outcome.KEPT_OUT
    assert place(archive, "orphan", 3, "unknown", problem="q").outcome is Outcome.NEW
    assert archive.select(generator(1), 8, "q") == ()
    assert sources(archive.select(generator(1), 8, "p")) == ["seed"]
    assert archive.champion("q").program.source == "orphan"
