"""A line: what one proposal does with its allowance, one move after another, each from what is best by then."""

from typing import Final

from evosearch.bandit import choose
from evosearch.errors import CandidateError
from evosearch.proposers.symbolic.line.moves import Moves
from evosearch.proposers.symbolic.line.names import CROSSOVER, EDITS, FILLS, POLISHES, REDUCTIONS, adapted
from evosearch.protocols import Context
from evosearch.types import Batch, Credit

#: Weights of the moves before anything is known of them.
_WEIGHTS: Final = {"polish": 1.0, "edit": 3.0, "crossover": 0.7, "template": 0.7, "simplify": 0.4}
#: What a move's programs are called.
_NAMES: Final = {
    "polish": POLISHES,
    "edit": tuple(name for name in EDITS if name != CROSSOVER),
    "crossover": (CROSSOVER,),
    "template": FILLS,
    "simplify": REDUCTIONS,
}
#: What the weight of polishing is multiplied by, as the best program has been polished so far.
_EAGERNESS: Final = {"new": 1.0, "gaining": 12.0, "spent": 0.5}
#: Moves in a row that may come to nothing new, and failures of the jailed process in a row.
PATIENCE: Final = 12
_FAILURES: Final = 3


async def draw(context: Context) -> Batch:
    """Spend the allowance on moves from the parents, of which there is one at least.

    Returns:
        What later proposals should know. No programs, as all were evaluated on the bench; a child if there is no bench.
    """
    moves = Moves(context)
    if not moves.left:
        return await _unevaluated(moves)
    idle, failures, note = 0, 0, ""
    is_first = True
    while moves.left and idle < PATIENCE and failures < _FAILURES:
        before, name = moves.left, "polish"
        try:
            # Once, as a template that cannot be filled must not stand in the way of everything else.
            name = "template" if is_first and moves.untried_templates else await _next(moves, context)
            is_first = False
            await moves.named(name)()
            failures = 0
        except CandidateError as error:
            failures += 1
            note = _lost(name, error)
        idle = 0 if moves.left < before else idle + 1
    return Batch(findings=moves.polisher.findings, note=note)


async def _unevaluated(moves: Moves) -> Batch:
    try:
        child = await moves.child()
    except CandidateError as error:
        return Batch(note=_lost("edit", error))
    return Batch((child,)) if child else Batch(note="no edit changes the program")


def _lost(name: str, error: CandidateError) -> str:
    return f"the move `{name}` was lost: {error.status}: {error}"


async def _next(moves: Moves, context: Context) -> str:
    """The next move: drawn by weights that follow what the moves have brought."""
    possible = {CROSSOVER: moves.can_cross, "template": moves.can_fill}
    weights = {name: weight for name, weight in _WEIGHTS.items() if possible.get(name, True)}
    weights["polish"] *= _EAGERNESS[await moves.progress()]
    edits = context.standings.edits
    credits_ = {name: sum((edits.get(part, Credit()) for part in _NAMES[name]), start=Credit()) for name in weights}
    followed = adapted(weights, credits_)
    return choose(list(followed), list(followed.values()), moves.rng)
