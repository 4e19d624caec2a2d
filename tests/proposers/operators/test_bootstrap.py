import json

from evosearch.proposers.operators.bootstrap import EXAMPLES, Bootstrap

SOLVED = "def sol(n):\n    return n * 2\n"


def test_it_needs_programs_that_solved_other_problems(context, elite):
    assert not Bootstrap().suits(context(elite()))
    assert Bootstrap().suits(context(inspirations=(elite(SOLVED, problem="double"),)))


def test_it_shows_a_few_of_them_as_worked_examples(context, elite, fill):
    solved = tuple(elite(f"def sol(n): return {number}", problem=f"puzzle {number}") for number in range(20))
    opening = Bootstrap().open(context(elite(), inspirations=solved), fill)
    asked = json.loads(opening.messages[-1]["content"])
    assert len(asked["examples"]) == EXAMPLES
    assert set(asked["examples"][0]) == {"source", "report"}
    assert [parent["source"] for parent in asked["parents"]] == [elite().program.source]


def test_the_child_comes_from_the_examples_too(context, elite, proposed, fenced):
    solved = elite(SOLVED, problem="double")
    came = proposed(context(elite(), inspirations=(solved,)), fenced("def sol(n): return n // 2"), Bootstrap())
    assert came.batch.proposals[0].parents == (elite().program.id, solved.program.id)


def test_what_solved_another_problem_may_solve_this_one(context, elite, proposed, fenced):
    came = proposed(context(inspirations=(elite(SOLVED, problem="double"),)), fenced(SOLVED), Bootstrap())
    assert came.outcomes == ["program"]
