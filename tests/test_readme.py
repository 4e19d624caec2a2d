"""The README says what the program does. `python tests/test_readme.py` writes anew what is taken from it."""

import re
import sys
from pathlib import Path

import pytest
import typer.main

import evosearch.cli
from evosearch.errors import ExitCode
from evosearch.sandbox.layers import LAYERS, NOT_COVERED

README = Path(__file__).parent.parent / "README.md"


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


def commands_table():
    """Every command with its options."""
    lines = ["| command | what it does |", "|---|---|"]
    for name, command in commands(typer.main.get_command(evosearch.cli.app)):
        given = " ".join(words(parameter) for parameter in command.params if not parameter.hidden)
        summary = command.help.splitlines()[0].strip()
        lines.append(f"| `{name} {given}`".rstrip() + f" | {summary} |")
    return "\n".join(["", *lines, "", ""])


def layers_table():
    """Every wall of the sandbox, and what it keeps a program from."""
    lines = ["| wall | keeps a program from |", "|---|---|"]
    lines += [f"| {layer.name} | {layer.covers} |" for layer in LAYERS]
    return "\n".join(["", *lines, "", ""])


def not_covered_list():
    """What no wall covers."""
    return "\n".join(["", *(f"* **{name}**: {what}" for name, what in NOT_COVERED.items()), "", ""])


SECTIONS = {"commands": commands_table, "layers": layers_table, "not covered": not_covered_list}


def place(name):
    """Where a section stands in the README."""
    return re.compile(rf"(?<=<!-- {name}: begin -->\n).*?(?=<!-- {name}: end -->)", re.DOTALL)


@pytest.mark.parametrize("name", SECTIONS)
def test_what_is_taken_from_the_program_is_up_to_date(name):
    found = place(name).findall(README.read_text(encoding="utf-8"))
    assert found == [SECTIONS[name]()], "run `python tests/test_readme.py`"


def test_what_is_not_covered_comes_first_in_the_section_on_the_jail():
    jail = README.read_text(encoding="utf-8").partition("\n## The jail\n")[2]
    assert jail.lstrip().startswith("**Not covered**")


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
    text = README.read_text(encoding="utf-8")
    for name, write in SECTIONS.items():
        text = place(name).sub(lambda _, write=write: write(), text)
    README.write_text(text, encoding="utf-8")
    sys.stdout.write("README.md: written anew where it repeats the program\n")
