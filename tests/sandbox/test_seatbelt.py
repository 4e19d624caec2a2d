"""The profile for macOS, as far as a text can be judged that nothing here can read."""

import os
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.sandbox import grounds
from evosearch.sandbox.layers import LAYERS
from evosearch.sandbox.seatbelt import Seatbelt, profile, quoted
from evosearch.types import Jail

#: A token of the language: a parenthesis, a string, or a word.
TOKEN = re.compile(r'[()]|"(?:[^"\\]|\\.)*"|[^\s()"]+', re.DOTALL)
ALLOWED = {
    "file-read-metadata",
    "file-read*",
    "file-map-executable",
    "file-write-data",
    "process-info*",
    "signal",
    "sysctl-read",
}


def parse(text):
    """The rules of a profile, as lists in lists of tokens."""
    stack = [[]]
    for token in TOKEN.findall(text):
        if token == "(":
            stack.append([])
        elif token == ")":
            inner = stack.pop()
            stack[-1].append(inner)
        else:
            stack[-1].append(token)
    (rules,) = stack
    return rules


def readable(rules):
    """The paths that may be read, as they stand in the profile."""
    return {path for rule in rules if rule[1] == "file-read*" for _, path in rule[3:]}


def allowed(rules):
    """All operations that some rule allows."""
    return {word for rule in rules if rule[0] == "allow" for word in rule[1:] if isinstance(word, str)}


def test_everything_is_refused_but_what_is_named():
    rules = parse(profile(grounds.for_programs(["numpy"])))
    assert rules[:2] == [["version", "1"], ["deny", "default"]]
    assert {rule[0] for rule in rules[2:]} == {"allow"}
    assert allowed(rules) == ALLOWED


def test_a_judge_may_ask_for_the_time_of_its_program():
    assert allowed(parse(profile(Jail(supervises=True)))) == ALLOWED | {"process-info-rusage"}


def test_figures_of_the_kernel_are_of_the_machine_and_not_of_processes():
    (*_, names, prefixes) = sorted(
        (rule[2] for rule in parse(profile(Jail())) if rule[1] == "sysctl-read"), key=lambda rule: rule[0]
    )
    assert prefixes == ["sysctl-name-prefix", '"hw."']
    assert not any("proc" in name for name in names[1:])


def test_devices_alone_are_written():
    written = {path for rule in parse(profile(Jail(("/srv",)))) if rule[1] == "file-write-data" for _, path in rule[2:]}
    assert written == {'"/dev/null"', '"/dev/zero"', '"/dev/urandom"'}


def test_what_is_readable_may_be_read_and_what_is_hidden_in_it_not(tmp_path):
    for name in ("shown", "hidden", "hidden/declared"):
        (tmp_path / name).mkdir()
    jail = Jail((str(tmp_path), str(tmp_path / "hidden" / "declared")), (str(tmp_path / "hidden"),))
    paths = readable(parse(profile(jail)))
    assert {quoted(str(tmp_path / name)) for name in ("shown", "hidden/declared")} <= paths
    assert not {quoted(str(tmp_path)), quoted(str(tmp_path / "hidden"))} & paths


def test_a_link_and_what_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    paths = readable(parse(profile(Jail((str(tmp_path / "link"),)))))
    assert {quoted(str(tmp_path / name)) for name in ("real", "link")} <= paths


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_no_path_breaks_out_of_its_string(name):
    rules = parse(f"(allow file-read* (subpath {quoted(name)}))(deny default)")
    assert len(rules) == 2
    (literal,) = rules[0][2][1:]
    assert re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL) == name


@pytest.mark.parametrize("name", ['a") (allow default) ("', 'a\\") (allow default) (\\"', "a)(allow default)", "a\\"])
def test_a_hostile_folder_adds_no_rule(name):
    rules, honest = (parse(profile(Jail((f"/nowhere/{path}",)))) for path in (name, "honest"))
    assert len(rules) == len(honest)
    assert allowed(rules) == ALLOWED


def test_names_that_are_no_text_survive():
    layer = Seatbelt()
    layer.prepare(Jail((os.fsdecode(b"/nowhere/\xff"),)))
    assert b'"/nowhere/\xff"' in layer._profile


@pytest.mark.skipif(sys.platform == "darwin", reason="about every other system")
def test_it_is_offered_on_macos_alone():
    assert Seatbelt().available() == f"needs macOS, this is {sys.platform}"
    assert "seatbelt" not in [layer.name for layer in LAYERS]
