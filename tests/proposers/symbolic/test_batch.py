"""Whole batches, as the proposer asks for them."""

import json
import os
import subprocess
import sys

import pytest

from evosearch.proposers.symbolic.batch import enumerated, search

SUM = [f"def sat(x: int, a={a}, b={b}):\n    return x - a == b" for a, b in ((12, 30), (7, 100), (1, 2))]
WORDS = ["def sat(s: str, words=['big', 'cat']):\n    return s == '-'.join(w.upper() for w in words)"]
PRIME = ["def sat(n: int, least=90):\n    return n > least and all(n % d for d in range(2, n))"]
FERMAT = ["def sat(xs: List[int]):\n    a, b, c = xs\n    return a ** 3 + b ** 3 == c ** 3 and min(xs) > 0"]
LIST = [
    "def sat(xs: List[int], total=57):\n    return len(xs) == 6 == len(set(xs)) and sum(xs) == total and min(xs) > 3"
]


def request(instances, answer_type, allowance=400, **changes):
    defaults = {"spent": 0, "seed": [1, 2], "parents": [], "solutions": [], "solved": False, "returned": 3}
    return {"instances": instances, "answer_type": answer_type, "allowance": allowance, **defaults, **changes}


def answer(source, *inputs):
    space = {}
    exec(source, space)
    return space["sol"](*inputs)


def test_a_program_for_all_instances_is_found_and_ends_the_batch():
    reply = search(request(SUM, "int"))
    best = reply["programs"][0]
    assert best["solved"] == 3
    assert best["distance"] == reply["distance"] == 0.0
    assert reply["tried"] < 400
    assert [answer(best["source"], *pair) for pair in ((12, 30), (5, 6))] == [42, 11]


@pytest.mark.parametrize(
    ("instances", "answer_type"), [(WORDS, "str"), (PRIME, "int"), (LIST, "List[int]")], ids=["text", "prime", "list"]
)
def test_puzzles_of_several_kinds_are_solved_under_plain_python(instances, answer_type):
    best = search(request(instances, answer_type, 2_000))["programs"][0]
    assert best["solved"] == 1
    space = {"List": list}
    exec(instances[0].replace("List[int]", "list"), space)
    assert space["sat"](answer(best["source"])) is True


def test_what_cannot_be_solved_spends_the_allowance_and_returns_near_misses():
    reply = search(request(FERMAT, "List[int]", 300))
    assert reply["tried"] == 300
    assert len(reply["programs"]) == 3
    assert [program["solved"] for program in reply["programs"]] == [0, 0, 0]
    assert reply["programs"][0]["distance"] == reply["distance"] > 0.0


def test_a_later_batch_continues_from_the_programs_of_an_earlier_one():
    first = search(request(FERMAT, "List[int]", 100))
    parents = [program["source"] for program in first["programs"]]
    second = search(request(FERMAT, "List[int]", 200, spent=100, parents=parents))
    assert second["distance"] <= first["distance"]


def test_a_donor_that_fits_is_tried_at_once():
    donor = "def sol(k=3, j=8):\n    return (k * 31 + 7) ** 2 % 1009 + j"
    value = (50 * 31 + 7) ** 2 % 1009
    instances = [f"def sat(n: int, a=50):\n    return n * 3 - {3 * value} == a * 3"]
    reply = search(request(instances, "int", 20, solutions=[donor]))
    assert reply["programs"][0]["solved"] == 1
    assert reply["tried"] <= 3


def test_equal_requests_get_equal_replies_in_processes_that_hash_differently():
    asked = request(LIST + LIST, "List[int]", 300)
    code = (
        "import json, sys; from evosearch.proposers.symbolic.batch import search;"
        "print(json.dumps(search(json.load(sys.stdin))))"
    )
    replies = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(asked),
            text=True,
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(replies) == 1
    assert json.loads(replies.pop()) == search(asked)


def test_another_seed_searches_elsewhere():
    first, second = (search(request(FERMAT, "List[int]", 300, seed=[seed])) for seed in (1, 2))
    assert first["programs"] != second["programs"]


def test_hostile_instances_are_refused_not_run():
    with pytest.raises(ValueError, match="sat"):
        search(request(["import os\nos._exit(3)"], "int"))


def test_the_enumerated_part_of_earlier_tries_grows_with_them():
    assert [enumerated(spent) for spent in (0, 40, 100)] == [0, 26, 50]


def test_inputs_of_a_type_no_answer_has_do_no_harm():
    instances = ["def sat(path: List[int], graph=[{'1': 2}, {}], odd={'a': 1}):\n    return path[0] + path[1] == 971"]
    reply = search(request(instances, "List[int]", 1_000))
    assert reply["programs"][0]["solved"] == 1
