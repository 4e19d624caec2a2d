"""The tables against the kernel's own headers, where they are installed."""

import os
import re
from pathlib import Path

import pytest

from evosearch.sandbox import kernel
from evosearch.sandbox.seccomp import policy
from evosearch.sandbox.syscalls import NUMBERS

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}


def numbers_of(header):
    """All `#define __NR_name number`, and those that are defined by way of __NR3264_name, for 64-bit words first."""
    shared = dict(re.findall(r"^#define __NR3264_(\w+) (\d+)$", header, re.MULTILINE))
    defined = re.findall(r"^#define __NR_(\w+) (?:(\d+)|__NR3264_(\w+))$", header, re.MULTILINE)
    return {name: int(number or shared[alias]) for name, number, alias in defined if number or alias in shared}


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_the_kernels(machine):
    headers = [Path(path) for path in HEADERS[machine] if Path(path).exists()]
    if not headers:
        pytest.skip(f"none of {', '.join(HEADERS[machine])} is installed (on Debian: linux-libc-dev)")
    published = numbers_of(headers[0].read_text())
    assert {name: published.get(name) for name in NUMBERS[machine]} == NUMBERS[machine]
    # A call that the architecture has and the policy names must not be missing, or it would be judged by default.
    assert policy(threads=True).keys() & published.keys() == NUMBERS[machine].keys()


@pytest.mark.parametrize("machine", NUMBERS)
def test_no_number_stands_for_two_calls(machine):
    assert len(set(NUMBERS[machine].values())) == len(NUMBERS[machine])


def test_every_name_that_the_policy_speaks_of_is_known_somewhere():
    assert policy(threads=True).keys() == NUMBERS["x86_64"].keys() | NUMBERS["aarch64"].keys()


def test_this_machine_agrees():
    assert kernel.syscall(NUMBERS[kernel.machine()]["getpid"], name="getpid") == os.getpid()
