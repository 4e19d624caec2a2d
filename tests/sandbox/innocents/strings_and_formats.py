import difflib
import string
import textwrap
import unicodedata


def solve():
    wrapped = textwrap.fill("the quick brown fox jumps over the lazy dog", 15)
    differences = list(difflib.unified_diff(["a", "b"], ["a", "x"], lineterm=""))
    formats = [f"{3.14159:>10.2f}", f"{255:#x}", f"{1e6:,}", f"{42:05d}", "{!r:<6}|".format("a"), "-".join("abc")]
    names = [unicodedata.name("\u00e9"), unicodedata.normalize("NFD", "\u00e9") != "\u00e9", "stra\u00dfe".upper()]
    return [wrapped, differences, formats, names, string.Template("$a!").substitute(a=1), "\u00fc".encode().hex()]
