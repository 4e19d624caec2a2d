"""The README says what the program does. `python tests/test_readme.py` writes its commands section anew."""

import re
import sys
from pathlib import Path

import typer.main

import evosearch.cli
from evosearch.errors import ExitCode

README = Path(__file__).parent.parent / "README.md"
SECTION = re.compile(r"(?<=<!-- commands: begin -->\n).*?(?=<!-- commands: end -->)", re.DOTALL)


def commands(group, prefix="evosearch"):
    """Every command that a person can give, with its full name."""
    for name, command in group.commands.items():
        if getattr(command, "commands", None):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def words(parameter):
    """How a parameter is written: `--budget TEXT`, `[TASK]`."""
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name.upper()).strip("[]")
        return name if parameter.required else f"[{name}]"
    names = [name for name in (*parameter.opts, *parameter.secondary_opts) if name.startswith("--")]
    return "/".join(names) + ("" if parameter.is_flag else " …")


def section():
    """The section as it should be: a table of commands and their options."""
    lines = ["| command | what it does |", "|---|---|"]
    for name, command in commands(typer.main.get_command(evosearch.cli.app)):
        given = " ".join(words(parameter) for parameter in command.params if not parameter.hidden)
        summary = command.help.splitlines()[0].strip()
        lines.append(f"| `{name} {given}`".rstrip() + f" | {summary} |")
    return "\n".join(["", *lines, "", ""])


def test_its_commands_are_those_of_the_program():
    assert SECTION.findall(README.read_text(encoding="utf-8")) == [section()], "run `python tests/test_readme.py`"


def test_its_exit_codes_are_those_of_the_program():
    text = README.read_text(encoding="utf-8")
    listed = {int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert listed == {int(code) for code in ExitCode}


def test_every_command_has_help():
    for name, command in commands(typer.main.get_command(evosearch.cli.app)):
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", ""), f"{name} {parameter.name}"


if __name__ == "__main__":
    README.write_text(SECTION.sub(lambda _: section(), README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write("README.md: commands written anew\n")
