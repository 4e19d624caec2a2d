"""The embedded proposer.

Beside the engine:

proposer   a batch for a predicate (a programming puzzle), a line for any other task
line       what one proposal does with its allowance: moves, polishing of constants
workshop   requests to `editing`, and replies that are not believed

In the jail, beside hostile code:

batch      searches for an answer to a predicate
editing    edits any Python program
"""
