"""Rules alone on the free rungs, models where a turn is paid for."""

import pytest

from evosearch.errors import ConfigError
from evosearch.models.ensemble import Ensemble
from evosearch.models.spec import ModelSpec
from evosearch.proposers.mixed import MixedProposer
from evosearch.proposers.operators.rewrite import Rewrite
from evosearch.protocols import Equipment, Regimen
from evosearch.types import Brief, Forecast

SAT = "def sat(x: int, a=5):\n    return x * x == a * a and x < 0"
PREDICATE = Brief(
    "find a number",
    {"kind": "predicate", "instances": [SAT], "answer_type": "int", "arguments": ["a"]},
    entry=("sol",),
)


def test_the_free_rungs_come_first(fill):
    models = Ensemble([ModelSpec("openai:test")], record=None, connect=None)
    mixed = MixedProposer(Equipment(models, [(Rewrite(), 1.0)], fill=fill, samples=2, attempts=8))
    assert mixed.regimen == Regimen(rungs=(100, 1_000), turn=2, attempts=8, line=64, lines=1)


def test_it_needs_a_model():
    with pytest.raises(ConfigError, match="none is configured"):
        MixedProposer(Equipment())


def test_a_free_rung_is_worked_on_by_rules_and_costs_nothing(context, proposed, fenced):
    given = context(brief=PREDICATE, paid=False, allowance=60)
    came = proposed(given, fenced("def sol(a): return -a"), Rewrite(), make=MixedProposer)
    assert came.asked == []
    assert came.batch.proposals
    assert came.batch.attempts == ()
    assert came.batch.usage.evaluations > 0


def test_a_turn_that_is_paid_for_is_the_models(context, proposed, fenced):
    came = proposed(context(brief=PREDICATE), fenced("def sol(a): return -a"), Rewrite(), make=MixedProposer)
    assert came.outcomes == ["program"]
    assert came.batch.usage.evaluations == 0


def test_only_a_paid_turn_is_forecast_to_cost_anything(context, fill):
    models = Ensemble([ModelSpec("openai:test")], record=None, connect=None)
    mixed = MixedProposer(Equipment(models, [(Rewrite(), 1.0)], fill=fill))
    assert mixed.forecast(context(paid=False)) == Forecast()
    assert mixed.forecast(context()).first.calls == 1
