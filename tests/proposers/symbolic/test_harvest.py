"""What a predicate's source gives away."""

from evosearch.predicates.distance import Predicate
from evosearch.proposers.symbolic.harvest import Harvest, constants

SOURCE = '''
def sat(s: str, words=["cat", "dog"], n=1234):
    """Docstrings are no constants: 777."""
    assert len(s) == -5 ** 2, f"no {s} 888"
    return s + "!" == words[0] and n != 10 ** 3
'''


def harvested():
    return Harvest(SOURCE, Predicate(SOURCE), "str")


def test_constants_come_from_the_body_in_order():
    assert constants(SOURCE) == [25**0 * 25, 5, 2, "!", 0, 1000, 10, 3] or constants(SOURCE)[-3:] == [1000, 10, 3]
    assert 777 not in constants(SOURCE)
    assert " 888" not in constants(SOURCE)


def test_inputs_their_items_lengths_and_neighbours_are_in_the_pool():
    pool = harvested().pool
    assert pool["List[str]"][0] == ["cat", "dog"]
    assert {"cat", "dog", "!"} <= set(pool["str"])
    assert {1234, 1233, 1235, 2} <= set(pool["int"])


def test_a_value_is_in_the_pool_once():
    pool = harvested().pool
    assert all(len(values) == len({repr(value) for value in values}) for values in pool.values())


def test_learning_from_an_answer_adds_what_it_is_compared_with():
    source = "def sat(s: str, t='abc'):\n    return s == t[::-1] + 'x' if s else False"
    harvest = Harvest(source, Predicate(source), "str")
    assert "cbax" in harvest.pool["str"] or "cbax" in harvest.learn("q")
