"""The search: ordered placement in a window, budgets, duplicates, and resuming by running again."""

import asyncio
import random
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evosearch import registry
from evosearch.errors import NothingFoundError, ProviderError, Status
from evosearch.protocols import Regimen
from evosearch.search.budget import Budget
from evosearch.search.engine import Search
from evosearch.search.events import Refused, Resumed, Settled
from evosearch.store import Identity, RunRecord, Store
from evosearch.types import (
    Attempt,
    Axis,
    Batch,
    Brief,
    Evaluation,
    Example,
    Finding,
    Forecast,
    Problem,
    Program,
    Proposal,
    Reading,
    ReplyOutcome,
    Usage,
    digest_of,
)


class Numbers:
    """A task whose programs are decimal numbers; greater is better, the last digit is the niche."""

    name = "numbers"
    domain = "numbers"
    fingerprint = "b2:numbers"
    axes = (Axis("digit", edges=tuple(float(digit) for digit in range(1, 10))),)
    problems = ()
    packages = ()
    readable = ()
    score_floor = 0.0
    solved_score = None

    async def check(self, laboratory):
        return {}

    def seeds(self):
        return (Program("1"),)

    def brief(self, problem):
        return Brief("write a number")

    def report(self, elite, problem):
        return f"worth {elite.score:g}"


class ManyNumbers(Numbers):
    """The same with three problems; a problem is solved at 900."""

    problems = (Problem("a", "int"), Problem("b", "int"), Problem("c", "int"))
    axes = (Axis("problem", categories=("a", "b", "c")), *Numbers.axes)
    solved_score = 900.0

    def seeds(self):
        return ()


class Counting:
    """Adds a random number to the best parent; remembers what it was shown."""

    name = "counting"
    regimen = Regimen(rungs=(100, 1_000, 10_000))

    def forecast(self, context):
        return Forecast()

    def __init__(self):
        self.contexts = {}

    async def propose(self, context):
        self.contexts[context.index] = context
        rng = context.generator()
        await asyncio.sleep(0.001 * int(rng.integers(5)))
        start = int(context.parents[0].program.source) if context.parents else 0
        program = Program(str(start + int(rng.integers(1, 50))), context.problem)
        tried = context.allowance - 1
        return Batch((Proposal(program, "add", tuple(e.program.id for e in context.parents[:1])),), Usage(tried))


class InProcess:
    """Scores numbers in this process, out of order."""

    workers = 4

    def __init__(self):
        self.evaluated = []

    async def evaluate(self, program, reading, split, seed):
        await asyncio.sleep(0.001 * (hash(program.source) % 5))
        self.evaluated.append(program.source)
        number = int(program.source)
        if number < 0:
            return Evaluation(Status.CRASHED, feedback="negative")
        features = {"digit": number % 10, "problem": program.problem or ""}
        return Evaluation(Status.OK, float(number), features=features)

    async def rehearse(self, program, seed):
        return (Example("number", (program.source, seed)),)

    async def run(self, entry, request, limits):
        return [asdict(Reading(digest_of(source.lstrip("0")))) for source in request]

    async def aclose(self):
        pass


@pytest.fixture
def path(tmp_path):
    return tmp_path / "numbers.db"


def search(  # noqa: PLR0913 - the parts of a search, each given once
    path, budget="40evals", *, task=None, proposer=None, seed=1, window=4, listen=None, executor=None, turns=None
):
    """Run one search from start to end; returns its end and the archive's digest."""
    task = task or Numbers()
    archive = registry.make_archive("grid", task.axes, score_floor=0.0)
    identity = Identity(task.name, task.domain, task.fingerprint, seed, window, "grid")
    with Store.open(path, identity=identity) as store:
        run = store.begin_run(RunRecord(proposer="counting", budget=budget))
        engine = Search(
            task,
            proposer or Counting(),
            archive,
            executor or InProcess(),
            store,
            run=run,
            seed=seed,
            window=window,
            budget=Budget.parse(budget),
            turns=turns,
            listeners=[lambda event: listen(event, engine)] if listen else [],
        )
        ended = asyncio.run(engine.run())
    return ended, archive.digest()


def test_it_spends_its_budget_and_stops(path):
    ended, _ = search(path)
    assert (ended.reason, ended.progress.spent.evaluations) == ("budget", 40)
    assert ended.progress.best.score > 100


def test_equal_seeds_give_equal_archives_and_others_do_not(tmp_path):
    digests = [search(tmp_path / f"{name}.db", seed=seed)[1] for name, seed in [("one", 1), ("two", 1), ("three", 2)]]
    assert digests[0] == digests[1] != digests[2]


def test_a_proposal_sees_the_archive_as_the_window_allows(path):
    proposer = Counting()
    search(path, proposer=proposer, window=4)
    with Store.read(path) as store:
        placed_at = {}
        for step in store.steps():
            for trial in step.trials:
                placed_at.setdefault(trial.proposal.program.id, step.index)
    for index, context in proposer.contexts.items():
        assert all(placed_at[parent.program.id] <= max(0, index - 4) for parent in context.parents)


@pytest.mark.parametrize("cut", [1, 2, 7, 20, 39])
def test_a_run_in_two_pieces_equals_one_in_one_piece(tmp_path, cut):
    class CrashError(Exception):
        pass

    def crash(event, engine):
        if isinstance(event, Settled) and event.step.index == cut:
            raise CrashError

    whole = search(tmp_path / "whole.db")
    with pytest.raises(CrashError):
        search(tmp_path / "pieces.db", listen=crash)
    pieces = search(tmp_path / "pieces.db")
    assert pieces[1] == whole[1]
    assert pieces[0].progress.spent.evaluations == whole[0].progress.spent.evaluations


def test_a_run_over_problems_in_two_pieces_equals_one_in_one_piece(tmp_path):
    def stop(event, engine):
        if isinstance(event, Settled) and event.step.index == 3:
            engine.stop()

    whole = search(tmp_path / "whole.db", "1500evals", task=ManyNumbers())
    stopped, _ = search(tmp_path / "pieces.db", "1500evals", task=ManyNumbers(), listen=stop)
    assert stopped.reason == "stopped"
    assert search(tmp_path / "pieces.db", "1500evals", task=ManyNumbers())[1] == whole[1]


def test_resuming_tells_where_it_stands_and_evaluates_nothing_twice(path):
    search(path, "20evals")
    told, executor = [], InProcess()
    ended, _ = search(path, "30evals", listen=lambda event, engine: told.append(event), executor=executor)
    assert isinstance(told[0], Resumed)
    assert told[0].progress.spent.evaluations == 20
    assert len(executor.evaluated) == 10
    assert ended.progress.spent.evaluations == 30


def test_an_archive_whose_budget_is_spent_is_left_as_it_is(path):
    first = search(path)
    executor = InProcess()
    assert search(path, executor=executor)[1] == first[1]
    assert executor.evaluated == []


def test_a_batch_is_charged_with_all_that_it_tried(path):
    ended, _ = search(path, "1000evals", task=ManyNumbers())
    assert ended.progress.spent.evaluations == 1000
    with Store.read(path) as store:
        for step in store.steps():
            assert step.usage.evaluations <= step.allowance


def test_it_ends_when_nothing_is_left_to_try(path):
    ended, _ = search(path, "1000000evals", task=ManyNumbers())
    assert ended.reason == "exhausted"
    assert ended.progress.spent.evaluations == 3 * 10_000


def test_a_duplicate_costs_no_evaluation(path):
    class Stubborn(Counting):
        async def propose(self, context):
            return Batch((Proposal(Program("001"), "repeat"), Proposal(Program(str(context.index)), "count")))

    executor = InProcess()
    ended, _ = search(path, "10evals", proposer=Stubborn(), executor=executor)
    assert ended.progress.duplicates >= 9
    assert "001" not in executor.evaluated
    with Store.read(path) as store:
        repeated = [trial for step in store.steps() for trial in step.trials if trial.duplicate_of]
    assert {trial.duplicate_of for trial in repeated} >= {Program("1").id}


def test_a_failed_candidate_ends_nothing(path):
    class Negative(Counting):
        async def propose(self, context):
            return Batch((Proposal(Program(str(-context.index)), "negate"),))

    ended, _ = search(path, "10evals", proposer=Negative())
    assert (ended.progress.ok, ended.progress.failed) == (1, 9)


def test_seeds_without_a_score_end_the_search_and_say_why(path):
    class BadSeed(Numbers):
        def seeds(self):
            return (Program("-1"),)

    with pytest.raises(NothingFoundError, match="negative"):
        search(path, task=BadSeed())


def test_what_was_settled_before_a_provider_failed_is_kept(path):
    class Failing(Counting):
        async def propose(self, context):
            if context.index == 9:
                raise ProviderError("the provider refused")
            return await super().propose(context)

    with pytest.raises(ProviderError):
        search(path, proposer=Failing())
    with Store.read(path) as store:
        assert [step.index for step in store.steps()] == list(range(9))


def test_refused_problems_are_left_out_and_the_record_is_kept(path):
    class Refusing(ManyNumbers):
        async def check(self, laboratory):
            return {"b": "hangs"}

    told = []
    search(path, "300evals", task=Refusing(), listen=lambda event, engine: told.append(event))
    search(path, "500evals", task=ManyNumbers(), listen=lambda event, engine: told.append(event))
    assert [event.problems for event in told if isinstance(event, Refused)] == [{"b": "hangs"}] * 2
    with Store.read(path) as store:
        assert {step.problem for step in store.steps()} == {None, "a", "c"}


def test_a_listener_is_told_in_order(path):
    told = []
    search(path, "5evals", listen=lambda event, engine: told.append(type(event).__name__))
    assert told == ["Settled"] * 5 + ["Ended"]


class Asking(Counting):
    """As if it asked a model: every proposal makes one call of up to 0.10 usd, which then costs 0.04."""

    regimen = Regimen(turn=1)
    worst = Usage(calls=1, tokens=100, usd=0.10)
    cost = Usage(calls=1, tokens=40, usd=0.04)

    def forecast(self, context):
        return Forecast(self.worst, self.worst + self.worst)

    async def propose(self, context):
        batch = await super().propose(context)
        attempt = Attempt("add", "fake", ReplyOutcome.PROGRAM, f"call {context.index}", position=0, usage=self.cost)
        return replace(batch, usage=self.cost, attempts=(attempt,), findings=(Finding("add", context.index),))


def test_money_is_set_aside_before_a_call_so_that_none_is_overspent(path):
    ended, _ = search(path, "1usd", proposer=Asking())
    assert ended.reason == "budget"
    assert ended.detail == "the next call may cost 0.1000 usd, and 0.0800 are left"
    assert ended.progress.spent.usd == pytest.approx(0.92)


def test_a_proposal_is_given_what_it_may_spend(path):
    proposer = Asking()
    search(path, "5calls", proposer=proposer, window=1)
    assert [proposer.contexts[k].funds.calls for k in range(1, 6)] == [2, 2, 2, 2, 1]
    assert all(context.paid for context in proposer.contexts.values())


class Uneven(Asking):
    """Proposals of which some may cost forty times as much as others, and that cost any part of it."""

    def forecast(self, context):
        shown = context.parents[0].program.source if context.parents else ""
        worst = random.Random(f"{context.index} {shown}").choice([1, 5, 40])
        first = Usage(calls=1, tokens=worst, usd=worst / 64)
        return Forecast(first, first + first)

    async def propose(self, context):
        batch = await super().propose(context)
        first, chance = self.forecast(context).first, random.Random(context.index)
        calls = chance.randint(1, 2 if context.funds.cover(first + first) else 1)
        tokens = sum(chance.randint(0, first.tokens) for _ in range(calls))
        usage = Usage(calls=calls, tokens=tokens, usd=tokens / 64)
        return replace(batch, usage=usage, attempts=(replace(batch.attempts[0], usage=usage),))


@given(
    seed=st.integers(0, 2**32),
    window=st.integers(1, 8),
    calls=st.integers(1, 60),
    tokens=st.integers(1, 200),
    usd=st.floats(0.02, 3),
)
@settings(max_examples=25)
def test_no_budget_is_overspent_whatever_the_order_of_replies(seed, window, calls, tokens, usd):
    with TemporaryDirectory() as folder:
        budget = f"{calls}calls,{tokens}tok,{usd:.6f}usd"
        ended, _ = search(Path(folder) / "numbers.db", budget, proposer=Uneven(), seed=seed, window=window)
    spent = ended.progress.spent
    assert (spent.calls <= calls, spent.tokens <= tokens, spent.usd <= round(usd, 6)) == (True, True, True)


@pytest.mark.parametrize("seed", [4, 9])
def test_where_money_is_short_a_run_in_two_pieces_equals_one_in_one_piece(tmp_path, seed):
    class CrashError(Exception):
        pass

    def crash_after(cut):
        def crash(event, engine):
            if isinstance(event, Settled) and event.step.index == cut:
                raise CrashError

        return crash

    whole = search(tmp_path / "whole.db", "150tok", proposer=Uneven(), seed=seed, window=6)
    for cut in range(1, whole[0].progress.steps - 1):
        path = tmp_path / f"{cut}.db"
        with pytest.raises(CrashError):
            search(path, "150tok", proposer=Uneven(), seed=seed, window=6, listen=crash_after(cut))
        pieces = search(path, "150tok", proposer=Uneven(), seed=seed, window=6)
        assert pieces[1] == whole[1]
        assert replace(pieces[0].progress.spent, seconds=0) == replace(whole[0].progress.spent, seconds=0)


@pytest.mark.parametrize("budgets", [("60tok", "150tok", "90calls,230tok"), ("3calls", "30calls")])
def test_a_replay_is_dealt_out_as_the_run_was_however_its_budget_grew(tmp_path, budgets):
    for budget in budgets:
        grown = search(tmp_path / "grown.db", budget, proposer=Uneven())
    with Store.read(tmp_path / "grown.db") as store:
        turns = store.turns()
    assert search(tmp_path / "at-once.db", budgets[-1], proposer=Uneven())[1] != grown[1]
    assert search(tmp_path / "again.db", budgets[-1], proposer=Uneven(), turns=turns)[1] == grown[1]


def test_a_replay_ends_where_the_record_does(tmp_path):
    def stop(event, engine):
        if isinstance(event, Settled) and event.step.index == 9:
            engine.stop()

    stopped = search(tmp_path / "stopped.db", "99calls", proposer=Asking(), listen=stop)
    with Store.read(tmp_path / "stopped.db") as store:
        turns = store.turns()
    ended, digest = search(tmp_path / "again.db", "99calls,1s", proposer=Asking(), turns=turns)
    assert (ended.reason, digest) == ("replayed", stopped[1])
    assert ended.progress.steps == stopped[0].progress.steps


def test_calls_without_a_known_price_are_not_made_where_money_is_capped(path):
    class Unpriced(Asking):
        worst = Usage(calls=1, unpriced=1)

    ended, _ = search(path, "1usd", proposer=Unpriced())
    assert (ended.reason, ended.progress.spent.calls) == ("budget", 0)
    assert "no known price" in ended.detail


def test_a_proposal_knows_what_earlier_ones_found_failed_and_achieved(path):
    class Failing(Asking):
        async def propose(self, context):
            batch = await super().propose(context)
            return replace(batch, proposals=(Proposal(Program(str(-context.index)), "negate"),))

    proposer = Failing()
    search(path, "9calls", proposer=proposer, window=3)
    last = proposer.contexts[9]
    assert [finding.data for finding in last.findings] == [1, 2, 3, 4, 5, 6]
    assert [trial.proposal.program.source for trial in last.failures] == ["-6", "-5", "-4", "-3"]
    assert last.standings.operators["add"].attempts == 6
    assert last.report(last.parents[0]) == "worth 1"


def test_a_run_that_pays_in_two_pieces_equals_one_in_one_piece(tmp_path):
    def stop(event, engine):
        if isinstance(event, Settled) and event.step.index == 7:
            engine.stop()

    whole = search(tmp_path / "whole.db", "1usd", proposer=Asking())
    search(tmp_path / "pieces.db", "1usd", proposer=Asking(), listen=stop)
    pieces = search(tmp_path / "pieces.db", "1usd", proposer=Asking())
    assert pieces[1] == whole[1]
    assert pieces[0].progress.spent.usd == whole[0].progress.spent.usd


def test_what_is_under_way_when_a_provider_fails_is_waited_for(path):
    finished = []

    class Failing(Asking):
        async def propose(self, context):
            if context.index == 3:
                raise ProviderError("the provider refused")
            await asyncio.sleep(0.05)
            finished.append(context.index)
            return await super().propose(context)

    with pytest.raises(ProviderError):
        search(path, "100calls", proposer=Failing())
    assert finished == [1, 2, 4, 5, 6]


class Climbing(Counting):
    """Tries numbers on the bench, each a little greater than the best so far, and returns one more."""

    regimen = Regimen(rungs=(100,), line=6, lines=2)

    async def propose(self, context):
        self.contexts[context.index] = context
        rng, best = context.generator(), int(context.parents[0].program.source)
        while context.bench.left > 1:
            number = best + int(rng.integers(-5, 9))
            (trial,) = await context.bench(Proposal(Program(str(number)), "climb+step", (str(best),)))
            if trial.evaluation is not None and trial.evaluation.score is not None:
                best = max(best, int(trial.evaluation.score))
        return Batch((Proposal(Program(str(best + 1)), "leap"),))


def trials_of(path):
    with Store.read(path) as store:
        return [trial for step in store.steps() for trial in step.trials]


def test_what_is_tried_on_the_bench_is_recorded_charged_and_offered_to_the_archive(path):
    proposer = Climbing()
    end, _ = search(path, "61evals", proposer=proposer)
    assert end.reason == "budget"
    assert (
        end.progress.spent.evaluations == 61 == 1 + sum(trial.evaluation is not None for trial in trials_of(path)[1:])
    )
    with Store.read(path) as store:
        steps = list(store.steps())[1:]
    assert all(step.usage.evaluations == step.allowance for step in steps[:-1])
    assert all([trial.proposal.operator for trial in step.trials][-1] == "leap" for step in steps)
    assert end.progress.best.score > 20


def test_a_proposer_is_given_calls_that_the_judge_made_of_the_seed(path):
    proposer = Climbing()
    search(path, proposer=proposer)
    assert {context.calls for context in proposer.contexts.values()} == {(Example("number", ("1", 1)),)}


def test_nobody_rehearses_for_a_proposer_whose_turns_are_all_paid_for(path):
    class Paid(Counting):
        regimen = Regimen(turn=1)

    class Silent(InProcess):
        async def rehearse(self, program, seed):
            raise AssertionError("nobody asked")

    search(path, "5evals", proposer=Paid(), executor=Silent())


def test_the_bench_evaluates_no_more_than_is_left(path):
    class Greedy(Climbing):
        async def propose(self, context):
            with pytest.raises(ValueError, match="7 programs were to be evaluated, and 6 may be"):
                await context.bench(*(Proposal(Program(str(number)), "grab") for number in range(7)))
            return Batch()

    end, _ = search(path, "13evals", proposer=Greedy())
    assert end.progress.spent.evaluations == 1


def test_edits_are_credited_part_by_part(path):
    proposer = Climbing()
    search(path, "40evals", proposer=proposer)
    last = proposer.contexts[max(proposer.contexts)].standings.edits
    assert last["climb"] == last["step"] != last["leap"]
    assert 0 < last["climb"].kept <= last["climb"].programs <= last["climb"].attempts


def test_a_line_that_was_cut_short_is_run_again_to_the_same_end(path, tmp_path):
    whole = search(path, "61evals", proposer=Climbing())[1]
    part = tmp_path / "part.db"
    search(part, "25evals", proposer=Climbing())
    with Store.read(part) as store:
        steps = [step for step in store.steps() if step.index <= 2]
    assert len(steps) == 3
    resumed = tmp_path / "resumed.db"
    task = Numbers()
    with Store.open(resumed, identity=Identity(task.name, task.domain, task.fingerprint, 1, 4, "grid")) as store:
        run = store.begin_run(RunRecord(proposer="counting", budget="61evals"))
        for step in steps:
            store.record(step, run)
    assert search(resumed, "61evals", proposer=Climbing())[1] == whole
