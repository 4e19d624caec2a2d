"""What people and programs are shown of an archive.

printable.py    makes a candidate's text harmless to a terminal
snapshot.py     an archive folded from its file, and the object of `show --json`
export.py       programs as files: .py, jsonl, csv
provenance.py   the header and footer of an exported .py file
amounts.py      what was spent, in words
pass_at_k.py    how often a model solves a problem within k tries
tables.py       the plain tables that all views are made of
terminal.py     the summary, trees and sources for people
calls.py        calls of models for people, and what operators and models achieved
heatmap.py      the map
curve.py        how a search went, over what was spent
forecast.py     what more budget would bring, and how sure that is
chart.py        curves for a terminal
comparison.py   was it worth it: arms compared seed by seed; comparison_view.py: the same for people
progress.py     a search while it runs
"""
