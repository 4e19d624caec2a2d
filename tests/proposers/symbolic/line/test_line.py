"""One proposal's way from its parents to the end of its allowance."""

import asyncio
from dataclasses import replace

import pytest

from evosearch.errors import CandidateError, Status
from evosearch.proposers.symbolic.line import line, names
from evosearch.protocols import NoBench, Standings
from evosearch.types import Credit

SEED = "def curve(x):\n    return 0.5 * x + 1.5\n"
TABLE = {"kind": "table", "function": "curve", "features": ["x"], "low": 0.0, "high": 4.0, "knots": 9}
KNOWN_NAMES = {*names.EDITS, *names.POLISHES, *names.FILLS, *names.REDUCTIONS}


def drawn(context):
    return asyncio.run(line.draw(context))


@pytest.mark.parametrize("allowance", [1, 2, 3, 64])
def test_it_uses_its_allowance_and_returns_nothing_twice(make_bench, make_context, allowance):
    bench = make_bench(allowance)
    batch = drawn(make_context(bench))
    assert bench.left == 0
    assert batch.proposals == ()
    assert batch.usage.evaluations == 0


def test_it_gets_better(make_bench, make_context):
    bench = make_bench(200)
    drawn(make_context(bench))
    assert max(bench.scores) > 0.5 * bench.score(SEED)


def test_equal_contexts_give_equal_lines_and_others_do_not(make_bench, make_context):
    benches = [make_bench(64) for _ in range(3)]
    batches = [drawn(make_context(bench, seed=seed)) for bench, seed in zip(benches, (1, 1, 2), strict=True)]
    asked = [[trial.proposal for trial in bench.trials] for bench in benches]
    assert batches[0] == batches[1]
    assert asked[0] == asked[1] != asked[2]


def test_every_program_says_what_made_it_and_of_what(make_bench, make_context):
    bench = make_bench(200)
    context = make_context(bench, sources=(SEED, "def curve(x):\n    return x * 3.5 - 2.5\n"))
    drawn(context)
    known = {elite.program.id for elite in context.parents}
    for trial in bench.trials:
        assert set(trial.proposal.operator.split("+")) <= KNOWN_NAMES
        assert trial.proposal.parents
        assert set(trial.proposal.parents) <= known
        known.add(trial.proposal.program.id)


def test_a_template_that_cannot_be_filled_stands_in_the_way_of_nothing(make_bench, make_context):
    bench = make_bench(64)
    drawn(make_context(bench, templates=[TABLE | {"features": ["x +"]}]))
    assert bench.left == 0


def test_a_template_that_the_task_offers_is_tried_before_all_else_and_polished(make_bench, make_context):
    bench = make_bench(64)
    drawn(make_context(bench, templates=[TABLE]))
    assert bench.operators[0] == "table"
    assert names.CMA in bench.operators[:10]
    assert max(bench.scores) > 0.9 * max(bench.scores[:4])


def test_a_template_that_was_tried_has_no_precedence(make_bench, make_context):
    firsts = set()
    for seed in range(8):
        bench = make_bench(8)
        standings = Standings(edits={"table": Credit(4, 4, 0)})
        drawn(make_context(bench, seed=seed, templates=[TABLE], standings=standings))
        firsts.add(bench.operators[0])
    assert firsts - {"table"}


def test_programs_seen_before_cost_nothing_and_end_it_at_last(make_bench, make_context):
    class SeenAll(make_bench):
        def _trial(self, proposal):
            self.known.add(proposal.program.source)
            return super()._trial(proposal)

    bench = SeenAll(10)
    batch = drawn(make_context(bench))
    assert bench.left == 10
    assert 0 < len(bench.trials) <= 100 * line.PATIENCE
    assert batch.proposals == ()


def test_without_a_bench_it_returns_a_child(make_bench, make_context):
    context = replace(make_context(make_bench(5)), bench=NoBench())
    batch = drawn(context)
    (child,) = batch.proposals
    assert child.parents == (context.parents[0].program.id,)
    assert set(child.operator.split("+")) <= set(names.EDITS)


@pytest.mark.parametrize("bench", [None, NoBench()])
def test_a_lost_laboratory_is_a_note(make_bench, make_context, bench):
    asked = []

    async def lost(name, request, limits):
        asked.append(name)
        raise CandidateError(Status.MEMORY, "out of memory")

    given = make_context(make_bench(20), laboratory=lost)
    batch = drawn(replace(given, bench=bench or given.bench))
    assert batch.proposals == ()
    assert batch.note.endswith("was lost: memory: out of memory")
    assert len(asked) <= 3


def test_what_was_learnt_is_found_again(make_bench, make_context):
    first = make_bench(64)
    context = make_context(first, templates=[TABLE])
    findings = drawn(context).findings
    assert {finding.operator for finding in findings} == {"polish"}
    best = max((trial for trial in first.trials if trial.evaluation.score), key=lambda trial: trial.evaluation.score)
    second = make_bench(64, known=first.known)
    drawn(make_context(second, sources=(best.proposal.program.source,), findings=findings))
    assert max(second.scores) > max(first.scores)
