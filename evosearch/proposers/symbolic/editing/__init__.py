"""Edits of any Python program. Runs in the jail, beside the program it edits; the controller believes no reply.

entry        the requests: children, constants, vary, reductions, fill
offspring    one parent's children: edit, check, run, compare; tried again until one behaves anew
operators    the edits, each with its weight
tracing      what kind of value each expression has, seen by running the program on recorded calls
"""
