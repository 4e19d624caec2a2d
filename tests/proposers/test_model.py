"""Which operator and which model are asked, for how much at most, and what stops a proposal."""

from collections import Counter
from dataclasses import replace

import pytest

from evosearch.errors import CandidateError, ConfigError, ProviderError, Status
from evosearch.models.ensemble import Ensemble
from evosearch.models.spec import ModelSpec, Price
from evosearch.proposers.model import ModelProposer
from evosearch.proposers.operators.bootstrap import Bootstrap
from evosearch.proposers.operators.crossover import Crossover
from evosearch.proposers.operators.diff import Diff
from evosearch.proposers.operators.repair import Repair
from evosearch.proposers.operators.rewrite import Rewrite
from evosearch.protocols import Equipment, Regimen, Standings
from evosearch.testing import Answered
from evosearch.types import Credit, Funds, Usage

MISFIT = "<<<<<<< SEARCH\nnever\n=======\nat all\n>>>>>>> REPLACE\n"
MODEL = ModelSpec("openai:test", settings={"max_tokens": 100}, price=Price(1.0, 2.0))


def offline(*specs, **settings):
    """The models of a run that asks none of them."""
    return Ensemble(specs or [MODEL], record=None, connect=None, **settings)


@pytest.fixture
def choices(fill):
    """How often each operator is opened, in the forecasts of many contexts."""

    def choices(contexts, weighted, **equipment):
        opened = Counter()

        def noting(name, /, **values):
            opened[name] += 1
            return fill(name, **values)

        proposer = ModelProposer(Equipment(offline(), weighted, fill=noting, **equipment))
        for given in contexts:
            proposer.forecast(given)
        del opened["system"]
        return opened

    return choices


def test_a_model_has_to_be_configured(fill):
    with pytest.raises(ConfigError, match="none is configured") as caught:
        ModelProposer(Equipment(operators=[(Rewrite(), 1.0)], fill=fill))
    assert "--model" in caught.value.hint


def test_an_operator_has_to_be_configured(fill):
    with pytest.raises(ConfigError, match="no operator") as caught:
        ModelProposer(Equipment(offline(), fill=fill))
    assert "--operators" in caught.value.hint


def test_a_turn_has_an_evaluation_for_each_choice(fill):
    equipment = Equipment(offline(), [(Rewrite(), 1.0)], fill=fill, samples=3, attempts=10)
    assert ModelProposer(equipment).regimen == Regimen(rungs=(), turn=3, attempts=10)


def test_operators_are_chosen_by_weight(context, elite, choices):
    contexts = [context(elite(), index=index) for index in range(1, 400)]
    opened = choices(contexts, [(Rewrite(), 3.0), (Diff(), 1.0)])
    assert opened["rewrite"] == pytest.approx(300, abs=36)
    assert opened.total() == 399


def test_only_operators_that_suit_and_have_a_weight_are_chosen(context, elite, choices):
    weighted = [(Rewrite(), 0.0), (Diff(), 0.1), (Crossover(), 5.0), (Bootstrap(), 5.0)]
    assert set(choices([context(elite(), index=index) for index in range(1, 20)], weighted)) == {"diff"}


def test_where_none_suits_a_program_is_written_from_nothing(context, choices):
    assert choices([context()], [(Diff(), 1.0), (Crossover(), 1.0)]) == {"rewrite": 1}


def test_a_bandit_prefers_what_the_archive_kept(context, elite, choices):
    spent = Usage(calls=500, tokens=50_000)
    standings = Standings({"rewrite": Credit(500, 400, 5, spent), "diff": Credit(500, 400, 300, spent)})
    contexts = [context(elite(), index=index, standings=standings) for index in range(1, 100)]
    opened = choices(contexts, [(Rewrite(), 3.0), (Diff(), 1.0)], choose="bandit")
    assert opened["diff"] > 80


@pytest.mark.parametrize("operator", [Rewrite(), Diff()])
def test_the_forecast_is_of_the_very_request_that_is_sent(context, elite, proposed, fill, operator):
    given = context(elite())
    came = proposed(given, "nothing", operator, settings=MODEL.settings, samples=2)
    models = offline(MODEL)
    forecast = ModelProposer(Equipment(models, [(operator, 1.0)], fill=fill, samples=2)).forecast(given)
    assert forecast.first == models.worst_case(came.calls[0].request)
    assert forecast.most == models.worst_case(came.calls[0].request, calls=operator.calls)
    assert forecast.first.usd > 0


def test_a_forecast_does_not_depend_on_funds_that_are_not_dealt_out_yet(context, elite, fill):
    proposer = ModelProposer(Equipment(offline(), [(Rewrite(), 1.0)], fill=fill))
    given = context(elite())
    assert proposer.forecast(given) == proposer.forecast(replace(given, funds=Funds(0, 0, 0)))


def test_mending_is_asked_of_the_model_that_has_the_role(context, failed, proposed):
    given = context(failures=(failed("def sol(n): return n / 0"),))
    came = proposed(given, "nothing", Repair(), names=("big", "small"), roles={"repair": "openai:small"})
    assert [asked.model for asked in came.asked] == ["small"]


def test_the_repair_of_a_diff_is_asked_of_it_too(context, elite, proposed):
    roles = {"propose": "openai:big", "repair": "openai:small"}
    came = proposed(context(elite()), MISFIT, Diff(), names=("big", "small"), roles=roles)
    assert [asked.model for asked in came.asked] == ["big", "small"]
    assert [attempt.model for attempt in came.batch.attempts] == ["openai:big", "openai:small"]


def test_the_same_prompt_is_another_request_in_another_proposal(context, proposed):
    asked = [proposed(context(index=index), "nothing", Rewrite()).asked[0] for index in (1, 2)]
    assert asked[0].messages == asked[1].messages
    assert asked[0].seed != asked[1].seed


def test_a_provider_that_fails_ends_the_run(context, proposed):
    with pytest.raises(ProviderError):
        proposed(context(), lambda _: Answered.failure(401, "no such key"), Rewrite())


def test_funds_that_run_out_end_a_proposal_with_what_there_is(context, elite, proposed, fenced):
    came = proposed(context(elite(), funds=Funds(calls=1)), MISFIT, Diff())
    assert came.outcomes == ["diff_failed"]
    assert came.batch.note.startswith("diff ended early: the next call may cost")


def test_a_jail_that_an_operator_loses_is_a_note(developed):
    async def lose(desk, opening):
        desk.thought(await desk.ask(opening.messages))
        raise CandidateError(Status.TIMEOUT_CPU, "too slow")

    came = developed("a thought", lose)
    assert came.outcomes == ["thought"]
    assert came.batch.note == "doing ended early: timeout_cpu: too slow"
