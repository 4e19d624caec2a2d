"""A task from the user's two files."""

from pathlib import Path

import pytest

from evosearch.errors import ConfigError, Status, TaskError
from evosearch.tasks.custom import CustomTask
from evosearch.types import Elite, Evaluation, Limits, Program, Recipe

SEED = "def fit(x):\n    return x\n"
EVALUATE = "def evaluate(candidate):\n    return 1\n"


class Answers:
    """A candidate that runs a trusted function in this process."""

    def __init__(self, function):
        self._function = function

    def call(self, function, *arguments, cpu_seconds=None):
        assert function == "fit"
        return self._function(*arguments)


@pytest.fixture
def make(tmp_path):
    def build(evaluate, seed=SEED, **options):
        (tmp_path / "seed.py").write_text(seed)
        (tmp_path / "evaluate.py").write_text(evaluate)
        task = CustomTask(Recipe("custom", "mine", str(tmp_path), options))
        task.prepare()
        return task

    return build


def judge(task, function=lambda x: x):
    return task.evaluate(Answers(function), "train", 7)


def test_the_brief_holds_the_description_the_axes_and_what_is_called(make):
    axes = [{"name": "size", "unit": "nodes", "edges": [2.0]}, {"name": "style", "categories": ["plain", "odd"]}]
    brief = make(EVALUATE, description="Write fit(x).", axes=axes, functions=["fit"]).brief(None)
    assert brief.entry == ("fit",)
    assert "# The task `mine`\n\nWrite fit(x).\n" in brief.text
    assert "- `size` (nodes)\n- `style`: plain, odd\n" in brief.text
    bare = make(EVALUATE).brief(None)
    assert bare.entry == ()
    assert "Kinds" not in bare.text


def test_the_report_tells_what_came_of_a_program_as_data(make):
    evaluation = Evaluation(
        score=0.125, metrics={"error": 2.0}, features={"size": 3.5, "style": "odd"}, feedback="a\n```\nb"
    )
    report = make(EVALUATE).report(Elite(Program(SEED), evaluation, (0,)), None)
    assert report == (
        "Score 0.125 (greater is better).\n"
        "Metrics: error 2.\n"
        "Kind: size 3.5, style odd.\n"
        "What came of it:\n\n```output\na\n'''\nb\n```\n"
    )
    bare = make(EVALUATE).report(Elite(Program(SEED), Evaluation(score=1e-9), (0,)), None)
    assert bare == "Score 1e-09 (greater is better).\n"


def test_naming_what_is_called_makes_no_other_task(make):
    assert make(EVALUATE).fingerprint == make(EVALUATE, functions=["fit"]).fingerprint


def test_a_number_is_a_score(make):
    evaluation = judge(make("def evaluate(candidate):\n    return candidate.call('fit', 3)\n"))
    assert (evaluation.status, evaluation.score) == (Status.OK, 3.0)


def test_a_dictionary_says_more(make):
    task = make(
        "def evaluate(candidate):\n"
        "    return {'score': 1, 'features': {'size': 4}, 'metrics': {'error': 2}, 'feedback': 'closer'}\n",
        axes=[{"name": "size", "edges": [2.0, 8.0]}],
    )
    evaluation = judge(task)
    assert (evaluation.score, evaluation.feedback) == (1.0, "closer")
    assert (dict(evaluation.features), dict(evaluation.metrics)) == ({"size": 4}, {"error": 2.0})
    assert task.axes[0].index(4) == 1


def test_split_and_seed_are_given_to_who_asks(make):
    evaluation = judge(make("def evaluate(candidate, seed, split):\n    return seed + len(split)\n"))
    assert evaluation.score == 7 + len("train")


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        ("None", "must return a number"),
        ("'good'", "must return a number"),
        ("{'scores': 1}", "must return a number"),
        ("{'score': 1, 'colour': 2}", "must return a number"),
        ("{'score': 1}", "'size' is missing"),
    ],
)
def test_a_wrong_evaluator_is_told_what_to_return(make, returned, says):
    task = make(f"def evaluate(candidate):\n    return {returned}\n", axes=[{"name": "size", "edges": [1.0]}])
    with pytest.raises(TaskError, match=says):
        judge(task)


@pytest.mark.parametrize("score", ["float('nan')", "float('inf')"])
def test_a_score_that_is_not_finite_is_no_score(make, score):
    assert judge(make(f"def evaluate(candidate):\n    return {score}\n")).status is Status.INVALID_OUTPUT


def test_an_odd_answer_is_the_programs_fault_and_names_the_line(make):
    evaluation = judge(make("def evaluate(candidate):\n    return 1 + candidate.call('fit', 1)\n"), lambda x: "one")
    assert evaluation.status is Status.INVALID_OUTPUT
    assert "line 2" in evaluation.feedback


@pytest.mark.parametrize(
    "evaluate", ["def evaluate(candidate:\n", "import no_such_package\n", "def judge(c):\n    return 1\n"]
)
def test_an_evaluator_that_cannot_be_loaded_is_refused_by_name(make, evaluate):
    with pytest.raises(TaskError, match=r"evaluate\.py"):
        make(evaluate)


@pytest.mark.parametrize(
    "options",
    [
        {"sead": "seed.py"},
        {"cpu_seconds": "long"},
        {"axes": [{"name": "size", "edges": [2.0, 1.0]}]},
        {"axes": [{"name": "size"}]},
    ],
)
def test_wrong_options_are_refused_by_name(make, options):
    with pytest.raises(ConfigError, match=rf"custom\.{next(iter(options))}"):
        make(EVALUATE, **options)


def test_the_limits_are_what_the_options_allow(make):
    task = make(EVALUATE, cpu_seconds=2, wall_seconds=8.0, memory_mb=64, threads=3)
    assert task.limits(None) == Limits(cpu_seconds=2.0, wall_seconds=8.0, memory_bytes=64 * 2**20, threads=3)


def test_what_evaluate_reads_is_relative_to_the_task_and_absolute_in_the_end(tmp_path):
    folder = tmp_path / "task"
    folder.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "words.txt").write_text("one two")
    for name, text in (("seed.py", SEED), ("evaluate.py", EVALUATE)):
        (folder / name).write_text(text)
    absolute = str(tmp_path / "words.txt")
    task = CustomTask(Recipe("custom", "mine", str(folder), {"reads": ["../data", absolute]}))
    assert task.readable[:3] == (str(folder), str(tmp_path / "data"), absolute)
    assert all(Path(path).name in ("site-packages", "dist-packages") for path in task.readable[3:])


def test_what_evaluate_reads_has_to_be_there(make, tmp_path):
    with pytest.raises(TaskError, match=rf"is to read {tmp_path}/data, but there is nothing") as refusal:
        make(EVALUATE, reads=["data"])
    assert "custom.reads" in refusal.value.hint


def test_a_missing_file_is_named_with_the_option_that_names_it(tmp_path):
    with pytest.raises(TaskError, match=r"seed\.py") as refusal:
        CustomTask(Recipe("custom", "mine", str(tmp_path)))
    assert "custom.seed" in refusal.value.hint


def test_the_fingerprint_changes_with_every_file(make):
    prints = {
        make(evaluate, seed).fingerprint
        for evaluate in ("def evaluate(c):\n    return 1\n", "def evaluate(c):\n    return 2\n")
        for seed in (SEED, SEED + "\n")
    }
    assert len(prints) == 4
    assert make(EVALUATE).fingerprint != make(EVALUATE, threads=1).fingerprint


def test_what_init_writes_is_a_task_that_scores_its_seed(tmp_path):
    for name, text in CustomTask.scaffold(None, "mine").items():
        (tmp_path / name).write_text(text)
    task = CustomTask(Recipe("custom", "mine", str(tmp_path), {"axes": [{"name": "steepness", "edges": [1.0]}]}))
    task.prepare()
    assert judge(task).score == pytest.approx(-sum(abs(0.8 * (x / 4) ** 2 + 0.1 * (x / 4) - 0.5) for x in range(-8, 9)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"function": "fyt"}, "'fyt' is none of custom.functions"),
        ({"features": []}, "`features` is empty"),
        ({"features": ["x", "x +"]}, "'x \\+' is no Python expression"),
        ({"features": ["\0"]}, "is no Python expression"),
        ({"features": ["(" * 100_000]}, "is no Python expression"),
    ],
)
def test_a_template_that_no_program_can_be_made_from_is_refused(make, change, said):
    template = {"kind": "table", "function": "fit", "features": ["x"]}
    assert make(EVALUATE, functions=["fit"], packages=["numpy"], templates=[template]).brief(None).material["templates"]
    with pytest.raises(ConfigError, match=said):
        make(EVALUATE, functions=["fit"], packages=["numpy"], templates=[template | change])


def test_a_template_needs_numpy(make):
    template = {"kind": "table", "function": "fit", "features": ["x"]}
    with pytest.raises(ConfigError, match="computes with numpy"):
        make(EVALUATE, functions=["fit"], templates=[template])
