"""Progress, with a clock that the test moves."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from evosearch.report.progress import LiveProgress, NoProgress, Pace, PlainProgress, progress_view
from evosearch.search.budget import Budget
from evosearch.search.events import Ended, Progress, Resumed, Settled
from evosearch.types import (
    Attempt,
    Call,
    Elite,
    Evaluation,
    Outcome,
    Placement,
    Program,
    Proposal,
    Reading,
    Reply,
    ReplyOutcome,
    Request,
    Step,
    Trial,
    Usage,
)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=120)


def progress(evaluations=0, score=None, solved=0):
    best = None if score is None else Elite(Program("x"), Evaluation(score=score), ())
    return Progress(1, Usage(evaluations=evaluations), evaluations, 0, 0, 3, best, 1, 4, 0.5, 2, solved)


def settled(evaluations, score=None, solved=0):
    trial = Trial(
        Proposal(Program("y = \x1b[2J"), "value"),
        Reading("y"),
        Evaluation(score=0.5),
        Placement(Outcome.NEW, ()),
    )
    return Settled(Step(1, None, 1, (trial,), Usage(), "note"), progress(evaluations, score, solved))


def replied(*outcomes):
    """A step of replies without a program, and what a run has cost by then."""
    attempts = tuple(Attempt("mend\x1b[2J", "small", outcome, "abc", detail="line 3") for outcome in outcomes)
    step = Step(1, None, 1, (), Usage(), paid=True, attempts=attempts)
    spent = Usage(evaluations=5, calls=40, tokens=12_345, usd=0.125, unpriced=2)
    return Settled(step, replace(progress(5, 0.5), spent=spent))


def lines(console):
    return console.file.getvalue().splitlines()


def test_the_pace_is_that_of_this_run_alone(clock):
    pace = Pace(Budget(evaluations=1_000), clock)
    pace.begin(Usage(evaluations=400))
    clock.now = 10.0
    assert pace.rate(Usage(evaluations=500)) == 10.0
    assert pace.remaining(Usage(evaluations=500)) == 50.0
    assert pace.share(Usage(evaluations=500)) == 0.5
    assert pace.spent_of(Usage(evaluations=500)) == "500/1,000 evaluations"


def test_the_cap_that_is_reached_first_counts(clock):
    pace = Pace(Budget(evaluations=1_000, usd=2.0), clock)
    pace.begin(Usage())
    clock.now = 10.0
    assert pace.remaining(Usage(evaluations=100, usd=1.0)) == 10.0


def test_it_is_too_early_for_a_pace_in_the_first_seconds(clock):
    pace = Pace(Budget(evaluations=10), clock)
    clock.now = 1.0
    assert pace.rate(Usage(evaluations=5)) is None
    assert pace.remaining(Usage(evaluations=5)) is None


def test_without_a_cap_nothing_is_promised(clock):
    pace = Pace(Budget(), clock)
    clock.now = 10.0
    assert pace.remaining(Usage(evaluations=5)) is None
    assert pace.share(Usage(evaluations=5)) == 0.0


def test_a_pace_of_calls_is_counted_from_the_first_one(clock):
    pace = Pace(Budget(calls=12), clock)
    clock.now = 100.0
    assert pace.remaining(Usage(evaluations=5_000)) is None
    clock.now = 110.0
    assert pace.remaining(Usage(evaluations=5_000, calls=2)) == 50.0


def test_a_line_is_printed_for_an_improvement_and_every_ten_seconds(console, clock):
    view = PlainProgress(console, Budget(evaluations=100), verbose=False, clock=clock)
    with view:
        for now, evaluations, score in [(0, 1, 0.1), (2, 2, 0.1), (3, 3, 0.2), (3.5, 4, 0.3), (14, 5, 0.3)]:
            clock.now = now
            view(settled(evaluations, score))
        view(Ended("budget", "", progress()))
    assert [line.split("/")[0] for line in lines(console)] == ["1", "3", "5"]


def test_a_solved_problem_is_an_improvement(console, clock):
    view = PlainProgress(console, Budget(evaluations=100), verbose=False, clock=clock)
    view(Resumed(progress(10, 0.5, solved=1)))
    clock.now = 2.0
    view(settled(11, 0.5, solved=1))
    view(settled(12, 0.5, solved=2))
    first, second = lines(console)
    assert first.startswith("continuing after 1 steps: best 0.5")
    assert second.startswith("12/100 evaluations; best 0.5; 2/2 fully solved; 1 of 4 cells (25.0%)")


def test_verbose_prints_a_line_for_every_program_and_disarms_it(console, clock):
    view = PlainProgress(console, Budget(evaluations=100), verbose=True, clock=clock)
    view(settled(1))
    assert lines(console)[0].startswith("step 1: ")
    assert r"y = \x1b[2J (note)" in lines(console)[0]


def test_what_models_cost_stands_on_the_line_and_what_was_wasted(console, clock):
    view = PlainProgress(console, Budget(evaluations=100, calls=200), verbose=False, clock=clock)
    view(replied(ReplyOutcome.THOUGHT, ReplyOutcome.PROGRAM))
    clock.now = 11.0
    view(replied(ReplyOutcome.SYNTAX_ERROR, ReplyOutcome.PROGRAM, ReplyOutcome.NO_CODE))
    first, second = lines(console)
    assert first.startswith("5/100 evaluations, 40/200 calls, 12.3k tokens, $0.12 and 2 calls of unknown price; best")
    assert "no program" not in first
    assert "; 2 of 4 replies no program; " in second


def test_while_no_step_can_be_settled_calls_are_news(console, clock):
    view = PlainProgress(console, Budget(calls=200), verbose=False, clock=clock)
    view(settled(5, 0.5))
    clock.now = 11.0
    with view.traffic.call(), view.traffic.call():
        clock.now = 30.0
        view.traffic.arrived(Call(Request("small", (), {}, 1), Reply(("",), prompt_tokens=1_200), usd=0.25))
    assert [line.partition("in flight; ")[2] for line in lines(console)[1:]] == [
        "1 call under way, the oldest for 0 s",
        "2 calls under way, the oldest for 19 s; 1 reply waits for its turn (1.2k tokens, $0.25)",
    ]


def test_verbose_prints_a_line_for_every_reply_that_was_no_program(console, clock):
    view = PlainProgress(console, Budget(evaluations=100), verbose=True, clock=clock)
    view(replied(ReplyOutcome.SYNTAX_ERROR, ReplyOutcome.THOUGHT))
    assert lines(console)[0] == r"step 1: syntax_error by mend\x1b[2J of small: line 3"
    assert len(lines(console)) == 2


def test_the_live_panel_tells_what_models_cost_too(clock):
    console = Console(file=io.StringIO(), width=160, force_terminal=True, color_system=None)
    view = LiveProgress(console, Budget(evaluations=100), verbose=True, clock=clock)
    with view.traffic.call(), view:
        view(replied(ReplyOutcome.NO_CODE))
    text = console.file.getvalue()
    assert "1 of 1 replies no program" in text
    assert "1 call under way, the oldest for 0 s" in text
    assert "5/100 evaluations, 40 calls, 12.3k tokens" in text
    assert r"no_code by mend\x1b[2J" in text


def test_the_live_panel_is_drawn_and_taken_away(clock):
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    with LiveProgress(console, Budget(evaluations=100), verbose=False, clock=clock) as view:
        view(Resumed(progress(10, 0.5)))
        clock.now = 10.0
        view(settled(20, 0.75))
        view.say("a word")
    text = console.file.getvalue()
    for part in ("starting the sandbox", "continuing after 1 steps", "0.75", "20/100 evaluations", "1 min 20 s left"):
        assert part in text
    assert "a word" in text
    assert "\x1b[2J" not in text


def test_the_view_fits_where_stderr_leads(console):
    assert isinstance(progress_view(console, Budget(), quiet=True, verbose=False), NoProgress)
    assert isinstance(progress_view(console, Budget(), quiet=False, verbose=False), PlainProgress)
    terminal = Console(file=io.StringIO(), force_terminal=True)
    assert isinstance(progress_view(terminal, Budget(), quiet=False, verbose=False), LiveProgress)
