"""The tables of an archive file, as numbered migrations.

    identity     what the file is of; one row
    runs         one row a run: settings with origins, versions, walls of the sandbox, why it ended
    messages     what was said to a model and what it said, each once, under its content address
    calls        one row a `Call`, under the digest of its request, from the moment that the reply came
    call_messages, call_choices
                 which messages a call's model was sent, and which it answered
    steps        one row a `Step`: run, allowance and cost of proposal k
    programs     one row a text, under its content address
    trials       one row a `Trial`: which program, what made it, how it reads. A text proposed twice is one
                 program with two trials
    parents      what a trial's program was made from
    prompts      which messages a trial's model was sent
    attempts     one row a reply that a step used: what became of it
    findings     what the operator of a step wants to know later
    evaluations  what running the program gave
    placements   what became of it in the archive
    events       what happened beside the steps

A migration is a function `mNNN_what`; its name is recorded in the file that it was applied to. All that are
pending are applied in one transaction: a file is wholly of one version or wholly of another. A migration that has
been released is never changed.
"""

import sqlite3
from contextlib import closing
from inspect import cleandoc
from pathlib import Path

from sqlite_utils import Database, Migrations

from evosearch import __version__
from evosearch.errors import ArchiveFromFutureError, ArchiveNotWritableError
from evosearch.store.files import foreign, sqlite_errors
from evosearch.store.views import CHANGED_VIEWS, VIEWS

MIGRATIONS = Migrations("evosearch")

# Columns are ANY where free text lies, see `evosearch.store.columns`. `parents.parent`, `placements.displaced` and
# `trials.duplicate_of` are no foreign keys: a proposer of another package may name a program that it never
# returned, and refusing its step would lose what was paid for.
_TABLES = (
    """
    CREATE TABLE identity (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        task ANY NOT NULL,
        domain ANY NOT NULL,
        fingerprint ANY NOT NULL,
        seed INTEGER NOT NULL,
        "window" INTEGER NOT NULL,
        archive ANY NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        ended ANY,
        proposer ANY NOT NULL,
        models ANY NOT NULL,
        budget ANY NOT NULL,
        settings ANY NOT NULL,
        sandbox ANY NOT NULL,
        evosearch TEXT NOT NULL,
        python TEXT NOT NULL,
        numpy TEXT NOT NULL,
        sqlite TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE messages (
        digest TEXT PRIMARY KEY,
        role ANY,
        content ANY,
        extra ANY
    ) STRICT
    """,
    """
    CREATE TABLE steps (
        k INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (id),
        problem ANY,
        allowance INTEGER NOT NULL,
        evaluations INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        usd REAL NOT NULL,
        seconds REAL NOT NULL,
        note ANY NOT NULL
    ) STRICT
    """,
    "CREATE INDEX steps_by_run ON steps (run)",
    """
    CREATE TABLE programs (
        id TEXT PRIMARY KEY,
        problem ANY,
        source ANY NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE trials (
        id INTEGER PRIMARY KEY,
        step INTEGER NOT NULL REFERENCES steps (k),
        position INTEGER NOT NULL,
        program TEXT NOT NULL REFERENCES programs (id),
        operator ANY NOT NULL,
        model ANY,
        reply TEXT REFERENCES messages (digest),
        duplicate_of ANY,
        normal_form ANY NOT NULL,
        parsed INTEGER NOT NULL CHECK (parsed IN (0, 1)),
        nodes INTEGER NOT NULL,
        literal_bytes INTEGER NOT NULL,
        style ANY NOT NULL,
        inputs_used ANY NOT NULL,
        UNIQUE (step, position)
    ) STRICT
    """,
    "CREATE INDEX trials_by_program ON trials (program)",
    """
    CREATE TABLE parents (
        trial INTEGER NOT NULL REFERENCES trials (id),
        ordinal INTEGER NOT NULL,
        parent ANY NOT NULL,
        PRIMARY KEY (trial, ordinal)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE prompts (
        trial INTEGER NOT NULL REFERENCES trials (id),
        ordinal INTEGER NOT NULL,
        message TEXT NOT NULL REFERENCES messages (digest),
        PRIMARY KEY (trial, ordinal)
    ) STRICT, WITHOUT ROWID
    """,
    # A score is ANY because a REAL column turns -0.0 into 0.0, and the digest of the archive would change with it.
    """
    CREATE TABLE evaluations (
        trial INTEGER NOT NULL REFERENCES trials (id),
        split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
        status TEXT NOT NULL,
        score ANY CHECK (typeof(score) IN ('real', 'integer', 'null')),
        metrics ANY NOT NULL,
        features ANY NOT NULL,
        feedback ANY NOT NULL,
        log ANY NOT NULL,
        cpu_seconds REAL NOT NULL,
        wall_seconds REAL NOT NULL,
        PRIMARY KEY (trial, split),
        CHECK ((status = 'ok') = (score IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX evaluations_by_status ON evaluations (split, status, score)",
    """
    CREATE TABLE placements (
        trial INTEGER PRIMARY KEY REFERENCES trials (id),
        outcome TEXT NOT NULL CHECK (outcome IN ('new', 'improved', 'kept_out')),
        niche ANY,
        displaced ANY
    ) STRICT
    """,
    "CREATE INDEX placements_by_niche ON placements (niche, outcome)",
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        run INTEGER REFERENCES runs (id),
        kind ANY NOT NULL,
        data ANY NOT NULL,
        at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX events_by_kind ON events (kind)",
)

# What a call cost is NULL where it is not known. `attempts.call` is no foreign key, for the reason above.
_CALLS = (
    "ALTER TABLE steps ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE steps ADD COLUMN paid INTEGER NOT NULL DEFAULT 0 CHECK (paid IN (0, 1))",
    "ALTER TABLE steps ADD COLUMN funds ANY NOT NULL DEFAULT '{}'",
    # Steps of before were opened as early as the window allowed.
    "ALTER TABLE steps ADD COLUMN opened INTEGER NOT NULL DEFAULT 0 CHECK (opened BETWEEN 0 AND k)",
    """
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,
        run INTEGER NOT NULL REFERENCES runs (id),
        at TEXT NOT NULL,
        model ANY NOT NULL,
        settings ANY NOT NULL,
        sample INTEGER NOT NULL,
        refusal ANY NOT NULL,
        answered_by ANY NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        cached_tokens INTEGER NOT NULL,
        counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
        usd REAL,
        price ANY NOT NULL,
        seconds REAL NOT NULL,
        tries INTEGER NOT NULL,
        dropped ANY NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE call_messages (
        call INTEGER NOT NULL REFERENCES calls (id),
        ordinal INTEGER NOT NULL,
        message TEXT NOT NULL REFERENCES messages (digest),
        PRIMARY KEY (call, ordinal)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE call_choices (
        call INTEGER NOT NULL REFERENCES calls (id),
        ordinal INTEGER NOT NULL,
        message TEXT REFERENCES messages (digest),
        finish ANY,
        PRIMARY KEY (call, ordinal)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE attempts (
        step INTEGER NOT NULL REFERENCES steps (k),
        ordinal INTEGER NOT NULL,
        operator ANY NOT NULL,
        model ANY NOT NULL,
        outcome TEXT NOT NULL,
        call ANY NOT NULL,
        choice INTEGER NOT NULL,
        position INTEGER,
        detail ANY NOT NULL,
        evaluations INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        usd REAL NOT NULL,
        seconds REAL NOT NULL,
        unpriced INTEGER NOT NULL,
        PRIMARY KEY (step, ordinal)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX attempts_by_call ON attempts (call)",
    """
    CREATE TABLE findings (
        step INTEGER NOT NULL REFERENCES steps (k),
        ordinal INTEGER NOT NULL,
        operator ANY NOT NULL,
        data ANY NOT NULL,
        PRIMARY KEY (step, ordinal)
    ) STRICT, WITHOUT ROWID
    """,
)

_ARCHIVES = (
    "ALTER TABLE evaluations ADD COLUMN cases ANY NOT NULL DEFAULT '[]'",
    "ALTER TABLE identity ADD COLUMN archive_options ANY NOT NULL DEFAULT '{}'",
    # What `cells` was is a grid with these options; it had none of its own.
    """UPDATE identity SET archive = 'grid', archive_options = '{"selection":"uniform","rivals":3}'
    WHERE archive = 'cells'""",
)


@MIGRATIONS()
def m001_tables(database: Database) -> None:
    """The tables above."""
    _execute(database, _TABLES)


@MIGRATIONS()
def m002_views(database: Database) -> None:
    """The views."""
    _execute(database, VIEWS)


@MIGRATIONS()
def m003_calls(database: Database) -> None:
    """Calls of models and what became of their replies, and the views of them."""
    _execute(database, _CALLS)
    _execute(database, CHANGED_VIEWS)


@MIGRATIONS()
def m004_archives(database: Database) -> None:
    """The score on each case, and the options of the kind of archive; `cells` has become `grid`."""
    _execute(database, _ARCHIVES)


def examine(database: Database, path: Path, migrations: Migrations = MIGRATIONS) -> tuple[str, ...]:
    """The names of the migrations that a file has; none if it is blank.

    Raises:
        ArchiveForeignError: It holds something else.
        ArchiveFromFutureError: It has migrations that this version does not know.
    """
    applied = tuple(migration.name for migration in migrations.applied(database))
    if not applied:
        strange = [*database.table_names(), *database.view_names()]
        if others := [name for name in strange if name != migrations.migrations_table]:
            raise foreign(path, f"it holds other tables ({', '.join(others[:3])})")
    if unknown := [name for name in applied if name not in _names(migrations)]:
        raise ArchiveFromFutureError(
            f"{path} was written by {_writer(database)}; this is evosearch {__version__}, which does not know "
            f"{', '.join(unknown)}",
            hint="upgrade evosearch (`pip install --upgrade evosearch`), or choose another file with --archive",
        )
    return applied


def migrate(database: Database, path: Path, migrations: Migrations = MIGRATIONS) -> None:
    """Bring a file up to date, in one transaction, after a backup copy `<name>.v<N>.bak` if it holds anything."""
    applied = examine(database, path, migrations)
    if applied and migrations.pending(database):
        _back_up(database.conn, path.with_name(f"{path.name}.v{len(applied)}.bak"))
    with database.atomic():
        migrations.apply(database)


def latest(connection: sqlite3.Connection, path: Path, migrations: Migrations = MIGRATIONS) -> sqlite3.Connection:
    """A reader's connection to a file's contents as this version knows them.

    It is the same connection, or, if the file is older, one to a migrated copy in memory.

    Raises:
        ArchiveForeignError: It holds something else, or nothing.
        ArchiveFromFutureError: It has migrations that this version does not know.
    """
    database = Database(connection, execute_plugins=False)
    if not examine(database, path, migrations):
        raise foreign(path, "it is empty")
    if not migrations.pending(database):
        return connection
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    migrations.apply(Database(copy, execute_plugins=False))
    return copy


def _names(migrations: Migrations) -> tuple[str, ...]:
    blank = Database(memory=True, execute_plugins=False)
    try:
        return tuple(migration.name for migration in migrations.pending(blank))
    finally:
        blank.close()


def _writer(database: Database) -> str:
    """Who wrote a file of an unknown schema, if it still says so where this version looks."""
    try:
        row = database.execute("SELECT evosearch FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        row = None
    return f"evosearch {row[0]}" if row else "a newer version of evosearch"


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    # Under another name until it is whole, so that whatever is called a backup is one.
    unfinished = path.with_name(path.name + ".part")
    try:
        # What an interrupted backup left would be taken for a database to overwrite page by page.
        unfinished.unlink(missing_ok=True)
        with sqlite_errors(unfinished), closing(sqlite3.connect(unfinished)) as copy:
            connection.backup(copy)
        unfinished.replace(path)
    except OSError as error:
        raise ArchiveNotWritableError(
            f"the backup {path} cannot be written: {error.strerror}",
            hint="allow writing to the folder; the archive is as it was",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _execute(database: Database, statements: tuple[str, ...]) -> None:
    for statement in statements:
        database.execute(cleandoc(statement))
