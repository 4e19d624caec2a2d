"""The best constants of a program, found in several pieces."""

import asyncio
import json

import numpy as np
import pytest

from evosearch.proposers.symbolic.line.names import CLIMB, CMA
from evosearch.proposers.symbolic.line.polishing import OPERATOR, Polisher
from evosearch.proposers.symbolic.line.stock import Known
from evosearch.proposers.symbolic.workshop import Workshop
from evosearch.types import Finding, Program, Proposal

SEED = "def curve(x):\n    return 0.5 * x + 1.5\n"
MANY = "import numpy as np\n\n\ndef curve(x):\n    return np.interp(x, np.linspace(0.0, 4.0, 9), [{}])\n"
TABLE = MANY.format(", ".join(["0.0", "1.0"] * 4 + ["0.0"]))
NONE = "def curve(x):\n    return x\n"


class Work:
    """A polisher, and the programs it has had evaluated."""

    def __init__(self, bench, context, findings=(), seed=1):
        self.bench = bench
        rng = np.random.default_rng(seed)
        self.polisher = Polisher(Workshop(context), self.try_, rng, findings, distance=1.0)

    async def try_(self, operator, parent, sources):
        proposals = [Proposal(Program(source), operator, (parent.program.id,)) for source in sources]
        return [
            Known(trial.proposal.program, trial.evaluation.score) if trial.evaluation else None
            for trial in await self.bench(*proposals)
        ]

    def polish(self, source, **more):
        known = Known(Program(source), self.bench.score(source))
        asyncio.run(self.polisher.polish(known, self.bench.left, **more))

    def progress(self, source):
        return asyncio.run(self.polisher.progress(Known(Program(source), self.bench.score(source))))


@pytest.fixture
def work(make_bench, make_context):
    def make(allowance=200, findings=()):
        bench = make_bench(allowance)
        return Work(bench, make_context(bench), findings)

    return make


def only(findings):
    (finding,) = findings
    return finding


def best_of(bench):
    return max(bench.trials, key=lambda trial: trial.evaluation.score).proposal.program.source


def test_a_handful_of_constants_is_climbed(work):
    worker = work()
    worker.polish(SEED)
    assert worker.bench.operators == [CLIMB] * 24
    assert max(worker.bench.scores) > worker.bench.score(SEED)


def test_more_are_left_to_cma_es(work):
    worker = work()
    worker.polish(TABLE)
    assert worker.bench.operators == [CMA] * 40  # four generations of ten
    assert max(worker.bench.scores) > worker.bench.score(TABLE)


def test_with_less_left_than_a_generation_they_are_climbed(work):
    worker = work(allowance=7)
    worker.polish(TABLE)
    assert worker.bench.operators == [CLIMB] * 7


def test_a_program_without_constants_is_left_alone(work):
    worker = work()
    worker.polish(NONE)
    assert worker.bench.trials == []
    assert worker.polisher.findings == ()
    assert worker.progress(NONE) == "spent"


def test_a_finding_is_json(work):
    worker = work()
    worker.polish(TABLE)
    finding = only(worker.polisher.findings)
    assert finding.operator == OPERATOR
    assert json.loads(json.dumps(finding.data)) == finding.data
    assert finding.data["score"] == max(worker.bench.scores)
    assert finding.data["idle"] == 0


@pytest.mark.parametrize("source", [SEED, TABLE])
def test_a_later_proposal_goes_on_where_it_stopped(work, source):
    first = work()
    first.polish(source)
    finding = only(first.polisher.findings)
    second = work(findings=[finding])
    second.polish(best_of(first.bench))
    after = only(second.polisher.findings)
    assert after.data["structure"] == finding.data["structure"]
    assert after.data["origin"] == finding.data["origin"]
    assert after.data["score"] >= finding.data["score"]
    assert after.data["mean"] != finding.data["mean"]


def test_it_does_so_from_any_program_of_the_structure(work):
    first = work()
    first.polish(TABLE)
    second = work(findings=first.polisher.findings)
    second.polish(TABLE)
    assert min(second.bench.scores) > second.bench.score(TABLE)


def test_findings_of_others_are_passed_over(work):
    worker = work(findings=[Finding("diff", {"anything": 1})])
    worker.polish(SEED)
    assert worker.bench.scores


def test_begun_anew_it_keeps_the_better_search(work):
    first = work()
    first.polish(TABLE)
    first.polish(best_of(first.bench))
    finding = only(first.polisher.findings)
    second = work(allowance=10, findings=[finding])
    second.polish(TABLE, anew=True)
    assert second.bench.operators == [CMA] * 10
    assert second.polisher.findings == ()


def test_a_program_is_polished_as_long_as_that_pays(work):
    worker = work(allowance=400)
    assert worker.progress(SEED) == "new"
    worker.polish(SEED)
    assert worker.progress(SEED) == "gaining"
    while worker.bench.left:
        worker.polish(best_of(worker.bench))
    assert worker.progress(SEED) == "spent"


def test_a_first_visit_in_vain_is_enough(work):
    best = "def curve(x):\n    return 1.0 * x ** 2.0\n"
    worker = work()
    worker.polish(best)
    assert worker.progress(best) == "spent"


def test_what_something_else_made_better_is_gone_on_from(work):
    first = work()
    first.polish(TABLE)
    better = MANY.format(", ".join(str(float(x) ** 2) for x in np.linspace(0, 4, 9)))
    second = work(findings=first.polisher.findings)
    second.polish(better)
    assert max(second.bench.scores) > max(first.bench.scores)
    assert only(second.polisher.findings).data["score"] == second.bench.score(better)


def test_constants_that_the_coordinates_cannot_say_begin_anew(work):
    first = work()
    first.polish(SEED)
    flipped = "def curve(x):\n    return 3.5 * x + -2.5\n"
    second = work(findings=first.polisher.findings)
    second.polish(flipped)
    assert only(second.polisher.findings).data["origin"] == [3.5, -2.5]


def test_a_search_over_more_numbers_than_are_searched_well_is_not_written_down(work):
    huge = "import numpy as np\n\n\ndef curve(x):\n    return np.interp(x, np.linspace(0.0, 4.0, 120), [{}])\n"
    worker = work(allowance=5)
    worker.polish(huge.format(", ".join(f"{place / 10}" for place in range(120))))
    assert worker.bench.operators == [CLIMB] * 5
    assert worker.polisher.findings == ()
