"""Finds and fills the prompts: Markdown files that are templates of Jinja.

A name is looked up in the task's folder (`<folder>/prompts/rewrite.md`), in its domain (`prompts/puzzles/rewrite.md`)
and among those that all domains share (`prompts/shared/rewrite.md`); the first that exists is used. What a template
includes or extends is found likewise, and with its folder's name (`shared/rewrite.md`) a particular one.

The files stand at the top of the tree, where people read and change them; a wheel carries the same files inside the
package. A task's folder may come from a stranger, so templates are filled in a sandbox, and no link leads out.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evosearch import quoting
from evosearch.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from jinja2 import BaseLoader
    from jinja2.sandbox import SandboxedEnvironment

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+){0,3}")
#: What a template can raise when it is filled, besides Jinja's own errors: it computes with values, and reads files.
_FAILURES = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)


class Library:
    """The prompts of one task.

    Every template has three filters for text that is not ours (`evosearch.quoting`): `fenced` for what a program
    printed or answered, `source` for a program's text, and `clean` for a name or value on a line.

    Args:
        domain: The folder under `prompts/`.
        directory: The task's folder; its `prompts/`, if there is one, comes first.
    """

    def __init__(self, domain: str, directory: str | Path | None = None) -> None:
        own = [] if directory is None else [Path(directory) / "prompts"]
        self._folders = (*own, *(built_in() / name for name in (domain, "shared", "")))

    def fill(self, name: str, /, **values: Any) -> str:
        """Return a prompt with its variables filled in.

        Args:
            name: The file's name without `.md`.
            values: One value for each variable of the template; some may go unused.

        Raises:
            UnknownNameError: There is no such prompt.
            ConfigError: The template is wrong, or uses a variable that it is not given.
        """
        from jinja2 import (  # noqa: PLC0415 - most commands fill no prompt
            TemplateError,
            TemplateNotFound,
            TemplateSyntaxError,
        )

        path = self.find(name)
        if path is None:
            raise self._unknown(name)
        try:
            return self._environment.get_template(f"{name}.md").render(values).strip() + "\n"
        except TemplateSyntaxError as error:
            raise ConfigError(f"{error.filename or path}, line {error.lineno}: {error.message}") from error
        except (TemplateError, *_FAILURES) as error:
            file, line = _place(error, path)
            missing = isinstance(error, TemplateNotFound)
            raise ConfigError(
                f"{file}, line {line}: {f'there is no prompt {error}' if missing else error}",
                hint=f"it is given {', '.join(sorted(values)) or 'no variables'}",
            ) from error

    def find(self, name: str) -> Path | None:
        """The file of a prompt; None if there is none."""
        if not _NAME.fullmatch(name):
            return None
        for folder in self._folders:
            path = folder / f"{name}.md"
            # Its text is sent to a model, so a link must not make it that of another file.
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return path
        return None

    def names(self) -> tuple[str, ...]:
        """The prompts that can be filled by a plain name, sorted."""
        return tuple(sorted({path.stem for folder in self._folders[:-1] for path in folder.glob("*.md")}))

    def _unknown(self, name: str) -> UnknownNameError:
        known = self.names()
        near = get_close_matches(name, known, n=1)
        return UnknownNameError(
            f"no prompt is called {name!r}; there are {', '.join(known) or 'none'}",
            hint=f"did you mean {near[0]!r}?" if near else "",
        )

    @cached_property
    def _environment(self) -> "SandboxedEnvironment":
        # Here and not at the top: most commands fill no prompt, and `--help` has to answer at once.
        from jinja2 import StrictUndefined  # noqa: PLC0415 - see above
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - see above

        environment = ImmutableSandboxedEnvironment(
            loader=_loader(self.find),
            undefined=StrictUndefined,
            autoescape=False,  # the result is a prompt, not HTML
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {"fenced": _fenced, "source": quoting.source_fence, "clean": _clean}
        return environment


def built_in() -> Path:
    """The folder of the prompts: in the package if it was installed, at the top of the tree if not."""
    package = Path(__file__).parent
    installed = package / "_prompts"
    return installed if installed.is_dir() else package.parent / "prompts"


def _loader(find: Callable[[str], Path | None]) -> "BaseLoader":
    from jinja2 import FunctionLoader  # noqa: PLC0415 - see above

    def load(template: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = find(template.removesuffix(".md"))
        # What is filled once stays as it was: a prompt that changed in the middle of a run could not be replayed.
        return None if path is None else (path.read_text(encoding="utf-8"), str(path), lambda: True)

    return FunctionLoader(load)


def _fenced(text: object, limit: int = quoting.LIMIT) -> str:
    return quoting.fenced(str(text), "output", limit)


def _clean(text: object, limit: int = quoting.MAX_LINE) -> str:
    return quoting.one_line(str(text), limit)


def _place(error: BaseException, path: Path) -> tuple[str, int]:
    """The innermost line of a template that an error came through; Jinja gives its frames the template's lines."""
    file, line = str(path), 1
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".md"):
            file, line = name, trace.tb_lineno
        trace = trace.tb_next
    return file, line
