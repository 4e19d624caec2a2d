"""Name -> implementation, for built-ins and for plug-ins alike.

A built-in is a plug-in like any other: one line in `BUILT_IN`. Another package registers with an entry point of
the group `evosearch.tasks`, `evosearch.proposers`, `evosearch.operators`, `evosearch.models`, `evosearch.archives` or
`evosearch.executors`:

    [project.entry-points."evosearch.tasks"]
    antennas = "my_package.antennas:AntennaTask"

Nothing is imported before it is asked for, so listing the names is cheap. The contract tests run over every name
that is registered here.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast

from evosearch.errors import UnknownNameError
from evosearch.options import read
from evosearch.protocols import Archive, ArchiveKind, Domain, Equipment, Executor, Model, Operator, Proposer, Task
from evosearch.types import Axis, Recipe

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Kind = Literal["tasks", "proposers", "operators", "models", "archives", "executors"]

BUILT_IN: Mapping[Kind, Mapping[str, str]] = {
    "tasks": {
        "custom": "evosearch.tasks.custom:CustomTask",
        "puzzles": "evosearch.tasks.puzzles.task:PuzzleTask",
    },
    "proposers": {
        "mixed": "evosearch.proposers.mixed:MixedProposer",
        "model": "evosearch.proposers.model:ModelProposer",
        "symbolic": "evosearch.proposers.symbolic.proposer:SymbolicProposer",
    },
    "operators": {
        "rewrite": "evosearch.proposers.operators.rewrite:Rewrite",
        "diff": "evosearch.proposers.operators.diff:Diff",
        "crossover": "evosearch.proposers.operators.crossover:Crossover",
        "inspired": "evosearch.proposers.operators.inspired:Inspired",
        "repair": "evosearch.proposers.operators.repair:Repair",
        "simplify": "evosearch.proposers.operators.simplify:Simplify",
        "bootstrap": "evosearch.proposers.operators.bootstrap:Bootstrap",
    },
    "models": {
        "openai": "evosearch.models.openai_api:OpenAIModel",
        "gguf": "evosearch.models.gguf:GgufModel",
    },
    "archives": {
        "best": "evosearch.archive.baselines:BestArchive",
        "cvt": "evosearch.archive.cvt:CvtArchive",
        "grid": "evosearch.archive.cells:GridArchive",
        "islands": "evosearch.archive.islands:IslandArchive",
        "open_ended": "evosearch.archive.open_ended:OpenEndedArchive",
        "pareto": "evosearch.archive.pareto:ParetoArchive",
        "seeds": "evosearch.archive.baselines:SeedArchive",
    },
    "executors": {"local": "evosearch.executors.local:LocalExecutor"},
}


def names(kind: Kind) -> tuple[str, ...]:
    """All registered names of a kind, sorted."""
    return tuple(sorted({*BUILT_IN[kind], *_plugins(kind)}))


def load(kind: Kind, name: str) -> Any:
    """The implementation behind a name; built-ins win over plug-ins of the same name.

    Raises:
        UnknownNameError: Nothing is registered under the name.
    """
    if target := BUILT_IN[kind].get(name):
        module, _, attribute = target.partition(":")
        return getattr(import_module(module), attribute)
    if plugin := _plugins(kind).get(name):
        return plugin.load()
    near = get_close_matches(name, names(kind), n=1)
    raise UnknownNameError(
        f"no {kind.removesuffix('s')} is called {name!r}; there are {', '.join(names(kind))}",
        hint=f"did you mean {near[0]!r}?" if near else "",
    )


def domain(name: str) -> Domain:
    """The maker of a domain's tasks."""
    return cast("Domain", load("tasks", name))


def make_task(recipe: Recipe) -> Task:
    """Make a task from its recipe, in whichever process needs it.

    Raises:
        UnknownNameError: There is no such domain.
        ConfigError: An option is unknown or of the wrong type; `config` has said so earlier, and where it stands.
        TaskError: The task's own files are missing or wrong.
    """
    return domain(recipe.domain)(recipe)


def make_proposer(name: str, equipment: Equipment | None = None) -> Proposer:
    """Make a proposer.

    Args:
        name: The registered name.
        equipment: The models and operators of the run; one that asks no model needs none.

    Raises:
        ConfigError: It asks models, and none is configured.
    """
    return cast("Proposer", load("proposers", name)(equipment or Equipment()))


def make_operator(name: str) -> Operator:
    """Make an operator."""
    return cast("Operator", load("operators", name)())


def make_model(scheme: str, spec: object) -> Model:
    """Make a model of a registered kind.

    Args:
        scheme: The registered name.
        spec: What is known of the model, a `models.spec.ModelSpec`.
    """
    return cast("Model", load("models", scheme)(spec))


def archive_kind(name: str) -> ArchiveKind:
    """The maker of a kind of archive."""
    return cast("ArchiveKind", load("archives", name))


def make_archive(
    name: str, axes: tuple[Axis, ...], *, score_floor: float, options: Mapping[str, Any] | None = None
) -> Archive:
    """Make an empty archive over the task's axes.

    Args:
        name: The registered name of its kind.
        axes: The axes of the task's map.
        score_floor: The score that adds nothing to the QD score.
        options: The kind's own table of the settings; what it does not say is as the kind has it.

    Raises:
        ConfigError: An option is unknown or of the wrong type, or does not go with the axes.
    """
    kind = archive_kind(name)
    return kind(axes, score_floor=score_floor, options=read(kind.Options, options or {}, name))


def make_executor(name: str, task: Task, recipe: Recipe, *, workers: int, sandbox: object = None) -> Executor:
    """Make an executor whose verifiers make the same task from the recipe.

    Args:
        name: The registered name.
        task: Whose programs are run.
        recipe: How the verifiers make the task.
        workers: How many evaluations run at the same time.
        sandbox: The walls around every program, a `sandbox.policy.Sandbox`; None demands those that contain them.

    Raises:
        SandboxError: No walls were given, and those of this machine do not contain a program.
    """
    return cast("Executor", load("executors", name)(task, recipe, workers=workers, sandbox=sandbox))


def _plugins(kind: Kind) -> "dict[str, EntryPoint]":
    # Here and not at the top: a judge of a built-in task is lighter without it, and so is each of its forks.
    from importlib.metadata import entry_points  # noqa: PLC0415 - see above

    return {point.name: point for point in entry_points(group=f"evosearch.{kind}")}
