"""What the controller asks for, and what it gets."""

import ast
import json

import numpy as np
import pytest

from evosearch.proposers.symbolic.editing.behaviour import calls_of, fingerprint, is_finite
from evosearch.proposers.symbolic.editing.entry import children, constants, fill, reductions, vary
from evosearch.proposers.symbolic.editing.operators import OPERATORS
from evosearch.reading import read

NAMES = ["bin packing", "optimizer", "cap set", "paging"]
ADDING = "def add(a, b):\n    return a + 2 * b\n"
WITHOUT_CALLS = {"donors": [], "calls": [], "entry": ["add"], "weights": {}, "seed": [1], "count": 8}


def behaviour(source, domain):
    names = {}
    exec(source, names)
    calls = calls_of(json_copy(domain.calls))
    with np.errstate(all="ignore"):
        return [names[call.function](*call.arguments) for call in calls]


def json_copy(calls):
    """Fresh arguments: programs may change them."""
    copies = [[one.copy() if isinstance(one, np.ndarray) else one for one in call["arguments"]] for call in calls]
    return [{**call, "arguments": arguments} for call, arguments in zip(calls, copies, strict=True)]


@pytest.fixture(scope="module")
def made(domains):
    """Twelve children of each domain's program, with the program itself as a donor."""
    return {
        name: children(domain.request(count=12, donors=[domains["paging"].source], seed=[3]))
        for name, domain in domains.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_children_behave_unlike_their_parent_and_each_other(name, domains, made):
    domain = domains[name]
    sources = [child["source"] for child in made[name]["children"]]
    assert len(sources) == 12
    seen = {fingerprint(behaviour(source, domain)) for source in [domain.source, *sources]}
    assert len(seen) == 13


@pytest.mark.parametrize("name", NAMES)
def test_children_return_what_the_parent_does_in_shape(name, domains, made):
    domain = domains[name]
    expected = behaviour(domain.source, domain)
    for child in made[name]["children"]:
        found = behaviour(child["source"], domain)
        assert [np.shape(one) for one in flat(found)] == [np.shape(one) for one in flat(expected)]
        assert is_finite(found)


def flat(value):
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return [leaf for one in value for leaf in flat(one)] if isinstance(value, list | tuple) else [value]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_children_have_one_normal_form(name, domains, made):
    sources = [domains[name].source, *(child["source"] for child in made[name]["children"])]
    assert len({row["normal_form"] for row in read(sources)}) == len(sources)


@pytest.mark.parametrize("name", NAMES)
def test_children_keep_docstrings_imports_and_signatures(name, domains, made):
    parent = ast.parse(domains[name].source)
    for child in made[name]["children"]:
        tree = ast.parse(child["source"])
        imports = [ast.dump(one) for one in tree.body if isinstance(one, ast.Import)]
        assert {ast.dump(one) for one in parent.body if isinstance(one, ast.Import)} <= set(imports)
        ours, theirs = ({one.name: one for one in each.body if hasattr(one, "args")} for each in (tree, parent))
        for function in theirs:
            assert ast.dump(ours[function].args) == ast.dump(theirs[function].args)
            assert ast.get_docstring(ours[function]) == ast.get_docstring(theirs[function])


def test_equal_requests_give_equal_replies(domains, made):
    domain = domains["bin packing"]
    again = children(domain.request(count=12, donors=[domains["paging"].source], seed=[3]))
    assert again == made["bin packing"]
    assert again != children(domain.request(count=12, donors=[domains["paging"].source], seed=[4]))


def test_a_reply_is_json(domains, made):
    assert json.loads(json.dumps(made)) == made


def test_recorded_arguments_are_left_as_they_are(domains):
    domain = domains["optimizer"]
    source = domain.source.replace("    first =", "    weights += 1.0\n    first =")
    before = fingerprint([call["arguments"] for call in domain.calls])
    children(domain.request(source=source, count=2))
    assert fingerprint([call["arguments"] for call in domain.calls]) == before


def test_weights_choose_the_operators(domains):
    only = {name: float(name == "constant") for name in OPERATORS}
    reply = children(domains["bin packing"].request(count=6, weights=only))
    assert all(set(child["operator"].split("+")) == {"constant"} for child in reply["children"])
    assert not any(child["structural"] for child in reply["children"])


def test_crossover_says_whom_it_took_from(domains):
    only = {name: float(name == "crossover") for name in OPERATORS}
    donor = domains["bin packing"].source.replace("-gap", "np.cos(gap)")
    reply = children(domains["bin packing"].request(count=16, weights=only, donors=["(", donor]))
    assert any("np.cos" in child["source"] and child["donors"] == [1] for child in reply["children"])


def test_a_child_never_exceeds_the_size_it_may_have(domains):
    size = 45
    reply = children(domains["bin packing"].request(count=20, size=size))
    parent = nodes(domains["bin packing"].source)
    assert all(nodes(child["source"]) <= max(size, parent) for child in reply["children"])


def nodes(source):
    return sum(not isinstance(node, ast.expr_context) for node in ast.walk(ast.parse(source)))


def test_without_calls_children_compile_and_have_normal_forms_of_their_own():
    reply = children({"source": ADDING, **WITHOUT_CALLS})
    sources = [child["source"] for child in reply["children"]]
    assert len({row["normal_form"] for row in read([ADDING, *sources])}) == 9
    assert all(compile(source, "child", "exec") for source in sources)


def test_a_parent_that_fails_on_its_calls_is_edited_by_syntax_alone():
    reply = children({"source": ADDING, **WITHOUT_CALLS, "calls": [{"function": "add", "arguments": [1]}]})
    assert len(reply["children"]) == 8


@pytest.mark.parametrize("source", ["def add(", "\0", "(" * 1000])
def test_a_parent_that_is_no_python_is_refused(source):
    with pytest.raises(ValueError, match="expected a program in Python"):
        children({"source": source, **WITHOUT_CALLS})


@pytest.mark.parametrize("source", ["", "import math\n", '"""Only words."""\n'])
def test_a_program_that_offers_nothing_has_no_children(source):
    assert children({"source": source, **WITHOUT_CALLS, "entry": []})["children"] == []


def test_an_edit_that_never_ends_is_stopped_by_counting():
    source = "def add(a, b):\n    while a > 0.0:\n        a -= b\n    return a\n"
    calls = [{"function": "add", "arguments": [5.0, 2.0]}]
    reply = children({"source": source, **WITHOUT_CALLS, "calls": calls, "count": 20})
    assert reply["rejected"]["steps"] > 0
    assert reply["children"]


def test_constants_are_numbers_whose_change_is_seen(domains):
    found = constants({"source": domains["optimizer"].source, "calls": list(domains["optimizer"].calls)})
    # The 2 of a square is structure.
    assert found["values"] == [0.9, 0.1, 0.99, 0.01, 0.05, 1.0, 0.01]
    assert found["kinds"] == ["float"] * 7


def test_constants_without_calls_are_all_but_indices_and_shapes():
    source = "import numpy as np\ndef f(x):\n    return x[1] * -0.5 + np.zeros(3, dtype=float)[0] + sum(range(4)) + 7\n"
    assert constants({"source": source, "calls": []}) == {
        "places": [1, 5],
        "values": [-0.5, 7],
        "kinds": ["float", "int"],
    }


def test_numbers_in_defaults_are_constants_too():
    source = (
        "def pushed(x, push=0.3, *, shrink=-0.5, name='a'):\n    return x * push + shrink\n"
        "def f(x):\n    return pushed(x)\n"
    )
    calls = [{"function": "f", "arguments": [2.0]}]
    found = constants({"source": source, "calls": calls})
    assert found["values"] == [0.3, -0.5]
    (varied,) = vary({"source": source, "places": found["places"], "vectors": [[0.25, 1.5]]})["sources"]
    assert "def pushed(x, push=0.25, *, shrink=1.5, name='a'):" in varied


def test_a_table_is_polished_as_a_whole_though_a_few_calls_see_a_few_of_its_knots():
    table = "np.interp(x, np.linspace(0.0, 9.0, 4), np.array([4.0, -3.0, 2.0, 1.0]))"
    source = f"import numpy as np\ndef f(x):\n    return {table}\n"
    found = constants({"source": source, "calls": [{"function": "f", "arguments": [np.array([0.5, 1.0])]}]})
    assert found["values"] == [4.0, -3.0, 2.0, 1.0]


@pytest.mark.parametrize("name", NAMES)
def test_writing_the_same_constants_changes_nothing(name, domains):
    request = {"source": domains[name].source, "calls": list(domains[name].calls)}
    found = constants(request)
    varied = vary({"source": request["source"], "places": found["places"], "vectors": [found["values"]]})
    assert varied == {"sources": [ast.unparse(ast.parse(request["source"])) + "\n"]}


def test_constants_are_written_in_six_digits():
    source = "def f(x):\n    return 1.5 * x + 3 - 0.25\n"
    sources = vary({"source": source, "places": [0, 1, 2], "vectors": [[-0.12345678, 4.4, 0.25], [1.5, 3, 1e-20]]})[
        "sources"
    ]
    assert sources[0] == "def f(x):\n    return -0.123457 * x + 4 - 0.25\n"
    assert constants({"source": sources[1], "calls": []})["values"] == [1.5, 3, 1e-20]


@pytest.mark.parametrize("vector", [[1.0], [1.0, float("nan")]])
def test_a_vector_that_does_not_fit_is_refused(vector):
    with pytest.raises(ValueError, match="expected 2 finite values"):
        vary({"source": "def f(x):\n    return 0.5 * x + 1.5\n", "places": [0, 1], "vectors": [vector]})


@pytest.mark.parametrize("places", [[0, 2], [-1, 0]])
def test_a_place_without_a_number_is_refused(places):
    with pytest.raises(ValueError, match="expected places below 2"):
        vary({"source": "def f(x):\n    return 0.5 * x + 1.5\n", "places": places, "vectors": [[1.0, 2.0]]})


@pytest.mark.parametrize("name", NAMES)
def test_reductions_are_shorter_first_and_say_whether_they_do_the_same(name, domains):
    domain = domains[name]
    reply = reductions({"source": domain.source, "calls": list(domain.calls), "count": 30})
    sizes = [nodes(child["source"]) for child in reply["children"]]
    assert sizes == sorted(sizes)
    assert len(sizes) > 5
    expected = fingerprint(behaviour(domain.source, domain))
    for child in reply["children"]:
        assert child["same"] == (fingerprint(behaviour(child["source"], domain)) == expected)


def test_what_is_not_needed_is_reduced_away():
    spare = "def spare(x):\n    return x\n"
    source = spare + "def f(x):\n    y = x * 2.0\n    if x > 100.0:\n        y = 3.0\n    return y + 0.0\n"
    calls = [{"function": "f", "arguments": [2.0]}]
    for _ in range(6):
        reply = reductions({"source": source, "calls": calls, "count": 50})
        source = next((child["source"] for child in reply["children"] if child["same"]), source)
    assert source == "def f(x):\n    y = x * 2.0\n    return y\n"


TABLE = {"kind": "table", "function": "priority", "features": ["bins - item"], "low": 0, "high": 60, "knots": 4}


def test_a_table_falls_at_first_and_is_drawn_then(domains):
    request = domains["bin packing"].request(template=TABLE, count=4)
    sources = [program["source"] for program in fill(request)["programs"]]
    assert len(set(sources)) == 4
    plain = "np.interp(bins - item, np.linspace(0.0, 60.0, 4), np.array([1.0, 0.6667, 0.3333, 0.0]))"
    assert plain in sources[0]
    assert '"""Best fit, with a bonus for a bin that the item fills."""' in sources[0]
    assert fill(request) == fill(request)


@pytest.mark.parametrize("kind", ["table", "weighted_sum", "threshold"])
def test_a_template_is_filled_over_several_features(kind, domains):
    template = {"kind": kind, "function": "priority", "features": ["bins - item", "np.sqrt(bins)"]}
    programs = fill(domains["bin packing"].request(template=template, count=3))["programs"]
    assert [program["operator"] for program in programs] == [kind] * 3
    for program in programs:
        assert "np.sqrt(bins)" in program["source"]
        assert len(constants({"source": program["source"], "calls": []})["values"]) >= 2


@pytest.mark.parametrize("name", ["bin packing", "cap set", "paging"])
def test_any_function_that_returns_numbers_gets_templates_of_our_own(name, domains):
    domain = domains[name]
    programs = fill(domain.request(count=9))["programs"]
    assert {program["operator"] for program in programs} == {"table", "weighted_sum", "threshold"}
    expected = [np.shape(one) for one in behaviour(domain.source, domain)]
    for program in programs:
        assert [np.shape(one) for one in behaviour(program["source"], domain)] == expected


@pytest.mark.parametrize(
    "template",
    [
        {"kind": "spline", "function": "priority", "features": ["item"]},
        {"kind": "table", "function": "nothing", "features": ["item"]},
        {"kind": "table", "function": "priority", "features": ["item +"]},
        {"kind": "table", "function": "priority", "features": []},
    ],
)
def test_a_template_that_is_none_is_refused(template, domains):
    with pytest.raises(ValueError, match="expected"):
        fill(domains["bin packing"].request(template=template))
