"""Honest programs behind the walls: each answers there as it does outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evosearch.errors import CandidateError
from evosearch.sandbox.spawn import ENVIRONMENT

INNOCENTS = sorted((Path(__file__).parent / "innocents").glob("*.py"))
WITH_THREADS = [path for path in INNOCENTS if path.stem.startswith("threads")]
ALONE = [path for path in INNOCENTS if path not in WITH_THREADS]
LIMITS = {"cpu_seconds": 10, "wall_seconds": 60, "memory_bytes": 512 * 2**20}

#: Runs all programs one after the other, each as a module of its own, as the jail does; prints their answers.
OUTSIDE = """
import json, sys
from pathlib import Path
from types import ModuleType

sys.set_int_max_str_digits(0)  # as in the jail
answers = {}
for path in sys.argv[1:]:
    module = sys.modules["program"] = ModuleType("program")
    exec(compile(Path(path).read_text(), path, "exec"), vars(module))
    answers[path] = module.solve()
print(json.dumps(answers), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def zygote(zygote_of_every_mode):
    """Instead of the one behind all walls."""
    return zygote_of_every_mode


@pytest.fixture(scope="module")
def answers_outside():
    done = subprocess.run(
        [sys.executable, "-c", OUTSIDE, *map(str, INNOCENTS)],
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stderr.splitlines()[-1])


def test_there_are_many():
    assert len(INNOCENTS) >= 30


@pytest.mark.parametrize("path", ALONE, ids=lambda path: path.stem)
def test_an_honest_program_answers_as_it_does_outside(path, load, answers_outside):
    answer = load(path.read_text(), **LIMITS).call("solve")
    assert json.loads(json.dumps(answer)) == answers_outside[str(path)]


@pytest.mark.parametrize("path", WITH_THREADS, ids=lambda path: path.stem)
def test_one_with_threads_too_where_they_can_be_counted(path, load, answers_outside, layers_of_every_mode):
    candidate = load(path.read_text(), threads=4, **LIMITS)
    if "namespaces" in layers_of_every_mode:
        assert json.loads(json.dumps(candidate.call("solve"))) == answers_outside[str(path)]
    else:
        with pytest.raises(CandidateError, match="can't start new thread"):
            candidate.call("solve")
