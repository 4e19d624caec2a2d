"""The archive file: one SQLite file that remembers a whole search.

Store        opens a file for writing (`Store.open`) or for reading alone (`Store.read`)
Identity     what a file is of: only the same search continues it
RunRecord    what is known when a run begins; `Run` is how it reads afterwards
StoredTrial  a trial and where it stands; `Ancestor` is a row of a family tree
Counts       how the trials ended
Event        something that happened beside the steps
CallBook     the calls of models, found by digest; `StoredCall` is one with its `Use`s
Achievement  what an operator or a model has achieved
"""

from evosearch.store.calls import CallBook
from evosearch.store.records import (
    Achievement,
    Ancestor,
    Counts,
    Event,
    Identity,
    Run,
    RunRecord,
    StoredCall,
    StoredTrial,
    Use,
)
from evosearch.store.store import Store

__all__ = [
    "Achievement",
    "Ancestor",
    "CallBook",
    "Counts",
    "Event",
    "Identity",
    "Run",
    "RunRecord",
    "Store",
    "StoredCall",
    "StoredTrial",
    "Use",
]
