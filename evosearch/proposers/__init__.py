"""Proposers: who writes new programs from old ones.

symbolic   embedded, needs no model and no key
model      asks language models, by way of operators
mixed      symbolic first, models for what it leaves
"""
