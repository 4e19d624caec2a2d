"""What every registered archive promises (`protocols.Archive`), however it draws parents."""

from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch import registry
from evosearch.errors import Status
from evosearch.protocols import Archive
from evosearch.randomness import generator
from evosearch.types import Axis, Evaluation, Outcome, Program

AXES = (Axis("problem", categories=("p", "q")), Axis("size", edges=(1.0, 2.0, 3.0)))
#: Kinds that draw parents from a part of what they hold.
OF_A_PART = {"islands"}


def variants(kind):
    """The options under which a kind is tested: its defaults, and each way to draw parents."""
    selection = get_type_hints(registry.archive_kind(kind).Options).get("selection")
    return [{}, *({"selection": way} for way in get_args(selection))]


VARIANTS = [(kind, options) for kind in registry.names("archives") for options in variants(kind)]


def maker(kind, options):
    return lambda: registry.make_archive(kind, AXES, score_floor=0.0, options=options)


@pytest.fixture(params=VARIANTS, ids=lambda variant: "-".join((variant[0], *variant[1].values())))
def make(request):
    return maker(*request.param)


def offers(count):
    """Programs of two problems, each third with parents."""
    rng = generator(7)
    earlier = []
    for number in range(count):
        problem = "pq"[int(rng.integers(2))]
        features = {"problem": problem, "size": float(rng.uniform(0, 4))}
        cases = tuple(rng.normal(size=3).tolist())
        evaluation = Evaluation(Status.OK, sum(cases), features=features, cases=cases)
        parents = tuple(earlier[-3:-1]) if number % 3 == 2 else ()
        program = Program(f"program {number}", problem)
        earlier.append(program.id)
        yield program, evaluation, parents


def filled(make, count=60):
    archive = make()
    placements = [archive.place(*offer) for offer in offers(count)]
    return archive, placements


def test_it_fulfils_the_protocol(make):
    assert isinstance(make(), Archive)


@pytest.mark.parametrize("kind", registry.names("archives"))
def test_it_is_called_what_it_is_registered_as(kind):
    assert maker(kind, {})().kind == kind
    assert registry.archive_kind(kind)(AXES, score_floor=0.0).digest() == maker(kind, {})().digest()


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
    assert archive.best.score == max(evaluation.score for _, evaluation, _ in offers(60))


def test_what_has_no_score_is_kept_out_and_changes_nothing(make):
    archive, _ = filled(make)
    before = archive.digest()
    placed = archive.place(Program("hangs", "p"), Evaluation(Status.TIMEOUT_WALL), tuple(e.program.id for e in archive))
    assert (placed.outcome, placed.niche) == (Outcome.KEPT_OUT, None)
    assert archive.digest() == before


@pytest.mark.parametrize(
    "features", [{}, {"problem": "p"}, {"problem": "r", "size": 1}, {"problem": "p", "size": 1e999}]
)
def test_what_has_no_cell_on_the_map_is_kept_out_and_changes_nothing(make, features):
    archive, _ = filled(make)
    before = archive.digest()
    placed = archive.place(Program("lost", "p"), Evaluation(Status.OK, 1e6, features=features))
    assert (placed.outcome, placed.niche) == (Outcome.KEPT_OUT, None)
    assert (archive.digest(), len(archive)) == (before, len(list(archive)))
    assert archive.best.score < 1e6


def test_an_unknown_parent_is_passed_over(make):
    archive = make()
    evaluation = Evaluation(Status.OK, 1.0, features={"problem": "p", "size": 1})
    assert archive.place(Program("a", "p"), evaluation, ("nobody", "no one")).outcome is Outcome.NEW


def test_of_equal_scores_the_shorter_program_leads_and_then_the_first(make):
    archive = make()
    for source in ("middling", "short", "first", "longer than these"):
        archive.place(Program(source, "p"), Evaluation(Status.OK, 1.0, features={"problem": "p", "size": 1}))
    assert archive.best.program.source == archive.champion("p").program.source == "short"


def test_scores_may_be_as_large_as_numbers_are(make):
    archive = make()
    for number, score in enumerate((1e308, -1e308, 1.7e308, 0.0, 1e-308)):
        features = {"problem": "p", "size": float(number)}
        archive.place(Program(f"{number}", "p"), Evaluation(Status.OK, score, features=features))
    assert archive.best.score == 1.7e308
    assert archive.select(generator(1), 8, "p")


def test_a_selection_has_no_elite_twice_and_keeps_to_its_problem(make):
    archive, _ = filled(make)
    for seed in range(20):
        chosen = archive.select(generator(seed), 4, "q")
        assert len({elite.program.id for elite in chosen}) == len(chosen) <= 4
        assert {elite.program.problem for elite in chosen} == {"q"}
    assert archive.select(generator(1), 4, "r") == ()


@pytest.mark.parametrize("kind", sorted({*registry.names("archives")} - OF_A_PART))
def test_asking_for_more_than_there_is_gives_all(kind):
    archive = maker(kind, {})()
    for program, evaluation, _ in offers(60):
        archive.place(program, evaluation)
    assert {elite.niche for elite in archive.select(generator(1), 10_000)} == {elite.niche for elite in archive}


def test_nothing_is_selected_where_nothing_is(make):
    archive, _ = filled(make)
    assert make().select(generator(1), 3) == ()
    assert archive.select(generator(1), 0) == ()


def test_its_niches_have_names_for_people(make):
    archive, placements = filled(make)
    for niche in [elite.niche for elite in archive] + [placed.niche for placed in placements if placed.niche]:
        label = archive.label(niche)
        assert label["problem"] in {"p", "q"} or "problem" not in label
        assert all(isinstance(text, str) and text for text in (*label, *label.values()))


def test_the_champion_is_the_best_of_its_problem(make):
    archive, _ = filled(make)
    for problem in "pq":
        scores = [evaluation.score for program, evaluation, _ in offers(60) if program.problem == problem]
        assert archive.champion(problem).score == max(scores)
    assert archive.champion("r") is None


#: Whether it has a score, its problem, size, score, the values of its cases, how long it is, and which came before it.
OFFER = st.tuples(
    st.booleans() | st.just(True),
    st.sampled_from("pq"),
    st.floats(0, 4),
    st.integers(-3, 3),
    st.tuples(*[st.integers(0, 2)] * 3) | st.just(()),
    st.integers(0, 3),
    st.lists(st.integers(1, 10), max_size=3),
)


@pytest.mark.parametrize(("kind", "options"), VARIANTS)
@settings(max_examples=25, deadline=None)
@given(st.lists(OFFER, max_size=40))
def test_its_figures_agree_whatever_is_offered(kind, options, sequence):
    archive, scores, programs = maker(kind, options)(), {"p": [], "q": []}, []
    for number, (works, problem, size, score, cases, length, back) in enumerate(sequence):
        features = {"problem": problem, "size": size}
        evaluation = Evaluation(Status.OK, float(score), features=features, cases=tuple(map(float, cases)))
        program = Program(f"{number} {'x' * length}", problem)
        parents = tuple(programs[-step] for step in back if step <= len(programs))
        placed = archive.place(program, evaluation if works else Evaluation(Status.TIMEOUT_CPU), parents)
        programs.append(program.id)
        if works:
            scores[problem].append(score)
        if placed.outcome:
            assert any(elite.niche == placed.niche and elite.program == program for elite in archive)
        assert (placed.outcome is Outcome.NEW) <= (placed.displaced is None)
    elites = list(archive)
    assert len(archive) == len(elites) == len({elite.niche for elite in elites})
    assert archive.cells_total is None or len(archive) <= archive.cells_total
    assert archive.qd_score == pytest.approx(sum(max(0.0, elite.score) for elite in elites))
    assert (archive.best.score if archive.best else None) == max(scores["p"] + scores["q"], default=None)
    for problem in "pq":
        champion = archive.champion(problem)
        assert (champion.score if champion else None) == max(scores[problem], default=None)
        assert champion is None or champion.score == max(e.score for e in elites if e.program.problem == problem)
    before = archive.digest()
    for problem in (None, "p", "q"):
        chosen = archive.select(generator(3), 8, problem)
        assert chosen == archive.select(generator(3), 8, problem)
        assert len({elite.program.id for elite in chosen}) == len(chosen) <= 8
        assert all(elite in elites and problem in {None, elite.program.problem} for elite in chosen)
    assert archive.digest() == before
