"""The header and footer of an exported program: where it came from, in a form that people and programs read.

The header is an inline script block (PyPA's specification "Inline script metadata", PEP 723), so `uv run best.py`
installs what the program imports; what evosearch knows stands in its table `[tool.evosearch]`. Between header and
footer the source stands unchanged, character by character: `unwrap` gives back exactly what `wrap` was given.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from evosearch.report.printable import one_line

#: The block as the specification's own expression finds it.
_BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$\n")
_FOOTER = """

# --- added by evosearch: run the program by itself ---
if __name__ == "__main__":
    import inspect
    import sys

    sys.set_int_max_str_digits(0)
    try:
        inspect.signature({entry}).bind()
    except TypeError:
        print(f"call {entry}{{inspect.signature({entry})}} with arguments of your own")
    else:
        print(repr({entry}()))
"""
#: A function at the top level; the last one is the entry, as `evosearch.reading` has it.
_FUNCTION = re.compile(r"(?m)^def ([A-Za-z_][A-Za-z0-9_]*)\(")
_WARNING = (
    "# This program was found by a search, not written by a person: read it before you run it outside the jail.\n"
)
#: The empty line ends the block for every reader, whatever comments the program opens with.
_END = "\n# --- the program as it was found ---\n"


def wrap(source: str, facts: Mapping[str, Any], *, packages: Sequence[str], warning: str = "") -> str:
    """The text of a file: header, source, and a footer that runs it.

    Args:
        source: The program.
        facts: What is known of it: JSON scalars and lists of text, by key; None is left out.
        packages: Third-party packages it may import.
        warning: What a reader must know before all else, as one sentence; empty if there is nothing.
    """
    # The source is hostile, so it is searched, never parsed: at worst the footer calls a name that is not there.
    functions = _FUNCTION.findall(source)
    rows = ['requires-python = ">=3.11"', f"dependencies = {_toml(list(packages))}", "", "[tool.evosearch]"]
    rows += [f"{key} = {_toml(value)}" for key, value in facts.items() if value is not None]
    rows += [f"entry = {_toml(functions[-1])}"] if functions else []
    block = "".join(f"# {row}".rstrip() + "\n" for row in rows)
    footer = _FOOTER.format(entry=functions[-1]) if functions else ""
    more = f"# {one_line(warning)}\n" if warning else ""
    return f"{_WARNING}{more}# /// script\n{block}# ///\n{_END}{source}{footer}"


def unwrap(text: str) -> tuple[str, dict[str, Any]]:
    """The source and the facts of an exported file; of any other file the text itself and no facts."""
    block = _BLOCK.search(text)
    if block is None or not text.startswith(_WARNING) or not text.startswith(_END, block.end()):
        return text, {}
    content = "".join(line.removeprefix("#").removeprefix(" ") for line in block["content"].splitlines(keepends=True))
    try:
        facts = tomllib.loads(content)["tool"]["evosearch"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return text, {}
    source = text[block.end() + len(_END) :]
    if entry := facts.pop("entry", ""):
        source = source.removesuffix(_FOOTER.format(entry=entry))
    return source, facts


def _toml(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        # A JSON string without control characters is a TOML string.
        return json.dumps(one_line(value), ensure_ascii=False)
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)
