"""Predicates that are run with counted steps, and graded: how far is an answer from satisfying one?

steps        a step-counting rewrite, so that no verdict depends on a clock
distance     the branch distance of a predicate
grades       the distances of single comparisons
arithmetic   `eval` of literal arithmetic, and of nothing else
"""
