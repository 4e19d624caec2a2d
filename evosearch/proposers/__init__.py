"""Proposers: who writes new programs from old ones.

symbolic   embedded, needs no model and no key
"""
