"""Owns how the ledger's file is reached: one connection that writes, others that read a snapshot beside it.

Does not own: what is written or read. SQLite in WAL mode with synchronous=FULL: a commit that returned is on the disk.
WAL needs SQLite 3.51.3 or later (earlier ones can damage a file that two connections use), hence pysqlite3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pysqlite3.dbapi2 as driver  # type: ignore[import-untyped] # published without types
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from malus.ledger.faults import told
from malus.model.faults import MalusError

_OLDEST_SQLITE: Final = (3, 51, 3)
_READERS_KEPT: Final = 8
_UNLIMITED: Final = -1


class Connections:
    """The connections of one process to one ledger; safe for use from many threads."""

    def __init__(self, url: str, *, patience_seconds: int) -> None:
        if driver.sqlite_version_info < _OLDEST_SQLITE:
            raise MalusError(
                "sqlite-outdated",
                f"SQLite {driver.sqlite_version} can damage a ledger: install pysqlite3 0.6.1 or later",
            )
        path = _path(url)
        self._patience_seconds = patience_seconds
        self._one_writer = threading.Lock()
        self._writer = _engine(path, patience_seconds, "BEGIN IMMEDIATE", 1, _prepare_writer)
        self._readers = _engine(path, patience_seconds, "BEGIN", _UNLIMITED, _prepare_reader)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writing connection, in a transaction that holds the write lock; the caller commits.

        Whatever was not committed at the end of the block is rolled back. Raises MalusError `ledger-locked` where
        another thread or process keeps the lock for longer than the patience, and as `told` says.
        """
        if not self._one_writer.acquire(timeout=self._patience_seconds):
            raise MalusError("ledger-locked", "another call is writing to the ledger: try again")
        try:
            with told(), self._writer.connect() as connection:
                # Closing a connection whose transaction was not committed rolls it back.
                connection.begin()
                yield connection
        finally:
            self._one_writer.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one snapshot for as long as the block lasts, whatever is written meanwhile."""
        with told(), self._readers.connect() as connection:
            connection.begin()
            yield connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._readers.dispose()
        self._writer.dispose()


def _path(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _unknown(url) from None
    if parsed.drivername != "sqlite" or parsed.query or not parsed.database or parsed.database == ":memory:":
        raise _unknown(url)
    return parsed.database


def _unknown(url: str) -> MalusError:
    # A URL may hold a password, so only its first word is repeated.
    kind = url.partition(":")[0][:20]
    message = "a ledger is named by its file: write sqlite:///ledger.db, or sqlite:////var/lib/malus/ledger.db"
    return MalusError("ledger-url-unknown", message, {"kind": kind})


def _engine(path: str, patience_seconds: int, begin: str, most: int, prepare: Callable[..., None]) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=path),
        module=driver,
        # isolation_level None: a transaction begins where we say so, never by the driver's guess.
        connect_args={"timeout": patience_seconds, "isolation_level": None, "check_same_thread": False},
        pool_size=1 if most == 1 else _READERS_KEPT,
        max_overflow=0 if most == 1 else -1,
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_writer(connection: driver.Connection, _: object) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise MalusError("ledger-unreachable", "the ledger's file must lie on a local disk: this one cannot share it")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Without it a REPLACE takes rows away past the triggers that refuse to delete.
    connection.execute("PRAGMA recursive_triggers = ON")


def _prepare_reader(connection: driver.Connection, _: object) -> None:
    connection.execute("PRAGMA query_only = ON")
