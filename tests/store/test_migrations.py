"""A file of any earlier version becomes one of today, and a failure on the way leaves it as it was."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from evosearch.errors import ArchiveForeignError, ArchiveFromFutureError, ArchiveNotWritableError, Status
from evosearch.store import Identity, Store
from evosearch.store.migrations import MIGRATIONS, m001_tables, m002_views, m003_calls, m004_archives, migrate
from evosearch.types import Evaluation, Outcome, Placement, Program, Proposal, Reading, Step, Trial, Usage

SEED = Program("return sorted(x)")
BETTER = Program("x.sort()\nreturn x")

#: What lies in schema_v1.sql to schema_v3.sql, the earlier schemas with a few rows.
FIRST_STEPS = [
    Step(
        0,
        None,
        1,
        (
            Trial(
                Proposal(SEED, "seed"),
                Reading("n0", nodes=5, style="call", inputs_used="all"),
                Evaluation(Status.OK, 0.5, {"swaps": 3.0}, {"length": 5.0}, "slow", 0.25, 0.5, "hello"),
                Placement(Outcome.NEW, (1,)),
            ),
        ),
        Usage(evaluations=1, seconds=0.5),
    ),
    Step(
        1,
        None,
        4,
        (
            Trial(
                Proposal(BETTER, "rewrite", (SEED.id,), "m", ({"role": "user", "content": "Sort."},), "Here it is."),
                Reading("n1", nodes=9, style="operator", inputs_used="all"),
                Evaluation(Status.OK, 0.75, {"swaps": 2.0}, {"length": 9.0}),
                Placement(Outcome.IMPROVED, (1,), SEED.id),
            ),
            Trial(
                Proposal(Program("return\0x"), "rewrite", (SEED.id,)),
                Reading("n2", parsed=False),
                Evaluation(Status.CRASHED, feedback="no UTF-8: \udcff"),
                Placement(Outcome.KEPT_OUT),
            ),
            Trial(Proposal(SEED, "rewrite", (BETTER.id,)), Reading("n0"), duplicate_of=SEED.id),
        ),
        Usage(2, 1, 300, 0.125, 1.5),
        "one reply",
    ),
]


def restore(path: Path, version: int) -> Path:
    """Make an archive of an earlier schema, with rows."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as plain:
        plain.executescript(Path(__file__).with_name(f"schema_v{version}.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture
def first(path) -> Path:
    """An archive of the first schema, with rows."""
    return restore(path, 1)


def schema(path: Path) -> dict[str, str]:
    """Every table, index and view with its definition, blank space aside."""
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows}


def applied(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as plain:
        return [name for (name,) in plain.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]


TABLES = [
    "attempts",
    "call_choices",
    "call_messages",
    "calls",
    "evaluations",
    "events",
    "findings",
    "identity",
    "messages",
    "parents",
    "placements",
    "programs",
    "prompts",
    "runs",
    "steps",
    "trials",
]
VIEWS = [
    "achievements",
    "best",
    "calls_by_model",
    "coverage",
    "failures",
    "lineage",
    "models",
    "operators",
    "replies",
    "spending",
    "top",
]


def test_a_blank_file_gets_every_table_view_and_setting(store, path):
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        kinds = "SELECT name FROM pragma_table_list WHERE {} AND name NOT LIKE '%sqlite%' ORDER BY name"
        assert [name for (name,) in plain.execute(kinds.format("type = 'table' AND strict"))] == TABLES
        assert [name for (name,) in plain.execute(kinds.format("type = 'table'"))] == TABLES
        assert [name for (name,) in plain.execute(kinds.format("type = 'view'"))] == VIEWS
    assert not list(path.parent.glob("*.bak"))


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_earlier_schema_is_migrated_after_a_backup(path, identity, tmp_path, version):
    restore(path, version)
    with Store.open(path, identity=identity) as store:
        assert list(store.steps()) == FIRST_STEPS
        assert store.faults() == ()
        assert store.last_run().record.budget == "4evals"
        assert store.events()[0].data == {"attacks": 12}
        assert (store.spent(), store.unsettled()) == (Usage(3, 1, 300, 0.125, 2.0), Usage())
        store.record(Step(2, None, 1, (), Usage()), 1)
    Store.open(tmp_path / "blank.db", identity=identity).close()
    assert schema(path) == schema(tmp_path / "blank.db")
    assert applied(path) == applied(tmp_path / "blank.db")
    backup = path.with_name(f"sorting.db.v{version}.bak")
    assert applied(backup) == applied(path)[:version]
    with Store.read(backup) as store:
        assert list(store.steps()) == FIRST_STEPS
    assert sorted(file.name for file in path.parent.iterdir() if "-" not in file.name) == [path.name, backup.name]


def test_a_program_of_the_first_schema_cost_what_nobody_recorded(first):
    with Store.read(first) as store:
        assert [store.program(program.id).cost for program in (SEED, BETTER)] == [Usage(), None]


def test_the_first_schema_is_read_without_being_changed(first):
    before = first.read_bytes()
    with Store.read(first) as store:
        assert list(store.steps()) == FIRST_STEPS
        assert store.counts().by_status == {"crashed": 1, "ok": 2}
    assert first.read_bytes() == before
    assert [file.name for file in first.parent.iterdir()] == [first.name]


def test_another_search_is_refused_before_anything_is_migrated(first):
    with pytest.raises(ArchiveForeignError):
        Store.open(first, identity=Identity("hats", "custom", "f00d", 1, 16, "grid"))
    assert applied(first) == ["m001_tables"]
    assert [file.name for file in first.parent.iterdir()] == [first.name]


def test_an_up_to_date_file_is_not_backed_up(store, path, identity):
    store.close()
    Store.open(path, identity=identity).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def with_one_more(migration) -> Migrations:
    migrations = Migrations(MIGRATIONS.name)
    for known in (m001_tables, m002_views, m003_calls, m004_archives, migration):
        migrations()(known)
    return migrations


def m005_colour(database: Database) -> None:
    database.execute("ALTER TABLE programs ADD COLUMN colour TEXT")


def m005_colour_and_fail(database: Database) -> None:
    m005_colour(database)
    raise RuntimeError("half way")


def test_a_migration_that_fails_is_undone_with_all_before_it_and_the_backup_stays(first):
    before = schema(first)
    with closing(sqlite3.connect(first, isolation_level=None)) as connection:
        database = Database(connection, execute_plugins=False)
        with pytest.raises(RuntimeError, match="half way"):
            migrate(database, first, with_one_more(m005_colour_and_fail))
    assert schema(first) == before
    assert applied(first) == ["m001_tables"]
    with Store.read(first.with_name("sorting.db.v1.bak")) as backup:
        assert list(backup.steps()) == FIRST_STEPS
    with closing(sqlite3.connect(first, isolation_level=None)) as connection:
        migrate(Database(connection, execute_plugins=False), first, with_one_more(m005_colour))
    assert "colour" in schema(first)["programs"]


def test_a_backup_that_cannot_be_written_stops_the_migration(first, identity):
    first.with_name("sorting.db.v1.bak").mkdir()
    with pytest.raises(ArchiveNotWritableError, match=r"the backup .*sorting\.db\.v1\.bak cannot be written"):
        Store.open(first, identity=identity)
    assert applied(first) == ["m001_tables"]
    assert not first.with_name("sorting.db.v1.bak.part").exists()


def from_the_future(path: Path, change: str) -> bytes:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(Database(connection, execute_plugins=False), path, with_one_more(m005_colour))
        connection.execute(change)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("change", "writer"),
    [
        ("UPDATE runs SET evosearch = '9.1.0'", "evosearch 9.1.0"),
        ("DELETE FROM runs", "a newer version of evosearch"),
        ("ALTER TABLE runs RENAME COLUMN evosearch TO tool", "a newer version of evosearch"),
    ],
)
def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(first, identity, change, writer):
    before = from_the_future(first, change)
    for use in (Store.read, lambda path: Store.open(path, identity=identity)):
        with pytest.raises(ArchiveFromFutureError, match=f"was written by {writer}; .* m005_colour") as caught:
            use(first)
        assert "upgrade" in caught.value.hint
    assert first.read_bytes() == before


def test_a_file_that_says_nothing_of_its_search_is_damaged(first, identity):
    with closing(sqlite3.connect(first)) as plain, plain:
        plain.execute("DELETE FROM identity")
    with pytest.raises(ArchiveForeignError, match="damaged"):
        Store.open(first, identity=identity)
    with pytest.raises(ArchiveForeignError, match="damaged"):
        Store.read(first)
