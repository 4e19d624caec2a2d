"""Programming puzzles: a predicate `sat` is given, a program `sol` whose answer satisfies it is sought.

Schuster, Kalyan, Polozov and Kalai, "Programming Puzzles", NeurIPS 2021 (arXiv:2106.05784).

puzzle         Puzzle, Instance, Suite: what is loaded
answer_types   bool, int, float, str and lists of them, checked exactly
rules          what makes a predicate be refused before it ever runs
loader         a path -> a Suite: `official` reads P3's JSON, `folder` plain Python files
predicate      runs one `sat` as P3 does, on fresh inputs, for a bounded time
judge          one program on one instance
probe          tries every predicate in the jail before a run relies on it
task           PuzzleTask
"""
