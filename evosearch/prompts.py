"""Finds and fills the prompts: `prompts/<domain>/<name>.md`, templates of Jinja.

The files stand at the top of the tree, where people read and change them; a wheel carries the same files inside the
package.
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evosearch.errors import UnknownNameError

if TYPE_CHECKING:
    from jinja2 import Environment


def fill(domain: str, name: str, /, **values: Any) -> str:
    """Return a prompt with its variables filled in.

    Args:
        domain: The folder under `prompts/`.
        name: The file's name without `.md`.
        values: One value for each variable of the template.

    Raises:
        UnknownNameError: There is no such prompt.
        jinja2.UndefinedError: The template uses a variable that was not given.
    """
    prompt = f"{domain}/{name}"
    if prompt not in names():
        near = get_close_matches(prompt, names(), n=1)
        raise UnknownNameError(
            f"no prompt is called {prompt!r}; there are {', '.join(names()) or 'none'}",
            hint=f"did you mean {near[0]!r}?" if near else "",
        )
    return _environment().get_template(f"{prompt}.md").render(values)


@cache
def names() -> tuple[str, ...]:
    """All prompts as `<domain>/<name>`, sorted."""
    folder = directory()
    return tuple(sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.md")))


def directory() -> Path:
    """The folder of the prompts: in the package if it was installed, at the top of the tree if not."""
    package = Path(__file__).parent
    installed = package / "_prompts"
    return installed if installed.is_dir() else package.parent / "prompts"


@cache
def _environment() -> "Environment":
    # Here and not at the top: most commands fill no prompt, and `--help` has to answer at once.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - see above

    return Environment(
        loader=FileSystemLoader(directory()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the result is a prompt, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
