"""Puzzles to test with, and a candidate without a jail: it runs the trusted programs of these tests in process."""

import json
from pathlib import Path

import pytest

from evosearch.errors import CandidateError, Status
from evosearch.protocols import CandidateFacts
from evosearch.reading import read_one
from evosearch.types import Program

SQUARE = "def sat(answer: int, bound=10):\n    return answer > bound and round(answer**0.5) ** 2 == answer"


class InProcessCandidate:
    """Answers like `evosearch.sandbox.candidate`, for programs that are part of a test."""

    def __init__(self, source, problem):
        self.facts = CandidateFacts(Program(source, problem).id, problem, read_one(source))
        self.calls = []
        self._names = {}
        exec(source, self._names)

    def call(self, function, *arguments, cpu_seconds=None):
        self.calls.append((function, arguments, cpu_seconds))
        try:
            return self._names[function](*arguments)
        except Exception as error:
            raise CandidateError(Status.CRASHED, repr(error)) from error

    def grant(self, name, function):
        self._names[name] = function


@pytest.fixture
def candidate():
    """A program as a candidate: `candidate(source, problem)`."""
    return InProcessCandidate


@pytest.fixture
def record():
    """One valid record of P3's format with some fields changed, or left out where the value is `...`."""

    def make(**changes):
        fields = {
            "name": "Square:0",
            "sat": SQUARE,
            "ans_type": "int",
            "sol_header": "def sol(bound=10):",
            "sol_docstring": '    """Find a square\n    above the bound."""',
            "sol_bodies": ["    return (int(bound**0.5) + 1) ** 2"],
            "module": "numbers.py",
            "notes": "",
            "weight": 1.0,
        }
        return {key: value for key, value in (fields | changes).items() if value is not ...}

    return make


@pytest.fixture
def write(tmp_path):
    """Write records as JSON, or any text, and return the path."""

    def save(content, name="puzzles.json") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return save
