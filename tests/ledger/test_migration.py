"""A new file gets its tables by itself; a ledger of another revision waits for an operator or is refused by name."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from malus.ledger import migration
from malus.ledger.connections import Connections
from malus.ledger.migration import REVISIONS, migrate
from malus.ledger.tables import METADATA
from malus.model.faults import MalusError
from pysqlite3 import dbapi2 as driver
from sqlalchemy import inspect

from tests.ledger.build import TENANT, opened, outage, started, url_in


def _execute(folder: Path, statement: str) -> None:
    connection = driver.connect(folder / "ledger.db", isolation_level=None)
    connection.execute(statement)
    connection.close()


def test_the_revisions_named_are_the_revisions_there() -> None:
    config = Config()
    config.set_main_option("script_location", "malus.ledger:migrations")
    there = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(there)) == REVISIONS


def test_the_migrated_tables_are_the_tables_that_the_statements_see(tmp_path: Path) -> None:
    migrate(url_in(tmp_path))
    connections = Connections(url_in(tmp_path), patience_seconds=1)
    with connections.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        there = inspect(connection)
        for table in METADATA.sorted_tables:
            named = {column.name: column.nullable for column in table.columns}
            assert {column["name"]: column["nullable"] for column in there.get_columns(table.name)} == named
            key = [column.name for column in table.primary_key]
            assert there.get_pk_constraint(table.name)["constrained_columns"] == key
            assert key[0] == "tenant"
    connections.close()


def test_migrating_makes_the_file_and_says_what_it_did(tmp_path: Path) -> None:
    assert migrate(url_in(tmp_path)) == REVISIONS
    assert migrate(url_in(tmp_path)) == ()
    opened(tmp_path).close()


def test_migrating_keeps_what_is_there(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], 1)
    assert migrate(url_in(tmp_path)) == ()
    assert len(ledger.events_of(TENANT, "hosting", None)) == 1
    ledger.close()


def test_a_newer_ledger_is_refused_by_name(tmp_path: Path) -> None:
    migrate(url_in(tmp_path))
    _execute(tmp_path, "UPDATE alembic_version SET version_num = '0999'")
    for use in (lambda: opened(tmp_path), lambda: migrate(url_in(tmp_path))):
        with pytest.raises(MalusError, match="0999") as refused:
            use()
        assert refused.value.reason == "ledger-newer"


def test_an_older_ledger_waits_for_an_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(url_in(tmp_path))
    monkeypatch.setattr(migration, "REVISIONS", (*REVISIONS, "0998"))
    with pytest.raises(MalusError, match="malus migrate") as refused:
        opened(tmp_path)
    assert refused.value.reason == "ledger-outdated"


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    _execute(tmp_path, "CREATE TABLE recipes (name TEXT)")
    for use in (lambda: opened(tmp_path), lambda: migrate(url_in(tmp_path))):
        with pytest.raises(MalusError) as refused:
            use()
        assert refused.value.reason == "not-a-ledger"


def test_a_new_file_that_many_open_at_once_is_made_once(tmp_path: Path) -> None:
    program = """
import sys
from malus.ledger.ledger import open_ledger
from tests.ledger.build import TENANT, outage
sys.stdin.readline()
ledger = open_ledger(sys.argv[1], patience_seconds=30)
with ledger.writing(TENANT) as writing:
    writing.add_events([outage(sys.argv[2])], 1)
"""
    openers = [started(program, url_in(tmp_path), str(number)) for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda opener: opener.communicate("go\n", timeout=60), openers))
    assert [opener.returncode for opener in openers] == [0, 0, 0, 0]
    ledger = opened(tmp_path)
    assert {event.id for event in ledger.events_of(TENANT, "hosting", None)} == {"e0", "e1", "e2", "e3"}
    ledger.close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alembic.op.execute", fail)
    with pytest.raises(ZeroDivisionError):
        migrate(url_in(tmp_path))
    monkeypatch.undo()
    connection = driver.connect(tmp_path / "ledger.db")
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    assert migrate(url_in(tmp_path)) == REVISIONS
