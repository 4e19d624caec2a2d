"""What scopes and liveness say of programs without running them holds whenever they run."""

import ast
import contextlib

from hypothesis import given
from hypothesis import strategies as st

from evosearch.proposers.symbolic.editing.liveness import tidy
from evosearch.proposers.symbolic.editing.scopes import unbound

NAMES = ["a", "b", "c"]
EXPRESSIONS = st.sampled_from(
    ["1", *NAMES, "a + b", "[b for b in range(2)]", "(lambda c: c + a)(1)", "sum(a for a in [1])"]
)


def block(body):
    return st.lists(body, min_size=1, max_size=3).map(lambda groups: [line for lines in groups for line in lines])


def indented(lines):
    return [f"    {line}" for line in lines]


def compound(body):
    """Branches, loops and handlers around statements."""
    inner = block(body).map(indented)
    return st.one_of(
        st.builds(lambda yes, no: ["if flip():", *yes, "else:", *no], inner, inner),
        st.builds(lambda yes: ["if flip():", *yes], inner),
        st.builds(lambda name, each: [f"for {name} in range(flip() * 2):", *each], st.sampled_from(NAMES), inner),
        st.builds(lambda each: ["while flip():", *each, "    if flip():", "        break"], inner),
        st.builds(
            lambda each, last: ["while True:", *each, "    if flip():", "        break", *last], inner, st.just([])
        ),
        st.builds(lambda each, last: ["while flip():", *each, "else:", *last], inner, inner),
        st.builds(lambda tried, caught: ["try:", *tried, "    fail()", "except KeyError:", *caught], inner, inner),
        st.builds(lambda tried, last: ["try:", *tried, "finally:", *last], inner, inner),
        st.builds(
            lambda one, two: ["match flip():", "    case True:", *indented(one), "    case c:", *indented(two)],
            inner,
            inner,
        ),
    )


SIMPLE = st.one_of(
    st.builds(lambda name, value: [f"{name} = {value}"], st.sampled_from(NAMES), EXPRESSIONS),
    st.builds(lambda name: [f"{name} += 1"], st.sampled_from(NAMES)),
    st.builds(lambda value: [f"note({value})"], EXPRESSIONS),
    st.builds(lambda name: [f"del {name}"], st.sampled_from(NAMES)),
    st.sampled_from([["return 1"], ["if (b := flip()):", "    note(b)"]]),
)
FIRST = st.sampled_from([[], ["a = 1"], ["a = b = c = 1"]])
BODIES = st.builds(
    lambda first, rest: "\n".join(["def run(flip, fail, note):", *indented([*first, *rest])]),
    FIRST,
    block(st.recursive(SIMPLE, compound, max_leaves=6)),
)
FLIPS = st.lists(st.booleans(), min_size=40, max_size=40)


def done(tree, flips):
    """What a run returned, and all that it noted; it ends when it has no more choices."""
    choices, noted, names = iter(flips), [], {}

    def fail():
        if next(choices):
            raise KeyError

    exec(compile(tree, "run", "exec"), names)
    # What is not bound is an error that is let through.
    with contextlib.suppress(StopIteration, KeyError, TypeError):
        noted.append(("returned", names["run"](lambda: next(choices), fail, lambda value: noted.append(str(value)))))
    return noted


@given(BODIES, FLIPS)
def test_a_program_that_passes_never_reads_what_is_not_bound(source, flips):
    tree = ast.parse(source)
    if not unbound(tree):
        done(tree, flips)


@given(BODIES, FLIPS)
def test_a_tidy_program_does_the_same(source, flips):
    tree = ast.parse(source)
    if unbound(tree):
        return
    before = done(tree, flips)
    if before and isinstance(before[-1], tuple):
        assert done(ast.fix_missing_locations(tidy(ast.parse(source))), flips) == before
