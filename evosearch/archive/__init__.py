"""Archives: what is kept of all that was tried.

cells        MAP-Elites on a grid: the best program of every cell (`grid`)
cvt          the same on the cells of a centroidal Voronoi tessellation (`cvt`)
islands      populations apart, with migration and resets (`islands`); archipelago: those of one problem; clusters:
             FunSearch's own way to group and draw programs on an island
open_ended   the Darwin Gödel Machine's archive of everything that works (`open_ended`)
pareto       whoever is best on any case (`pareto`)
baselines    what the others are compared with: one best program (`best`), its seeds alone as parents (`seeds`)

pooled       what all of them have in common; leaders: their best; pools: elites that are drawn together
selection    how parents are drawn; sum_tree: draws in proportion to weights that change
"""
