"""The moves of a line, each by itself."""

import asyncio
from dataclasses import replace

import pytest

from evosearch.proposers.symbolic.line.moves import BROOD, BROODS, CUTS, FILLINGS, ROUNDS, Moves
from evosearch.proposers.symbolic.line.names import CROSSOVER, EDITS, FILLS, POLISHES
from evosearch.types import Brief, Elite, Evaluation, Program

SEED = "def curve(x):\n    return 0.5 * x + 1.5\n"
SQUARE = "def curve(x):\n    return x * x * 0.3\n"
BULKY = "def curve(x):\n    unused = x + 1.0\n    y = x * 1.5\n    return y + 0.0 * x\n"
TABLE = {"kind": "table", "function": "curve", "features": ["x"], "low": 0.0, "high": 4.0, "knots": 9}


def parts(bench):
    return {part for operator in bench.operators for part in operator.split("+")}


@pytest.fixture
def made(make_bench, make_context):
    """Carries out a move; returns the moves and the bench."""

    def made(name, allowance=64, **more):
        bench = make_bench(allowance)
        moves = Moves(make_context(bench, **more))
        asyncio.run(moves.named(name)())
        return moves, bench

    return made


@pytest.mark.parametrize("seed", range(5))
def test_an_edit_goes_on_from_its_best_child(made, seed):
    moves, bench = made("edit", seed=seed)
    assert 0 < len(bench.trials) <= 2 * BROOD * BROODS + 24 * BROODS
    assert CROSSOVER not in parts(bench)
    parents = {trial.proposal.parents[0] for trial in bench.trials}
    assert Program(SEED).id in parents
    assert moves.stock.best.score >= bench.score(SEED)


def test_a_crossover_takes_from_another_program(made):
    donors = set()
    for seed in range(6):
        moves, bench = made("crossover", sources=(SEED, SQUARE), seed=seed)
        assert moves.can_cross
        assert parts(bench) <= {CROSSOVER, *POLISHES}
        donors |= {trial.proposal.parents[1:] for trial in bench.trials if trial.proposal.operator == CROSSOVER}
    assert donors - {()}


def test_a_solution_of_a_kindred_problem_is_a_donor_too(make_bench, make_context):
    kin = Elite(Program(SQUARE, "other"), Evaluation(score=1.0), (0,))
    context = make_context(make_bench(8))
    assert not Moves(context).can_cross
    assert Moves(replace(context, inspirations=(kin,))).can_cross


@pytest.mark.parametrize("templates", [[TABLE], []])
def test_a_template_is_filled_and_its_best_program_polished(made, templates):
    _, bench = made("template", templates=templates)
    filled = [operator for operator in bench.operators if operator in FILLS]
    assert 0 < len(filled) <= FILLINGS
    assert set(bench.operators[len(filled) :]) <= set(POLISHES)
    assert len(bench.operators) > len(filled)


def test_a_template_that_has_not_been_tried_is_taken(made):
    tables = 0
    for seed in range(5):
        moves, bench = made("template", templates=[TABLE], seed=seed)
        assert moves.untried_templates == [TABLE]
        tables += bench.operators[0] == "table"
    assert tables == 5


def test_simplifying_leaves_out_what_does_not_pay(made):
    moves, bench = made("simplify", sources=(BULKY,))
    assert len(bench.trials) <= CUTS * ROUNDS
    assert moves.stock.best.score >= bench.score(BULKY)
    assert len(moves.stock.best.program.source) < len(BULKY)
    assert "unused" not in moves.stock.best.program.source


def test_polishing_takes_the_best_program(made):
    _, bench = made("polish", sources=(SEED, SQUARE))
    assert {trial.proposal.parents for trial in bench.trials} == {(Program(SQUARE).id,)}
    assert parts(bench) <= set(POLISHES)


@pytest.mark.parametrize("name", ["polish", "edit", "crossover", "template", "simplify"])
@pytest.mark.parametrize("allowance", [1, 2, 5])
def test_no_move_asks_for_more_than_is_left(made, name, allowance):
    _, bench = made(name, allowance=allowance, sources=(BULKY, SQUARE))
    assert 0 <= bench.left < allowance


def test_a_child_without_a_bench_is_not_evaluated(make_bench, make_context):
    bench = make_bench(5)
    child = asyncio.run(Moves(make_context(bench)).child())
    assert bench.trials == []
    assert set(child.operator.split("+")) <= set(EDITS)


def test_a_brief_without_templates_is_no_obstacle(make_bench, make_context):
    context = replace(make_context(make_bench(8)), brief=Brief("fit a curve", {"packages": ["numpy"]}))
    asyncio.run(Moves(context).template())
    assert context.bench.trials


def test_no_general_template_is_filled_where_programs_may_not_import_numpy(make_bench, make_context):
    assert Moves(make_context(make_bench(8))).can_fill
    assert not Moves(make_context(make_bench(8), packages=())).can_fill
    assert Moves(make_context(make_bench(8), templates=[TABLE], packages=())).can_fill
