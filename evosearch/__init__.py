"""evosearch: search for programs with an archive of elites, a jail, and one SQLite file."""

__version__ = "0.1.0"
