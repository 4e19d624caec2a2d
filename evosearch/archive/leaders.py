"""The best that an archive has seen, in all and of each problem."""

from evosearch.types import Elite


def is_better(elite: Elite, holder: Elite) -> bool:
    """Whether it beats one that was there first: by its score, and at equal scores by fewer characters."""
    if elite.score != holder.score:
        return elite.score > holder.score
    return len(elite.program.source) < len(holder.program.source)


class Leaders:
    """The best elite, and the best of each problem."""

    def __init__(self) -> None:
        self.best: Elite | None = None
        self.champions: dict[str, Elite] = {}

    def note(self, elite: Elite) -> None:
        """Take an elite into account."""
        if self.best is None or is_better(elite, self.best):
            self.best = elite
        problem = elite.program.problem
        if problem is not None:
            champion = self.champions.get(problem)
            if champion is None or is_better(elite, champion):
                self.champions[problem] = elite
