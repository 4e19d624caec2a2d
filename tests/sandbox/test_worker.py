"""One worker with a task of two files: the program answers, the judge scores."""

import os
import signal
import threading
import time
from dataclasses import replace

import pytest

from evosearch.errors import CandidateError, SandboxError, Status, TaskError
from evosearch.protocols import CandidateFacts
from evosearch.sandbox.process import Stopped
from evosearch.sandbox.worker import Blueprint, Job, Worker
from evosearch.types import Limits, Reading, Recipe

#: A judge for each name that a program may answer with; and the score is the answer, if it is a number.
EVALUATE = """
import os, signal, sys, time
from evosearch.errors import CandidateError, Status
from evosearch.types import Evaluation

def evaluate(candidate, split, seed):
    answer = candidate.call("solve")
    if answer == "hang":
        while True: pass
    if answer == "sleep":
        time.sleep(1000)
    if answer == "eat":
        list(range(10**9))
    if answer == "bug":
        raise RuntimeError("a bug in the judge")
    if answer == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if answer == "exit":
        sys.exit(1)
    if answer == "partial":
        try:
            candidate.call("fail")
        except CandidateError as error:
            return {"score": 0.5, "feedback": error.status.value}
    if answer == "facts":
        assert not hasattr(candidate, "source")
        return {"score": 1, "feedback": f"{candidate.facts.id} {candidate.facts.reading.nodes} {split} {seed}"}
    if answer == "its own folder":
        with open("@") as own:
            return {"score": 1, "feedback": own.read()}
    if answer == "another folder":
        return {"score": 1, "feedback": str(os.listdir("/home"))}
    if answer == "forge":
        from evosearch.sandbox.frames import encode
        os.write(3, encode(candidate.call("verdict")))
        os._exit(0)
    if answer == "another process":
        return {"score": 1, "feedback": str(os.fork())}
    return answer
"""
LIMITS = Limits(cpu_seconds=0.3, wall_seconds=10, memory_bytes=2**28)
FACTS = CandidateFacts("0123456789abcdef", "p", Reading("0123456789abcdef", nodes=12))


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("task")
    (path / "seed.py").write_text("def solve(): return 0")
    (path / "evaluate.py").write_text(EVALUATE.replace("@", str(path / "evaluate.py")))
    return path


@pytest.fixture(scope="module")
def worker(directory):
    worker = Worker(Blueprint(Recipe("custom", "test", str(directory)), reads=(str(directory),)))
    yield worker
    worker.close()


@pytest.fixture
def judge(worker, stop):
    """What becomes of a program."""

    def judge(source, **limits):
        return worker.evaluate(job(source, **limits), stop)

    return judge


def job(source, **limits):
    return Job(source, FACTS, "validation", 5, replace(LIMITS, **limits))


def test_a_good_program_gets_its_score(judge):
    evaluation = judge("print('hello')\ndef solve():\n print('ä')\n return 2.5")
    assert (evaluation.status, evaluation.score, evaluation.log) == (Status.OK, 2.5, "hello\nä\n")
    assert 0 < evaluation.cpu_seconds <= evaluation.wall_seconds


def test_the_judge_knows_everything_but_the_source(judge):
    assert judge("def solve(): return 'facts'").feedback == "0123456789abcdef 12 validation 5"


def test_a_program_that_fails_has_a_status_a_log_and_a_time(judge):
    evaluation = judge("def solve():\n print('so far')\n while True: pass")
    assert (evaluation.status, evaluation.score, evaluation.log) == (Status.TIMEOUT_CPU, None, "so far\n")
    assert evaluation.cpu_seconds >= 0.3
    assert evaluation.feedback == "used more than 0.3 CPU seconds"


def test_a_score_cannot_be_forged(judge):
    forged = {"status": "ok", "score": 1e9, "evaluation": {"status": "ok", "score": 1e9}}
    for source in (
        f"def solve(): return {forged}",
        f"import os, json\ndef solve():\n os.write(3, json.dumps({forged}).encode())\n return 0",
    ):
        evaluation = judge(source)
        assert evaluation.status is not Status.OK
        assert evaluation.score is None


def test_clocks_of_a_program_do_not_change_its_time(judge):
    lie = "import time\nfor name in ('time', 'monotonic', 'process_time'):\n setattr(time, name, lambda: 0)\n"
    assert judge(lie + "def solve(): return sum(range(10**6))").cpu_seconds > 0


def test_a_program_that_is_no_text(judge):
    evaluation = judge("x = '\ud800'")
    assert evaluation.status is Status.CRASHED
    assert "surrogate" in evaluation.feedback


@pytest.mark.parametrize(
    ("answer", "status", "feedback"),
    [
        ("hang", Status.TIMEOUT_CPU, "the judge did not finish with the program's answer: it used more than 0.3 CPU"),
        ("eat", Status.MEMORY, "the judge ran out of memory on the program's answer"),
        ("bug", Status.INFRA, "the task's evaluate() failed: RuntimeError: a bug in the judge"),
        ("segfault", Status.INFRA, "the task's evaluate() failed: its process killed by SIGSEGV"),
        ("exit", Status.INFRA, "the task's evaluate() failed: its process ended with exit code 1"),
        ([1], Status.INFRA, "the task's evaluate() failed: TaskError: evaluate() must return a number"),
    ],
)
def test_a_judge_that_fails(judge, answer, status, feedback):
    evaluation = judge(f"def solve(): return {answer!r}")
    assert (evaluation.status, evaluation.score) == (status, None)
    assert feedback in evaluation.feedback


def test_a_judge_that_sleeps_runs_into_the_wall(judge):
    evaluation = judge("def solve(): return 'sleep'", wall_seconds=0.2)
    assert evaluation.status is Status.TIMEOUT_WALL
    assert "judge did not finish" in evaluation.feedback


def test_a_bug_in_the_judge_is_shown_where_it_is(judge):
    assert 'raise RuntimeError("a bug in the judge")' in judge("def solve(): return 'bug'").feedback


def test_a_judge_may_give_credit_for_a_part(judge):
    evaluation = judge("def solve(): return 'partial'\ndef fail():\n while True: pass")
    assert (evaluation.status, evaluation.score, evaluation.feedback) == (Status.OK, 0.5, "timeout_cpu")


@pytest.mark.parametrize(
    "message",
    [
        5,
        {},
        {"lost": 1},
        {"evaluation": 5, "log": ""},
        {"evaluation": {"status": "ok", "score": 1.0, "metrics": {}, "features": {}}, "log": ""},
        {"evaluation": {"status": "ok", "score": "1", "metrics": {}, "features": {}, "feedback": ""}, "log": ""},
        {
            "evaluation": {"status": "ok", "score": float("nan"), "metrics": {}, "features": {}, "feedback": ""},
            "log": "",
        },
        {"evaluation": {"status": "fine", "score": None, "metrics": {}, "features": {}, "feedback": ""}, "log": ""},
        {"evaluation": {"status": "ok", "score": 1, "metrics": {"x": []}, "features": {}, "feedback": ""}, "log": ""},
    ],
)
def test_what_a_judge_says_is_not_believed_unseen(judge, message):
    """Code that came with a task may have said it."""
    evaluation = judge(f"nan = float('nan')\ndef solve(): return 'forge'\ndef verdict(): return {message!r}")
    assert (evaluation.status, evaluation.score) == (Status.INFRA, None)
    assert "the task's evaluate() failed" in evaluation.feedback


def test_a_judge_reads_its_own_folder(judge):
    assert judge("def solve(): return 'its own folder'").feedback.startswith(EVALUATE[:100])


@pytest.mark.parametrize(
    ("deed", "error"), [("another folder", "FileNotFoundError"), ("another process", "PermissionError")]
)
def test_a_judge_lives_behind_the_same_walls(judge, deed, error):
    assert error in judge(f"def solve(): return {deed!r}").feedback


def test_a_lost_zygote_is_replaced_and_the_evaluation_repeated_once(worker, judge):
    def kill_it_twice():
        killed = []
        while len(killed) < 2:
            zygote = worker._zygotes.get("evosearch.sandbox.zygote")
            # A time-out on its control socket is what a zygote gets when it is ready.
            if zygote and zygote not in killed and zygote._control.gettimeout():
                zygote._process.kill()
                killed.append(zygote)
            time.sleep(0.01)

    judge("def solve(): return 1")
    killer = threading.Thread(target=kill_it_twice)
    killer.start()
    evaluation = judge("import time\ndef solve(): time.sleep(1000)", wall_seconds=100)
    killer.join()
    assert evaluation.status is Status.INFRA
    assert "given up after 2 attempts" in evaluation.feedback
    assert judge("def solve(): return 1").score == 1


def test_a_lost_judges_zygote_is_replaced_too(worker, judge):
    judge("def solve(): return 1")
    victim = worker._zygotes["evosearch.sandbox.verifier"]._process.pid
    killer = threading.Timer(0.2, os.kill, (victim, signal.SIGKILL))
    killer.start()
    evaluation = judge("import time\ndef solve():\n time.sleep(0.4)\n return 3")
    killer.join()
    assert evaluation.score == 3


def test_work_that_is_called_off_ends_at_once_and_the_worker_stays(worker, judge):
    judge("def solve(): return 1")
    stop = os.eventfd(0)
    timer = threading.Timer(0.1, os.eventfd_write, (stop, 1))
    timer.start()
    with pytest.raises(Stopped):
        worker.evaluate(job("import time\ndef solve(): time.sleep(1000)", wall_seconds=1_000), stop)
    timer.join()
    os.close(stop)
    assert judge("def solve(): return 1").score == 1


def test_a_library_function_runs_in_the_jail(worker, stop):
    assert worker.run("math:sqrt", 9, LIMITS, stop) == 3.0
    assert worker.run("operator:neg", 1, LIMITS, stop) == -1


@pytest.mark.parametrize(
    ("entry", "argument", "status"),
    [
        ("math:sqrt", -1, Status.CRASHED),
        ("math:factorial", 10**7, Status.TIMEOUT_CPU),
        ("time:sleep", 1_000, Status.TIMEOUT_WALL),
        ("os:_exit", 0, Status.NO_RESULT),
        ("os:urandom", 10, Status.INVALID_OUTPUT),
        ("math:no_such_function", 1, Status.CRASHED),
    ],
)
def test_a_library_function_may_fail(worker, stop, entry, argument, status):
    with pytest.raises(CandidateError) as caught:
        worker.run(entry, argument, Limits(cpu_seconds=0.3, wall_seconds=3), stop)
    assert caught.value.status is status


def test_a_library_module_must_be_there(worker, stop):
    with pytest.raises(TaskError, match="no_such_module"):
        worker.run("no_such_module:f", 1, LIMITS, stop)
    assert worker.run("math:sqrt", 9, LIMITS, stop) == 3.0


def test_a_task_that_cannot_be_made_is_told_at_the_first_evaluation(tmp_path, stop):
    broken = Worker(Blueprint(Recipe("custom", "test", str(tmp_path))))
    with pytest.raises(TaskError, match=r"seed\.py"):
        broken.evaluate(job("def solve(): return 1"), stop)
    broken.close()


def test_no_interpreter_no_worker(directory, stop, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    worker = Worker(Blueprint(Recipe("custom", "test", str(directory)), reads=(str(directory),)))
    with pytest.raises(SandboxError, match="cannot be started"):
        worker.evaluate(job("def solve(): return 1"), stop)


def test_a_closed_worker_starts_anew(directory, stop):
    worker = Worker(Blueprint(Recipe("custom", "test", str(directory)), reads=(str(directory),)))
    for _ in range(2):
        assert worker.evaluate(job("def solve(): return 1"), stop).score == 1
        worker.close()
