"""Which text of a reply is the program: judged by its looks alone, since hostile text is not parsed here."""

import re
import textwrap
from collections.abc import Sequence
from typing import Final

from evosearch.replies.fences import Block

PYTHON: Final = frozenset({"py", "python", "python2", "python3", "py3", "ipython", "pycon", "sage", "cython", "pyi"})
OTHER_LANGUAGES: Final = frozenset(
    {"ada", "asm", "c", "c#", "c++", "clojure", "cpp", "cs", "csharp", "d", "dart", "elixir", "elm", "erlang", "f#"}
    | {"fortran", "fsharp", "go", "golang", "groovy", "haskell", "hs", "java", "javascript", "js", "jsx", "julia"}
    | {"kotlin", "kt", "lisp", "lua", "matlab", "nim", "objc", "objective-c", "ocaml", "octave", "pascal", "perl"}
    | {"php", "pl", "prolog", "pseudocode", "r", "rb", "racket", "rs", "ruby", "rust", "scala", "scheme", "sql"}
    | {"swift", "ts", "tsx", "typescript", "vb", "verilog", "zig"}
)
NO_PROGRAM: Final = frozenset(
    {"bash", "console", "csv", "diff", "html", "ini", "json", "latex", "output", "patch", "sh", "shell", "stderr"}
    | {"stdout", "terminal", "toml", "traceback", "xml", "yaml", "yml", "zsh"}
)

_DEFINED: Final = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_ASSIGNED: Final = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_IMPORTED: Final = re.compile(r"^(?:from[ \t]+\S+[ \t]+)?import[ \t]+(.*)$", re.MULTILINE)
_STATEMENT: Final = re.compile(
    r"(?:async[ \t]+def|def|class)[ \t]+\w+|import[ \t]+\w|from[ \t]+\S+[ \t]+import\b|@\w|\w+[ \t]*(?::[^=]*)?=(?!=)"
    r"|(?:if|for|while|with|try|elif|else|except|finally|match)\b.*:[ \t]*(?:#.*)?$|(?:return|raise|assert|del)\b"
)
_FIRST: Final = re.compile(
    r"(?:async[ \t]+def|def)[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:]|@\w+(?:\W|$)"
    r"|from[ \t]+[\w.]+[ \t]+import[ \t]+[\w*(]|import[ \t]+[\w.]+[ \t]*(?:as[ \t]+\w+[ \t]*)?(?:[,#].*)?$"
)
_CONTINUED: Final = re.compile(r"[ \t)\]}#\"']|$")
_PROMPT: Final = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
_WORD: Final = re.compile(r"\w+")


def python_blocks(found: Sequence[Block]) -> list[str]:
    """The sources of the blocks that may be Python, in order; an untagged one has to look like it."""
    sources = ((block.language, source_of(block.lines)) for block in found)
    return [source for tag, source in sources if source and (tag in PYTHON or (_unsure(tag) and _looks_python(source)))]


def foreign_language(found: Sequence[Block]) -> str:
    """The first other programming language that a block is tagged with; empty if there is none."""
    return next((block.language for block in found if block.language in OTHER_LANGUAGES), "")


def source_of(lines: Sequence[str]) -> str:
    """A block's text as a source: prompts of a session and common indentation gone, one newline at the end."""
    first = next((line for line in lines if line.strip()), "")
    text = textwrap.dedent("\n".join(_session(lines) if first.lstrip().startswith(">>>") else lines))
    text = text.strip("\n").rstrip()
    return text + "\n" if text else ""


def program(sources: Sequence[str], entry: Sequence[str], parent: str | None) -> str | None:
    """The program among some sources.

    It is the last one that defines every name of `entry`, or what the parent defines if these are not known. Sources
    that define what it uses, imports or helpers, are put before it. If only several sources together define
    everything, then these make the program. Failing that it is the last one that defines anything.
    """
    if not sources:
        return None
    defined = [names(source) for source in sources]
    parents = None if parent is None else _functions(parent)
    wanted = set(entry) or parents or set()
    whole = [index for index, found in enumerate(defined) if wanted and _is_whole(found, entry, parents)]
    if whole:
        return _with_parts(sources, whole[-1], wanted)
    if entry and wanted <= set().union(*defined):
        return _joined([source for source in sources if names(source) & wanted or not _mentions(source, wanted)])
    some = [index for index, source in enumerate(sources) if _functions(source)] or [len(sources) - 1]
    return _with_parts(sources, some[-1], _functions(sources[some[-1]]))


def is_whole(source: str, entry: Sequence[str], parent: str | None) -> bool:
    """Whether a source looks like a whole program: it defines every name, or if none is known one of the parent's."""
    return _is_whole(names(source), entry, None if parent is None else _functions(parent))


def with_imports(source: str, parent: str) -> str:
    """A source, and before it those imports of its parent that it uses and has left out, as models often do."""
    lacking = set(_WORD.findall(source)) - names(source)
    lines = (line for line in parent.split("\n") if _IMPORTED.match(line) and not line.rstrip().endswith(("(", "\\")))
    kept = [line for line in lines if not _imports(line).isdisjoint(lacking)]
    return _joined(["\n".join(kept), source]) if kept else source


def unfenced(lines: Sequence[str]) -> str:
    """The code of a reply without fences: from its first definition or import to where prose goes on."""
    first = next((index for index, line in enumerate(lines) if _FIRST.match(line.lstrip())), None)
    if first is None:
        whole = source_of(lines)
        # An assignment may be a program, too, but then nothing else stands beside it.
        return whole if whole and all(_is_code(line) for line in whole.split("\n")) and _ASSIGNED.match(whole) else ""
    depth = len(lines[first]) - len(lines[first].lstrip())
    body: list[str] = []
    quotes = 0
    for line in lines[first:]:
        bare = line[min(depth, len(line) - len(line.lstrip())) :]
        if not quotes % 2 and not _is_code(bare):
            break
        quotes += line.count('"""') + line.count("'''")
        body.append(bare)
    source = source_of(body)
    return source if names(source) - _imports(source) else ""


def names(source: str) -> set[str]:
    """What a source looks as if it defined at its top level."""
    return _functions(source) | set(_ASSIGNED.findall(source)) | _imports(source)


def _functions(source: str) -> set[str]:
    return set(_DEFINED.findall(source))


def _imports(source: str) -> set[str]:
    # The last word of `a.b as c`; a name too many does no harm.
    return {
        words[-1] for line in _IMPORTED.findall(source) for part in line.split(",") if (words := _WORD.findall(part))
    }


def _is_whole(found: set[str], entry: Sequence[str], parents: set[str] | None) -> bool:
    if entry or parents is None:
        return set(entry) <= found
    return not found.isdisjoint(parents)


def _unsure(tag: str) -> bool:
    return tag not in PYTHON and tag not in OTHER_LANGUAGES and tag not in NO_PROGRAM


def _looks_python(source: str) -> bool:
    return any(_STATEMENT.match(line) for line in source.split("\n"))


def _is_code(line: str) -> bool:
    return bool(_CONTINUED.match(line) or _STATEMENT.match(line))


def _session(lines: Sequence[str]) -> list[str]:
    """The definitions in a session, its prompts removed; what was tried with them, and its output, is left out."""
    kept: list[str] = []
    keeping = False
    for line in lines:
        bare = line.lstrip()
        if _PROMPT.match(bare):
            if bare.startswith(">>>"):
                keeping = bool(_STATEMENT.match(bare[4:]))
            kept += [bare[4:]] if keeping else []
    return kept


def _mentions(source: str, wanted: set[str]) -> bool:
    return not wanted.isdisjoint(_WORD.findall(source))


def _with_parts(sources: Sequence[str], chosen: int, wanted: set[str]) -> str:
    """A source, and before it those that define what it uses and lacks."""
    whole = sources[chosen]
    lacking = set(_WORD.findall(whole)) - names(whole)
    parts: list[str] = []
    for index, source in enumerate(sources):
        # One that mentions the program itself is an example of its use, or an older version.
        if index == chosen or _mentions(source, wanted):
            continue
        given = _functions(source) | _imports(source) | {name for name in _ASSIGNED.findall(source) if name.isupper()}
        if given & lacking:
            parts.append(source)
            lacking -= given
    return _joined([*parts, whole])


def _joined(sources: Sequence[str]) -> str:
    return "\n\n".join(sources)
