"""What a jail shows of the file system: the interpreter's libraries, the declared packages, and what a judge reads.

Computed in the controller, because it takes metadata of packages that no jailed process should have to load; the
zygote, which has the same interpreter and the same view of the disk, gets plain paths.
"""

import os
import re
import site
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, packages_distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from evosearch.errors import TaskError
from evosearch.types import Jail

#: Where the dynamic linker looks, and what the standard library reads.
_SYSTEM: Final = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
)
_REQUIREMENT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def for_programs(packages: Iterable[str]) -> Jail:
    """The jail of programs under test: the standard library and the packages that the task declares.

    Raises:
        TaskError: A package is not installed.
    """
    return Jail((*_libraries(), *files_of(packages)), _package_folders())


def for_library(module: str, packages: Iterable[str] = ()) -> Jail:
    """The jail of a library function: its package and what that requires, and the packages that the task declares.

    Raises:
        TaskError: A package is not installed.
    """
    return for_programs(dict.fromkeys([module.partition(".")[0], *packages]))


def for_judges(package: str, reads: Iterable[str]) -> Jail:
    """The jail of judges: the package that the task's code is from, what it requires, and what the task reads.

    Not all that is installed, nor all that this process finds its modules in: code that came with a task, such as a
    puzzle's predicate, runs there as well.

    Raises:
        TaskError: The package is not installed.
    """
    own = [str(Path(path).absolute()) for path in reads]
    jail = for_programs(dict.fromkeys(["evosearch", package]))
    return replace(jail, readable=tuple(dict.fromkeys([*jail.readable, *own])), supervises=True)


def files_of(packages: Iterable[str]) -> tuple[str, ...]:
    """Files and folders of top-level packages, and of all that their distributions require.

    Raises:
        TaskError: One is not installed.
    """
    paths: set[str] = set()
    distributions: dict[str, Distribution] = {}
    for name in packages:
        paths |= _locations(name)
        # A package that is installed for editing is not among the files of its distribution.
        for provider in _providers().get(name, [name]):
            _collect(provider, distributions)
    for distribution in distributions.values():
        paths |= _top_level(distribution)
    return tuple(sorted(paths))


def _libraries() -> tuple[str, ...]:
    library = sysconfig.get_config_var("LIBDIR")
    paths = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), library, *_SYSTEM]
    # In this order and each once: what the order is does not matter, that it is always the same does.
    return tuple(dict.fromkeys(path for path in paths if path))


def _package_folders() -> tuple[str, ...]:
    """Where packages are installed: this interpreter's, those of a virtual environment's base, and a distribution's."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    schemes = [
        sysconfig.get_path(kind, vars=variables) for kind in ("purelib", "platlib") for variables in (None, base)
    ]
    beneath = [
        str(folder)
        for library in _libraries()
        for name in ("site-packages", "dist-packages")
        for folder in (*Path(library).glob(name), *Path(library).glob(f"python3*/{name}"))
    ]
    on_path = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    found = [*filter(None, schemes), *site.getsitepackages(), *on_path, *beneath]
    # A folder has many names (`/lib` is `/usr/lib`), and all of them are to be hidden.
    return tuple(sorted({*found, *map(os.path.realpath, found)}))


@cache
def _providers() -> Mapping[str, list[str]]:
    return packages_distributions()


def _locations(name: str) -> set[str]:
    """Where a top-level package or module is."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        # A dotted name without its parent, or no name at all.
        spec = None
    if spec is None:
        raise TaskError(
            f"the package {name!r} is declared and cannot be found",
            hint="install it beside evosearch, or take it off the list of packages",
        )
    if spec.submodule_search_locations is not None:
        return set(spec.submodule_search_locations)
    return {spec.origin} if spec.has_location and spec.origin else set()


def _collect(name: str, found: dict[str, Distribution]) -> None:
    """A distribution, and those that it requires and that are installed."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        found[key] = distribution = Distribution.from_name(name)
    except PackageNotFoundError:
        return
    for requirement in distribution.requires or ():
        # What an extra asks for was not asked for; of other markers it is enough whether it is installed.
        if "extra ==" not in requirement and (match := _REQUIREMENT.match(requirement)):
            _collect(match[0], found)


def _top_level(distribution: Distribution) -> set[str]:
    """The entries of the package folder that belong to a distribution."""
    names = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__", "/")}
    return {str(distribution.locate_file(name)) for name in names}
