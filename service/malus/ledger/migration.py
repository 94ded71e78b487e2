"""Owns which revision of the tables a ledger's file has, and how it gets to the newest: forward only.

Does not own: the revisions themselves (migrations.versions), or when a deployment decides to migrate.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from malus.ledger.connections import Connections
from malus.model.faults import MalusError

#: Every revision of the tables, oldest first; a test holds it equal to migrations.versions.
REVISIONS: Final = ("0001",)


def migrate(url: str, *, patience_seconds: int = 5) -> tuple[str, ...]:
    """Bring a ledger's file to the newest revision, in one transaction; returns the revisions it went through.

    Makes the file where there is none. Raises MalusError: `ledger-newer` (names the revision), `not-a-ledger`,
    `ledger-locked`, `ledger-url-unknown`.
    """
    connections = Connections(url, patience_seconds=patience_seconds)
    try:
        with connections.writing() as connection:
            done = _upgrade(connection, _revision(connection))
            connection.commit()
        return done
    finally:
        connections.close()


def ensure_current(connections: Connections) -> None:
    """Let a ledger be used only at the newest revision; a file without any table gets them all.

    Raises MalusError `ledger-outdated` (an operator decides when to migrate), `ledger-newer`, `not-a-ledger`.
    """
    with connections.reading() as connection:
        revision = _revision(connection)
    if revision is None:
        # Another process may be making the same file: look again under the write lock.
        with connections.writing() as connection:
            revision = _revision(connection)
            if revision is None:
                _upgrade(connection, None)
                connection.commit()
                return
    if revision != REVISIONS[-1]:
        raise MalusError(
            "ledger-outdated",
            f"the ledger's tables are of revision {revision}, this release needs {REVISIONS[-1]}: "
            "back the ledger up and run `malus migrate`",
            {"revision": revision, "needed": REVISIONS[-1]},
        )


def _revision(connection: Connection) -> str | None:
    """The revision of a file's tables, one that this release knows; None for a file without any table."""
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise MalusError("not-a-ledger", "the file is a database but no ledger: name another one")
    revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none())
    if revision not in REVISIONS:
        raise MalusError(
            "ledger-newer",
            f"the ledger's tables are of revision {revision}, which this release does not know: "
            f"it goes up to {REVISIONS[-1]}; use the release that wrote the ledger",
            {"revision": revision, "known": REVISIONS[-1]},
        )
    return revision


def _upgrade(connection: Connection, revision: str | None) -> tuple[str, ...]:
    ahead = REVISIONS if revision is None else REVISIONS[REVISIONS.index(revision) + 1 :]
    if ahead:
        # Only a ledger that is made or migrated pays for loading Alembic.
        from alembic import command
        from alembic.config import Config

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "malus.ledger:migrations")
        command.upgrade(config, REVISIONS[-1])
    return ahead
