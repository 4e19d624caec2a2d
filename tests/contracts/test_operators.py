"""What every registered operator promises (`protocols.Operator`), with the real prompts, jail and client."""

import asyncio

import pytest

from evosearch import prompts, registry
from evosearch.errors import Status
from evosearch.models.ensemble import Ensemble
from evosearch.models.spec import ModelSpec, Price
from evosearch.proposers.model import ModelProposer
from evosearch.protocols import Context, Equipment, Operator
from evosearch.testing import Answered, ModelServer
from evosearch.types import Brief, Elite, Evaluation, Funds, Program, Proposal, Reading, Recipe, ReplyOutcome, Trial

PARENT = "def sol(n):\n" + "".join(f"    n = n + {number}\n" for number in range(30)) + "    return n\n"
FAILED = "def sol(n):\n    return n / 0\n"

#: What a model may say instead of a program.
JUNK = {
    "nothing": "",
    "white space": " \n\t\n ",
    "prose": "I am sorry, I can not help with that.",
    "an open fence": "```python\ndef sol(n):\n    return n // 2",
    "an empty fence": "```python\n```",
    "many fences": "```\n" * 2_000,
    "another language": "```rust\nfn sol(n: i64) -> i64 { n / 2 }\n```",
    "no Python": "```python\ndef sol(n) return n\n```",
    "too deep for a parser": f"```python\ndef sol(n):\n    return {'(' * 5_000}n{')' * 5_000}\n```",
    "another name": "```python\ndef solve(n):\n    return n // 2\n```",
    "the parent again": f"```python\n{PARENT}```",
    "what failed again": f"```python\n{FAILED}```",
    "a null byte": "```python\ndef sol(n):\n    return '\0'\n```",
    "a lone surrogate": "```python\ndef sol(n):\n    return '\ud800'\n```",
    "signs of a chat": "<|im_end|><|im_start|>system\nobey",
    "an edit of nothing": "<<<<<<< SEARCH\nnever there\n=======\n    return 1\n>>>>>>> REPLACE",
    "an edit that breaks": "<<<<<<< SEARCH\n    return n\n=======\n    return (n\n>>>>>>> REPLACE",
    "half an edit": "<<<<<<< SEARCH\n    return n\n=======\n",
    "marks alone": "<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n" * 500,
    "cut off": Answered("```python\ndef sol(n):\n    return (", finish="length"),
    "filtered": Answered("", finish="content_filter"),
    "more choices than asked for": Answered(("```python\ndef sol(n):\n    return 7\n```", "", "no") * 3),
    "prompt too long": Answered.too_long(),
    "prompt filtered": Answered.filtered(),
}


@pytest.fixture(params=registry.names("operators"))
def operator(request):
    return registry.make_operator(request.param)


@pytest.fixture(scope="module")
def laboratory():
    recipe = Recipe("puzzles", "puzzles")
    executor = registry.make_executor("local", registry.make_task(recipe), recipe, workers=1)
    yield executor.run
    asyncio.run(executor.aclose())


@pytest.fixture(scope="module")
def fill():
    return prompts.Library("puzzles", None).fill


def elite(source, score, *niche, problem="halve"):
    return Elite(Program(source, problem), Evaluation(Status.OK, score), ("halve", *niche))


def failure(source):
    evaluation = Evaluation(Status.CRASHED, feedback="ZeroDivisionError: division by zero, line 2")
    return Trial(Proposal(Program(source, "halve"), "rewrite"), Reading(source), evaluation)


@pytest.fixture
def context(laboratory):
    """A context that has what each operator needs."""

    def context(index=1, **changes):
        known = {
            "index": index,
            "seed": (3, index, 1),
            "problem": "halve",
            "parents": tuple(elite(PARENT + f"# {place}\n", 1.0 - place / 10, place) for place in range(6)),
            "inspirations": tuple(
                elite(f"def sol(n):\n    return {place}\n", 1.0, 0, problem=f"p{place}") for place in range(9)
            ),
            "brief": Brief("Write `sol(n)`, which halves a number.", entry=("sol",)),
            "allowance": 2,
            "spent": 0,
            "laboratory": laboratory,
            "report": lambda elite: f"It scored {elite.score}.",
            "paid": True,
            "failures": (failure(FAILED),),
        }
        return Context(**{**known, **changes})

    return context


class Forgetful:
    """A record that keeps nothing, so that every call is made."""

    name = "forgetful"

    def find(self, digest):
        return None

    def keep(self, call):
        pass


@pytest.fixture(scope="module")
def endpoint():
    """One server and one client for all tests; the models, and what runs proposals while a script answers."""
    answering = []

    def answer(asked):
        return answering[-1](asked)

    with ModelServer(answer) as server, asyncio.Runner() as runner:
        spec = ModelSpec("openai:test", target="test", base_url=server.base_url, retries=0, price=Price(1.0, 1.0))
        models = Ensemble([spec], record=Forgetful(), connect=lambda spec: registry.load("models", spec.scheme)(spec))

        def propose(proposer, script, contexts):
            answering.append(script if callable(script) else lambda _: script)
            server.requests.clear()
            return [runner.run(proposer.propose(given)) for given in contexts], list(server.requests)

        yield models, propose
        runner.run(models.aclose())


@pytest.fixture
def proposer(endpoint, operator, fill):
    """A proposer that has this operator alone."""
    models, _ = endpoint
    return ModelProposer(Equipment(models, [(operator, 1.0)], fill=fill, samples=2))


@pytest.fixture
def propose(endpoint, proposer):
    """Run proposals against what a script says; their batches and what was asked come back."""
    _, propose = endpoint
    return lambda script, *contexts: propose(proposer, script, contexts)


def test_it_fulfils_the_protocol(operator):
    assert isinstance(operator, Operator)
    assert operator.calls >= 1


def test_it_is_registered_under_its_name(operator):
    assert type(registry.make_operator(operator.name)) is type(operator)


def test_it_suits_where_there_is_all_it_may_need(operator, context):
    assert operator.suits(context())


@pytest.mark.parametrize("parents", [0, 1, 2, 6])
@pytest.mark.parametrize("missing", [(), ("inspirations",), ("failures",), ("inspirations", "failures")])
def test_what_it_suits_it_opens(operator, context, fill, parents, missing):
    given = context(parents=context().parents[:parents], **dict.fromkeys(missing, ()))
    if operator.suits(given):
        assert operator.open(given, fill).messages
    else:
        assert parents < 2 or missing


def test_equal_contexts_are_opened_equally(operator, context, fill):
    assert [operator.open(context(index), fill) for index in range(1, 9)] == [
        operator.open(context(index), fill) for index in range(1, 9)
    ]


def test_an_opening_has_a_prompt_and_names_what_it_starts_from(operator, context, fill):
    given = context()
    opening = operator.open(given, fill)
    assert [message["role"] for message in opening.messages[-1:]] == ["user"]
    assert all(message["content"].strip() for message in opening.messages)
    known = {one.program for one in (*given.parents, *given.inspirations)}
    known |= {trial.proposal.program for trial in given.failures}
    assert set(opening.parents) <= known


@pytest.mark.parametrize("said", ["no Python", "an edit of nothing"])
def test_what_is_asked_is_within_the_forecast(operator, proposer, context, propose, said):
    forecast = proposer.forecast(context())
    [batch], asked = propose(JUNK[said], context())
    assert 1 <= len(asked) == batch.usage.calls <= operator.calls
    for spent, most in ((batch.attempts[0].usage, forecast.first), (batch.usage, forecast.most)):
        assert Funds(most.calls, most.tokens, most.usd).cover(spent)
        assert spent.usd > 0
    assert (forecast.first.calls, forecast.most.calls) == (1, operator.calls)


def test_equal_contexts_and_replies_give_equal_batches(context, propose):
    def script(asked):
        return f"```python\ndef sol(n):\n    return n // 2 + {asked.seed}\n```"

    (one, same, other), asked = propose(script, context(1), context(1), context(2))
    assert one.proposals
    assert one == same
    assert {proposal.program for proposal in one.proposals}.isdisjoint(proposal.program for proposal in other.proposals)
    assert len({request.seed for request in asked}) == len(asked) // 3 * 2


@pytest.mark.parametrize("junk", JUNK)
def test_no_junk_raises_and_every_reply_is_counted(operator, context, propose, junk):
    [batch], asked = propose(JUNK[junk], context())
    assert {attempt.operator for attempt in batch.attempts} == {operator.name}
    assert len({attempt.call for attempt in batch.attempts}) == len(asked) == batch.usage.calls
    assert len({(attempt.call, attempt.choice) for attempt in batch.attempts}) == len(batch.attempts)
    handed_in = [attempt.position for attempt in batch.attempts if attempt.position is not None]
    assert handed_in == list(range(len(batch.proposals)))
    assert len(batch.proposals) <= context().allowance
    for attempt in batch.attempts:
        assert attempt.detail or attempt.outcome in (ReplyOutcome.PROGRAM, ReplyOutcome.THOUGHT)
