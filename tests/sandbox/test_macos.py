"""A run in an imitation of macOS: see `macos.py` beside this file for what that is worth."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CONTROLLER = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
import macos
macos.become()

from evosearch import registry
from evosearch.executors.local import LocalExecutor
from evosearch.sandbox.policy import Sandbox
from evosearch.types import Limits, Program, Reading, Recipe

async def main():
    recipe = Recipe("custom", "test", sys.argv[2], {"cpu_seconds": 0.3, "wall_seconds": 60, "memory_mb": 128})
    sandbox = Sandbox.of_this_machine(allow_degraded=True)
    executor = LocalExecutor(registry.make_task(recipe), recipe, workers=1, sandbox=sandbox)
    await executor.check()
    found = {}
    for name, source in json.loads(sys.argv[3]).items():
        evaluation = await executor.evaluate(Program(source), Reading("x"), "train", 1)
        assert 0 < evaluation.cpu_seconds <= evaluation.wall_seconds
        found[name] = [evaluation.status.value, evaluation.score, evaluation.log]
    found["library"] = await executor.run("math:sqrt", 16, Limits())
    await executor.aclose()
    print(json.dumps([list(sandbox.layers), found]))

asyncio.run(main())
"""
PROGRAMS = {
    "answers": "print('hi')\ndef solve(): return 2.5",
    "loops": "def solve():\n while True: pass",
    "eats": "def solve():\n kept = []\n while True: kept.append(b'x' * 2**22)",
    "crashes": "def solve(): return 1 / 0",
    "exits": "import os\ndef solve(): os._exit(3)",
}


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "seed.py").write_text("def solve(): return 0")
    (tmp_path / "evaluate.py").write_text("def evaluate(candidate, split, seed): return candidate.call('solve')")
    return tmp_path


def test_programs_are_run_and_judged_without_what_macos_lacks(directory):
    done = subprocess.run(
        [sys.executable, "-c", CONTROLLER, Path(__file__).parent, directory, json.dumps(PROGRAMS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    layers, found = json.loads(done.stdout)
    assert layers == ["process group", "resource limits", "seatbelt"]
    assert found == {
        "answers": ["ok", 2.5, "hi\n"],
        "loops": ["timeout_cpu", None, ""],
        "eats": ["memory", None, ""],
        "crashes": ["crashed", None, ""],
        "exits": ["no_result", None, ""],
        "library": 4.0,
    }
