"""`evosearch evaluate`."""

import json

import pytest

from evosearch.errors import ExitCode


def test_it_scores_a_file_and_stores_nothing(evosearch, task, folder):
    done = evosearch("evaluate", task / "seed.py", "--task", task, "--json")
    assert done.code == 0
    verdict = json.loads(done.out)
    assert list(verdict) == ["status", "score", "metrics", "features", "feedback", "cpu_seconds", "wall_seconds"]
    assert verdict["status"] == "ok"
    assert not (folder / "archives").exists()


def test_people_read_it_as_a_table(evosearch, task):
    lines = evosearch("evaluate", task / "seed.py", "--task", task).out.splitlines()
    assert lines[0].split() == ["status", "ok"]


def test_it_is_judged_on_the_split_that_is_asked_for(evosearch, task):
    (task / "evaluate.py").write_text("def evaluate(candidate, split):\n    return {'train': 1, 'test': 2}[split]\n")
    settings = (task / "evosearch.toml").read_text().split("[[custom.axes]]")[0]
    (task / "evosearch.toml").write_text(settings)
    scores = [
        json.loads(evosearch("evaluate", task / "seed.py", "--task", task, *words, "--json").out)["score"]
        for words in ((), ("--split", "test"))
    ]
    assert scores == [1.0, 2.0]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def fit(x: return", "crashed"),
        ("def fit(x):\n    raise SystemExit\n", "no_result"),
        ("def fit(x):\n    return 'word'\n", "invalid_output"),
        ("def fit(x):\n    while True: pass\n", "timeout_cpu"),
    ],
)
def test_a_program_without_a_score_ends_with_1(evosearch, task, folder, source, status):
    (task / "evosearch.toml").write_text(
        (task / "evosearch.toml").read_text().replace("cpu_seconds = 2.0", "cpu_seconds = 0.2")
    )
    (folder / "bad.py").write_text(source)
    done = evosearch("evaluate", "bad.py", "--task", task, "--json")
    assert done.code == ExitCode.FAILED
    assert json.loads(done.out)["status"] == status


def test_what_a_program_prints_is_made_harmless(evosearch, task, folder):
    (folder / "loud.py").write_text("print('\\x1b[2J[bold]x')\ndef fit(x):\n    return x\n")
    done = evosearch("evaluate", "loud.py", "--task", task)
    assert "\x1b" not in done.out
    assert r"\x1b[2J[bold]x" in done.out


@pytest.fixture
def drill(evosearch, folder):
    """A task of two puzzles."""
    (folder / "own").mkdir()
    for name, answer in (("three", 3), ("four", 4)):
        (folder / "own" / f"{name}.py").write_text(f"def sat(answer: int):\n    return answer == {answer}\n")
    assert evosearch("init", "puzzles", "drill", "--puzzles", "own").code == 0
    (folder / "sol.py").write_text("def sol():\n    return 3\n")
    return "drill"


def test_a_program_is_for_the_problem_that_is_named(evosearch, drill):
    scores = {}
    for problem in ("three", "four"):
        done = evosearch("evaluate", "sol.py", "--task", drill, "--problem", problem, "--json")
        scores[problem] = json.loads(done.out)["score"]
    assert scores["three"] > 0.9 > scores["four"]


def test_a_header_names_the_problem(evosearch, drill):
    assert evosearch("run", drill, "--budget", "60evals", "--archive", "drill.db", "--quiet").code == 0
    evosearch("export", "drill.db", "--problem", "four", "--output", "four.py")
    verdict = json.loads(evosearch("evaluate", "four.py", "--task", drill, "--json").out)
    assert verdict["features"]["problem"] == "four"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sol.py", "--task", "drill"], "holds 2 problems, and the file does not say which it is for"),
        (["sol.py", "--task", "drill", "--problem", "tree"], "hint: did you mean 'three'?"),
        (["nowhere.py", "--task", "drill"], "cannot read nowhere.py: No such file or directory"),
        (["sol.py", "--task", "nothing"], "'nothing' is neither a folder"),
        (["sol.py"], "there is no evosearch.toml here"),
    ],
)
def test_a_bad_request_is_one_message(evosearch, drill, words, said):
    done = evosearch("evaluate", *words)
    assert done.code == ExitCode.USAGE
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_file_that_is_no_text_is_refused(evosearch, task, folder):
    (folder / "odd.py").write_bytes(b"x = '\xff'")
    done = evosearch("evaluate", "odd.py", "--task", task)
    assert done.code == ExitCode.USAGE
    assert "odd.py is not UTF-8: invalid start byte at byte 5" in done.err


def test_a_task_of_one_problem_takes_no_problem(evosearch, task):
    done = evosearch("evaluate", task / "seed.py", "--task", task, "--problem", "x")
    assert done.code == ExitCode.USAGE
    assert "is one problem" in done.err
