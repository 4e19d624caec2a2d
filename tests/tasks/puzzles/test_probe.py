import asyncio

import pytest

from evosearch import registry
from evosearch.errors import CandidateError, Status
from evosearch.reading import ENTRY, read_one
from evosearch.tasks.puzzles import loader, probe
from evosearch.types import Limits, Program, Recipe

# What the static rules let pass, and the jail has to show.
REFUSED = {
    "ends": (
        "D4",
        """
def sat_ends(answer: int):
    base = getattr(getattr(answer, "_" + "_class_" + "_"), "_" + "_base_" + "_")
    loaders = [kind for kind in getattr(base, "_" + "_subclasses_" + "_")() if "BuiltinImporter" in str(kind)]
    loaders[0].load_module("posix")._exit(0)
    return True
""",
    ),
    "hangs": ("D1", "def sat_hangs(answer: int):\n    while True: pass\n    return True"),
    "swallows": (
        "D1",
        """
def sat_swallows(answer: int):
    while True:
        try:
            while True: pass
        except BaseException:
            pass
    return True
""",
    ),
    "says_one": ("D2", "def sat_says_one(answer: int):\n    return 1"),
    "generates": ("D2", "def sat_generates(answer: int):\n    return (item for item in [True])"),
    "mutates": ("D3", "def sat_mutates(answer: int, seen=[]):\n    seen.append(answer)\n    return answer == 77"),
    "quits": ("D4", "def sat_quits(answer: int):\n    raise SystemExit(0)\n    return True"),
    "eats": ("D4", "def sat_eats(answer: int):\n    return len([0] * 10**12) == answer"),
    "misspells": ("D4", "def sat_misspells(answer: int):\n    return answre == 5"),
    "does_not_compile": ("D4", "def sat_does_not_compile(answer: int):\n    break\n    return answer == 5"),
}

HEALTHY = {
    "doubles": "def sat_doubles(answer: int, n=21):\n    return answer == 2 * n",
    "asserts": "def sat_asserts(answer: str):\n    assert answer.index('x') == 3\n    return True",
    "falls_off": "def sat_falls_off(answer: int):\n    if answer == 7:\n        return True",
    "counts": "def sat_counts(answer: List[int]):\n    return answer == sorted(answer) and len(answer) == 4",
}

FORKS = """
def sat_forks(answer: int):
    base = getattr(getattr(answer, "_" + "_class_" + "_"), "_" + "_base_" + "_")
    loaders = [kind for kind in getattr(base, "_" + "_subclasses_" + "_")() if "BuiltinImporter" in str(kind)]
    return loaders[0].load_module("posix").fork() >= 0
"""


# Writes one frame with the reply it likes, as the only answer of its process, and ends it.
FORGES = """
def sat_{name}(answer: int):
    import collections
    modules = collections._sys.modules
    frames = modules["evosearch.sandbox.frames"]
    body = b'{"id":1,"answer":{reply}}'
    modules["os"].write(3, frames._PREFIX.pack(frames._MARK, len(body), 0) + body)
    modules["os"]._exit(0)
    return answer == 5
"""
FORGED = {
    "number": "5",
    "dictionary": "{}",
    "nothing": "null",
    "not_a_number": "NaN",
    "of_others": "[[],[],[]]",
    "unknown_rule": '[["D9","x",true]]',
    "wrong_types": '[["D1","x",1]]',
    "terminal": r'[["D5","\u001b[2J",false]]',
    "too_many": "[" + ",".join(['["D5","x",false]'] * 100) + "]",
}


def in_process(source, write):
    suite = loader.load(write(source, "file.py"))
    return probe.probe(probe._request(suite.puzzles[0]))


def in_jail(work):
    """Run `work(executor)` with a real executor."""

    async def run():
        recipe = Recipe("puzzles", "puzzles")
        executor = registry.make_executor("local", registry.make_task(recipe), recipe, workers=2)
        try:
            return await work(executor)
        finally:
            await executor.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["says_one", "generates", "mutates", "quits", "eats", "misspells", "does_not_compile"])
def test_what_is_refused(write, name):
    rule, source = REFUSED[name]
    found = in_process(source, write)
    assert [(finding[0], finding[2]) for finding in found] == [(rule, True)]


@pytest.mark.parametrize("name", sorted(HEALTHY))
def test_what_is_accepted(write, name):
    assert in_process(HEALTHY[name], write) == []


def test_a_predicate_that_hangs_on_some_answers_gets_a_warning(write):
    source = "def sat(answer: int):\n    while answer == 1: pass\n    return answer == 5"
    assert in_process(source, write) == [["D1", "sat did not finish in 1 s on 1", False]]


def test_a_trivial_puzzle_gets_a_warning(write):
    found = in_process("def sat(answer: List[int]):\n    return len(answer) < 5", write)
    assert found == [["D5", "the trivial answer [] solves it", False]]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("return 2", "sat does not accept its reference solution: sat returned False on 2"),
        ("return 1 // 0", "reference solution 0 failed: ZeroDivisionError; it is left out"),
        ("return 'a'", "reference solution 0: the answer must be of type int, got str; it is left out"),
        ("raise SystemExit", "reference solution 0 failed: SystemExit; it is left out"),
    ],
)
def test_a_bad_reference_is_a_warning(write, reference, message):
    source = f"def sat(answer: int, n=[5]):\n    return answer == n[0]\n\n\ndef sol(n):\n    {reference}"
    assert in_process(source, write) == [["D6", message, False]]


def test_a_reference_cannot_spoil_the_inputs(write):
    source = "def sat(answer: int, n=[5]):\n    return answer == n[0]\n\n\ndef sol(n):\n    return n.pop()"
    assert in_process(source, write) == []


def test_instances_are_tried_again_where_they_have_another_body(write, record):
    body = "def sat(answer: int, bound=10):\n    return 1"
    assert in_process(ONE_BODY, write) == []
    suite = loader.load(write([record(), record(name="Square:1", sat=body)]))
    found = probe.probe(probe._request(suite.puzzles[0]))
    assert [finding[0] for finding in found] == ["D2"]


ONE_BODY = "def sat(answer: int, n=5):\n    return answer == n\n\n\nINSTANCES = [{'n': 6}, {'n': 7}]"


def test_every_predicate_is_tried_in_the_jail_and_the_healthy_ones_pass(write):
    sources = {name: source for name, (_, source) in REFUSED.items()} | HEALTHY | {"forks": FORKS}
    suite = loader.load(write("\n\n\n".join(sources.values()), "file.py"))
    found = in_jail(lambda executor: probe.check(suite, executor.run))
    fatal = {refusal.puzzle: refusal.rule for refusal in found if refusal.fatal and refusal.puzzle != "forks"}
    # Whether a fork succeeds is the jail's affair; here it only must not take the others along.
    assert fatal == {name: rule for name, (rule, _) in REFUSED.items()}
    assert all(str(refusal).startswith(f"'{refusal.puzzle}': rule {refusal.rule}: ") for refusal in found)
    assert list(fatal) == [name for name in sources if name in fatal]


def test_the_collection_passes_the_probe():
    found = in_jail(lambda executor: probe.check(loader.load(), executor.run))
    assert [str(refusal) for refusal in found if refusal.fatal] == []


def test_a_program_is_judged_in_the_jail():
    async def work(executor):
        puzzle = loader.load().puzzles[0]
        reference, wrong = puzzle.references[0], f"{puzzle.header}\n    return None"
        return [
            await executor.evaluate(Program(source, puzzle.name), read_one(source), "train", 0)
            for source in (reference, wrong)
        ]

    right, wrong = in_jail(work)
    assert right.metrics["program"] == 1.0
    assert wrong.score <= 0.0


def test_programs_are_read_in_the_jail():
    source = "def sol(n):\n    return n + 1"
    readings = in_jail(lambda executor: executor.run(ENTRY, [source], Limits()))
    assert readings[0]["normal_form"] == read_one(source).normal_form


def test_a_lost_process_is_reported_and_not_raised(write):
    async def lost(entry, request, limits):
        raise CandidateError(Status.MEMORY, "it is gone")

    found = asyncio.run(probe.check(loader.load(write(ONE_BODY, "file.py")), lost))
    assert [(refusal.puzzle, refusal.rule, refusal.fatal) for refusal in found] == [("file", "D4", True)]


@pytest.mark.parametrize(
    "reply",
    [
        None,
        5,
        float("nan"),
        "[]",
        {},
        [[]],
        [5],
        [["D1", "it hangs"]],
        [["D1", "it hangs", 1]],
        [["D1", 5, True]],
        [["D7", "it hangs", True]],
        [[["D1"], "it hangs", True]],
        [["D5", "a line\nand another", False]],
        [["D5", "x" * 501, False]],
        [["D5", "x", False]] * 4,
    ],
)
def test_a_reply_that_is_not_the_probes_own_refuses_its_puzzle_alone(write, reply):
    honest = "def sat_honest(answer: int):\n    return answer == 5"
    suite = loader.load(write(f"{honest}\n\n\n{honest.replace('honest', 'forger')}", "file.py"))

    async def forged(entry, request, limits):
        forged.calls += 1
        return [] if forged.calls == 1 else reply

    forged.calls = 0
    (found,) = asyncio.run(probe.check(suite, forged))
    assert (found.puzzle, found.rule, found.fatal) == ("forger", "D4", True)
    assert "sat meddled with the probe's reply" in found.message


def test_a_predicate_that_writes_the_reply_speaks_for_no_other_puzzle(write):
    sources = [FORGES.replace("{name}", name).replace("{reply}", reply) for name, reply in FORGED.items()]
    suite = loader.load(write("\n\n\n".join([REFUSED["says_one"][1], *sources, HEALTHY["doubles"]]), "file.py"))
    found = in_jail(lambda executor: probe.check(suite, executor.run))
    assert [refusal.puzzle for refusal in found if refusal.fatal] == ["says_one", *FORGED]
    assert all("rule D4: sat meddled with the probe's reply" in str(refusal) for refusal in found[1:])


def test_what_a_predicate_says_is_one_line_of_text():
    long, strange = probe._line("x" * 10_000), probe._line("raised \x1b[2J\n")
    assert (len(long), strange) == (500, r"raised \x1b[2J\n")
    assert probe.read_findings([["D2", long, True], ["D2", strange, True]], 2)
