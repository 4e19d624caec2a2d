"""The programs that a proposal knows."""

import numpy as np

from evosearch.proposers.symbolic.line.stock import Known, Stock
from evosearch.types import Elite, Evaluation, Program


def elite(name, score):
    return Elite(Program(name), Evaluation(score=score), (name,))


def known(name, score):
    return Known(Program(name), score)


def test_the_best_comes_first():
    stock = Stock([elite("a", 1.0), elite("b", 3.0), elite("c", 2.0)])
    assert stock.best.program.source == "b"
    assert [program.source for program in stock.others(stock.best)] == ["c", "a"]


def test_the_latest_of_equals_comes_first():
    stock = Stock([elite("a", 1.0)])
    stock.add(known("b", 1.0))
    stock.add(known("c", 0.5))
    assert stock.best.program.source == "b"
    assert len(stock) == 3


def test_it_keeps_the_best_where_there_are_too_many():
    stock = Stock([])
    for score in np.random.default_rng(1).permutation(100):
        stock.add(known(str(score), float(score)))
    assert len(stock) == 16
    assert stock.best.score == 99


def test_half_of_what_is_drawn_is_the_best():
    stock = Stock([elite(str(place), float(place)) for place in range(8)])
    rng = np.random.default_rng(1)
    drawn = [stock.draw(rng).score for _ in range(400)]
    assert 180 < drawn.count(7.0) < 300
    assert set(drawn) == set(range(8))


def test_the_distance_is_that_of_the_elites_it_began_with():
    stock = Stock([elite("a", 1.0), elite("b", 3.0)])
    stock.add(known("c", 9.0))
    assert stock.distance == 2.0
    assert Stock([elite("a", 1.0)]).distance == Stock([]).distance == 0.0
