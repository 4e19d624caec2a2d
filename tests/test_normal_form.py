import ast
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.reading import read_one

# A name in angle brackets is local to a function; everything else keeps its spelling.
PROGRAMS = [
    """
def sol(<n>, <m>=3):
    <total> = <n> + <m>
    return [<x> * <total> for <x> in range(<n>) if <x> != 2]
""",
    """
def sol(<n>):
    def <helper>(<k>):
        nonlocal <n>
        <n> += <k>
        return <n>
    return <helper>(2)
""",
    """
SIZE = 4

def sol(<items>, *<rest>):
    global SIZE
    SIZE += 1
    return max(<items>, key=lambda <i>: -<i>)
""",
    """
def sol(<n>):
    import math
    from heapq import heappush as <push>
    <heap> = []
    <push>(<heap>, math.pi)
    return <heap>
""",
    """
def sol(<n>):
    while (<m> := <n> - 1) > 2:
        <n> = <m>
    with open("f") as <file>:
        del <file>
    return <n>
""",
    """
def sol(<n>):
    match <n>:
        case [<a>, *<b>]:
            return <a>, <b>
        case {"k": <c>, **<d>}:
            return <c>, <d>
        case str() as <e>:
            return <e>
""",
    """
class Box:
    size = 3
    def grow(<me>, <by>):
        <new> = <me>.size + <by>
        return <new>

def sol(<n>):
    return Box().grow(<n>)
""",
    """
def sol(<n>):
    return {<k>: <v> for <k>, <v> in enumerate([<n>])}, (lambda *<a>, **<b>: (<a>, <b>))(1)
""",
]
NAMES = [f"name{i}" for i in range(20)] + ["len", "total", "x", "ñ", "sol_"]
NUMBERS = re.compile(r"\b\d+\b")
COMPARISONS = {
    "!=": "==",
    " + ": " - ",
    " > ": " < ",
    " * ": " // ",
    "max": "min",
    "range": "sorted",
    "math.pi": "math.e",
}


def spell(program, names):
    """The program with its local names spelled by `names`, equal names for equal ones."""
    local = list(dict.fromkeys(re.findall(r"<(\w+)>", program)))
    spelling = dict(zip(local, names, strict=False))
    return re.sub(r"<(\w+)>", lambda found: spelling[found[1]], program)


def form(source):
    assert read_one(source).parsed, source
    return read_one(source).normal_form


@given(st.sampled_from(PROGRAMS), st.permutations(NAMES), st.permutations(NAMES))
def test_the_spelling_of_local_names_makes_no_difference(program, names, others):
    used = spell(program, names)
    assert form(used) == form(spell(program, others))


@given(st.sampled_from(PROGRAMS), st.permutations(NAMES), st.data())
def test_formatting_and_comments_make_no_difference(program, names, data):
    source = spell(program, names)
    lines = source.splitlines()
    lines.insert(
        data.draw(st.integers(0, len(lines))), data.draw(st.sampled_from(["", "# a comment", "   # indented"]))
    )
    spaced = "\n".join(line + data.draw(st.sampled_from(["", "  ", "  # why"])) for line in lines)
    assert form(spaced) == form(source) == form(ast.unparse(ast.parse(source)))


@given(st.sampled_from([program for program in PROGRAMS if NUMBERS.search(program)]), st.data())
def test_another_constant_makes_a_difference(program, data):
    source = spell(program, NAMES)
    number = data.draw(st.sampled_from(list(NUMBERS.finditer(source))))
    changed = source[: number.start()] + str(data.draw(st.integers(100, 999))) + source[number.end() :]
    assert form(changed) != form(source)


@pytest.mark.parametrize("program", PROGRAMS)
def test_another_operator_or_function_makes_a_difference(program):
    source = spell(program, NAMES)
    changed = [source.replace(old, new) for old, new in COMPARISONS.items() if old in source]
    assert form(source) not in [form(other) for other in changed]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # What a name means: a local, a global, a built-in.
        ("def f(a):\n    return b", "def f(b):\n    return b"),
        ("def f(a, b):\n    return a", "def f(a, b):\n    return b"),
        ("def f(a, b):\n    return a - b", "def f(a, b):\n    return b - a"),
        ("def f(n):\n    len = n\n    return len", "def f(n):\n    m = n\n    return len"),
        ("def f(n):\n    return [n for n in n]", "def f(n):\n    return [m for n in n]"),
        ("def f(n):\n    def g():\n        n = 1\n    g()\n    return n",
         "def f(n):\n    def g():\n        nonlocal n\n        n = 1\n    g()\n    return n"),
        ("def f():\n    x = 1\n    class A:\n        x = 2\n        def g(self): return x\n    return A().g()",
         "def f():\n    x = 1\n    class A:\n        y = 2\n        def g(self): return x\n    return A().g()"),
        # What a call names as a keyword.
        ("def g(a, b):\n    return a\n\ndef f():\n    return g(a=1, b=2)",
         "def g(b, a):\n    return b\n\ndef f():\n    return g(a=1, b=2)"),
        ("def g(a):\n    return a\n\ndef f():\n    return g(**{'a': 1})",
         "def g(b):\n    return b\n\ndef f():\n    return g(**{'a': 1})"),
        # Types of constants.
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 'a'", "x = b'a'"),
        ("x = 0.0", "x = -0.0"),
        # Names at the top level.
        ("def f(): return 1", "def g(): return 1"),
        ("x = 1\ny = x", "z = 1\ny = z"),
        # An import that binds something else.
        ("def f():\n    import os.path\n    return os", "def f():\n    import os.path as os\n    return os"),
        # Annotations that do something.
        ("def f(x: int): return x", "def f(x: unknown): return x"),
        ("class A:\n    x: int = 1", "class A:\n    x = 1"),
        ("int = 5\ndef f(x: int[0]): return x", "int = 5\ndef f(x): return x"),
        ("def f(x: List[int]): return x", "def f(x): return x"),
        ("@register\ndef f(x: int): return x", "@register\ndef f(x): return x"),
        ("def f():\n    x: int\n    return x", "def f():\n    return x"),
        # Programs that look at themselves.
        ("def f():\n    '''doc'''\n    return f.__doc__", "def f():\n    return f.__doc__"),
        ("def f(a):\n    return locals()", "def f(b):\n    return locals()"),
        ("def f(a):\n    return f.__code__.co_varnames", "def f(b):\n    return f.__code__.co_varnames"),
        ("def f(a):\n    return '{0.__code__}'.format(f)", "def f(b):\n    return '{0.__code__}'.format(f)"),
        ("import inspect\ndef f(a): return 1", "import inspect\ndef f(b): return 1"),
        ("def f(a):\n    try:\n        del a\n        a\n    except NameError as e:\n        return str(e)",
         "def f(b):\n    try:\n        del b\n        b\n    except NameError as e:\n        return str(e)"),
        ("def f(a):\n    return f'{a=}'", "def f(b):\n    return f'{b=}'"),
    ],
)  # fmt: skip
def test_programs_that_may_behave_differently_stay_apart(one, other):
    assert form(one) != form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x: int) -> str: return x", "def f(x): return x"),
        ("from typing import List\ndef f(x: List[int]): return x", "from typing import List\ndef f(x): return x"),
        ("def f(x: 'Anything'): return x", "def f(x): return x"),
        ("def f():\n    x: Unknown = 1\n    return x", "def f():\n    x = 1\n    return x"),
        ("x: int = 1", "x = 1"),
        ("'''doc'''\ndef f():\n    '''doc'''", "def f(): pass"),
        ("x = u'a'", "x = 'a'"),
        ("x = (1)\n", "x=1"),
        ("x = 0x10", "x = 16"),
        ("def f():\n    import math\n    return math.pi", "def f():\n    import math as m\n    return m.pi"),
        ("def f(n):\n    return [n for n in n]", "def f(n):\n    return [m for m in n]"),
        ("def f():\n    x = 1\n    class A:\n        def g(self): return x\n    return A().g()",
         "def f():\n    y = 1\n    class A:\n        def g(me): return y\n    return A().g()"),
        ("class A:\n    def __init__(self, n):\n        self.n = n",
         "class A:\n    def __init__(me, m):\n        me.n = m"),
    ],
)  # fmt: skip
def test_differences_that_have_no_effect(one, other):
    assert form(one) == form(other)


# Scopes in every constellation; each slot is spelled in every way, so that names clash, shadow and capture.
SCOPES = [
    """
a = 1
def sol(<1>):
    <2> = <1> + 1
    def inner(<3>):
        return <3> + <2> + a
    return inner(3)
""",
    """
a = 1
def sol(<1>):
    def inner():
        nonlocal <2>
        <2> = 7
        return a
    <3> = 4
    return inner() + <1> + <3>
""",
    """
a = 1
def sol(<1>, <2>=2):
    return [<3> + <1> for <3> in range(<2>) if <3> != a]
""",
    """
a = [1, 2]
def sol(<1>):
    return [[<2> for <2> in [<3>]] for <3> in a], <1>
""",
    """
b = 2
def sol(<1>):
    class Box:
        <2> = 5
        def get(self):
            return <2>
        <3> = <2> + b
    return Box().get(), Box.<3>, <1>
""",
    """
a = 1
def sol(<1>):
    global <2>
    <2> = 3
    <3> = 4
    return a, <1>, <3>
""",
    """
b = 2
def sol(<1>):
    def inner(<2>, b=<1>):
        return <2> - b
    return inner(5), inner(<2>=6) if <1> else inner(b=1, <3>=2)
""",
    """
a = 1
def sol(<1>):
    import math as <2>
    del <3>
    return <1>, a
""",
    """
a = 1
def sol(<1>):
    key = lambda <2>, *<3>: (<2>, <3>, a)
    return key(<1>, 2), (lambda: <3>)()
""",
]


def behaviour(source):
    names = {}
    try:
        exec(source, names)
        return repr(names["sol"](5))
    except Exception as error:  # noqa: BLE001 - whatever it raises is its behaviour
        return type(error).__name__


@pytest.mark.parametrize("program", SCOPES)
def test_equal_normal_forms_mean_equal_behaviour(program):
    behaviours = {}
    for spelling in itertools.product(["a", "b", "c", "math"], repeat=3):
        source = re.sub(r"<(\d)>", lambda slot, spelling=spelling: spelling[int(slot[1]) - 1], program)
        behaviours.setdefault(form(source), set()).add(behaviour(source))
    assert all(len(found) == 1 for found in behaviours.values())
    assert len(behaviours) < 64
