import numpy as np
import pytest

from evosearch.errors import Status
from evosearch.sandbox.verdict import from_json, to_json
from evosearch.types import Evaluation

MEASURED = {"cpu_seconds": 0.5, "wall_seconds": 1.5, "log": "text"}


def test_a_verdict_comes_back_with_what_was_measured():
    decided = Evaluation(Status.OK, 2.5, {"a": 1.0}, {"size": 3, "kind": "x"}, "better")
    assert from_json(to_json(decided), **MEASURED) == Evaluation(
        Status.OK, 2.5, {"a": 1.0}, {"size": 3, "kind": "x"}, "better", **MEASURED
    )


def test_a_failure_has_no_score():
    assert from_json(to_json(Evaluation(Status.CRASHED, feedback="why")), **MEASURED).score is None


def test_numbers_of_numpy_become_numbers():
    decided = Evaluation(Status.OK, np.float64(1), {"a": np.int32(2)}, {"x": np.float32(0.5), "y": np.int64(3)})
    verdict = to_json(decided)
    values = [verdict["score"], verdict["metrics"]["a"], *verdict["features"].values()]
    assert list(map(type, values)) == [float, float, float, int]


def test_feedback_can_always_be_written_down():
    assert to_json(Evaluation(Status.CRASHED, feedback="\ud800"))["feedback"] == "\\ud800"


@pytest.mark.parametrize("features", [{"x": None}, {"x": [1]}])
def test_a_feature_is_a_number_or_a_text(features):
    with pytest.raises(TypeError):
        to_json(Evaluation(Status.OK, 1.0, features=features))
