"""The embedded proposer. `proposer` runs beside the engine; everything else runs in the jail.

batch   searches for an answer to a predicate (a programming puzzle)
edits   edits any Python program
"""
