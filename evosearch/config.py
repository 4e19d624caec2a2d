"""Settings: defaults < evosearch.toml < EVOSEARCH_* < flags, as one model that remembers where each value came from.

    domain = "puzzles"        # which domain makes the task
    name = "my-puzzles"       # what the archive is called after; by default the folder's name
    [run]                     # how to search: `settings.RunSettings`
    [models]                  # which language models propose: `settings.ModelSettings`
    [puzzles]                 # the domain's own table: its `Options`
    [islands]                 # that of a kind of archive; only that of the kind in use counts

The keys of `[run]` and the plain ones of `[models]` are also `EVOSEARCH_SEED`, `EVOSEARCH_BASE_URL` and so on, and some
are flags of `evosearch run`.
No setting is a secret: a key is named by its environment variable, never held here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from evosearch import registry
from evosearch.config_file import FILE_NAME, ConfigFile, Key, dotted
from evosearch.config_table import did_you_mean, key_types, validate
from evosearch.errors import ConfigError, UnknownNameError
from evosearch.settings import TABLES, ModelSettings, RunSettings, about_used, weighted
from evosearch.types import Recipe

DEFAULT = "default"
LAST_RUN = "the last run"
REPLAYED = "the replayed run"
_PREFIX = "EVOSEARCH_"
#: What of `[run]` a second run takes over from the archive's last one where nothing else is said.
_CONTINUED = ("seed", "window", "archive", "proposer", "budget")
#: The proposer where none is named: with a model, and without one.
_WITH_MODEL, _WITHOUT_MODEL = "mixed", "symbolic"
#: Keys whose flag has another name.
_FLAGS = {"archive": "--archive-kind"}
_PATH_HINT = "the path of the archive file is --archive"
#: What calls may cost where no budget is said: nobody spends money without having said how much.
_CALLS = "200calls"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Settings(BaseModel):
    """All settings of a run, resolved.

    Attributes:
        domain: A registered name.
        name: What the archive file is called after.
        directory: The folder of evosearch.toml, absolute; None for a domain's own task.
        run: How to search; the budget is said.
        models: Which language models propose, and how they are asked.
        options: The domain's own table, as JSON, every default filled in.
        archive_options: That of the kind of archive.
        archive_tables: The kinds of archive that the file has a table of, used or not.
        origins: Where each value came from, by dotted key: `default`, `evosearch.toml:7`, `EVOSEARCH_SEED`, `--seed`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str
    name: str
    directory: str | None
    run: RunSettings
    models: ModelSettings
    options: Mapping[str, Any]
    archive_options: Mapping[str, Any]
    archive_tables: tuple[str, ...] = ()
    origins: Mapping[str, str]

    def recipe(self) -> Recipe:
        """How the task is made, in every process that needs it."""
        return Recipe(self.domain, self.name, self.directory, self.options)

    def continuing(self, earlier: Mapping[str, Any], models: Mapping[str, Any], origin: str = LAST_RUN) -> Self:
        """These settings, with what the archive's last run used wherever nothing else was said.

        Who names a model now means it to be asked, whatever proposed before.

        Args:
            earlier: The keys of `[run]` as the last run had them, and the options of its kind of archive under
                `archive_options`.
            models: Its `[models]`, as JSON.
            origin: What that run is called.

        Raises:
            ConfigError: What it had in `[models]` does not go with what is said now.
        """
        kept = {key: earlier.get(key) for key in _CONTINUED}
        if kept["proposer"] == _WITHOUT_MODEL and self.origins["models.model"] != DEFAULT:
            kept["proposer"] = None
        taken = self._not_said("run", kept)
        asked = self._not_said("models", models)
        origins = {**self.origins, **dict.fromkeys([*_dotted("run", taken), *_dotted("models", asked)], origin)}
        try:
            text = json.dumps(about_used(self.models.model_dump(mode="json") | asked))
            run, asking = self.run.model_copy(update=taken), ModelSettings.model_validate_json(text)
        except ValidationError as error:
            said = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
            raise ConfigError(f"models: {said} ({origin})", hint="say it anew, in evosearch.toml") from error
        kept_options = self._archive_options(run.archive, earlier.get("archive_options") or {})
        updates = {"run": run, "models": asking, "archive_options": kept_options, "origins": origins}
        return self.model_copy(update=updates)

    def _archive_options(self, kind: str, earlier: Mapping[str, Any]) -> Mapping[str, Any]:
        """The options of a kind of archive, those that an earlier run had wherever nothing else is said now."""
        if kind != self.run.archive:
            return earlier
        said = {key for key in self.archive_options if self.origins[f"{kind}.{key}"] != DEFAULT}
        return {key: value if key in said else earlier.get(key, value) for key, value in self.archive_options.items()}

    def _not_said(self, table: str, earlier: Mapping[str, Any]) -> dict[str, Any]:
        """What an earlier run had where nothing else is said now."""
        known = TABLES[table].model_fields
        return {
            key: value
            for key, value in earlier.items()
            if key in known and value is not None and self.origins[f"{table}.{key}"] == DEFAULT
        }

    @property
    def proposer(self) -> str:
        """What writes new programs: the one named, or what the models suggest."""
        return self.run.proposer or (_WITH_MODEL if self.models.model else _WITHOUT_MODEL)

    def rows(self) -> list[tuple[str, Any, str]]:
        """Key, value and origin of every setting, in the order of the file."""
        values = {"domain": self.domain, "name": self.name}
        values |= {f"run.{key}": value for key, value in self.run.model_dump().items()} | {
            "run.proposer": self.proposer
        }
        if self.models.model:
            asked = self.models.model_dump(mode="json", exclude_none=True)
            values |= {f"models.{key}": value for key, value in asked.items() if value not in ([], {})}
        values |= {f"{self.run.archive}.{key}": value for key, value in self.archive_options.items()}
        values |= {f"{self.domain}.{key}": value for key, value in self.options.items()}
        return [(key, value, self.origins.get(key, DEFAULT)) for key, value in values.items()]


def load(source: Path | str, *, environment: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """Resolve the settings of a task.

    Args:
        source: The folder of an evosearch.toml, or a domain's name for the domain's own task.
        environment: The environment variables.
        flags: Keys of `[run]` and `[models]` that the command line gave; None where it did not.

    Raises:
        ConfigError: A key is unknown, or a value of the wrong type or out of range.
        UnknownNameError: There is no such domain, proposer, archive or executor.
    """
    file = ConfigFile.read(source) if isinstance(source, Path) else ConfigFile.of_domain(source)
    domain, kind = _domain(file)
    _check_top_level(file, domain)
    variables = _environment(environment)
    origins: dict[str, str] = {}
    tables = {name: _layers(name, file, variables, flags, origins) for name in TABLES}
    if not origins.get("models.model", file.name).startswith(file.name):
        tables["models"] = about_used(tables["models"])
    run = validate(RunSettings, tables["run"], ("run",), file, origins)
    models = validate(ModelSettings, tables["models"], ("models",), file, origins)
    checked = _own_table(kind, domain, file, origins)
    _check_name("archives", "run.archive", run.archive, origins, _PATH_HINT)
    archive_options = _own_table(registry.archive_kind(run.archive).Options, run.archive, file, origins)
    name, origins["name"] = _name(file, source, environment)
    origins["domain"] = file.origin(("domain",))
    keys = [key for table, fields in TABLES.items() for key in _dotted(table, fields.model_fields)]
    settings = Settings(
        domain=domain,
        name=name,
        directory=str(source.resolve()) if isinstance(source, Path) else None,
        run=_completed(run, models, registry.domain(domain).default_budget),
        models=models,
        options=checked,
        archive_options=archive_options,
        archive_tables=tuple(key for key in file.table if key in registry.names("archives")),
        origins=dict.fromkeys(keys, DEFAULT) | origins,
    )
    _check_names(settings)
    return settings


def _own_table(kind: type[Any], name: str, file: ConfigFile, origins: dict[str, str]) -> dict[str, Any]:
    """The table of a domain or of a kind of archive as JSON, every default filled in; origins are added."""
    table = _table(file, (name,))
    checked = validate(kind, table, (name,), file, origins)
    origins |= dict.fromkeys(_dotted(name, key_types(kind)), DEFAULT)
    origins |= {f"{name}.{key}": file.origin((name, key)) for key in table}
    dumped: dict[str, Any] = TypeAdapter(type(checked)).dump_python(checked, mode="json")
    return dumped


def _domain(file: ConfigFile) -> tuple[str, type[Any]]:
    domain = file.table.get("domain")
    known = ", ".join(registry.names("tasks"))
    if domain is None:
        raise ConfigError(f"{file.path} names no domain", hint=f'add a first line such as domain = "custom" ({known})')
    if not isinstance(domain, str):
        raise ConfigError(f"domain: expected text in quotes, got {domain!r} ({file.origin(('domain',))})", hint=known)
    try:
        return domain, registry.domain(domain).Options
    except UnknownNameError as error:
        raise UnknownNameError(
            f"domain: no domain is called {domain!r} ({file.origin(('domain',))})",
            hint=error.hint or f"known are {known}",
        ) from error


def _check_top_level(file: ConfigFile, domain: str) -> None:
    known = ["domain", "name", *TABLES, domain]
    for key in file.table:
        if key in known or key in registry.names("archives"):
            continue
        origin = file.origin((key,))
        if key in registry.names("tasks"):
            raise ConfigError(f"[{key}] belongs to another domain than {domain!r} ({origin})", hint=f"use [{domain}]")
        raise ConfigError(
            f"unknown key {key!r} ({origin})",
            hint=did_you_mean(key, [*known, *(field for table in TABLES.values() for field in table.model_fields)]),
        )


def _table(file: ConfigFile, key: Key) -> dict[str, Any]:
    table = file.table.get(str(key[0]), {})
    if not isinstance(table, dict):
        raise ConfigError(f"{dotted(key)}: expected a table [{dotted(key)}], got {table!r} ({file.origin(key)})")
    return table


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that set a key of `[run]` or `[models]`, by key; one that is set to nothing counts as not set.

    Raises:
        ConfigError: A variable EVOSEARCH_* is unknown.
    """
    fields = (key for table in TABLES.values() for key in table.model_fields if key != "only")
    known = {_PREFIX + key.upper(): key for key in fields}
    found = {name: text for name, text in environment.items() if name.startswith(_PREFIX) and text}
    for name in sorted(found):
        if name not in known and name != f"{_PREFIX}NAME":
            raise ConfigError(
                f"unknown environment variable {name}", hint=did_you_mean(name, [*known, f"{_PREFIX}NAME"])
            )
    return {known[name]: text for name, text in found.items() if name in known}


def _layers(
    name: str, file: ConfigFile, environment: Mapping[str, str], flags: Mapping[str, Any], origins: dict[str, str]
) -> dict[str, Any]:
    """The values of a table that were given, the strongest of each; their origins are added."""
    fields = TABLES[name].model_fields
    values = _table(file, (name,)).copy()
    origins.update({f"{name}.{key}": file.origin((name, key)) for key in values})
    for key in fields.keys() & environment.keys():
        values[key] = _from_text(fields[key].annotation, environment[key])
        origins[f"{name}.{key}"] = _PREFIX + key.upper()
    for key in fields.keys() & flags.keys():
        if flags[key] is not None:
            values[key] = flags[key]
            origins[f"{name}.{key}"] = _FLAGS.get(key, f"--{key.replace('_', '-')}")
    return values


def _from_text(annotation: Any, text: str) -> Any:
    """What a variable holds, as its setting's type; what cannot be that stays text and is refused with the others."""
    kinds = {annotation, *get_args(annotation)}
    if any(get_origin(kind) is tuple for kind in kinds):
        return [part.strip() for part in text.split(",") if part.strip()]
    if int in kinds and re.fullmatch(r"[+-]?[0-9]+", text.strip()):
        return int(text)
    if float in kinds and re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", text.strip()):
        return float(text)
    if bool in kinds and text.strip().lower() in ("true", "false"):
        return text.strip().lower() == "true"
    return text


def _completed(run: RunSettings, models: ModelSettings, default_budget: str) -> RunSettings:
    """The table `[run]` with the budget that the domain suggests, if none is said."""
    if run.budget is not None:
        return run
    return run.model_copy(update={"budget": f"{default_budget},{_CALLS}" if models.model else default_budget})


def _dotted(table: str, keys: Iterable[str]) -> list[str]:
    return [f"{table}.{key}" for key in keys]


def _name(file: ConfigFile, source: Path | str, environment: Mapping[str, str]) -> tuple[str, str]:
    """The task's name and its origin."""
    if name := environment.get(f"{_PREFIX}NAME"):
        origin = f"{_PREFIX}NAME"
    elif "name" in file.table:
        name, origin = file.table["name"], file.origin(("name",))
    else:
        name, origin = (source.resolve().name if isinstance(source, Path) else source), DEFAULT
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigError(
            f"name: expected letters, digits, '.', '_' and '-', got {name!r} ({origin})",
            hint=f'the archive is called after it; set name = "..." in {FILE_NAME}',
        )
    return name, origin


def _check_names(settings: Settings) -> None:
    _check_name("proposers", "run.proposer", settings.proposer, settings.origins)
    _check_name("executors", "run.executor", settings.run.executor, settings.origins)
    for word in settings.models.operators:
        _check_name("operators", "models.operators", weighted(word)[0], settings.origins)


def _check_name(kind: registry.Kind, key: str, name: str, origins: Mapping[str, str], path_hint: str = "") -> None:
    known = list(registry.names(kind))
    if name not in known:
        is_path = "/" in name or name.endswith(".db")
        raise UnknownNameError(
            f"{key}: no {kind.removesuffix('s')} is called {name!r} ({origins[key]})",
            hint=path_hint if path_hint and is_path else did_you_mean(name, known),
        )
