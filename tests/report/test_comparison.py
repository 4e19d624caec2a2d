"""Was it worth it: paired differences over few seeds, and what may be said of them."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evosearch.report.comparison import Trial, Verdict, as_json, compare, contrast, sign_flip, student
from evosearch.report.comparison_view import draw
from evosearch.report.containment import Containment
from evosearch.report.curve import Curve, Point
from evosearch.types import Usage

ARMS = {"grid": "the archive (grid)", "seeds": "best of N from the seeds", "best": "hill-climber"}


def judge(*differences):
    return contrast("grid", "seeds", "best score", differences)


def trial(arm, seed, best, *, solved=None):
    """A run of 10 evaluations that had its best score at once."""
    many = solved is not None
    end = Point(Usage(10, calls=2, usd=0.5, seconds=3.0), best, 1, best, solved or 0, best if many else None)
    return Trial(arm, seed, f"archives/{arm}-seed{seed}.db", Curve((end,), 4 if many else 0, None, cpu_seconds=1.5))


def comparison(results, **more):
    """A comparison of what each arm came to on each seed."""
    seeds = range(len(next(iter(results.values()))))
    return compare(
        {arm: ARMS[arm] for arm in results},
        [trial(arm, seed, results[arm][seed], **more) for seed in seeds for arm in results],
    )


def shown(found, width=80):
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(draw(found))
    return captured.get()


def test_the_quantiles_are_students():
    # Two-sided 5%, from the tables in any book of statistics.
    known = {1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 10: 2.228, 11: 2.201, 15: 2.131, 19: 2.093, 30: 2.042}
    assert {freedom: round(student(freedom), 3) for freedom in known} == known
    with pytest.raises(ValueError, match="got 0"):
        student(0)


def test_the_interval_is_students_of_the_mean_difference():
    found = judge(1.0, 2.0, 3.0, 4.0, 5.0)
    half = 2.7764 * math.sqrt(2.5) / math.sqrt(5)
    assert (found.mean, found.low, found.high) == (3.0, pytest.approx(3 - half), pytest.approx(3 + half))
    assert (found.p, found.verdict) == (2 / 32, Verdict.HELPED)
    assert judge(-1.0, -2.0, -3.0, -4.0, -5.0).verdict is Verdict.HURT


def test_the_signs_count_all_ways_to_turn_them_round():
    assert sign_flip([1.0, 1.0, 1.0]) == 0.25
    assert sign_flip([3.0, 1.0]) == 0.5
    assert sign_flip([2.0, -1.0]) == 1.0
    assert sign_flip([0.1, 0.2, 0.3]) == sign_flip([0.3, 0.2, 0.1]) == 0.25


def test_equal_everywhere_is_no_difference():
    assert judge(0.0, 0.0, 0.0).verdict is Verdict.EQUAL


def test_without_a_spread_the_signs_decide():
    assert judge(*[1.0] * 5).verdict is Verdict.UNKNOWN
    assert judge(*[1.0] * 6).verdict is Verdict.HELPED
    assert judge(*[-1.0] * 6).verdict is Verdict.HURT


def test_one_seed_that_is_much_worse_leaves_it_open():
    found = judge(1.0, 1.1, 0.9, 1.0, -3.0)
    assert found.verdict is Verdict.UNKNOWN
    assert found.smallest == pytest.approx((found.high - found.low) / 2)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=8))
def test_who_is_judged_against_whom_only_turns_it_round(differences):
    turned = {Verdict.HELPED: Verdict.HURT, Verdict.HURT: Verdict.HELPED}
    there, back = judge(*differences), judge(*(-one for one in differences))
    assert back.verdict is turned.get(there.verdict, there.verdict)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p == back.p
    assert 2 / 2 ** len(differences) <= there.p <= 1


LAWS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "long tails": lambda rng, n: rng.standard_cauchy(size=n),
    "two values": lambda rng, n: rng.choice([-1.0, 1.0], n),
    "nearly two values": lambda rng, n: rng.choice([-1, 1], n) * (1 + 0.01 * rng.normal(size=n)),
    "counts": lambda rng, n: (rng.poisson(1.0, n) - rng.poisson(1.0, n)).astype(float),
}


@pytest.mark.parametrize("seeds", [5, 8])
@pytest.mark.parametrize("law", LAWS)
def test_where_there_is_no_difference_one_is_seldom_told(law, seeds):
    rng = np.random.default_rng([5, seeds])
    told = [judge(*LAWS[law](rng, seeds)).verdict is not Verdict.UNKNOWN for _ in range(500)]
    assert np.mean(told) <= 0.08


def test_a_great_difference_is_told():
    rng = np.random.default_rng(6)
    told = [judge(*rng.normal(2.0, 1.0, size=5)).verdict is Verdict.HELPED for _ in range(200)]
    assert np.mean(told) >= 0.8


def test_it_is_worth_it_if_it_helped_against_all_others():
    better, worse = [5.0, 6.0, 7.0, 8.0, 9.0], [1.0, 2.1, 3.2, 3.9, 5.0]
    assert comparison({"grid": better, "seeds": worse, "best": worse}).verdict is Verdict.HELPED
    assert comparison({"grid": worse, "seeds": better, "best": worse}).verdict is Verdict.HURT
    assert comparison({"grid": better, "seeds": worse, "best": better}).verdict is Verdict.UNKNOWN
    assert comparison({"grid": better, "seeds": better, "best": better}).verdict is Verdict.EQUAL


def test_of_many_problems_the_solved_ones_count_first():
    found = comparison({"grid": [0.5, 0.6, 0.7], "seeds": [0.1, 0.21, 0.3]}, solved=3)
    assert [score.name for score in found.scores] == [
        "problems solved",
        "mean best score",
        "mean best score, averaged over the run",
    ]
    assert found.scores[0].by_arm == {"grid": (3.0, 3.0, 3.0), "seeds": (3.0, 3.0, 3.0)}
    # As many are solved everywhere, so the next figure decides.
    assert found.verdict is Verdict.HELPED


def test_a_run_for_each_seed_and_arm_is_needed():
    with pytest.raises(ValueError, match="one run for each seed and arm"):
        compare(ARMS, [trial("grid", 0, 1.0), trial("seeds", 0, 1.0)])


def test_json_has_runs_figures_and_the_verdict():
    found = json.loads(json.dumps(as_json(comparison({"grid": [1.0, 2.0, 3.0], "seeds": [1.0, 2.0, 3.0]}))))
    assert (found["verdict"], found["seeds"]) == ("made no difference", [0, 1, 2])
    assert found["arms"] == {"grid": "the archive (grid)", "seeds": "best of N from the seeds"}
    first = found["runs"][0]
    assert (first["arm"], first["seed"], first["archive"]) == ("grid", 0, "archives/grid-seed0.db")
    assert (first["best"], first["area"], first["cpu_seconds"], first["spent"]["usd"]) == (1.0, 1.0, 1.5, 0.5)
    best, area = found["figures"]
    assert (best["name"], area["name"]) == ("best score", "best score, averaged over the run")
    assert best["contrasts"][0]["differences"] == [0.0, 0.0, 0.0]
    assert best["contrasts"][0]["verdict"] == "made no difference"


def test_people_see_every_seed_the_costs_and_the_answer():
    better = [5.0, 6.0, 7.0, 8.0, 9.0]
    found = comparison({"grid": better, "seeds": [1.0, 2.1, 3.2, 3.9, 5.0], "best": [4.0, 7.0, 6.5, 8.5, 9.0]})
    text = shown(found, width=300)
    assert max(map(len, shown(found).splitlines())) <= 80
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line and line[0] != " "}
    assert "best of N from the seeds: helped; +3.96 on average (95% interval 3.8" in text
    assert "hill-climber: cannot be told; +0 on average (95% interval -0.98" in text
    assert "smallest difference that 5 seeds could have shown: 0.98" in text
    assert [rows[name] for name in ("median", "least", "most")] == [["7", "3.2", "7"], ["5", "1", "4"], ["9", "5", "9"]]
    assert "hill-climber                       50     10       0  $2.50           7.5 s  15 s" in text
    assert text.rstrip().endswith("was the archive (grid) worth it? that cannot be told; more --seeds may tell")


def test_an_archive_whose_scores_may_be_forged_is_named():
    found = comparison({"grid": [1.0, 2.0, 3.0], "seeds": [1.0, 2.0, 3.0]})
    unsafe = replace(found.trials[1], curve=replace(found.trials[1].curve, containment={1: Containment.UNSAFE}))
    text = shown(replace(found, trials=(found.trials[0], unsafe, *found.trials[2:])), width=300)
    assert "archives/seeds-seed0.db: UNSAFE: run 1 ran without demanding a sandbox" in text
    assert text.count("UNSAFE") == 1


def test_equal_differences_are_told_as_such():
    text = shown(comparison({"grid": [2.0, 3.0, 4.0], "seeds": [1.0, 2.0, 3.0]}), width=300)
    assert "cannot be told; +1 for each of 3 seeds, which are too few to be sure" in text
    text = shown(comparison({"grid": [2.0, 3.0, 4.0], "seeds": [2.0, 3.0, 4.0]}), width=300)
    assert "made no difference; equal for all 3 seeds" in text
