"""Records steps without end, and prints the number of each one that is recorded."""

import itertools
import sys

from evosearch.store import Identity, RunRecord, Store
from evosearch.types import Evaluation, Outcome, Placement, Program, Proposal, Reading, Step, Trial, Usage


def step(k: int) -> Step:
    """Step k, equal in every process; its trials are long enough to fill the WAL quickly."""
    proposals = (Proposal(Program(f"{i}: {k}" + "x" * 2000), "mutate", (f"{k}",)) for i in range(2))
    trials = (
        Trial(proposal, Reading(f"{k}"), Evaluation(score=k / 3), Placement(Outcome.NEW, (k,)))
        for proposal in proposals
    )
    return Step(k, None, 5, tuple(trials), Usage(evaluations=2, seconds=k / 7))


if __name__ == "__main__":
    identity = Identity(
        task="sorting",
        domain="custom",
        fingerprint="f00d",
        seed=1,
        window=16,
        archive="grid",
        archive_options={"selection": "uniform", "rivals": 3},
    )
    with Store.open(sys.argv[1], identity=identity) as store:
        run = store.begin_run(RunRecord("symbolic"))
        for k in itertools.count(store.steps_recorded()):
            store.record(step(k), run)
            sys.stdout.write(f"{k}\n")
            sys.stdout.flush()
