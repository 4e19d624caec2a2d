"""Each edit on programs made for it."""

import ast
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evosearch.proposers.symbolic.editing.behaviour import Call
from evosearch.proposers.symbolic.editing.draft import Donor, Draft
from evosearch.proposers.symbolic.editing.operators import OPERATORS
from evosearch.proposers.symbolic.editing.operators.numbers import moved_float, moved_integer
from evosearch.proposers.symbolic.editing.syntax import copied, unparsed
from evosearch.proposers.symbolic.editing.tracing import annotate


def outcomes(operator, source, *arguments, donor=None, tries=120):
    """What an operator makes of a function `f`, over many draws."""
    call = Call("f", arguments)
    tree = annotated(source, call)
    donors = [Donor(annotated(donor, call), 0)] if donor else []
    found = set()
    for seed in range(tries):
        draft = Draft(copied(tree), Random(seed), donors, ["f"])
        if OPERATORS[operator][1](draft):
            found.add(unparsed(draft.tree))
    return found


def annotated(source, call):
    tree = ast.parse(source)
    annotate(tree, [call])
    return tree


def f(body, *, head="", parameters="a, b, n"):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"{head}def f({parameters}):\n{lines}\n"


ARGUMENTS = (2.0, 3.0, 4)


def test_name_reads_another_variable_of_the_same_kind():
    assert outcomes("name", f("return a * n"), *ARGUMENTS) == {f("return b * n"), f("return n * n")}


def test_swap_keeps_what_is_read_bound():
    made = outcomes("swap", f("c = a\nd = c\na = d\nb = 1.0\nreturn a + b"), *ARGUMENTS)
    assert made == {f("c = a\nd = c\nb = 1.0\na = d\nreturn a + b")}


def test_delete_takes_an_operand_or_a_statement_that_is_not_needed():
    made = outcomes("delete", f("a = abs(b)\nc = 1.0\nreturn a + c"), *ARGUMENTS)
    assert made == {
        f("c = 1.0\nreturn a + c"),
        f("a = b\nc = 1.0\nreturn a + c"),
        f("a = abs(b)\nc = 1.0\nreturn a"),
        f("a = abs(b)\nc = 1.0\nreturn c"),
    }


def test_opswap_swaps_an_operator_or_the_sides():
    made = outcomes("opswap", f("return a - b"), *ARGUMENTS)
    assert made == {f(f"return {text}") for text in ("a + b", "a * b", "a / b", "b - a")}


def test_callswap_calls_what_is_called_alike():
    head = "import math\n\n"
    made = outcomes("callswap", f("return math.floor(a)", head=head), *ARGUMENTS)
    assert f("return math.ceil(a)", head=head) in made
    assert f("return math.sqrt(a)", head=head) in made
    helpers = "def g(x):\n    return x\n\ndef h(x):\n    return -x\n\n"
    assert outcomes("callswap", f("return g(a)", head=helpers), *ARGUMENTS) == {f("return h(a)", head=helpers)}


def test_insert_gives_a_live_name_a_new_value():
    for source in outcomes("insert", f("c = a * 2.0\nreturn c"), *ARGUMENTS):
        body = ast.parse(source).body[0].body
        assert len(body) == 3
        new = next(place for place, one in enumerate(body) if ast.unparse(one) not in ("c = a * 2.0", "return c"))
        assert body[new].targets[0].id == ("a" if new == 0 else "c")


def test_cond_makes_a_statement_or_an_expression_depend_on_something():
    made = outcomes("cond", f("a = b\nreturn a"), *ARGUMENTS)
    assert any(isinstance(ast.parse(source).body[0].body[0], ast.If) for source in made)
    assert any(isinstance(node, ast.IfExp) for source in made for node in ast.walk(ast.parse(source)))


def test_hoist_moves_statements_over_the_border_of_a_loop():
    made = outcomes("hoist", f("for i in range(n):\n    a += b\n    b *= 0.5\nreturn a"), *ARGUMENTS)
    assert f("for i in range(n):\n    b *= 0.5\na += b\nreturn a") in made
    assert f("b *= 0.5\nfor i in range(n):\n    a += b\nreturn a") in made


def test_dup_repeats_an_assignment_with_something_else():
    made = outcomes("dup", f("a = a + b\nreturn a"), *ARGUMENTS)
    assert f("a = a + b\nb = a + b\nreturn a") in made
    assert f("a = a + b\na = a + a\nreturn a") in made


def test_wrap_and_replace_keep_within_what_is_in_scope():
    for name in ("wrap", "replace"):
        for source in outcomes(name, f("return a"), *ARGUMENTS):
            read = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
            assert read <= {"a", "b", "n", "abs", "min", "max", "float", "int"}


def test_crossover_maps_the_names_of_the_donor_and_brings_what_it_needs():
    donor = "import math\nHALF = 0.5\ndef g(x):\n    return x * HALF\ndef f(p, q, m):\n    return g(p) + math.sin(q)\n"
    made = outcomes("crossover", f("return a"), *ARGUMENTS, donor=donor)
    assert made
    for source in made:
        names = {}
        exec(source, names)
        assert isinstance(names["f"](*ARGUMENTS), int | float)
    assert any("def g(x)" in source and "HALF = 0.5" in source for source in made)
    assert any("import math" in source for source in made)


def test_crossover_takes_a_whole_helper():
    theirs = "def g(x):\n    return x + 7.0\n\n"
    ours = "def g(x):\n    return x\n\n"
    made = outcomes("crossover", f("return g(a)", head=ours), *ARGUMENTS, donor=f("return g(b)", head=theirs))
    assert f("return g(a)", head=theirs) in made


def test_names_of_a_comprehension_are_known_inside_alone():
    made = outcomes("name", f("return sum([x * y for x in a for y in a]) + b", parameters="a, b"), [1.0, 2.0], 3.0)
    assert f("return sum([y * y for x in a for y in a]) + b", parameters="a, b") in made
    assert all(source.endswith("+ b\n") for source in made)


@given(st.integers(0, 10**6), st.sampled_from([0.9, 0.75, 0.51, 0.999]))
def test_a_rate_stays_a_rate_but_for_flips_and_resets(seed, value):
    random = Random(seed)
    moved = moved_float(value, random)
    first = Random(seed).random()
    assert moved <= 1 if first >= 0.05 else isinstance(moved, float)


def test_most_whole_numbers_move_by_one():
    moves = [moved_integer(10, Random(seed)) for seed in range(400)]
    assert 240 < sum(abs(moved - 10) == 1 for moved in moves) < 320
    assert {20, 5, -10} <= set(moves)


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_an_operator_without_a_place_says_so(name):
    draft = Draft(ast.parse('"""Words."""\nimport math\n'), Random(0))
    assert OPERATORS[name][1](draft) is False
