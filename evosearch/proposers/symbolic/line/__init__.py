"""What one proposal does with its allowance on a task that is no predicate. Runs beside the engine.

line          draws a move after another until the allowance is used up
moves         the moves: polish, edit, crossover, template, simplify
names         what made a program, as `Proposal.operator` says it; what each may cost and how likely it is drawn
polishing     finds the best constants of one program, and continues where an earlier proposal stopped
ascent        hill-climbing and CMA-ES over numbers
coordinates   a program's constants as the numbers that are searched over
stock         the programs that a proposal knows
"""
