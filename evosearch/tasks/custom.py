"""The user's own task: `evaluate.py` says what a good program is, `seed.py` is the first one.

`evaluate.py` is trusted. It is loaded in the verifier processes only, never beside a key, and speaks to the program
under test only through `candidate.call`.
"""

import ast
import inspect
import json
import math
import os
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from evosearch import options
from evosearch.errors import ConfigError, Status, TaskError
from evosearch.prompts import Library
from evosearch.protocols import Candidate, Laboratory
from evosearch.types import (
    Axis,
    Brief,
    Elite,
    Evaluation,
    Limits,
    Problem,
    Program,
    Recipe,
    Split,
    digest_of,
)

_ANSWER_KEYS = ("score", "features", "feedback", "metrics", "cases")
#: Options that help a proposer and decide nothing about a score.
_HINTS = ("functions", "templates")
#: What a judge raises when a program's answer is not of the kind it computes with: a verdict on the program.
_ODD_ANSWER = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Template:
    """A parametric structure that the embedded proposer fills with constants of its own.

    Attributes:
        kind: `table`, a sum of piecewise linear functions, one of each feature, each with its values at `knots` places
            from `low` to `high`; `weighted_sum` of the features; or `threshold`, one weighted sum of all features but
            the first where the first is below a constant, and another one elsewhere.
        function: The function whose body it is.
        features: Python expressions over the function's parameters, numpy being `np`.
        low: Where a table begins.
        high: Where it ends.
        knots: Its values.
    """

    kind: Literal["table", "weighted_sum", "threshold"]
    function: str
    features: tuple[str, ...]
    low: float = 0.0
    high: float = 1.0
    knots: int = field(default=16, metadata={"ge": 2, "le": 256})


@dataclass(frozen=True, slots=True)
class CustomOptions:
    """The table `[custom]` of evosearch.toml. Paths are relative to its folder.

    Attributes:
        seed: The file with the first program.
        evaluate: The file with `def evaluate(candidate)`.
        description: The task in words, for a proposer that reads.
        functions: The names that evaluate() calls: every program has to define them.
        templates: Structures that the embedded proposer may begin from.
        axes: The axes of the map; evaluate() returns their features.
        packages: Third-party packages that programs may import.
        reads: Files and folders outside the task's own that evaluate() reads while it judges.
        score_floor: The score at which a cell adds nothing to the QD score.
        cpu_seconds: CPU time of one evaluation.
        wall_seconds: Time on the wall of one evaluation.
        memory_mb: Memory of one program, in MiB.
        threads: Threads that one program may start.
    """

    seed: str = "seed.py"
    evaluate: str = "evaluate.py"
    description: str = ""
    functions: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()
    axes: tuple[Axis, ...] = ()
    packages: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    score_floor: float = 0.0
    cpu_seconds: float = field(default=10.0, metadata={"gt": 0})
    wall_seconds: float = field(default=60.0, metadata={"gt": 0})
    memory_mb: int = field(default=512, metadata={"ge": 16})
    threads: int = field(default=0, metadata={"ge": 0})


class CustomTask:
    """A task that is one problem, defined by two files of the user's.

    Raises:
        TaskError: A file is missing, or something that `reads` names.
        ConfigError: An option is unknown or wrong.
    """

    domain = "custom"
    Options = CustomOptions
    default_budget = "1000evals"
    problems: tuple[Problem, ...] = ()
    solved_score: float | None = None
    warnings: tuple[str, ...] = ()

    def __init__(self, recipe: Recipe) -> None:
        self._options = options.read(CustomOptions, recipe.options, recipe.domain)
        self.name = recipe.name
        for template in self._options.templates:
            _check_template(template, self._options.functions, self._options.packages)
        folder = Path(recipe.directory or ".")
        self._seed_source = _read(folder / self._options.seed, "the first program", "custom.seed")
        self._evaluate_file = folder / self._options.evaluate
        evaluate_source = _read(self._evaluate_file, "def evaluate(candidate)", "custom.evaluate")
        # What a program has to define follows from evaluate.py, and a template is a hint; they make no other task.
        decisive = {name: value for name, value in asdict(self._options).items() if name not in _HINTS}
        self.fingerprint = digest_of(self._seed_source, evaluate_source, json.dumps(decisive))
        self._prompts = Library(self.domain, recipe.directory)
        self.axes = self._options.axes
        self.packages = self._options.packages
        reads = (_existing(folder / path) for path in self._options.reads)
        self.readable = (str(folder.absolute()), *reads, *_installed())
        self.score_floor = self._options.score_floor
        self._evaluate: Callable[..., Any] | None = None
        self._wanted: tuple[str, ...] = ()

    @classmethod
    def scaffold(cls, source: Path | None, name: str) -> Mapping[str, str]:
        """A small task that runs as it is, with comments that teach."""
        if source is not None:
            raise ConfigError("a custom task is made of its own files, so --puzzles does not fit", hint="leave it out")
        folder = Path(__file__).parent / "templates"
        files = ("evosearch.toml", "seed.py", "evaluate.py")
        texts = {file: (folder / f"{file}.txt").read_text(encoding="utf-8") for file in files}
        return texts | {"evosearch.toml": texts["evosearch.toml"].replace("@name@", json.dumps(name))}

    def seeds(self) -> Sequence[Program]:
        """The program in `seed.py`."""
        return (Program(self._seed_source),)

    def brief(self, problem: str | None) -> Brief:  # noqa: ARG002 - one problem only
        """The description, and the axes of the map."""
        text = self._prompts.fill("brief", task=self.name, description=self._options.description, axes=self.axes)
        templates = [asdict(template) | {"features": list(template.features)} for template in self._options.templates]
        material = {"kind": "program", "templates": templates, "packages": list(self.packages)}
        return Brief(text, material, entry=self._options.functions)

    def report(self, elite: Elite, problem: str | None) -> str:  # noqa: ARG002 - one problem only
        """Score, metrics, kind, and what evaluate() had to say; all of it as data, for it may quote the program."""
        evaluation = elite.evaluation
        return self._prompts.fill(
            "report",
            score=elite.score,
            metrics=dict(evaluation.metrics),
            features=dict(evaluation.features),
            feedback=evaluation.feedback,
        )

    def limits(self, problem: str | None) -> Limits:  # noqa: ARG002 - one problem only
        """What evosearch.toml allows."""
        allowed = self._options
        return Limits(
            cpu_seconds=allowed.cpu_seconds,
            wall_seconds=allowed.wall_seconds,
            memory_bytes=allowed.memory_mb * 2**20,
            threads=allowed.threads,
        )

    async def check(self, laboratory: Laboratory) -> Mapping[str, str]:  # noqa: ARG002 - there is no data of others
        """Nothing to try: the evaluator is the user's own."""
        return {}

    def prepare(self) -> None:
        """Load evaluate.py."""
        try:
            namespace = runpy.run_path(str(self._evaluate_file), run_name="evaluate")
        except (SyntaxError, ImportError, NameError) as error:
            raise TaskError(f"{self._evaluate_file} cannot be loaded: {type(error).__name__}: {error}") from error
        function = namespace.get("evaluate")
        if not callable(function):
            raise TaskError(
                f"{self._evaluate_file} defines no function evaluate(candidate)",
                hint="write `def evaluate(candidate): ...`; `evosearch init custom` shows one",
            )
        self._evaluate = function
        self._wanted = tuple(name for name in ("split", "seed") if name in inspect.signature(function).parameters)

    def evaluate(self, candidate: Candidate, split: Split, seed: int) -> Evaluation:
        """Call the user's function with what it asks for: candidate, and `split` or `seed` if it names them."""
        assert self._evaluate is not None, "prepare() comes first"
        offered = {"split": split, "seed": seed}
        try:
            answer = self._evaluate(candidate, **{name: offered[name] for name in self._wanted})
        except _ODD_ANSWER as error:
            return Evaluation(Status.INVALID_OUTPUT, feedback=f"evaluate() {_place(error)}: {error!r}")
        return _evaluation(answer, {axis.name for axis in self.axes})

    def summary(self, elites: Sequence[Elite]) -> Mapping[str, Any]:  # noqa: ARG002 - the contract's
        """Nothing beyond what every task has."""
        return {}


def _read(path: Path, what: str, option: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskError(
            f"cannot read {path} ({what}): {getattr(error, 'strerror', None) or error}",
            hint=f"write it, or name another file with {option}",
        ) from error


def _installed() -> tuple[str, ...]:
    """Where packages are installed: the user's own code may use them all."""
    return tuple(path for path in sys.path if Path(path).name in ("site-packages", "dist-packages"))


def _check_template(template: Template, functions: Sequence[str], packages: Sequence[str]) -> None:
    """Refuse a template that no program could be made from.

    Raises:
        ConfigError: With what is wrong with it.
    """
    if "numpy" not in packages:
        raise ConfigError(
            "custom.templates: what a template makes computes with numpy, which programs may not import",
            hint='add packages = ["numpy"] to [custom]',
        )
    if functions and template.function not in functions:
        raise ConfigError(
            f"custom.templates: the function {template.function!r} is none of custom.functions",
            hint=f"a template is the body of {' or '.join(functions)}",
        )
    if not template.features:
        raise ConfigError("custom.templates: `features` is empty", hint='one is features = ["x"], x being a parameter')
    for feature in template.features:
        try:
            ast.parse(feature, mode="eval")  # the user's own words, not a program's
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ConfigError(
                f"custom.templates: the feature {feature!r:.200} is no Python expression: {error}",
                hint="it is one over the parameters of the function, numpy being `np`",
            ) from error


def _existing(path: Path) -> str:
    absolute = os.path.abspath(path)  # noqa: PTH100 - the name that evaluate.py uses: links in it stay, `..` goes
    if not os.path.exists(absolute):  # noqa: PTH110 - it is no Path
        raise TaskError(
            f"evaluate() is to read {absolute}, but there is nothing",
            hint="make it, or take it off the list custom.reads",
        )
    return absolute


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "failed" if trace is None else f"failed at line {trace.tb_lineno}"


def _evaluation(answer: Any, axes: set[str]) -> Evaluation:
    """Turn what the user's function returned into an evaluation.

    Raises:
        TaskError: It is neither a number nor a dictionary of the known keys, or a feature is missing.
    """
    given = dict(answer) if isinstance(answer, Mapping) else {"score": answer}
    unknown = sorted(set(given) - set(_ANSWER_KEYS))
    if unknown or not isinstance(given.get("score"), int | float):
        raise TaskError(
            f"evaluate() must return a number, or a dictionary of {', '.join(_ANSWER_KEYS)}; got {answer!r:.200}"
        )
    features = {
        str(name): value if isinstance(value, str) else float(value)
        for name, value in dict(given.get("features", {})).items()
    }
    if missing := sorted(axes - set(features)):
        raise TaskError(f"evaluate() must return a feature for every axis; {missing[0]!r} is missing")
    score = float(given["score"])
    if not math.isfinite(score):
        return Evaluation(Status.INVALID_OUTPUT, feedback=f"the score is {score}, and must be finite")
    metrics = {str(name): float(value) for name, value in dict(given.get("metrics", {})).items()}
    cases = tuple(map(float, given.get("cases", ())))
    if not all(map(math.isfinite, cases)):
        return Evaluation(Status.INVALID_OUTPUT, feedback=f"the score of each case must be finite, got {cases}")
    return Evaluation(Status.OK, score, metrics, features, str(given.get("feedback", "")), cases=cases)
