"""What people and programs are shown of an archive.

printable.py    makes a candidate's text harmless to a terminal
snapshot.py     an archive folded from its file, and the object of `show --json`
export.py       programs as files: .py, jsonl, csv
provenance.py   the header and footer of an exported .py file
terminal.py     tables, trees and sources for people
heatmap.py      the map
progress.py     a search while it runs
"""
