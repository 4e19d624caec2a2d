"""The domain `puzzles`: find programs whose answers satisfy a predicate."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final

from evosearch import options
from evosearch.errors import TaskError
from evosearch.prompts import Library
from evosearch.protocols import Candidate, Laboratory
from evosearch.reading import STYLES
from evosearch.tasks.puzzles import loader, probe
from evosearch.tasks.puzzles.judge import Verdict, feedback, judge
from evosearch.tasks.puzzles.puzzle import Puzzle, Suite
from evosearch.types import (
    Axis,
    Brief,
    Elite,
    Evaluation,
    Limits,
    Problem,
    Program,
    Reading,
    Recipe,
    Split,
    digest_of,
)

SOLVED_SCORE: Final = 0.985
"""A program that solves every training instance has at least 0.99, any other at most `UNSOLVED_CAP`."""
UNSOLVED_CAP: Final = 0.98
TIE_BREAK: Final = 0.01
"""What an endlessly long program loses; half of it at `HALF_LENGTH`."""
HALF_LENGTH: Final = 256.0

_SIZES: Final = (8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
_SHOWN_SOURCE: Final = 8_000
_SHOWN_EXAMPLE: Final = 1_500
_SHOWN_INPUTS: Final = 400
_SHOWN_INSTANCES: Final = 5


@dataclass(frozen=True, slots=True)
class Options:
    """The table `[puzzles]` of evosearch.toml.

    Attributes:
        source: A JSON file in P3's format, or a folder of Python files, relative to the task's folder; None for the
            puzzles that come with the package.
        names: The puzzles that are wanted; None for all.
        skip: Puzzles that are left out, those that were refused when the jail tried them (`probe`), say.
    """

    source: str | None = None
    names: tuple[str, ...] | None = None
    skip: tuple[str, ...] = ()


class PuzzleTask:
    """A suite of puzzles as one task; see `evosearch.protocols.Task`.

    A program's score is the mean over the training instances of 1 if it solves the instance and 0.5 / (1 + branch
    distance) if it does not, less at most 0.01 for its description length. The last of several instances is held out:
    it is judged, but counts only among the metrics.
    """

    Options: ClassVar[type[Options]] = Options
    default_budget: ClassVar[str] = "20000evals"

    def __init__(self, recipe: Recipe) -> None:
        self.options = options.read(Options, recipe.options, recipe.domain)
        self.name = recipe.name
        self.domain = recipe.domain
        source = None if self.options.source is None else Path(recipe.directory or ".") / self.options.source
        self.suite: Suite = loader.restrict(loader.load(source), self.options.names, self.options.skip)
        self._prompts = Library(recipe.domain, recipe.directory)
        self._puzzles = {puzzle.name: puzzle for puzzle in self.suite.puzzles}

    @staticmethod
    def scaffold(source: Path | None, name: str) -> Mapping[str, str]:
        """The files that `evosearch init` writes."""
        line = '# source = "puzzles.json"' if source is None else f"source = {json.dumps(str(source))}"
        return {"evosearch.toml": _SETTINGS.format(name=json.dumps(name), source=line)}

    @cached_property
    def fingerprint(self) -> str:
        """Digest of every predicate, its inputs and limits."""
        return digest_of("puzzles", *(puzzle.digest for puzzle in self.suite.puzzles))

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """Problem, style of the program, and its size."""
        return (
            Axis("problem", categories=tuple(self._puzzles)),
            Axis("style", categories=STYLES),
            Axis("size", unit="AST nodes", edges=_SIZES),
        )

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """The puzzles; programs for the same type of answer are of one kind."""
        return tuple(
            Problem(puzzle.name, kind=puzzle.answer_type, instances=len(puzzle.instances))
            for puzzle in self.suite.puzzles
        )

    @property
    def packages(self) -> tuple[str, ...]:
        """None: the standard library is enough."""
        return ()

    @property
    def readable(self) -> tuple[str, ...]:
        """None: the puzzles are read before anything is judged."""
        return ()

    @property
    def score_floor(self) -> float:
        """An answer of the wrong type adds nothing."""
        return 0.0

    @property
    def solved_score(self) -> float:
        """Reached by exactly those programs that solve every training instance."""
        return SOLVED_SCORE

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the loader has to say about the files."""
        return self.suite.warnings

    def seeds(self) -> Sequence[Program]:
        """None: the embedded proposer starts from nothing."""
        return ()

    def brief(self, problem: str | None) -> Brief:
        """The predicate and its inputs; of the held-out instance nothing."""
        puzzle = self._puzzle(problem)
        train = puzzle.train
        text = self._prompts.fill(
            "brief",
            name=puzzle.name,
            sat=_clipped(train[0].source, _SHOWN_SOURCE),
            docstring=puzzle.docstring,
            inputs=[_inputs(puzzle, instance.arguments) for instance in train[1 : 1 + _SHOWN_INSTANCES]],
            header=puzzle.header,
            answer_type=puzzle.answer_type,
            seconds=f"{train[0].seconds:g}",
        )
        material = {
            "kind": "predicate",
            "instances": [instance.source for instance in train],
            "answer_type": puzzle.answer_type,
            "arguments": list(puzzle.parameters),
        }
        return Brief(text, material, entry=("sol",))

    def report(self, elite: Elite, problem: str | None) -> str:
        """How many of the instances shown it solves, and why not the others; or which other puzzle it solves."""
        solver = elite.program.problem
        other = self._puzzle(solver) if solver != problem else None
        metrics = elite.evaluation.metrics
        return self._prompts.fill(
            "report",
            other=_clipped(other.train[0].source, _SHOWN_EXAMPLE) if other else "",
            solved=int(metrics.get("train_solved", 0)),
            instances=int(metrics.get("train_instances", 0)),
            score=elite.score,
            solved_score=SOLVED_SCORE,
            feedback=elite.evaluation.feedback,
        )

    def limits(self, problem: str | None) -> Limits:
        """Every instance's time, and a second for the rest."""
        seconds = 1.0 + sum(instance.seconds for instance in self._puzzle(problem).instances)
        return Limits(cpu_seconds=seconds, wall_seconds=30.0 + 4.0 * seconds)

    def prepare(self) -> None:
        """Nothing to load: a predicate is compiled in the child that judges by it, behind its walls."""

    async def check(self, laboratory: Laboratory) -> Mapping[str, str]:
        """Try every predicate in the jail (`probe`).

        Returns:
            The puzzles that must be left out, and why.

        Raises:
            TaskError: None is left.
        """
        refused = {found.puzzle: str(found) for found in await probe.check(self.suite, laboratory) if found.fatal}
        if len(refused) == len(self._puzzles):
            first = next(iter(refused.values()))
            raise TaskError(f"no puzzle is left: all {len(refused)} are refused; the first one, {first}")
        return refused

    def evaluate(self, candidate: Candidate, split: Split, seed: int) -> Evaluation:  # noqa: ARG002 - nothing is random
        """Ask for every answer, and score the split's.

        On the split `train` the held-out instance is judged last, and told in the metrics alone. A puzzle with one
        instance has nothing to hold out: its splits are equal.

        Raises:
            CandidateError: The program answered no instance of the split.
        """
        puzzle = self._puzzle(candidate.facts.problem)
        counted = puzzle.train if split == "train" else puzzle.held_out or puzzle.train
        verdicts = [judge(candidate, instance, puzzle.answer_type) for instance in counted]
        failures = [verdict.failure for verdict in verdicts if verdict.failure]
        if len(failures) == len(verdicts):
            raise failures[0]
        if split == "train":
            unseen = [judge(candidate, instance, puzzle.answer_type) for instance in puzzle.held_out]
            metrics = _metrics(verdicts, unseen)
        else:
            metrics = _held_out_metrics(verdicts)
        reading = candidate.facts.reading
        return Evaluation(
            score=score(verdicts, reading.description_length),
            metrics=metrics,
            features=_features(puzzle.name, reading),
            feedback=feedback(verdicts, counted),
            cases=tuple(verdict.credit for verdict in verdicts),
        )

    def summary(self, elites: Sequence[Elite]) -> Mapping[str, Any]:
        """How many puzzles are answered (first instance), and by a program that solves every instance."""
        answered = {_problem(elite) for elite in elites if elite.evaluation.metrics.get("answered") == 1.0}
        program = {_problem(elite) for elite in elites if elite.evaluation.metrics.get("program") == 1.0}
        several = {puzzle.name for puzzle in self.suite.puzzles if puzzle.held_out}
        themes = Counter(puzzle.theme for puzzle in self.suite.puzzles)
        solved_themes = Counter(puzzle.theme for puzzle in self.suite.puzzles if puzzle.name in answered)
        return {
            "problems": len(self.suite.puzzles),
            "solved": len(answered),
            "solved_all_instances": len(program),
            "multi_instance": len(several),
            "multi_instance_solved": len(several & program),
            "by_theme": {theme: {"problems": themes[theme], "solved": solved_themes[theme]} for theme in themes},
        }

    def _puzzle(self, name: str | None) -> Puzzle:
        if name not in self._puzzles:
            raise TaskError(f"expected one of the {len(self._puzzles)} puzzles of {self.name!r}, got {name!r}")
        return self._puzzles[name]


def score(verdicts: Sequence[Verdict], description_length: float) -> float:
    """The score of a program by its verdicts on the instances that count.

    Solving everything, however long the program, beats anything else: many instances with one unsolved would come
    too close to 1, so what is unsolved stays at most at `UNSOLVED_CAP`.
    """
    mean = sum(verdict.credit for verdict in verdicts) / len(verdicts)
    if not all(verdict.solved for verdict in verdicts):
        mean = min(mean, UNSOLVED_CAP)
    return mean - TIE_BREAK * description_length / (description_length + HALF_LENGTH)


def _metrics(train: Sequence[Verdict], unseen: Sequence[Verdict]) -> dict[str, float]:
    everything = [*train, *unseen]
    metrics = {
        "instances": float(len(everything)),
        "instances_solved": float(sum(verdict.solved for verdict in everything)),
        "train_instances": float(len(train)),
        "train_solved": float(sum(verdict.solved for verdict in train)),
        "answered": float(train[0].solved),
        "program": float(all(verdict.solved for verdict in everything)),
    }
    if math.isfinite(train[0].distance):
        metrics["distance"] = train[0].distance
    if unseen:
        metrics["held_out_solved"] = float(all(verdict.solved for verdict in unseen))
    return metrics


def _held_out_metrics(verdicts: Sequence[Verdict]) -> dict[str, float]:
    return {
        "held_out_instances": float(len(verdicts)),
        "held_out_solved": float(all(verdict.solved for verdict in verdicts)),
    }


def _features(problem: str, reading: Reading) -> dict[str, float | str]:
    return {"problem": problem, "style": reading.style, "size": float(reading.nodes)}


def _problem(elite: Elite) -> str | None:
    return elite.program.problem


def _inputs(puzzle: Puzzle, arguments: Sequence[Any]) -> str:
    pairs = zip(puzzle.parameters, arguments, strict=True)
    return _clipped(", ".join(f"{name} = {value!r}" for name, value in pairs), _SHOWN_INPUTS)


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} … ({len(text) - length:,} more characters)"


_SETTINGS: Final = """\
# A task of evosearch: programming puzzles. Run it with `evosearch run`, in this folder.
domain = "puzzles"
name = {name}

[run]
# seed = 0              # the same seed gives the same archive
# workers = 2           # evaluations at a time; changes the speed, never the outcome
# window = 16           # proposals under way at the same time
# budget = "20000evals"  # evaluations, calls, usd, tokens or minutes: "500evals,2usd,30m"
# proposer = "symbolic" # needs no model and no key

[puzzles]
# A JSON file in the format of P3 (github.com/microsoft/PythonProgrammingPuzzles), or a folder of Python files;
# without it the puzzles that come with evosearch.
{source}
# names = ["one", "another"]  # only these
# skip = ["a third"]          # all but these
"""
