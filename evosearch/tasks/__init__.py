"""The domains: what a good program is.

puzzles   programming puzzles (P3): find an answer that a predicate accepts
custom    the user's own evaluate.py
"""
