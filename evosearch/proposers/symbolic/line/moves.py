"""The moves of a line: each makes programs of what is known, has some evaluated, and keeps what is good."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from evosearch.proposers.symbolic.line.names import CROSSOVER, EDITS, adapted
from evosearch.proposers.symbolic.line.polishing import Polisher, Progress
from evosearch.proposers.symbolic.line.stock import Known, Stock
from evosearch.proposers.symbolic.workshop import Child, Workshop
from evosearch.protocols import Context
from evosearch.types import Program, Proposal

#: Children that are made and evaluated side by side.
BROOD: Final = 4
#: Broods in a row, each from the best of the one before.
BROODS: Final = 3
#: How often a new structure within reach of its parent is polished before it is judged.
POLISHED: Final = 0.25
#: The part of the distance between the best and the worst elite that it may lie below its parent.
REACH: Final = 0.25
#: Programs of a template, of which the best is polished.
FILLINGS: Final = 4
#: How often a template is a general one although the task offers some.
GENERAL: Final = 0.3
#: Shorter versions that are evaluated side by side, and rounds of that.
CUTS: Final = 4
ROUNDS: Final = 3
#: How many programs of its own and of kindred problems children may take pieces from.
DONORS: Final = 8


class Moves:
    """What a line may do. All evaluate on the context's bench, within what it has left.

    All moves raise CandidateError if the jailed process failed.

    Args:
        context: What the proposal knows; its bench has something left.
    """

    def __init__(self, context: Context) -> None:
        self.rng = context.generator()
        self.stock = Stock(context.parents)
        self._bench = context.bench
        self._problem = context.problem
        self._credits = context.standings.edits
        self._kindred = [elite.program for elite in context.inspirations]
        self._templates: Sequence[Mapping[str, Any]] = context.brief.material.get("templates", ())
        # What is made of the general templates computes with numpy.
        self._is_general_possible = "numpy" in context.brief.material.get("packages", ())
        self._workshop = Workshop(context)
        self.polisher = Polisher(
            self._workshop, self._try_made_of, self.rng, context.findings, distance=self.stock.distance
        )

    def named(self, name: str) -> Callable[[], Awaitable[None]]:
        """A move by its name."""
        moves = (self.polish, self.edit, self.crossover, self.template, self.simplify)
        return next(move for move in moves if move.__name__ == name)

    @property
    def left(self) -> int:
        """How many more programs may be evaluated."""
        return self._bench.left

    @property
    def untried_templates(self) -> list[Mapping[str, Any]]:
        """What the task offers of a kind that has not been tried yet."""
        return [template for template in self._templates if template["kind"] not in self._credits]

    @property
    def can_fill(self) -> bool:
        """Whether there is a template, of the task or a general one."""
        return bool(self._templates) or self._is_general_possible

    @property
    def can_cross(self) -> bool:
        """Whether there is a program to take pieces from."""
        return len(self.stock) + len(self._kindred) > 1

    async def polish(self) -> None:
        """Search over the constants of the best program, or of another where the best has been polished already."""
        known = self.stock.draw(self.rng) if await self.progress() == "spent" else self.stock.best
        await self.polisher.polish(known, self.left)

    async def progress(self) -> Progress:
        """How far the best program has been polished."""
        return await self.polisher.progress(self.stock.best)

    async def child(self) -> Proposal | None:
        """One child, not evaluated; None if no edit changes its parent."""
        parent = self.stock.draw(self.rng)
        donors = self._donors(parent)
        made = await self._children(parent, donors, adapted(EDITS, self._credits), 1)
        return self._child(made[0], parent, donors) if made else None

    async def edit(self) -> None:
        """Edit a program, and go on from its best child as long as that is not worse."""
        known = self.stock.draw(self.rng)
        weights = adapted({name: weight for name, weight in EDITS.items() if name != CROSSOVER}, self._credits)
        for _ in range(BROODS):
            better = await self._breed(known, weights | {CROSSOVER: 0.0})
            if better is None or not self.left:
                return
            known = better

    async def crossover(self) -> None:
        """Put a piece of one program into another."""
        await self._breed(self.stock.draw(self.rng), dict.fromkeys(EDITS, 0.0) | {CROSSOVER: 1.0})

    async def template(self) -> None:
        """Fill a template, of the task or a general one, and polish the best program of it; there is one."""
        known = self.stock.best
        offered = self.untried_templates or self._templates
        is_chosen = not offered or (not self.untried_templates and self.rng.random() < GENERAL)
        is_general = self._is_general_possible and is_chosen
        template = None if is_general else offered[int(self.rng.integers(len(offered)))]
        fillings = await self._workshop.fill(known.program.source, template, min(FILLINGS, self.left))
        found = await self._try([self._proposal(one.source, one.operator, known) for one in fillings])
        scored = [one for one in found if one is not None]
        if scored and self.left:
            await self.polisher.polish(max(scored, key=lambda one: one.score), self.left, anew=True)

    async def simplify(self) -> None:
        """Leave out what does not pay, as long as the score does not drop."""
        known = self.stock.draw(self.rng)
        for _ in range(ROUNDS):
            cuts = await self._workshop.reductions(known.program.source, 2 * CUTS)
            # Those that behave the same on the recorded calls are the likeliest to keep the score.
            cuts = tuple(sorted(cuts, key=lambda cut: not cut.same)[: min(CUTS, self.left)])
            found = await self._try([self._proposal(cut.source, cut.operator, known) for cut in cuts])
            kept = next((one for one in found if one is not None and one.score >= known.score), None)
            if kept is None or not self.left:
                return
            known = kept

    async def _breed(self, parent: Known, weights: Mapping[str, float]) -> Known | None:
        """A brood of children; the best of them if it is not worse than the parent."""
        donors = self._donors(parent)
        made = await self._children(parent, donors, weights, min(BROOD, self.left))
        found = await self._try([self._child(child, parent, donors) for child in made])
        scored = [(child, one) for child, one in zip(made, found, strict=True) if one is not None]
        if not scored:
            return None
        child, best = max(scored, key=lambda pair: pair[1].score)
        if child.structural and self._deserves_polish(best, parent):
            await self.polisher.polish(best, self.left)
        return best if best.score >= parent.score else None

    async def _children(
        self, parent: Known, donors: Sequence[Program], weights: Mapping[str, float], count: int
    ) -> tuple[Child, ...]:
        sources = [donor.source for donor in donors]
        return await self._workshop.children(parent.program.source, sources, weights=weights, count=count)

    def _donors(self, parent: Known) -> list[Program]:
        return [*self.stock.others(parent), *self._kindred][:DONORS]

    def _deserves_polish(self, child: Known, parent: Known) -> bool:
        """Whether a new structure is near enough to be judged at its own best constants."""
        is_near = child.score >= parent.score - REACH * self.stock.distance
        return bool(self.left) and is_near and self.rng.random() < POLISHED

    def _child(self, child: Child, parent: Known, donors: Sequence[Program]) -> Proposal:
        parents = (parent.program.id, *(donors[place].id for place in child.donors))
        return Proposal(Program(child.source, self._problem), child.operator, parents)

    def _proposal(self, source: str, operator: str, parent: Known) -> Proposal:
        return Proposal(Program(source, self._problem), operator, (parent.program.id,))

    async def _try_made_of(self, operator: str, parent: Known, sources: Sequence[str]) -> list[Known | None]:
        return await self._try([self._proposal(source, operator, parent) for source in sources])

    async def _try(self, proposals: Sequence[Proposal]) -> list[Known | None]:
        """Evaluate programs side by side; what has a score is known from then on."""
        found: list[Known | None] = []
        for trial in await self._bench(*proposals):
            evaluation = trial.evaluation
            if evaluation is None or evaluation.score is None:
                found.append(None)
                continue
            known = Known(trial.proposal.program, evaluation.score)
            self.stock.add(known)
            found.append(known)
        return found
