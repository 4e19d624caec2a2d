"""Figures that are reported, never asserted: `pytest -m bench -s`.

CPU time is that of the process and of all its children. The P3 figures need the official file, at `../shared/p3/` or
where the variable P3_PUZZLES says; a `split.json` beside it names the problems of the test split.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

import pytest

from evosearch import registry
from evosearch.proposers.symbolic.batch import search
from evosearch.store import Store
from evosearch.types import Program, Reading, Recipe

pytestmark = pytest.mark.bench

P3 = Path(os.environ.get("P3_PUZZLES", Path(__file__).parents[3] / "shared" / "p3" / "puzzles.json"))
SPLIT = P3.with_name("split.json")
RUNGS = (100, 1_000, 10_000)
SEEDS = (1, 2, 3, 4, 5)


def cpu_seconds():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def puzzles():
    recipe = Recipe("puzzles", "puzzles")
    return registry.make_task(recipe), recipe


def test_evaluations_with_a_process_for_each_candidate():
    """A trivial program, one worker: candidates a CPU second, start-up of the worker left out."""

    async def evaluate(count):
        task, recipe = puzzles()
        executor = registry.make_executor("local", task, recipe, workers=1)
        program = Program("def sol(*inputs):\n    return 1\n", task.problems[0].name)
        for _ in range(count):
            await executor.evaluate(program, Reading("b2:0"), "train", 0)
        await executor.aclose()

    marks = [cpu_seconds()]
    for count in (1, 501):
        asyncio.run(evaluate(count))
        marks.append(cpu_seconds())
    used = (marks[2] - marks[1]) - (marks[1] - marks[0])
    print(f"\none process a candidate: {500 / used:,.0f} evaluations a CPU second")


def test_candidates_of_a_batch():
    """The embedded search on every packaged puzzle: candidates a CPU second in the first, second and third rung."""
    task, _ = puzzles()
    for allowance, spent in ((100, 0), (900, 100), (9_000, 1_000)):
        tried, begin = 0, time.process_time()
        for problem in task.problems[::5]:
            material = task.brief(problem.name).material
            request = {"instances": material["instances"], "answer_type": material["answer_type"], "seed": [1]}
            request |= {"parents": [], "solutions": [], "solved": False, "returned": 3}
            tried += search(request | {"allowance": allowance, "spent": spent})["tried"]
        print(f"\nbatch of {allowance:,}: {tried / (time.process_time() - begin):,.0f} candidates a CPU second")


def test_the_engine_beside_its_workers(tmp_path):
    """CPU time of the controller for each recorded program, start-up left out."""
    subprocess.run([sys.executable, "-m", "evosearch", "init", "custom", "task"], cwd=tmp_path, check=True)
    script = (
        "import resource, sys; sys.argv = sys.argv[1:]\n"
        "from evosearch.cli import main\n"
        "try: main()\n"
        "finally:\n"
        "    use = resource.getrusage(resource.RUSAGE_SELF); print(use.ru_utime + use.ru_stime)\n"
    )
    used = []
    for count in (20, 520):
        words = ["evosearch", "run", "task", "--quiet", "--archive", f"{count}.db", "--budget", f"{count}evals"]
        done = subprocess.run(
            [sys.executable, "-c", script, *words], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        used.append(float(done.stdout.splitlines()[-1]))
    print(f"\nengine: {(used[1] - used[0]) / 500 * 1000:.2f} ms of CPU for each recorded program")


def test_p3(tmp_path):
    """The official problems with at most 10,000 evaluations each, over several seeds: each, and medians with ranges."""
    assert P3.exists(), f"the official file is not at {P3}; say where with P3_PUZZLES"
    evosearch = [sys.executable, "-m", "evosearch"]
    figures = []
    for seed in SEEDS:
        home = tmp_path / str(seed)
        home.mkdir()
        subprocess.run([*evosearch, "init", "puzzles", "p3", "--puzzles", P3], cwd=home, check=True)
        begin = cpu_seconds()
        words = ["run", "p3", "--seed", str(seed), "--budget", "4000000evals", "--quiet"]
        subprocess.run([*evosearch, *words], cwd=home, check=True)
        minutes = (cpu_seconds() - begin) / 60
        figures.append(p3_figures(home / "archives" / "p3.db") | {"CPU minutes": minutes})
        print(f"\nseed {seed}: {told(figures[-1:])}")
    print(f"\nmedian (range) over seeds: {told(figures)}")


def p3_figures(archive):
    """What the archive tells: problems answered within each rung, and by a program for all instances."""
    spent, answered_at, programs = defaultdict(int), {}, {}
    with Store.read(archive) as store:
        for step in store.steps():
            spent[step.problem] += step.usage.evaluations
            for trial in step.trials:
                metrics = trial.evaluation.metrics if trial.evaluation else {}
                if metrics.get("answered"):
                    answered_at.setdefault(step.problem, spent[step.problem])
                if metrics.get("program") and metrics["instances"] > 1:
                    programs.setdefault(step.problem, trial.proposal.operator)
    figures = {f"answer at {rung:,}": sum(at <= rung for at in answered_at.values()) for rung in RUNGS}
    test = set(json.loads(SPLIT.read_text())["test"]) if SPLIT.exists() else set()
    if test:
        figures |= {
            f"test split at {rung:,}": sum(answered_at.get(name, rung + 1) <= rung for name in test) for rung in RUNGS
        }
        figures["test split, all instances"] = len(test & programs.keys())
    figures["all instances"] = len(programs)
    arms = Counter(programs.values())
    figures |= {f"all instances by {arm}": arms[arm] for arm in sorted(arms)}
    return figures | {"evaluations": sum(spent.values())}


def told(figures):
    """The median of each figure, and its range where there are several."""
    words = []
    for name in dict.fromkeys(name for one in figures for name in one):
        values = sorted(one.get(name, 0) for one in figures)
        extent = f" ({values[0]:,.4g} to {values[-1]:,.4g})" if len(values) > 1 else ""
        words.append(f"{name} {median(values):,.7g}{extent}")
    return "; ".join(words)


if __name__ == "__main__":
    print(told([p3_figures(Path(sys.argv[1]))]))
